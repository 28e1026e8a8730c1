"""Two op logs beside each other, counterparts in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from fwtui.cli.ops_table import PHASE_STYLES, name, time
from fwtui.ops.names import computes
from fwtui.race.oplog import LoggedOp
from fwtui.race.records import OpsLogged
from fwtui.tui import words
from fwtui.tui.ops.links import differ
from fwtui.tui.ops.pairing import Pairing, pair
from fwtui.tui.ops.rows import Heading, Row, arrange
from fwtui.tui.ops.words import cut, output, right

_TIME = 8
_SHAPE = (6, 14)
_MOST_ALONE = 8
_MIDDLE = 3


def table(
    records: Sequence[OpsLogged], titles: Sequence[str], phase: str | None, width: int, tolerance: float
) -> RenderableType:
    """Both logs in `width` cells, and what stands alone, in words.

    Args:
        tolerance: how far the values of counterparts may be apart, relative to the largest.
    """
    pairing = pair((records[0], records[1]))
    rows = arrange(pairing, phase=phase)  # type: ignore[arg-type]
    room = (width - _MIDDLE) // 2
    head = f"{cut(titles[0], room)}{' ' * _MIDDLE}{titles[1]}"
    lines = [_line(pairing, row, room, tolerance) for row in rows]
    return Group(
        "", Text(head, style="bold"), *lines, "", *_summary(pairing, titles), *_differing(pairing, tolerance)
    )


def _line(pairing: Pairing, row: Row | Heading, room: int, tolerance: float) -> Text:
    if isinstance(row, Heading):
        told = row.phase or "of no known phase"
        return Text(f"\n{told}", style=PHASE_STYLES.get(told, "dim"))
    match = pairing.alignment.matches[row.match]
    ops = [None if number is None else pairing.ops(side)[number] for side, number in enumerate(row.ops)]
    last = row.line == row.lines - 1
    if match.alone:
        middle = "   "
    elif last and differ(pairing, match, tolerance):
        middle = " ≠ "
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


def _differing(pairing: Pairing, tolerance: float) -> Iterator[Text]:
    """How many counterparts gave other values, and which is first."""
    apart = [match for match in pairing.alignment.matches if differ(pairing, match, tolerance)]
    if apart:
        ops = (pairing.ops(side)[ops[-1]] for side, ops in enumerate((apart[0].left, apart[0].right)))
        first = " and ".join(f"{op.number} {name(op).strip()}" for op in ops)
        count = "1 pair gives" if len(apart) == 1 else f"{len(apart):,} pairs give"
        yield Text(f"{count} other values (≠), beyond a tolerance of {tolerance:.0e}: first {first}")
