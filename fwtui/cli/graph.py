"""`fwtui graph`: one backend's graphs as text, as JSON, and in the formats that other tools open."""

from typing import TYPE_CHECKING, Annotated

import typer

from fwtui.cli import completion
from fwtui.cli.options import OUTPUT, Json, format_of
from fwtui.race.options import HOW

if TYPE_CHECKING:
    from fwtui.core.graph import Graph, NoGraph
    from fwtui.race.request import RaceRequest
    from fwtui.session.run import Result

FORMATS = ("tree", "draw", "dot", "model-explorer")

Backend = Annotated[
    str,
    typer.Argument(
        metavar="BACKEND",
        autocompletion=completion.backends,
        help="Whose graphs, such as [bold]tf.function[/]; [bold]fwtui backends[/] lists them.",
        show_default=False,
    ),
]
Steps = Annotated[
    str,
    typer.Option(
        metavar="N",
        help="Capture the graphs after N optimizer updates (1).",
        show_default=False,
        rich_help_panel=HOW,
    ),
]
Kind = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="NAME",
        help="Only this one of the backend's graphs, such as [bold]traced[/]; without it all are shown.",
        rich_help_panel=OUTPUT,
    ),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="FORMAT",
        help="[bold]tree[/] (the default): by phase and scope; [bold]draw[/]: drawn downwards; [bold]dot[/]: "
        "one graph for Graphviz and Netron; [bold]model-explorer[/]: all of them for Google's Model "
        "Explorer.",
        rich_help_panel=OUTPUT,
    ),
]
All = Annotated[
    bool,
    typer.Option(
        "--all",
        metavar="",
        help="In a tree, every node, also of a scope that holds many.",
        rich_help_panel=OUTPUT,
    ),
]


def graph(
    request: "RaceRequest",
    backend: Backend = "",
    steps: Steps = "1",
    kind: Kind = None,
    as_format: As = None,
    every_node: All = False,
    json: Json = None,
) -> int:
    """Show the graphs of one backend's step: what it traced, compiled, built once, or recorded just now.

    Each node is shown with its phase, scope, shapes, source line, and floating-point operations where they
    are known. Constants are summarised; [bold]--json[/] has all that was captured.

    Exit code: 0 if a graph was captured, 1 if none was or the lane failed, 2 for bad input, 130 after Ctrl+C.

      fwtui graph tf.function --workload digits-mlp
      fwtui graph torch.eager --as draw | less -R
      fwtui graph tf.xla --kind optimized --as dot | dot -Tsvg -o step.svg
      fwtui graph torch.compile --as model-explorer > step.json
    """
    from dataclasses import replace

    from fwtui.backends import catalogue as backends
    from fwtui.cli import graph_output, result_table
    from fwtui.cli.output import JsonOutput
    from fwtui.cli.planning import planned
    from fwtui.cli.progress import Progress
    from fwtui.core.graph import Graph
    from fwtui.core.inputs import one_of
    from fwtui.race.request import LaneRequest
    from fwtui.session.run import run

    one_of("BACKEND", backend, backends.names())
    shown_as = format_of(as_format, FORMATS, json)
    race = planned(replace(request, lanes=(LaneRequest(backend),), steps=steps))
    race = replace(race, lanes=(replace(race.lanes[0], tell_graphs=True),))
    out = None if json is None else JsonOutput(json)
    with Progress(race) as progress:
        result = run(race, progress)
    captures = _captures(result, kind)
    if out is None or not out.standard:
        graph_output.show(result, captures, shown_as, every_node)
    if out is not None:
        out.write(graph_output.report(result, captures))
    result_table.explain_failures(result)
    if result.signal:
        return 128 + result.signal
    return int(result.outcomes != ["done"] or not any(isinstance(one, Graph) for one in captures))


def _captures(result: "Result", kind: str | None) -> "tuple[Graph | NoGraph, ...]":
    """Return all graphs of the lane, or the one named `kind`; SpecError for an unknown kind."""
    from fwtui.core.inputs import one_of

    record = result.lanes[0].graphs
    captures = record.graphs if record else ()
    if kind is not None and captures:
        one_of("--kind", kind, tuple(one.kind for one in captures))
    return tuple(one for one in captures if kind in (None, one.kind))
