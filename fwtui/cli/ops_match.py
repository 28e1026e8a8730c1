"""Two op logs beside each other, counterparts in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from fwtui.cli.ops_table import PHASE_STYLES, name, time
from fwtui.ops.differences import Difference
from fwtui.ops.matching import NEAR
from fwtui.ops.names import computes
from fwtui.ops.pairing import Pairing, pair
from fwtui.race.oplog import LoggedOp
from fwtui.race.records import OpsLogged
from fwtui.tui import words
from fwtui.tui.ops.links import UNLIKE
from fwtui.tui.ops.rows import Heading, Row, arrange
from fwtui.tui.ops.words import cut, output, right

_TIME = 8
_SHAPE = (6, 14)
_MOST_ALONE = 8
_MIDDLE = 3
_SAID: dict[Difference | None, str] = {
    "rounding": "other values as rounding explains",
    "other": f"other values, more than {NEAR:g} of the largest apart",
}


def table(
    records: Sequence[OpsLogged], titles: Sequence[str], phase: str | None, width: int
) -> RenderableType:
    """Both logs in `width` cells, and what stands alone, in words."""
    pairing = pair((records[0], records[1]))
    rows = arrange(pairing, phase=phase)  # type: ignore[arg-type]
    room = (width - _MIDDLE) // 2
    head = f"{cut(titles[0], room)}{' ' * _MIDDLE}{titles[1]}"
    lines = [_line(pairing, row, room) for row in rows]
    return Group("", Text(head, style="bold"), *lines, "", *_summary(pairing, titles), *_unlike(pairing))


def _line(pairing: Pairing, row: Row | Heading, room: int) -> Text:
    if isinstance(row, Heading):
        told = row.phase or "of no known phase"
        return Text(f"\n{told}", style=PHASE_STYLES.get(told, "dim"))
    match = pairing.alignment.matches[row.match]
    ops = [None if number is None else pairing.ops(side)[number] for side, number in enumerate(row.ops)]
    last = row.line == row.lines - 1
    if match.alone:
        middle = "   "
    elif last and (difference := pairing.difference(match)) in UNLIKE:
        middle = f" {UNLIKE[difference][0]} "
    elif row.lines == 1:
        middle = " = "
    else:
        middle = " ┴ " if last else " │ " if row.line else " ┬ "
    left, right_side = (_cell(op, match.alone, room) for op in ops)
    style = "bold yellow" if middle == " ≠ " else "cyan"
    return Text.assemble(left, (middle, style), right_side, no_wrap=True)


def _cell(op: LoggedOp | None, alone: bool, room: int) -> Text:
    """The op, what it gives, and its time; yellow where it computes something and stands alone."""
    if op is None:
        return Text(" " * room)
    shape = min(max(_SHAPE[0], room - 34), _SHAPE[1])
    label = room - shape - _TIME - 6
    style = "dim" if not computes(op.op) else "yellow" if alone else ""
    return Text.assemble(
        (right(str(op.number), 4), "dim"),
        " ",
        (cut(name(op), label), style),
        " ",
        (cut(output(op), shape), style or "dim"),
        (right(time(op), _TIME), "dim"),
    )


def _summary(pairing: Pairing, titles: Sequence[str]) -> Iterator[Text]:
    """How many of the ops that compute something have a counterpart, and which do not."""
    for side, title in enumerate(titles):
        computing = [op for op in pairing.ops(side) if computes(op.op)]
        alone = [op for op in computing if pairing.match(side, op.number).alone]
        told = f"{title}: {len(computing) - len(alone):,} of {words.plural(len(computing), 'op')}"
        told += " that compute something have a counterpart"
        if alone:
            names = [f"{op.number} {name(op).strip()}" for op in alone[:_MOST_ALONE]]
            more = [f"{len(alone) - _MOST_ALONE:,} more"] if len(alone) > _MOST_ALONE else []
            told += f"; alone: {', '.join([*names, *more])}"
        yield Text(told)


def _unlike(pairing: Pairing) -> Iterator[Text]:
    """How many counterparts gave other values, and which is first."""
    for difference, (mark, _) in UNLIKE.items():
        found = [place for place, one in pairing.differences.items() if one == difference]
        if found:
            first = pairing.alignment.matches[found[0]]
            ops = (pairing.ops(side)[ops[-1]] for side, ops in enumerate((first.left, first.right)))
            named = " and ".join(f"{op.number} {name(op).strip()}" for op in ops)
            count = "1 pair gives" if len(found) == 1 else f"{len(found):,} pairs give"
            yield Text(f"{count} {_SAID[difference]} ({mark}): first {named}")
