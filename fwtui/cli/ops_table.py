"""One op log as text: a line for each op, totals by op, or a timeline of the step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.console import Group, RenderableType
from rich.text import Text

from fwtui.cli.output import plain_table
from fwtui.core.op_stats import fingerprint, leaves, not_finite, spans_ns
from fwtui.core.oplog import LoggedOp, OpLog
from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.format.ops import cut, origin, output, right, shape
from fwtui.ops.totals import totals
from fwtui.ops.vocabulary.canonical import computes

PHASE_STYLES = {"forward": "blue", "backward": "magenta", "update": "green"}

_INDENT = "  "
_NAME = (12, 34)
_SHAPES = (12, 44)
_SOURCE = (8, 24)
_FIGURES = 34
"""Cells of a fingerprint."""
_BAR = "█"
_MOST_INPUTS = 3


def table(log: OpLog, as_format: str, phase: str | None, width: int) -> RenderableType:
    """Return a `log`, `totals` or `timeline` in `width` cells; only ops of `phase`, and calls around them."""
    ops = [op for op in log.ops if phase is None or op.phase in (None, phase)]
    if as_format == "totals":
        return _totals(replace(log, ops=tuple(ops)))
    if as_format == "timeline":
        return Group("", *_timeline(ops, width))
    return Group(*_lines(ops, width))


def time(op: LoggedOp) -> str:
    """Return how long the op kept the host busy, or its kernel ran; "" where that was not measured."""
    return "" if op.host_ns is None else numbers.duration(op.host_ns)


def figures(op: LoggedOp) -> Text:
    """Return the output's statistics; counts of NaN and infinite elements come first, in red."""
    nans, infinities = not_finite(op)
    bad = [f"{count:,} {name}" for count, name in ((nans, "NaN"), (infinities, "infinite")) if count]
    stats = fingerprint(op)
    known = stats is not None and None not in (stats.mean, stats.std, stats.largest) and not bad
    usual = f"{stats.center:9.3g} ± {stats.std:<8.3g} ≤ {stats.largest:.3g}" if stats and known else ""
    return Text.assemble((", ".join(bad), "bold red"), "  " if bad and usual else "", (usual, "dim"))


def name(op: LoggedOp) -> str:
    """Return the op's label, indented inside a call, with its name in the graph where that adds something."""
    inside = _INDENT if op.within is not None else ""
    label = op.name if op.name.startswith(op.op) else f"{op.op} {op.name}".rstrip()
    return inside + plain(label)


def _lines(ops: Sequence[LoggedOp], width: int) -> Iterator[RenderableType]:
    """Yield a heading for each phase and a line for each op. Columns that do not fit are cut on the right."""
    number = len(str(ops[-1].number)) if ops else 1
    label = _widest([name(op) for op in ops], _NAME)
    where = _widest([origin(op) for op in ops], _SOURCE)
    rest = width - (number + label + where + 9 + 8 + 5)
    stats_width = _FIGURES if rest - _FIGURES > 28 else 0
    shapes_room = max(rest - stats_width - bool(stats_width), _SHAPES[0])
    shapes = min(_widest([_shapes(op) for op in ops], _SHAPES), shapes_room)
    before: str | None = ""
    for op in ops:
        if op.phase != before and (op.phase or before):
            yield Text(f"\n{op.phase or 'inside of the call'}", style=PHASE_STYLES.get(op.phase or "", "dim"))
        before = op.phase
        style = "dim" if not computes(op.op) else ""
        yield Text.assemble(
            (right(str(op.number), number), "dim"),
            " ",
            (cut(name(op), label), style or "bold"),
            " ",
            (cut(_shapes(op), shapes), style),
            right(time(op), 9),
            " ",
            right("" if op.nbytes is None else numbers.size(op.nbytes), 8),
            " ",
            (cut(origin(op, where), where), "dim"),
            *([" ", figures(op)] if stats_width else _alarm(op)),
            no_wrap=True,
            overflow="ellipsis",
        )


def _alarm(op: LoggedOp) -> list[Text]:
    return [Text.assemble(" ", figures(op))] if any(not_finite(op)) else []


def _shapes(op: LoggedOp) -> str:
    """`64×1000, 1000×100 → 64×100`."""
    taken = [shape(one.tensor) for one in op.inputs if one.tensor is not None]
    more = ["…"] if len(taken) > _MOST_INPUTS else []
    given = output(op)
    return f"{', '.join(taken[:_MOST_INPUTS] + more)} → {given}".strip() if given else ", ".join(taken)


def _widest(texts: Sequence[str], limits: tuple[int, int]) -> int:
    least, most = limits
    return min(max([least, *map(len, texts)]), most)


def _totals(log: OpLog) -> RenderableType:
    rows = plain_table()
    rows.add_column("op")
    for title in ("count", "time", "share", "bytes"):
        rows.add_column(title, justify="right")
    for one in totals(leaves(log)):
        rows.add_row(
            Text(plain(one.op), style="dim" if not computes(one.op) else ""),
            numbers.count(one.count),
            numbers.duration(one.host_ns),
            numbers.NA if one.share is None else f"{100 * one.share:.1f} %",
            numbers.size(one.nbytes),
        )
    return Group("", rows)


def _timeline(ops: Sequence[LoggedOp], width: int) -> Iterator[Text]:
    """Yield a bar from start to end, on a common time axis, for each op whose time was measured."""
    measured = [op for op in ops if op.started_ns is not None and op.host_ns is not None]
    spans = spans_ns(measured)
    if not spans:
        yield Text("no op's time was measured", style="dim")
        return
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    label = _widest([name(op) for op in measured], _NAME)
    room = max(width - label - 11, 10)
    scale = room / max(last - first, 1)
    yield Text(f"{'':{label}} {'0':<{room - 9}}{numbers.duration(last - first):>9}", style="dim")
    for op, (start, end) in zip(measured, spans, strict=True):
        at = min(int((start - first) * scale), room - 1)
        bar = _BAR * min(max(round((end - start) * scale), 1), room - at)
        yield Text.assemble(
            (cut(name(op), label), "dim" if not computes(op.op) else "bold"),
            " " * (1 + at),
            (bar, PHASE_STYLES.get(op.phase or "", "cyan")),
            " " * (room - at - len(bar)),
            right(time(op), 10),
            no_wrap=True,
        )
