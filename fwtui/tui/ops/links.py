"""What stands between two ops: whether they are counterparts, and whether they gave the same."""

from __future__ import annotations

from fwtui.ops import names
from fwtui.ops.align import Match
from fwtui.ops.differences import Difference
from fwtui.ops.pairing import Pairing, members
from fwtui.tui.ops.lines import LANES, Looked, Span, Style
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
UNLIKE: dict[Difference | None, tuple[str, Style]] = {"rounding": ("≈", "dim"), "other": ("≠", "warning")}
"""The mark between counterparts whose values are not the same."""
LEGEND = (
    *(("─", "counterparts"), ("≈", "apart by rounding"), ("≠", "other values")),
    *((one[0], MEANINGS[one]) for one in _MARKED),
)
"""What each mark between the sides means."""


def link(looked: Looked, row: Row) -> Span:
    """The lines that join the ops of a row, in `LINK` cells; of one that stands alone, a mark on its side."""
    pairing = looked.pairing
    match = pairing.alignment.matches[row.match]
    if not pairing.compares:
        return Span(" " * LINK)
    if match.left and match.right:
        last = row.line == row.lines - 1
        unlike, style = UNLIKE.get(pairing.difference(match) if last else None, ("", "dim"))
        return Span(f" {_joint(row, unlike)} ", style)
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
    joint, style = UNLIKE.get(pairing.difference(match), ("─", "dim"))
    said = ", ".join(f"{number} {pairing.ops(1 - side)[number].op}" for number in others)
    return [
        Span(f"{joint} ", style),
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


def _joint(row: Row, unlike: str) -> str:
    """The lines between two ops, with the mark `unlike` in them if there is one."""
    left, right = (op is not None for op in row.ops)
    if row.lines == 1:
        middle = "─"
    elif row.line == 0:
        middle = "┬"
    elif row.line == row.lines - 1:
        middle = "┴" if left and right else "┘" if left else "└"
    else:
        middle = "┼" if left and right else "┤" if left else "├"
    return ("─" if left else " ") + (unlike or middle) + ("─" if right else " ")
