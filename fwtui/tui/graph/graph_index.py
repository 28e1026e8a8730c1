"""Derived facts of a graph for the graph screen, each computed once, on first use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from fwtui.core.graph import Graph
from fwtui.core.text import plain
from fwtui.graphs.draw import Drawing
from fwtui.graphs.lines import called, outputs, source
from fwtui.graphs.summary import Summary, summary
from fwtui.graphs.tree import Group, tree
from fwtui.ops.vocabulary.canonical import canonical

_SHORT_LANES = 8


class GraphFacts:
    """A graph and what follows from it."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @cached_property
    def summary(self) -> Summary:
        """Its figures."""
        return summary(self.graph)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """It as a tree."""
        return tree(self.graph)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The nodes in the tree's order."""
        return tuple(self.around)

    @cached_property
    def around(self) -> dict[int, tuple[str, ...]]:
        """For each node, the paths of the tree's groups that contain it, outermost first."""
        return dict(_around(self.groups, ()))

    def above(self, item: int | str) -> tuple[str, ...]:
        """Return the paths of the groups around a node or a group, outermost first."""
        if isinstance(item, int):
            return self.around[item]
        paths = self.around[self.inside[item][0]]
        return paths[: paths.index(item)]

    @cached_property
    def inside(self) -> dict[str, tuple[int, ...]]:
        """For each group's path, the nodes in it at any depth, in the tree's order."""
        inside: dict[str, list[int]] = {}
        for node, paths in self.around.items():
            for path in paths:
                inside.setdefault(path, []).append(node)
        return {path: tuple(nodes) for path, nodes in inside.items()}

    @cached_property
    def drawing(self) -> Drawing:
        """The graph's drawing, with the nodes' names."""
        return Drawing(self.graph)

    @cached_property
    def short_drawing(self) -> Drawing:
        """The graph's drawing with fewer parallel edges and no names, for a narrow side."""
        return Drawing(self.graph, _SHORT_LANES, names=False)

    @cached_property
    def inputs(self) -> tuple[tuple[int, ...], ...]:
        """For each node, the nodes that it takes something from, in order, each once."""
        return tuple(tuple(dict.fromkeys(giver for giver, _ in node.inputs)) for node in self.graph.nodes)

    @cached_property
    def takers(self) -> tuple[tuple[int, ...], ...]:
        """For each node, the nodes that take something from it, each once."""
        takers: list[list[int]] = [[] for _ in self.graph.nodes]
        for index, givers in enumerate(self.inputs):
            for giver in givers:
                takers[giver].append(index)
        return tuple(map(tuple, takers))

    @cached_property
    def widths(self) -> dict[str, int]:
        """Width of each column of the tree, in cells: op with its branches, outputs, source, name."""
        widths = dict.fromkeys(("op", "outputs", "source", "name"), 0)
        for index, node in enumerate(self.graph.nodes):
            depth = len(self.around[index])
            cells = {
                "op": max(len(node.op), len(called(node))) + 3 * depth,
                "outputs": len(outputs(node)),
                "source": len(source(node)),
                "name": len(node.name),
            }
            widths = {column: max(widths[column], cells[column]) for column in widths}
        return widths

    def found(self, text: str) -> frozenset[int]:
        """The nodes of which every word of `text` is said: phase, op, name, place in the source, or what the
        op does in both frameworks' word for it.
        """
        words = text.lower().split()
        return frozenset(
            index for index, said in enumerate(self._said) if all(word in said for word in words)
        )

    @cached_property
    def _said(self) -> Sequence[str]:
        what = {op: " ".join(canonical(op) or ()) for op in self.summary.ops}
        return [
            plain(f"{node.phase} {node.op} {node.scope}/{node.name} {source(node)} {what[node.op]}").lower()
            for node in self.graph.nodes
        ]


def _around(groups: Sequence[Group | int], above: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for child in groups:
        if isinstance(child, Group):
            yield from _around(child.children, (*above, child.path))
        else:
            yield child, above
