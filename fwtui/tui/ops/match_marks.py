"""Marks between two ops: whether they match, and whether they gave the same values."""

from __future__ import annotations

from fwtui.format.ops import cut
from fwtui.ops.align.align import Match
from fwtui.ops.align.log_pair import Pairing, members
from fwtui.ops.align.value_differences import Difference
from fwtui.ops.rows import Row
from fwtui.ops.vocabulary import canonical
from fwtui.tui.ops.lines import LANES, RenderContext, Span, Style

LINK = 5
"""Cells between both sides."""
_BOOKKEEPING: tuple[str, Style] = ("·", "dim")
_NO_WORD: tuple[str, Style] = ("?", "dim")
_ALONE: tuple[str, Style] = ("+", "warning")
_NOT_FOUND: tuple[str, Style] = ("…", "dim")
_CALL: tuple[str, Style] = (" ", "dim")
_MARKED = (_ALONE, _BOOKKEEPING, _NO_WORD)
MEANINGS = {
    _CALL: "the whole step",
    _BOOKKEEPING: "computes nothing",
    _NO_WORD: "not in the table",
    _ALONE: "stands alone",
    _NOT_FOUND: "not found",
}
MARKS: dict[Difference, tuple[str, Style]] = {
    "same": ("=", "dim"),
    "rounding": ("≈", "dim"),
    "other": ("≠", "warning"),
}
"""Marks between matched ops whose values were compared."""
LEGEND = (
    *(("=", "same values"), ("≈", "apart by rounding"), ("≠", "other values"), ("─", "not compared")),
    *((one[0], MEANINGS[one]) for one in _MARKED),
)
"""What each mark between the sides means."""


def link(looked: RenderContext, row: Row) -> Span:
    """Return the lines that join the ops of a row, in `LINK` cells; for an unmatched op, its side's mark."""
    pairing = looked.pairing
    match = pairing.alignment.matches[row.match]
    if not pairing.compares:
        return Span(" " * LINK)
    if match.left and match.right:
        mark, style = compared(pairing, match) if row.line == row.lines - 1 else ("", "dim")
        return Span(f" {_joint(row, mark)} ", style)
    mark, style = alone(pairing, match)
    return Span(f" {mark}   " if match.left else f"   {mark} ", style)


def across(looked: RenderContext, row: Row, width: int) -> list[Span]:
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
    mark, style = compared(pairing, match)
    said = ", ".join(f"{number} {pairing.ops(1 - side)[number].op}" for number in others)
    return [
        Span(f"{mark or '─'} ", style),
        Span(cut(said, width - 2), LANES[1 - side]),
    ]


def compared(pairing: Pairing, match: Match) -> tuple[str, Style]:
    """Return the mark between matched ops; "" where their values were not compared."""
    difference = pairing.difference(match)
    return ("", "dim") if difference is None else MARKS[difference]


def alone(pairing: Pairing, match: Match) -> tuple[str, Style]:
    """Return the mark of an op without a match, which for one that computes nothing is as it should be.

    In logs that were aligned in pieces it is unknown whether there is a match.
    """
    side, number = members(match)[0]
    if number in pairing.calls[side]:
        return _CALL
    op = pairing.ops(side)[number].op
    if not canonical.computes(op):
        return _BOOKKEEPING
    if canonical.canonical(op) is None:
        return _NO_WORD
    return _ALONE if pairing.alignment.whole else _NOT_FOUND


def _joint(row: Row, mark: str) -> str:
    """The lines between two ops, with `mark` in them if there is one."""
    left, right = (op is not None for op in row.ops)
    if row.lines == 1:
        middle = "─"
    elif row.line == 0:
        middle = "┬"
    elif row.line == row.lines - 1:
        middle = "┴" if left and right else "┘" if left else "└"
    else:
        middle = "┼" if left and right else "┤" if left else "├"
    return ("─" if left else " ") + (mark or middle) + ("─" if right else " ")
