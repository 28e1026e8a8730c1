"""Two op logs side by side, matched ops on one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from fwtui.cli.ops_table import PHASE_STYLES, name, time
from fwtui.core.oplog import LoggedOp
from fwtui.core.records import OpsLogged
from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.format.ops import IN_PIECES, cut, output, right
from fwtui.ops.align.log_pair import Pairing, pair
from fwtui.ops.align.value_differences import Difference
from fwtui.ops.rows import Heading, Row, arrange
from fwtui.ops.vocabulary.canonical import computes
from fwtui.tui.ops.match_marks import MARKS, compared

_TIME = 8
_SHAPE = (6, 14)
_MOST_ALONE = 8
_MIDDLE = 3
_SAID: dict[Difference, str] = {
    "same": "the same values",
    "rounding": "other values, as rounding explains",
    "other": "other values, beyond rounding",
}


def table(
    records: Sequence[OpsLogged], titles: Sequence[str], phase: str | None, width: int
) -> RenderableType:
    """Return both logs in `width` cells, and below them a summary of the ops without a match."""
    pairing = pair((records[0], records[1]))
    rows = arrange(pairing, phase=phase)  # type: ignore[arg-type]
    room = (width - _MIDDLE) // 2
    head = f"{cut(titles[0], room)}{' ' * _MIDDLE}{titles[1]}"
    lines = [_line(pairing, row, room) for row in rows]
    return Group(
        "", Text(head, style="bold"), *lines, "", *_summary(pairing, titles), *_values(pairing, titles)
    )


def _line(pairing: Pairing, row: Row | Heading, room: int) -> Text:
    if isinstance(row, Heading):
        heading = row.phase or "of no known phase"
        return Text(f"\n{heading}", style=PHASE_STYLES.get(heading, "dim"))
    match = pairing.alignment.matches[row.match]
    ops = [None if number is None else pairing.ops(side)[number] for side, number in enumerate(row.ops)]
    last = row.line == row.lines - 1
    if match.alone:
        middle = "   "
    elif last:
        middle = f" {compared(pairing, match)[0] or ('┴' if row.line else '─')} "
    else:
        middle = " │ " if row.line else " ┬ "
    left, right_side = (_cell(op, match.alone, room) for op in ops)
    style = "bold yellow" if middle == " ≠ " else "cyan"
    return Text.assemble(left, (middle, style), right_side, no_wrap=True)


def _cell(op: LoggedOp | None, alone: bool, room: int) -> Text:
    """Return the op, its output and its time; yellow where it computes something and has no match."""
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
    """Yield, for each side, how many of the ops that compute something have a match, and which do not."""
    for side, title in enumerate(titles):
        computing = [op for op in pairing.ops(side) if computes(op.op)]
        alone = [op for op in computing if pairing.match(side, op.number).alone]
        text = f"{title}: {len(computing) - len(alone):,} of {numbers.plural(len(computing), 'op')}"
        text += " that compute something have a counterpart"
        if alone:
            names = [f"{op.number} {name(op).strip()}" for op in alone[:_MOST_ALONE]]
            more = [f"{len(alone) - _MOST_ALONE:,} more"] if len(alone) > _MOST_ALONE else []
            why = "alone" if pairing.alignment.whole else f"not found, as {IN_PIECES}"
            text += f"; {why}: {', '.join([*names, *more])}"
        yield Text(text)


def _values(pairing: Pairing, titles: Sequence[str]) -> Iterator[Text]:
    """Yield how many matched ops gave the same values, how many other values, and the first of each."""
    matches = pairing.alignment.matches
    for difference, (mark, _) in MARKS.items():
        found = [place for place, one in pairing.differences.matches.items() if one == difference]
        if found:
            first = matches[found[0]]
            ops = (pairing.ops(side)[ops[-1]] for side, ops in enumerate((first.left, first.right)))
            named = " and ".join(f"{op.number} {name(op).strip()}" for op in ops)
            where = "" if difference == "same" else f", first {named}"
            yield Text(f"{_pairs(len(found))} {_SAID[difference]} ({mark}){where}")
    for result, *places in pairing.differences.results:
        ops = (pairing.ops(side)[number] for side, number in enumerate(places))
        named = " and ".join(f"{op.number} {name(op).strip()}" for op in ops)
        yield Text(f"{plain(result)} differs beyond rounding: it is from {named}")
    apart = pairing.differences.results or "other" in pairing.differences.matches.values()
    if apart and pairing.logs[0] is not None and pairing.logs[0].step:
        yield Text("the weights may have parted before this step: --steps 0 compares from the same ones")
    count = sum(not match.alone for match in matches) - len(pairing.differences.matches)
    if count:
        yield Text(f"{numbers.plural(count, 'pair')} not compared (─ ┴){_why_not(pairing, titles)}")


def _pairs(count: int) -> str:
    return "1 pair gives" if count == 1 else f"{count:,} pairs give"


def _why_not(pairing: Pairing, titles: Sequence[str]) -> str:
    """Return why values are not compared, where one reason holds for all pairs; "" otherwise."""
    if not pairing.same_step:
        return ": the logs are of two steps"
    if pairing.draws:
        return ": the network draws random numbers"
    silent = [
        title
        for side, title in enumerate(titles)
        if not any(op.fingerprints for op in pairing.ops(side) if op.number not in pairing.calls[side])
    ]
    if len(silent) > 1:
        return f": {' and '.join(silent)} tell no values of their kernels"
    return f": {silent[0]} tells no values of its kernels" if silent else ""
