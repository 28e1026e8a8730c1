"""What the graph screen costs with large graphs: the first look, and each key after it.

    python benchmarks/graphs.py [--nodes 10000] [--size 160x45]

No lane runs: both sides are handed a made-up training step. A key's time is the processor time of its action
and of making the lines of both sides, in milliseconds; writing them to the terminal comes on top.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from typing import ClassVar

from textual.geometry import Region

from fwtui.core.graph import Graph, Node, NodePhase, Tensor
from fwtui.core.records import GraphsCaptured
from fwtui.graphs.draw import Drawing
from fwtui.graphs.tree import rows, tree
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.tui.app import FwtuiApp
from fwtui.tui.common.model import RaceModel
from fwtui.tui.graph.screen import GraphScreen
from fwtui.tui.graph.side_panel import GraphLines

PAGES = 50
PARTS: tuple[tuple[NodePhase, str, str], ...] = (
    ("forward", "MatMul", "net"),
    ("forward", "Relu", "net"),
    ("backward", "ReluGrad", "grad"),
    ("backward", "MatMul", "grad"),
    ("update", "AssignSub", "update"),
)


def step(count: int) -> Graph:
    """A training step of about `count` nodes: a block of two for every layer, forward, back and updated."""
    layers = count // len(PARTS)
    shape = (Tensor("float32", (64, 1000)),)
    nodes = [Node("Placeholder", "x", "input", (), shape)]
    for phase, op, scope in PARTS:
        for layer in range(layers):
            taken = tuple((giver, 0) for giver in {len(nodes) - 1, max(len(nodes) - layers, 0)})
            where = f"{scope}/block{layer // 10}/layer{layer}"
            nodes.append(Node(op, f"{where}/{op}", phase, taken, shape, where, ("/net.py", 12), 100))
    return Graph("traced", "as traced", "made up", tuple(nodes))


def milliseconds(run: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    run()
    return (time.process_time() - start) * 1e3


def still_app(graphs: list[Graph]) -> FwtuiApp:
    """The app with lanes that never start and have told their graphs."""

    class Model(RaceModel):
        def start(self) -> None:
            for lane, graph in zip(self.lanes, graphs, strict=True):
                lane.history.graphs = GraphsCaptured(0, (graph,))

    class App(FwtuiApp):
        CSS_PATH: ClassVar = [*FwtuiApp(RaceRequest()).css_path]
        MODEL = Model

    return App(RaceRequest((LaneRequest("tf.function"), LaneRequest("torch.eager"))))


async def measure(graph: Graph, size: tuple[int, int]) -> None:
    """Prints what each key takes."""
    app = still_app([graph, graph])
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("2")
        await pilot.pause()
        await app.workers.wait_for_complete()  # matched, in a thread
        await pilot.press("f", *"block", "enter")  # a filter opens every group
        screen = app.screen
        assert isinstance(screen, GraphScreen)

        def painted(act: Callable[[], object]) -> None:
            act()
            for lines in screen.query(GraphLines):
                lines.render_lines(Region(0, 0, *lines.size))

        def to_both_ends() -> None:
            screen.action_to_end(False)
            screen.action_to_end(True)

        def row(what: str, times: list[float]) -> None:
            least, median, most = min(times), statistics.median(times), max(times)
            sys.stdout.write(f"{what:<28}{least:>9.2f}{median:>9.2f}{most:>9.2f}\n")

        def keys(what: str, act: Callable[[], object], times: int = PAGES) -> None:
            row(what, [milliseconds(lambda: painted(act)) for _ in range(times)])

        keys("tree: page down", lambda: screen.action_page(1))
        keys("tree: cursor down", lambda: screen.action_move(1))
        keys("tree, first and last row", to_both_ends, 10)
        keys("tree to drawing and back", screen.action_view, 4)
        screen.action_view()
        keys("drawing: page up", lambda: screen.action_page(-1))
        keys("drawing: cursor up", lambda: screen.action_move(-1))


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--size", default="160x45")
    given = parser.parse_args()
    graph = step(given.nodes)
    sys.stdout.write(f"{len(graph.nodes):,} nodes a side, {given.size}     least   median     most   ms\n")
    sys.stdout.write(f"{'placed as a tree':<28}{milliseconds(lambda: list(rows(tree(graph)))):>9.2f}\n")
    sys.stdout.write(f"{'placed as a drawing':<28}{milliseconds(lambda: Drawing(graph)):>9.2f}\n")
    width, height = map(int, given.size.split("x"))
    asyncio.run(measure(graph, (width, height)))


if __name__ == "__main__":
    main()
