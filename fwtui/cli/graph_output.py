"""One backend's graphs for people, and in the formats that other tools open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fwtui.cli import output
from fwtui.cli.result_table import headline
from fwtui.core.graph import Graph, NoGraph
from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.graphs import tree
from fwtui.graphs.dot import as_dot
from fwtui.graphs.draw import Drawing
from fwtui.graphs.json_format import as_json
from fwtui.graphs.lines import Line
from fwtui.graphs.model_explorer import as_model_explorer
from fwtui.graphs.summary import Summary, summary
from fwtui.session.report import report as race_report
from fwtui.session.run import Result
from fwtui.workloads import catalogue as workloads

Captures = Sequence[Graph | NoGraph]
"""The graphs of one lane, both captured and missing ones."""

_MOST_OPS = 12
_STYLES = {
    "edge": "dim",
    "number": "dim",
    "op": "bold",
    "tensor": "dim",
    "detail": "dim",
    "link": "cyan",
    "input": "cyan",
    "constant": "bright_black",
    "forward": "blue",
    "loss": "yellow",
    "backward": "magenta",
    "update": "green",
}
_LANE_FIELDS = ("backend", "framework", "framework_version", "device", "dtype", "outcome", "reason")


def show(result: Result, captures: Captures, as_format: str, every_node: bool) -> None:
    """Print the captured graphs, and the reason for each missing one."""
    graphs = [one for one in captures if isinstance(one, Graph)]
    if not captures:
        if result.outcomes == ["done"]:
            _remark(f"{result.spec.lanes[0].backend} has no graph to tell")
        return
    if as_format in ("tree", "draw"):
        output.show(Text(headline(result.spec), style="bold"))
        output.show(Text(_lane(result)))
        for one in captures:
            output.show(page(one, as_format, every_node))
        return
    if graphs and as_format == "dot":
        output.say(as_dot(graphs[0]))
        if others := ", ".join(plain(graph.kind) for graph in graphs[1:]):
            _remark(f"this is {plain(graphs[0].kind)}; --kind NAME writes another: {others}")
    elif graphs:
        lane = result.spec.lanes[0]
        label = f"{workloads.title(lane.workload.name)}, {lane.backend}"
        output.say(output.dumps(as_model_explorer(label, graphs)) + "\n")
    for one in captures:
        if isinstance(one, NoGraph):
            _remark(_missing(one))


def report(result: Result, captures: Captures) -> dict[str, Any]:
    """Return the graphs and their origin as a JSON object that follows `fwtui/graphs/schema.json`."""
    whole = race_report(result.spec, result.lanes, result.gap, result.same, result.speed)
    (lane,) = whole["lanes"]
    record = result.lanes[0].graphs
    return {
        "fwtui": whole["fwtui"],
        **{name: lane[name] for name in (*_LANE_FIELDS, "parameters")},
        "step": record.step if record else None,
        "workload": whole["workload"],
        **as_json(captures),
    }


def _lane(result: Result) -> str:
    spec, lane = result.spec.lanes[0], result.lanes[0]
    version = f"{lane.imported.framework} {lane.imported.version}" if lane.imported else numbers.NA
    built = lane.built
    return "   ".join(
        [
            spec.backend,
            version,
            built.device if built else numbers.NA,
            f"{numbers.count(built.parameters if built else None)} parameters",
            f"after {numbers.plural(lane.steps, 'step')}",
        ]
    )


def page(one: Graph | NoGraph, as_format: str, every_node: bool) -> RenderableType:
    """Return one graph as a `tree` or as a `draw`ing, with its figures; or why it is missing."""
    if isinstance(one, NoGraph):
        return Group("", Text(_missing(one), style="yellow"))
    title = Text.assemble((plain(one.kind), "bold"), f"  {plain(one.title)}")
    if as_format == "draw":
        drawing = Drawing(one)
        folded = [Text(text, style="dim")] if (text := drawing.folded()) else []
        return Group("", title, _figures(one), *folded, "", *_texts(drawing.lines()))
    most = None if every_node else tree.MOST
    return Group("", title, _figures(one), "", *_texts(tree.lines(one, most)))


def _figures(graph: Graph) -> Table:
    figures = summary(graph)
    ops = [f"{count:,} {plain(op)}" for op, count in figures.ops.items()]
    more = [f"and {numbers.plural(len(ops) - _MOST_OPS, 'further op')}"] if len(ops) > _MOST_OPS else []
    rows = {
        "captured": plain(graph.captured),
        "nodes": f"{figures.nodes:,}, {numbers.plural(figures.edges, 'edge')}: "
        + ", ".join(f"{count:,} {phase}" for phase, count in figures.phases.items()),
        "ops": ", ".join([*ops[:_MOST_OPS], *more]),
        "flops": _flops(figures),
    }
    if graph.parts:
        parts = (f"{plain(name)} ({numbers.plural(_lines(text), 'line')})" for name, text in graph.parts)
        rows["parts"] = f"{', '.join(parts)}; --json has them whole"
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows.items():
        table.add_row(name, Text(text))
    return table


def _flops(figures: Summary) -> str:
    if figures.flops is None:
        return numbers.NA
    known = f"{figures.flops_known:,} of {numbers.plural(figures.nodes, 'node')}"
    least = "at least " if figures.flops_least else ""
    return f"{least}{figures.flops:,} a step, as {known} tell"


def _lines(text: str) -> int:
    return len(text.splitlines())


def _texts(lines: Iterable[Line]) -> list[Text]:
    """Return the lines as terminal text, each cut at the terminal's width."""
    return [
        Text.assemble(
            *((span.text, _STYLES.get(span.style, "")) for span in line), no_wrap=True, overflow="ellipsis"
        )
        for line in lines
    ]


def _missing(one: NoGraph) -> str:
    return f"{plain(one.kind)}  {plain(one.title)}: not captured: {plain(one.reason)}"


def _remark(text: str) -> None:
    output.console(stderr=True).print(Text(text), soft_wrap=True)
