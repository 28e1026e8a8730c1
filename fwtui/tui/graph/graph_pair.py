"""Matches between the nodes of two graphs, computed once for a pair, in the background if that is slow."""

from __future__ import annotations

import itertools
from collections import Counter, OrderedDict
from dataclasses import dataclass
from functools import cached_property

from fwtui.core.graph import Graph, Node, Tensor
from fwtui.ops.align.align import Alignment, Match, align, of_graph
from fwtui.ops.vocabulary.canonical import computes
from fwtui.tui.common.analysis import AnalysisContext
from fwtui.tui.graph.page import Mark

_BATCH = "batch "
"""Prefix of the names of the batch's arrays in every graph."""
_MOST_PAIRS = 8
_AT_ONCE = 250
"""Number of nodes of both graphs together that are aligned without a noticeable delay."""


@dataclass(frozen=True)
class Pairing:
    """Two graphs and the matches between their nodes."""

    graphs: tuple[Graph, Graph]
    alignment: Alignment

    def counterparts(self, side: int, node: int) -> tuple[int, ...]:
        """Return the nodes of the other side that match `node` of `side`."""
        return self.alignment.counterparts(side, node)

    def together(self, side: int, node: int) -> tuple[int, ...]:
        """Return `node` and the nodes of its own side in the same match."""
        match = self.alignment.matches[self.alignment.match_of(side, node)]
        return match.right if side else match.left

    def word(self, side: int, node: int) -> str:
        """Return the canonical name of what a node does; "" where the table has none."""
        return self.alignment.matches[self.alignment.match_of(side, node)].canonical

    @cached_property
    def other_batches(self) -> tuple[tuple[Tensor, Tensor], ...]:
        """Each batch array that has another shape on the other side: a node without a match may then have one
        in the graph of a step on such a batch.
        """
        left, right = map(_batch, self.graphs)
        both = ((left[name], right[name]) for name in left if name in right)
        return tuple(pair for pair in both if not _fits(*pair))

    @property
    def why_unknown(self) -> str:
        """Why it is unknown whether nodes without a match have none; "" where it is known."""
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
        """For each side, the nodes that compute something and are known to have no match."""
        left, right = (
            frozenset(node for node, mark in enumerate(marks) if mark == "alone") for marks in self.marks
        )
        return left, right

    @cached_property
    def matched(self) -> tuple[int, int]:
        """For each side, the number of nodes with a match."""
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
                marks.append("alone" if computes(node.op) and not self.why_unknown else "")
        return tuple(marks)

    def _is_of_another_batch(self, match: Match) -> bool:
        """Return whether a match is the same batch array in two shapes that do not fit."""
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
    """Return the batch's arrays by name."""
    return {node.name: node.outputs[0] for node in graph.nodes if _is_batch(node)}


def _fits(left: Tensor, right: Tensor) -> bool:
    """Return whether two shapes can be the same; an unknown size fits any, and a model's data may have its
    channels first or last."""
    if len(left.shape) > 2 and Counter(left.shape) == Counter(right.shape):
        return True
    sizes = itertools.zip_longest(left.shape, right.shape, fillvalue=-1)
    return all(None in pair or pair[0] == pair[1] for pair in sizes)


class Pairings:
    """A cache of the last pairings."""

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
        _ = made.matched, made.alone, made.why_unknown  # the screen asks for them in its refresh
        return made
