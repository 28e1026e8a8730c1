"""Which nodes of two graphs correspond, computed once for a pair, in the background if it takes long."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from fwtui.core.graph import Graph, Node, Tensor
from fwtui.ops.align.align import Alignment, Match, align, of_graph
from fwtui.ops.vocabulary.canonical import computes
from fwtui.tui.common.analysis import AnalysisContext
from fwtui.tui.graph.page import Mark

_BATCH = "batch "
"""So the names of its arrays begin in every graph."""
_MOST_PAIRS = 8
_AT_ONCE = 250
"""Nodes of both graphs together that are aligned in less time than anybody sees."""


@dataclass(frozen=True)
class Pairing:
    """Two graphs side by side, and what corresponds."""

    graphs: tuple[Graph, Graph]
    alignment: Alignment

    def counterparts(self, side: int, node: int) -> tuple[int, ...]:
        """The nodes of the other side that do what `node` of `side` does."""
        return self.alignment.counterparts(side, node)

    def together(self, side: int, node: int) -> tuple[int, ...]:
        """`node` and the nodes of its own side that do the same thing with it."""
        match = self.alignment.matches[self.alignment.match_of(side, node)]
        return match.right if side else match.left

    def word(self, side: int, node: int) -> str:
        """What it does in both frameworks' word for it; "" where the table has none."""
        return self.alignment.matches[self.alignment.match_of(side, node)].canonical

    @cached_property
    def other_batches(self) -> tuple[tuple[Tensor, Tensor], ...]:
        """Each batch array that has another shape on the other side: what has no counterpart then may have
        one in the graph of a step on such a batch.
        """
        left, right = map(_batch, self.graphs)
        both = ((left[name], right[name]) for name in left if name in right)
        return tuple(pair for pair in both if not _fits(*pair))

    @property
    def untold(self) -> str:
        """Why of what has no counterpart nobody can say that it stands alone; "" where it does."""
        if self.other_batches:
            return "the other graph is of another batch"
        return "" if self.alignment.whole else "graphs as large as these are matched in pieces, if at all"

    @cached_property
    def marks(self) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
        """For each side, each node's mark."""
        left, right = self.graphs
        return self._marks(0, left), self._marks(1, right)

    @cached_property
    def alone(self) -> tuple[frozenset[int], frozenset[int]]:
        """For each side, the nodes that do something which nothing on the other side does."""
        left, right = (
            frozenset(node for node, mark in enumerate(marks) if mark == "alone") for marks in self.marks
        )
        return left, right

    @cached_property
    def matched(self) -> tuple[int, int]:
        """For each side, how many nodes have a counterpart."""
        left, right = (sum(mark in ("same", "several") for mark in marks) for marks in self.marks)
        return left, right

    def _marks(self, side: int, graph: Graph) -> tuple[Mark, ...]:
        marks: list[Mark] = []
        for index, node in enumerate(graph.nodes):
            match = self.alignment.matches[self.alignment.match_of(side, index)]
            if self._is_of_another_batch(match):
                marks.append("")
            elif match.left and match.right:
                marks.append("same" if len(match.left) == len(match.right) == 1 else "several")
            else:
                marks.append("alone" if computes(node.op) and not self.untold else "")
        return tuple(marks)

    def _is_of_another_batch(self, match: Match) -> bool:
        """Whether counterparts are the same batch array, in other shapes."""
        given = [
            graph.nodes[one].outputs[0]
            for graph, side in zip(self.graphs, (match.left, match.right), strict=True)
            for one in side
            if _is_batch(graph.nodes[one])
        ]
        return len(given) == 2 and not _fits(*given)


def _is_batch(node: Node) -> bool:
    return node.phase == "input" and node.name.startswith(_BATCH) and bool(node.outputs)


def _batch(graph: Graph) -> dict[str, Tensor]:
    """The batch's arrays, by name."""
    return {node.name: node.outputs[0] for node in graph.nodes if _is_batch(node)}


def _fits(left: Tensor, right: Tensor) -> bool:
    """Whether two shapes can be the same; what is open is any size."""
    sizes = itertools.zip_longest(left.shape, right.shape, fillvalue=-1)
    return all(None in pair or pair[0] == pair[1] for pair in sizes)


class Pairings:
    """The last pairings."""

    def __init__(self, context: AnalysisContext) -> None:
        self._context = context
        self._pairs: OrderedDict[tuple[int, int], _Pair] = OrderedDict()

    def of(self, left: Graph, right: Graph) -> Pairing | None:
        """Return the pairing of two graphs; None while it is being computed, and where that failed."""
        return self._pair(left, right).pairing

    def failure(self, left: Graph, right: Graph) -> str:
        """Return why the pairing failed; "" where it did not."""
        return self._pair(left, right).failure

    def _pair(self, left: Graph, right: Graph) -> _Pair:
        key = id(left), id(right)
        if key not in self._pairs:
            pair = self._pairs[key] = _Pair(self._context, left, right)
            if len(left.nodes) + len(right.nodes) > _AT_ONCE:
                self._context.run_in_background(pair.run)
            else:
                pair.run()
            while len(self._pairs) > _MOST_PAIRS:
                self._pairs.popitem(last=False)
        self._pairs.move_to_end(key)
        return self._pairs[key]


class _Pair:
    """Keeps its graphs, so that no others take their places in memory."""

    def __init__(self, context: AnalysisContext, left: Graph, right: Graph) -> None:
        self._context = context
        self._graphs = left, right
        self.pairing: Pairing | None = None
        self.failure = ""

    def run(self) -> None:
        """Match their nodes."""
        self.pairing, self.failure = self._context.attempt("matching the nodes", self._match)

    def _match(self) -> Pairing:
        left, right = self._graphs
        made = Pairing(self._graphs, align(of_graph(left), of_graph(right)))
        _ = made.matched, made.alone, made.untold  # the screen asks for them in its refresh
        return made
