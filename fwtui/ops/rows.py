"""The rows of two op logs side by side, matched ops in the same row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from fwtui.core.oplog import OP_PHASES, OpPhase
from fwtui.ops.align.align import Match
from fwtui.ops.align.log_pair import Pairing, members

Order = Literal["running", "time", "bytes", "op"]
ORDERS: tuple[Order, ...] = ("running", "time", "bytes", "op")


@dataclass(frozen=True, slots=True)
class Row:
    """One op on each side, or on one.

    Attributes:
        ops: the number of each side's op in its log.
        match: which match of the alignment it is a row of.
        line: which row of that match, counted from 0, and `lines`, how many it has.
    """

    ops: tuple[int | None, int | None]
    match: int
    line: int
    lines: int


@dataclass(frozen=True, slots=True)
class Heading:
    """The row above the ops of a phase; None for ops whose phase is unknown."""

    phase: OpPhase | None


Rows = Sequence[Row | Heading]
Indexed = tuple[int, Match]
"""A match, and its place in the alignment."""


def arrange(
    pairing: Pairing, order: Order = "running", phase: OpPhase | None = None, side: int | None = None
) -> Rows:
    """Return the rows that show every op of both logs.

    Args:
        order: by which matches are sorted; `running`: in each phase in the left one's order of running, and
            a call that is the whole step above the phases.
        phase: only this one.
        side: only rows that hold an op of this side.
    """
    matches = [
        (index, match)
        for index, match in enumerate(pairing.alignment.matches)
        if (phase is None or pairing.phase(match) == phase)
        and (side is None or (match.left, match.right)[side])
    ]
    if order != "running":
        matches.sort(key=lambda one: _key(pairing, order)(one[1]))
        return [row for index, match in matches for row in _rows(index, match, side)]
    matches.sort(key=lambda one: _section(pairing, one[1]))
    rows: list[Row | Heading] = []
    for section, inside in groupby(matches, key=lambda one: _section(pairing, one[1])):
        if section:
            rows.append(Heading(OP_PHASES[section - 1] if section <= len(OP_PHASES) else None))
        rows += [row for index, match in _merged(list(inside)) for row in _rows(index, match, side)]
    return rows


def _rows(index: int, match: Match, side: int | None) -> Iterator[Row]:
    lines = max(len(match.left), len(match.right)) if side is None else len((match.left, match.right)[side])
    for line in range(lines):
        left = match.left[line] if line < len(match.left) else None
        right = match.right[line] if line < len(match.right) else None
        yield Row((left, right), index, line, lines)


def _merged(matches: Sequence[Indexed]) -> list[Indexed]:
    """Return the matches in the left side's order; each match of the right alone follows its predecessor."""
    behind: dict[int | None, list[Indexed]] = {}
    before = None
    for one in sorted((one for one in matches if one[1].right), key=lambda one: one[1].right):
        if one[1].left:
            before = one[0]
        else:
            behind.setdefault(before, []).append(one)
    order = behind.get(None, [])
    for one in sorted((one for one in matches if one[1].left), key=lambda one: one[1].left):
        order += [one, *behind.get(one[0], [])]
    return order


def _section(pairing: Pairing, match: Match) -> int:
    """0 for a call that holds others, then the phases, then what has none."""
    if any(op in pairing.calls[side] for side, op in members(match)):
        return 0
    phase = pairing.phase(match)
    return len(OP_PHASES) + 1 if phase is None else OP_PHASES.index(phase) + 1


def _key(pairing: Pairing, order: Order) -> Callable[[Match], tuple[float, str]]:
    """Sorts the largest first, of the side that has more, and what is unknown last; names by alphabet."""

    def figure(match: Match) -> tuple[float, str]:
        ops = [pairing.ops(side)[op] for side, op in members(match)]
        if order == "op":
            return 0, (match.canonical or ops[0].op).lower()
        known = [op.host_ns if order == "time" else op.nbytes for op in ops]
        return -max((one for one in known if one is not None), default=-1), ""

    return figure
