"""A step's ops by what they do: how many, how long, and which share, both lanes beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fwtui.ops.figures import leaves
from fwtui.race.records import LoggedOp, OpPhase
from fwtui.tui import words
from fwtui.tui.ops_lines import LANES, Looked, Shade, Span
from fwtui.tui.ops_pairing import Pairing, members
from fwtui.tui.ops_rows import Order
from fwtui.tui.ops_words import cut, is_bookkeeping, right, short

_NAME = 26
_COUNT, _TIME, _BYTES, _SHARE = 5, 9, 9, 6
_FIGURES = _COUNT + _TIME + _BYTES + _SHARE + 4
_EIGHTHS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True)
class Total:
    """Ops that do the same.

    Attributes:
        name: what they do in one word for both frameworks, or the op's own name where there is none.
        ops: of each side.
    """

    name: str
    ops: tuple[tuple[LoggedOp, ...], tuple[LoggedOp, ...]]

    def time_ns(self, side: int) -> int | None:
        """What they took together; None where nobody measured."""
        return _sum([op.host_ns for op in self.ops[side]])

    def nbytes(self, side: int) -> int | None:
        """What they allocated together; None where nobody knows."""
        return _sum([op.nbytes for op in self.ops[side]])


def totals(pairing: Pairing, order: Order, phase: OpPhase | None) -> list[Total]:
    """The ops of both logs by what they do; a call that holds others counts as those.

    Args:
        order: as of rows, but totals have no order of running: then too those stand first that take longest.
        phase: only this one.
    """
    kept = [{op.number for op in leaves(log.log)} if log is not None else set() for log in pairing.logs]
    by_name: dict[str, tuple[list[LoggedOp], list[LoggedOp]]] = {}
    for match in pairing.alignment.matches:
        if phase is not None and pairing.phase(match) != phase:
            continue
        for side, number in members(match):
            if number in kept[side]:
                op = pairing.ops(side)[number]
                by_name.setdefault(match.canonical or short(op.op), ([], []))[side].append(op)
    found = [Total(name, (tuple(left), tuple(right))) for name, (left, right) in by_name.items()]
    if order == "op":
        return sorted(found, key=lambda total: total.name.lower())
    figure = Total.nbytes if order == "bytes" else Total.time_ns
    return sorted(found, key=lambda total: -max(figure(total, 0) or 0, figure(total, 1) or 0))


class TotalsView:
    """A line a kind of op, and a last one for all of them."""

    def __init__(self, looked: Looked, found: Sequence[Total]) -> None:
        self._looked, self._totals = looked, found
        self._all = Total("all ops", _together(found))
        times = [total.time_ns(side) or 0 for total in found for side in (0, 1)]
        self._longest = max(times, default=0)

    def __len__(self) -> int:
        return len(self._totals) + 1 if self._totals else 0

    def head(self, width: int) -> list[Span]:
        """The names of the columns."""
        figures = (("count", _COUNT), ("time", _TIME), ("bytes", _BYTES), ("share", _SHARE))
        side = " ".join(right(name, size) for name, size in figures)
        room = self._bar(width) + 3
        return [
            Span("op".ljust(_NAME), "dim"),
            *(Span(f" {side}{' ' * room}", "dim") for _ in self._looked.sides),
        ]

    def line(self, index: int, width: int) -> list[Span]:
        """One kind of op."""
        total = self._all if index == len(self._totals) else self._totals[index]
        ops = [op for side in self._looked.sides for op in total.ops[side]]
        dim = all(is_bookkeeping(op.op) for op in ops) and total is not self._all
        spans = [Span(cut(total.name, _NAME), "dim" if dim else "strong" if total is self._all else "")]
        for side in self._looked.sides:
            spans += self._side(total, side, self._bar(width))
        return spans

    def shade(self, index: int, side: int | None) -> Shade:
        """Sets off the kind of the op that is looked at."""
        if self._looked.cursor is None or index != self.cursor_line():
            return ""
        return "cursor" if side is None or side == self._looked.cursor.side else "counterpart"

    def op(self, index: int, side: int) -> int | None:
        """The first op of that kind on that side."""
        ops = self._totals[index].ops[side] if index < len(self._totals) else ()
        return ops[0].number if ops else None

    def cursor_line(self) -> int | None:
        """The line that counts the op that is looked at."""
        if self._looked.cursor is None:
            return None
        side, number = self._looked.cursor
        places = enumerate(self._totals)
        return next((at for at, one in places if any(op.number == number for op in one.ops[side])), None)

    def _bar(self, width: int) -> int:
        sides = len(self._looked.sides)
        return max((width - _NAME) // sides - _FIGURES - 3, 0)

    def _side(self, total: Total, side: int, bar: int) -> list[Span]:
        if not total.ops[side]:
            return [Span(" " * (_FIGURES + bar + 3), "", side)]
        time, whole = total.time_ns(side), self._all.time_ns(side)
        share = time / whole if time is not None and whole else None
        figures = " ".join(
            (
                right(f"{len(total.ops[side]):,}", _COUNT),
                right(words.duration(time), _TIME),
                right(words.size(total.nbytes(side)), _BYTES),
                right(words.NA if share is None else f"{share:.1%}", _SHARE),
            )
        )
        drawn = "" if total is self._all or time is None else _blocks(time / max(self._longest, 1) * bar)
        return [Span(f" {figures}  ", "", side), Span(drawn.ljust(bar) + " ", LANES[side], side)]


def _blocks(cells: float) -> str:
    eighths = round(cells * 8)
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def _together(found: Sequence[Total]) -> tuple[tuple[LoggedOp, ...], tuple[LoggedOp, ...]]:
    left, right = (tuple(op for total in found for op in total.ops[side]) for side in (0, 1))
    return left, right


def _sum(figures: Sequence[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
