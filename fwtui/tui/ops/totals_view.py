"""The totals view: a step's ops by what they do, with count, time and share, both lanes side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fwtui.core.op_stats import leaves
from fwtui.core.oplog import LoggedOp, OpPhase
from fwtui.format import numbers
from fwtui.format.ops import cut, right, short
from fwtui.ops.align.log_pair import Pairing, members
from fwtui.ops.rows import Order
from fwtui.ops.vocabulary.canonical import computes
from fwtui.tui.ops.lines import LANES, RenderContext, Shade, Span

_NAME = 26
_FIGURES = {"count": 5, "time": 8, "bytes": 8, "share": 7}
_LEAST_BAR = 8
_SPACE = 2
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
        """Return their time in ns; None where it was not measured."""
        return _sum([op.host_ns for op in self.ops[side]])

    def nbytes(self, side: int) -> int | None:
        """Return their allocated bytes; None where unknown."""
        return _sum([op.nbytes for op in self.ops[side]])


def totals(pairing: Pairing, order: Order, phase: OpPhase | None) -> list[Total]:
    """The ops of both logs by what they do; a call that holds others counts as those.

    Args:
        order: as of rows; but totals have no running order, so for `running` the longest come first, too.
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
    """A line a kind of op, and a last one for all of them. Both lanes have room in a narrow window too."""

    def __init__(self, looked: RenderContext, found: Sequence[Total]) -> None:
        self._looked, self._totals = looked, found
        self._sides = [side for side in (0, 1) if looked.pairing.logs[side] is not None]
        self._all = Total("all ops", _together(found))
        times = [total.time_ns(side) or 0 for total in found for side in (0, 1)]
        self._longest = max(times, default=0)

    def __len__(self) -> int:
        return len(self._totals) + 1 if self._totals else 0

    def head(self, width: int) -> list[Span]:
        """The names of the columns, in each lane's colour."""
        sizes = self._sizes(width)
        names = " ".join(right("" if name == "bar" else name, size) for name, size in sizes.items())
        heads = [Span(" " * _SPACE + names, LANES[side]) for side in self._sides]
        return [Span("op".ljust(_NAME), "dim"), *heads]

    def line(self, index: int, width: int) -> list[Span]:
        """One kind of op."""
        total = self._all if index == len(self._totals) else self._totals[index]
        dim = not any(computes(op.op) for ops in total.ops for op in ops) and total is not self._all
        name = Span(cut(total.name, _NAME), "dim" if dim else "strong" if total is self._all else "")
        sizes = self._sizes(width)
        return [name, *(span for side in self._sides for span in self._side(total, side, sizes))]

    def shade(self, index: int, side: int | None) -> Shade:
        """Highlight the kind of the op at the cursor."""
        if self._looked.cursor is None or index != self.cursor_line():
            return ""
        return "cursor" if side is None or side == self._looked.cursor.side else "counterpart"

    def op(self, index: int, side: int) -> int | None:
        """The first op of that kind on that side."""
        ops = self._totals[index].ops[side] if index < len(self._totals) else ()
        return ops[0].number if ops else None

    def cursor_line(self) -> int | None:
        """Return the line that counts the op at the cursor."""
        if self._looked.cursor is None:
            return None
        side, number = self._looked.cursor
        places = enumerate(self._totals)
        return next((at for at, one in places if any(op.number == number for op in one.ops[side])), None)

    def _sizes(self, width: int) -> dict[str, int]:
        """How wide each column of a side is; a bar takes what is left, if that is enough to be read."""
        sizes = dict(_FIGURES)
        room = (width - _NAME) // max(len(self._sides), 1) - _SPACE
        if _total(sizes) > room:
            del sizes["bytes"]
        bar = room - _total(sizes) - 1
        return {**sizes, "bar": bar} if bar >= _LEAST_BAR else sizes

    def _side(self, total: Total, side: int, sizes: dict[str, int]) -> list[Span]:
        if not total.ops[side]:
            return [Span(" " * (_total(sizes) + _SPACE), "", side)]
        time, whole = total.time_ns(side), self._all.time_ns(side)
        share = time / whole if time is not None and whole else None
        texts = {
            "count": f"{len(total.ops[side]):,}",
            "time": numbers.duration(time),
            "bytes": numbers.size(total.nbytes(side)),
            "share": numbers.NA if share is None else f"{100 * share:.1f} %",
        }
        figures = " ".join(right(texts[name], size) for name, size in sizes.items() if name in texts)
        bar = sizes.get("bar", 0)
        drawn = "" if total is self._all or time is None else _blocks(time / max(self._longest, 1) * bar)
        spans = [Span(" " * _SPACE + figures, "", side)]
        return [*spans, Span(f" {drawn.ljust(bar)}", LANES[side], side)] if bar else spans


def _total(sizes: dict[str, int]) -> int:
    return sum(sizes.values()) + len(sizes) - 1


def _blocks(cells: float) -> str:
    eighths = round(cells * 8)
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def _together(found: Sequence[Total]) -> tuple[tuple[LoggedOp, ...], tuple[LoggedOp, ...]]:
    left, right = (tuple(op for total in found for op in total.ops[side]) for side in (0, 1))
    return left, right


def _sum(figures: Sequence[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
