"""What is shown of one lane's graphs: which of them, what is folded in it, and where the cursor stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fwtui.core.graph import Graph, NoGraph
from fwtui.core.records import GraphsCaptured
from fwtui.graphs import tree
from fwtui.ops.vocabulary.canonical import computes
from fwtui.tui.graph.graph_index import GraphFacts
from fwtui.tui.graph.locate import like
from fwtui.tui.graph.page import DrawingPage, Item, MarkOf, Page, TreePage

View = Literal["tree", "drawing"]
_LARGE = 200
"""A graph with more nodes begins with its scopes folded."""


@dataclass
class _Shown:
    """One graph as it is looked at.

    Attributes:
        folded: paths of the groups that are closed, and `folded_kept`, those closed in what a filter leaves.
        item: where the cursor is.
    """

    facts: GraphFacts
    item: Item
    folded: frozenset[str]
    folded_kept: frozenset[str] = frozenset()


class LaneGraphs:
    """A lane's graphs and what is looked at in them; made anew for each run of the lane.

    Attributes:
        told: its graphs, and why others are missing, as they were told last.
        step: the step before which that was.
    """

    def __init__(self) -> None:
        self.told: tuple[Graph | NoGraph, ...] = ()
        self.step: int | None = None
        self._record: GraphsCaptured | None = None
        self._kind = ""
        self._shown: dict[str, _Shown] = {}
        self._pages: dict[View, tuple[tuple[object, ...], Page]] = {}

    def take_in(self, record: GraphsCaptured | None) -> None:
        """Has what the lane told last; each graph stays as it is looked at, as far as it is the same."""
        if record is self._record or record is None:
            return
        self._record, self.step = record, record.step
        known = {kind: shown.facts.graph for kind, shown in self._shown.items()}
        self.told = tuple(known[one.kind] if known.get(one.kind) == one else one for one in record.graphs)
        for one in self.told:
            if isinstance(one, Graph) and one.nodes and known.get(one.kind) is not one:
                shown, begun = self._shown.get(one.kind), self._begin(GraphFacts(one))
                self._shown[one.kind] = begun if shown is None else _stayed(shown, begun)
        if self._kind not in {one.kind for one in self.told}:
            self._kind = _first(self.told)

    @property
    def one(self) -> Graph | NoGraph | None:
        """The graph that is shown, or why it is missing; None where nothing was told."""
        return next((one for one in self.told if one.kind == self._kind), None)

    @property
    def graph(self) -> Graph | None:
        """The graph that is shown; None also for one without any node."""
        return one if isinstance(one := self.one, Graph) and one.nodes else None

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """Those that were captured, the one that is shown first."""
        graphs = [one for one in self.told if isinstance(one, Graph)]
        return tuple(sorted(graphs, key=lambda graph: graph.kind != self._kind))

    @property
    def facts(self) -> GraphFacts:
        """What is known of the graph that is shown; there must be one."""
        return self._shown[self._kind].facts

    @property
    def item(self) -> Item:
        """Where the cursor is in the graph that is shown; there must be one."""
        return self._shown[self._kind].item

    @property
    def node(self) -> int | None:
        """The node at the cursor; None at a group, and where there is no graph."""
        return item if self.graph is not None and isinstance(item := self.item, int) else None

    @property
    def kind(self) -> str:
        """Which of the graphs is shown."""
        return self._kind

    def choose(self, kind: str) -> None:
        """Shows another of the graphs."""
        self._kind = kind

    def next_kind(self) -> str:
        """The one after the one that is shown."""
        kinds = [one.kind for one in self.told]
        return kinds[(kinds.index(self._kind) + 1) % len(kinds)] if self._kind in kinds else self._kind

    def put(self, item: Item) -> None:
        """Puts the cursor on a node or a group, and opens what it is folded away in."""
        shown = self._shown[self._kind]
        shown.item = item
        if isinstance(item, int):
            around = shown.facts.around[item]
            if not shown.folded.isdisjoint(around):
                shown.folded -= frozenset(around)
            if not shown.folded_kept.isdisjoint(around):
                shown.folded_kept -= frozenset(around)

    def fold(self, path: str, closed: bool, filtered: bool) -> None:
        """Closes or opens a group."""
        folded = self._folded(filtered)
        folded = folded | {path} if closed else folded - {path}
        if filtered:
            self._shown[self._kind].folded_kept = folded
        else:
            self._shown[self._kind].folded = folded

    def is_folded(self, path: str, filtered: bool) -> bool:
        """Whether a group is closed."""
        return path in self._folded(filtered)

    def page(
        self,
        view: View,
        kept: frozenset[int] | None,
        mark: MarkOf,
        marked: object,
        beside: GraphFacts | None = None,
    ) -> Page:
        """The rows of the graph that is shown.

        Args:
            kept: the nodes that are not left out; None: all.
            mark: of each node, and `marked`, something that is another one when the marks are.
            beside: the graph on the other side, which has the same columns.
        """
        folded = self._folded(kept is not None)
        key = self.graph, kept, folded, marked, beside
        if view not in self._pages or not is_same(self._pages[view][0], key):
            self._pages[view] = key, self._make(view, kept, folded, mark, beside)
        return self._pages[view][1]

    def row_near(self, page: Page, item: Item) -> int | None:
        """Where `item` is in `page`, or the group that it is folded away in, or the first of its nodes."""
        if (row := page.row(item)) is not None:
            return row
        if isinstance(item, int):
            near = (page.row(path) for path in reversed(self.facts.around[item]))
        else:
            near = (page.row(node) for node in self.facts.inside[item])
        return next((row for row in near if row is not None), None)

    def _make(
        self,
        view: View,
        kept: frozenset[int] | None,
        folded: frozenset[str],
        mark: MarkOf,
        beside: GraphFacts | None,
    ) -> Page:
        facts = self.facts
        if view == "drawing":
            return DrawingPage(facts, kept, mark)
        groups = facts.groups if kept is None else tree.pruned(facts.graph, facts.groups, kept)
        theirs = beside.widths if beside is not None else {}
        widths = {column: max(width, theirs.get(column, 0)) for column, width in facts.widths.items()}
        return TreePage(facts, groups, lambda group: group.path not in folded, mark, widths)

    def _folded(self, filtered: bool) -> frozenset[str]:
        shown = self._shown[self._kind]
        return shown.folded_kept if filtered else shown.folded

    def _begin(self, facts: GraphFacts) -> _Shown:
        """At the first op of the forward pass; constants are folded, and in a large graph every scope."""
        nodes = facts.graph.nodes
        forward = [index for index in facts.order if nodes[index].phase == "forward"]
        first = next((index for index in forward if computes(nodes[index].op)), facts.order[0])
        large = len(nodes) > _LARGE
        paths = {path for path in facts.inside if "/" in path} if large else set()
        return _Shown(facts, first, frozenset((paths | {"constant"}) - set(facts.around[first])))


def _stayed(shown: _Shown, begun: _Shown) -> _Shown:
    """A graph that was told anew as the one before it was looked at, the cursor on what is most like."""
    before, facts = shown.facts, begun.facts
    item: Item | None = shown.item
    if isinstance(item, int):
        item = like(before.graph, item, facts.graph)
    elif item not in facts.inside:
        item = None
    if item is None:
        item = begun.item
    around = frozenset(facts.around[item] if isinstance(item, int) else facts.above(item))
    folded = shown.folded | (begun.folded - before.inside.keys())
    return _Shown(facts, item, folded - around, shown.folded_kept - around)


def _first(told: Sequence[Graph | NoGraph]) -> str:
    """The first of those that tell most of a step: that have the most phases."""
    graphs = [one for one in told if isinstance(one, Graph)]
    if not graphs:
        return told[0].kind if told else ""
    return max(graphs, key=lambda graph: len({node.phase for node in graph.nodes})).kind


def is_same(old: tuple[object, ...], new: tuple[object, ...]) -> bool:
    """Whether two keys hold the same, without a look into graphs, which are large."""
    return all(a is b or (isinstance(a, str | bool) and a == b) for a, b in zip(old, new, strict=True))
