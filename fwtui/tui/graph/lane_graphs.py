"""View state of one lane's graphs: which graph is shown, its folded groups and the cursor."""

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
"""Number of nodes above which a graph starts with its scopes folded."""


@dataclass
class _Shown:
    """The view state of one graph.

    Attributes:
        folded: paths of the closed groups, and `folded_kept`, of those closed while a filter is active.
        item: the node or group at the cursor.
    """

    facts: GraphFacts
    item: Item
    folded: frozenset[str]
    folded_kept: frozenset[str] = frozenset()


class LaneGraphs:
    """A lane's graphs and their view state; each run of the lane has its own.

    Attributes:
        entries: its graphs as last received, with the reasons why others are missing.
        step: the step before which they were captured.
    """

    def __init__(self) -> None:
        self.entries: tuple[Graph | NoGraph, ...] = ()
        self.step: int | None = None
        self._record: GraphsCaptured | None = None
        self._kind = ""
        self._shown: dict[str, _Shown] = {}
        self._pages: dict[View, tuple[tuple[object, ...], Page]] = {}

    def take_in(self, record: GraphsCaptured | None) -> None:
        """Take over the last record of the lane; each graph keeps its view state as far as it is the same."""
        if record is self._record or record is None:
            return
        self._record, self.step = record, record.step
        known = {kind: shown.facts.graph for kind, shown in self._shown.items()}
        self.entries = tuple(known[one.kind] if known.get(one.kind) == one else one for one in record.graphs)
        for one in self.entries:
            if isinstance(one, Graph) and one.nodes and known.get(one.kind) is not one:
                shown, begun = self._shown.get(one.kind), self._begin(GraphFacts(one))
                self._shown[one.kind] = begun if shown is None else _stayed(shown, begun)
        if self._kind not in {one.kind for one in self.entries}:
            self._kind = _first(self.entries)

    @property
    def one(self) -> Graph | NoGraph | None:
        """The graph that is shown, or why it is missing; None where the lane has sent none."""
        return next((one for one in self.entries if one.kind == self._kind), None)

    @property
    def graph(self) -> Graph | None:
        """The graph that is shown; None also for one without any node."""
        return one if isinstance(one := self.one, Graph) and one.nodes else None

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """The captured graphs; the one that is shown comes first."""
        graphs = [one for one in self.entries if isinstance(one, Graph)]
        return tuple(sorted(graphs, key=lambda graph: graph.kind != self._kind))

    @property
    def facts(self) -> GraphFacts:
        """The facts of the graph that is shown; there must be one."""
        return self._shown[self._kind].facts

    @property
    def item(self) -> Item:
        """The node or group at the cursor in the graph that is shown; there must be one."""
        return self._shown[self._kind].item

    @property
    def node(self) -> int | None:
        """The node at the cursor; None at a group, and where there is no graph."""
        return item if self.graph is not None and isinstance(item := self.item, int) else None

    @property
    def kind(self) -> str:
        """The kind of the graph that is shown."""
        return self._kind

    def choose(self, kind: str) -> None:
        """Show another of the graphs."""
        self._kind = kind

    def next_kind(self) -> str:
        """Return the kind of the graph after the one that is shown."""
        kinds = [one.kind for one in self.entries]
        return kinds[(kinds.index(self._kind) + 1) % len(kinds)] if self._kind in kinds else self._kind

    def put(self, item: Item) -> None:
        """Put the cursor on a node or a group, and open the closed groups around a node."""
        shown = self._shown[self._kind]
        shown.item = item
        if isinstance(item, int):
            around = shown.facts.around[item]
            if not shown.folded.isdisjoint(around):
                shown.folded -= frozenset(around)
            if not shown.folded_kept.isdisjoint(around):
                shown.folded_kept -= frozenset(around)

    def fold(self, path: str, closed: bool, filtered: bool) -> None:
        """Close or open a group."""
        folded = self._folded(filtered)
        folded = folded | {path} if closed else folded - {path}
        if filtered:
            self._shown[self._kind].folded_kept = folded
        else:
            self._shown[self._kind].folded = folded

    def is_folded(self, path: str, filtered: bool) -> bool:
        """Return whether a group is closed."""
        return path in self._folded(filtered)

    def page(
        self,
        view: View,
        kept: frozenset[int] | None,
        mark: MarkOf,
        marked: object,
        other: GraphFacts | None = None,
    ) -> Page:
        """Return the rows of the graph that is shown.

        Args:
            kept: the nodes that the filters leave in; None: all.
            mark: returns each node's mark; `marked` is another object whenever the marks change.
            other: the graph on the other side, whose columns get the same widths.
        """
        folded = self._folded(kept is not None)
        key = self.graph, kept, folded, marked, other
        if view not in self._pages or not is_same(self._pages[view][0], key):
            self._pages[view] = key, self._make(view, kept, folded, mark, other)
        return self._pages[view][1]

    def row_near(self, page: Page, item: Item) -> int | None:
        """Return the row of `item` in `page`, else of the closed group around it, or of its first node."""
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
        other: GraphFacts | None,
    ) -> Page:
        facts = self.facts
        if view == "drawing":
            return DrawingPage(facts, kept, mark)
        groups = facts.groups if kept is None else tree.pruned(facts.graph, facts.groups, kept)
        theirs = other.widths if other is not None else {}
        widths = {column: max(width, theirs.get(column, 0)) for column, width in facts.widths.items()}
        return TreePage(facts, groups, lambda group: group.path not in folded, mark, widths)

    def _folded(self, filtered: bool) -> frozenset[str]:
        shown = self._shown[self._kind]
        return shown.folded_kept if filtered else shown.folded

    def _begin(self, facts: GraphFacts) -> _Shown:
        """Return the initial view state: the cursor at the first op of the forward pass; constants folded,
        and in a large graph every scope.
        """
        nodes = facts.graph.nodes
        forward = [index for index in facts.order if nodes[index].phase == "forward"]
        first = next((index for index in forward if computes(nodes[index].op)), facts.order[0])
        large = len(nodes) > _LARGE
        paths = {path for path in facts.inside if "/" in path} if large else set()
        return _Shown(facts, first, frozenset((paths | {"constant"}) - set(facts.around[first])))


def _stayed(shown: _Shown, begun: _Shown) -> _Shown:
    """Return the view state for a recaptured graph: that of the one before, the cursor on the best match."""
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


def _first(entries: Sequence[Graph | NoGraph]) -> str:
    """Return the kind of the graph that covers the most phases of a step, the first of several."""
    graphs = [one for one in entries if isinstance(one, Graph)]
    if not graphs:
        return entries[0].kind if entries else ""
    return max(graphs, key=lambda graph: len({node.phase for node in graph.nodes})).kind


def is_same(old: tuple[object, ...], new: tuple[object, ...]) -> bool:
    """Return whether two keys are equal; graphs, which are large, are compared by identity."""
    return all(a is b or (isinstance(a, str | bool) and a == b) for a, b in zip(old, new, strict=True))
