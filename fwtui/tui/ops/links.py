"""What stands between two ops: whether they are counterparts, and whether they gave the same."""

from __future__ import annotations

from fwtui.ops import names
from fwtui.ops.align import Match
from fwtui.ops.figures import apart, fingerprint
from fwtui.tui.ops.lines import LANES, Looked, Span, Style
from fwtui.tui.ops.pairing import Pairing, members
from fwtui.tui.ops.rows import Row
from fwtui.tui.ops.words import cut

LINK = 5
"""Cells between both sides."""
_BOOKKEEPING: tuple[str, Style] = ("·", "dim")
_NO_WORD: tuple[str, Style] = ("?", "dim")
_ALONE: tuple[str, Style] = ("+", "warning")
_CALL: tuple[str, Style] = (" ", "dim")
_MARKED = (_ALONE, _BOOKKEEPING, _NO_WORD)
MEANINGS = {
    _CALL: "the whole step",
    _BOOKKEEPING: "computes nothing",
    _NO_WORD: "not in the table",
    _ALONE: "stands alone",
}
LEGEND = (("─", "counterparts"), ("≠", "other values"), *((one[0], MEANINGS[one]) for one in _MARKED))
"""What each mark between the sides means."""

MOST_COMPARED = 3
"""Ops of a match on both sides together, the last of which give what it gives."""


def link(looked: Looked, row: Row) -> Span:
    """The lines that join the ops of a row, in `LINK` cells; of one that stands alone, a mark on its side."""
    pairing = looked.pairing
    match = pairing.alignment.matches[row.match]
    if not pairing.compares:
        return Span(" " * LINK)
    if match.left and match.right:
        differs = row.line == row.lines - 1 and differ(pairing, match, looked.tolerance)
        return Span(f" {_joint(row, differs)} ", "warning" if differs else "dim")
    mark, style = alone(pairing, match)
    return Span(f" {mark}   " if match.left else f"   {mark} ", style)


def across(looked: Looked, row: Row, width: int) -> list[Span]:
    """The counterparts by name, where there is room for one side only."""
    pairing, side = looked.pairing, looked.sides[0]
    match = pairing.alignment.matches[row.match]
    others = (match.left, match.right)[1 - side]
    if not pairing.compares:
        return []
    if not others:
        mark, style = alone(pairing, match)
        return [Span(f"{mark} {MEANINGS[mark, style]}"[:width], style)]
    if row.line:
        return []
    differs = differ(pairing, match, looked.tolerance)
    said = ", ".join(f"{number} {pairing.ops(1 - side)[number].op}" for number in others)
    return [
        Span("≠ " if differs else "─ ", "warning" if differs else "dim"),
        Span(cut(said, width - 2), LANES[1 - side]),
    ]


def alone(pairing: Pairing, match: Match) -> tuple[str, Style]:
    """The mark of an op that stands alone: for one that computes nothing that is as it should be."""
    side, number = members(match)[0]
    if number in pairing.calls[side]:
        return _CALL
    op = pairing.ops(side)[number].op
    if not names.computes(op):
        return _BOOKKEEPING
    return _NO_WORD if names.canonical(op) is None else _ALONE


def differ(pairing: Pairing, match: Match, tolerance: float) -> bool:
    """Whether two counterparts of the same step surely gave other values.

    Which of many ops gives what the one across from them gives, nobody knows.
    """
    if not pairing.same_step or match.alone or len(match.left) + len(match.right) > MOST_COMPARED:
        return False
    a, b = (fingerprint(pairing.ops(side)[ops[-1]]) for side, ops in enumerate((match.left, match.right)))
    gap = apart(a, b) if a is not None and b is not None else None
    return gap is not None and gap > tolerance


def _joint(row: Row, differs: bool) -> str:
    left, right = (op is not None for op in row.ops)
    if row.lines == 1:
        middle = "─"
    elif row.line == 0:
        middle = "┬"
    elif row.line == row.lines - 1:
        middle = "┴" if left and right else "┘" if left else "└"
    else:
        middle = "┼" if left and right else "┤" if left else "├"
    return ("─" if left else " ") + ("≠" if differs else middle) + ("─" if right else " ")
