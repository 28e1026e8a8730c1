"""One op log as lines: every op, totals by op, or bars along the step's time."""

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
from fwtui.format.ops import cut, output, right, shape, source
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
    """`log`, `totals` or `timeline` in `width` cells; only ops of `phase`, and calls around them."""
    ops = [op for op in log.ops if phase is None or op.phase in (None, phase)]
    if as_format == "totals":
        return _totals(replace(log, ops=tuple(ops)))
    if as_format == "timeline":
        return Group("", *_timeline(ops, width))
    return Group(*_lines(ops, width))


def time(op: LoggedOp) -> str:
    """How long it kept the host, or a kernel ran; nothing where nobody measured."""
    return "" if op.host_ns is None else numbers.duration(op.host_ns)


def figures(op: LoggedOp) -> Text:
    """What came out, in a few figures; what is not finite comes first, and red."""
    nans, infinities = not_finite(op)
    bad = [f"{count:,} {name}" for count, name in ((nans, "NaN"), (infinities, "infinite")) if count]
    told = fingerprint(op)
    known = told is not None and None not in (told.mean, told.std, told.largest) and not bad
    usual = f"{told.center:9.3g} ± {told.std:<8.3g} ≤ {told.largest:.3g}" if told and known else ""
    return Text.assemble((", ".join(bad), "bold red"), "  " if bad and usual else "", (usual, "dim"))


def name(op: LoggedOp) -> str:
    """The op below its call, with its name in the graph where that says more."""
    inside = _INDENT if op.within is not None else ""
    told = op.name if op.name.startswith(op.op) else f"{op.op} {op.name}".rstrip()
    return inside + plain(told)


def _lines(ops: Sequence[LoggedOp], width: int) -> Iterator[RenderableType]:
    """A heading a phase, and a line an op. What does not fit is left out from the right."""
    number = len(str(ops[-1].number)) if ops else 1
    label = _widest([name(op) for op in ops], _NAME)
    where = _widest([source(op) for op in ops], _SOURCE)
    rest = width - (number + label + where + 9 + 8 + 5)
    told = _FIGURES if rest - _FIGURES > 28 else 0
    shapes = min(_widest([_shapes(op) for op in ops], _SHAPES), max(rest - told - bool(told), _SHAPES[0]))
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
            (cut(source(op), where), "dim"),
            *([" ", figures(op)] if told else _alarm(op)),
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
    told = plain_table()
    told.add_column("op")
    for title in ("count", "time", "share", "bytes"):
        told.add_column(title, justify="right")
    for one in totals(leaves(log)):
        told.add_row(
            Text(plain(one.op), style="dim" if not computes(one.op) else ""),
            numbers.count(one.count),
            numbers.duration(one.host_ns),
            numbers.NA if one.share is None else f"{one.share:.1%}",
            numbers.size(one.nbytes),
        )
    return Group("", told)


def _timeline(ops: Sequence[LoggedOp], width: int) -> Iterator[Text]:
    """A bar for each op that was measured, from its begin to its end, along the whole."""
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
