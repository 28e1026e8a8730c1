"""One step along the time: a bar an op, and above them how much of each moment their phase filled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fwtui.core.op_stats import leaves, span_ns, spans_ns
from fwtui.core.oplog import LoggedOp, OpPhase
from fwtui.format import numbers
from fwtui.format.ops import cut, right
from fwtui.ops.align.log_pair import Pairing
from fwtui.ops.rows import Heading
from fwtui.tui.charts.axes import Limits, ticks
from fwtui.tui.ops.lines import RenderContext, Span, Style
from fwtui.tui.ops.match_marks import LINK, link
from fwtui.tui.ops.rows_view import RowsView

_OP, _TIME = 22, 8
_HALVES = 2
_FINE = 8
_LEVELS = " ▁▂▃▄▅▆▇█"
_TICK_EVERY = 10
_ENOUGH = 0.85
"""How much of the time axis must be filled for it to stay."""


def axis(pairing: Pairing, before: Limits | None) -> Limits | None:
    """Return a time axis for both sides, in ns from the begin of each one's first op; None without times.

    What a call, or a profiler, does before the first op inside of it would leave no room for the ops.

    Args:
        before: the axis so far, which stays while it serves: the next log is a little longer or shorter.
    """
    spans = [spans_ns(_leaves(pairing, side)) for side in (0, 1)]
    end = max((max(end for _, end in one) - min(one)[0] for one in spans if one), default=0)
    if not end:
        return None
    if before is not None and _ENOUGH * before.high <= end <= before.high:
        return before
    grain = 10 ** (len(str(end)) - 2)
    return Limits(0, float((end // grain + 1) * grain))


class TimelineView(RowsView):
    """Number, op, time, and a bar from begin to end."""

    def __init__(self, looked: RenderContext, limits: Limits | None) -> None:
        super().__init__(looked)
        self._limits = limits
        self._leaves = [_leaves(looked.pairing, side) for side in (0, 1)]
        self._begins = [min(spans_ns(ops), default=(0, 0))[0] for ops in self._leaves]

    def head(self, width: int) -> list[Span]:
        """The time axis."""
        number, bar, room = self._sizes(width)
        side = f"{right('#', number)}   {'op':<{_OP - 2}} {right('time', _TIME)}  {self._scale(bar)}"
        parts = [Span(side.ljust(room), "dim") for _ in self._looked.sides]
        return parts if self._looked.narrow else [parts[0], Span(" " * LINK), parts[1]]

    def line(self, index: int, width: int) -> list[Span]:
        """A row, or the heading of a phase with all its ops in one bar."""
        row = self._looked.rows[index]
        number, bar, room = self._sizes(width)
        parts = []
        for side in self._looked.sides:
            if isinstance(row, Heading):
                parts.append(self._phase(row.phase, side, number + 1 + _OP + 1 + _TIME + 2, bar))
            else:
                parts.append(self._cells(row.ops[side], side, number, bar))
            parts[-1].append(Span(" " * (room - number - _OP - _TIME - 4 - bar)))
        if self._looked.narrow:
            return parts[0]
        between = Span(" " * LINK) if isinstance(row, Heading) else link(self._looked, row)
        return [*parts[0], between, *parts[1]]

    def _sizes(self, width: int) -> tuple[int, int, int]:
        """Cells for a number, for a bar, and for a whole side."""
        room = width if self._looked.narrow else (width - LINK) // 2
        number = max(len(str(max(len(self._pairing.ops(side)) for side in self._looked.sides))), 2)
        return number, max(room - number - _OP - _TIME - 4, 1), room

    def _cells(self, number: int | None, side: int, digits: int, bar: int) -> list[Span]:
        if number is None:
            return [Span(" " * (digits + _OP + _TIME + 4 + bar))]
        op = self._pairing.ops(side)[number]
        return [
            Span(f"{right(str(number), digits)} ", "dim", side),
            *self._label(op, side, _OP),
            Span(f" {right(numbers.duration(op.host_ns), _TIME)}  ", "", side),
            Span(self._bar(op, self._begins[side], bar), op.phase or "dim", side),
        ]

    def _bar(self, op: LoggedOp, begin: int, cells: int) -> str:
        """From the op's begin to its end, in half cells, at least one; an arrow where it leaves the axis."""
        span = span_ns(op)
        if self._limits is None or span is None:
            return " " * cells
        halves = [int((at - begin) / self._limits.high * cells * _HALVES) for at in span]
        first, last = (max(at, 0) for at in halves)
        filled = np.zeros(cells * _HALVES, bool)
        filled[min(first, len(filled) - 1) : max(last, first + 1)] = True
        drawn = "".join(" ▐▌█"[2 * left + after] for left, after in filled.reshape(cells, _HALVES).tolist())
        if halves[0] < 0:
            drawn = f"◂{drawn[1:]}"
        return f"{drawn[:-1]}▸" if halves[1] > len(filled) else drawn

    def _phase(self, phase: OpPhase | None, side: int, indent: int, bar: int) -> list[Span]:
        """All ops of a phase in one bar, as high as they fill each moment."""
        ops = [op for op in self._leaves[side] if op.phase == phase]
        style: Style = phase or "dim"
        time = numbers.duration(sum(op.host_ns or 0 for op in ops)) if spans_ns(ops) else ""
        name = cut(phase or "phase not known", indent - _TIME - 4)
        drawn = _skyline(ops, self._begins[side], self._limits.high, bar) if self._limits else " " * bar
        return [Span(f" {name} {right(time, _TIME)}  ", style), Span(drawn, style)]

    def _scale(self, cells: int) -> str:
        """The end of the axis, and as many round times at their places as there is room for."""
        if self._limits is None:
            return " " * cells
        end = f"{numbers.duration(self._limits.high)}╷"
        if len(end) > cells:
            return " " * cells
        text, room = "", cells - len(end)
        for tick in ticks(self._limits, max(cells // _TICK_EVERY, 2)):
            at = round(tick / self._limits.high * cells)
            label = f"╷{numbers.duration(tick)} " if tick else "0 "
            if len(text) <= at and at + len(label) <= room:
                text = text.ljust(at) + label
        return text.ljust(room) + end


def _leaves(pairing: Pairing, side: int) -> tuple[LoggedOp, ...]:
    log = pairing.logs[side]
    return () if log is None else leaves(log.log)


def _skyline(ops: Sequence[LoggedOp], begin: int, high: float, cells: int) -> str:
    """How much of each of `cells` equal parts of `high` ns from `begin` on at least one of these filled."""
    edges = np.zeros(cells * _FINE + 1)
    for span in spans_ns(ops):
        first, last = (int((at - begin) / high * cells * _FINE) for at in span)
        edges[min(first, cells * _FINE)] += 1
        edges[min(max(last, first + 1), cells * _FINE)] -= 1
    filled = (np.cumsum(edges)[:-1] > 0).reshape(cells, _FINE).sum(axis=1)
    return "".join(_LEVELS[int(level)] for level in filled)
