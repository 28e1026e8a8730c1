"""View model of the graph screen: two lanes' graphs, matches, filters and cursors. No widgets, no keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fwtui.core.graph import Graph
from fwtui.ops.vocabulary.canonical import computes
from fwtui.race.race import LaneRun
from fwtui.tui.common.analysis import AnalysisContext
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.selection import Place
from fwtui.tui.graph.details import Counterpart
from fwtui.tui.graph.graph_pair import Pairing, Pairings
from fwtui.tui.graph.lane_graphs import LaneGraphs, View, is_same
from fwtui.tui.graph.locate import like, node_of
from fwtui.tui.graph.page import Item, Mark, Page
from fwtui.tui.graph.status import NodeFilter


class GraphController:
    """The view state of each lane's graphs, and the matches between the nodes of the two in front.

    Attributes:
        view: how graphs are shown.
        looking: the filters and the search of both sides.
        sides: the lanes in front, from the left.
    """

    def __init__(self, model: RaceModel, context: AnalysisContext) -> None:
        self._model = model
        self._pairings = Pairings(context)
        self._lanes: dict[int, tuple[LaneRun, LaneGraphs]] = {}
        self._found: dict[tuple[int, str], tuple[Graph, frozenset[int]]] = {}
        self._kept: dict[int, tuple[tuple[object, ...], frozenset[int] | None]] = {}
        self.view: View = "tree"
        self.looking = NodeFilter()
        self.sides: tuple[int, ...] = ()

    def take_in(self, sides: tuple[int, ...]) -> None:
        """Take over the last graphs of the lanes in front."""
        self.sides = sides
        for index in sides:
            self.lane(index).take_in(self._model.lanes[index].history.graphs)

    def lane(self, index: int) -> LaneGraphs:
        """Return the view state of a lane's graphs, the initial one where the lane was restarted."""
        run = self._model.lanes[index].run
        if index not in self._lanes or self._lanes[index][0] is not run:
            self._lanes[index] = run, LaneGraphs()
        return self._lanes[index][1]

    def other(self, index: int) -> int | None:
        """Return the lane on the other side; None where there is none."""
        return next((side for side in self.sides if side != index), None)

    def pairing(self) -> Pairing | None:
        """Return the matches; None where there are no two graphs, or while they are being computed."""
        graphs = self.graphs
        return self._pairings.of(*graphs) if len(graphs) == 2 else None

    @property
    def failure(self) -> str:
        """Why the graphs could not be matched; "" where they could, or are still being."""
        graphs = self.graphs
        return self._pairings.failure(*graphs) if len(graphs) == 2 else ""

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """The graphs in front."""
        return tuple(graph for index in self.sides if (graph := self.lane(index).graph) is not None)

    def counterpart(self, index: int, node: int) -> Counterpart | None:
        """Return the match of a node of lane `index`; None where it is unknown."""
        pairing = self.pairing()
        if pairing is None:
            return None
        side = self.sides.index(index)
        return Counterpart(
            pairing.word(side, node),
            pairing.counterparts(side, node),
            tuple(one for one in pairing.together(side, node) if one != node),
            computes(pairing.graphs[side].nodes[node].op),
            pairing.why_unknown,
        )

    def nodes_at(self, index: int) -> Sequence[int]:
        """Return the nodes at the cursor of lane `index`: one, or all of a group."""
        lane = self.lane(index)
        if lane.graph is None:
            return ()
        item = lane.item
        return (item,) if isinstance(item, int) else lane.facts.inside[item]

    def across(self, index: int, nodes: Sequence[int]) -> tuple[int, ...]:
        """Return the matches on the other side of the first of `nodes` that has any."""
        pairing = self.pairing()
        if pairing is None:
            return ()
        side = self.sides.index(index)
        return next((there for node in nodes if (there := pairing.counterparts(side, node))), ())

    def page(self, index: int) -> Page | None:
        """Return the rows of a lane; None where it has none to show."""
        lane = self.lane(index)
        kept = self.kept(index)
        if lane.graph is None or (kept is not None and not kept):
            return None
        pairing = self.pairing()
        marks: tuple[Mark, ...] = pairing.marks[self.sides.index(index)] if pairing else ()
        there = self.other(index)
        other = self.lane(there) if there is not None else None
        facts = other.facts if other is not None and other.graph is not None else None
        return lane.page(self.view, kept, lambda node: marks[node] if marks else "", pairing, facts)

    def kept(self, index: int) -> frozenset[int] | None:
        """Return the nodes of a lane that the filters leave in; None: all."""
        lane, pairing = self.lane(index), self.pairing()
        if lane.graph is None:
            return None
        key = (lane.graph, pairing, self.looking.filter, self.looking.alone)
        known = self._kept.get(index)
        if known is None or not is_same(known[0], key):
            kept = self.found(index, self.looking.filter) if self.looking.filter else None
            if self.looking.alone and pairing is not None:
                alone = pairing.alone[self.sides.index(index)]
                kept = alone if kept is None else kept & alone
            known = self._kept[index] = key, kept
        return known[1]

    def found(self, index: int, text: str) -> frozenset[int]:
        """Return the nodes of a lane whose description contains every word of `text`."""
        lane = self.lane(index)
        if lane.graph is None or not text.split():
            return frozenset()
        known = self._found.get((index, text))
        if known is None or known[0] is not lane.graph:
            self._found = {key: value for key, value in self._found.items() if key[0] != index}
            known = self._found[index, text] = lane.graph, lane.facts.found(text)
        return known[1]

    def place(self, index: int) -> Place:
        """Return the place at the cursor of a lane, for the other screens."""
        lane = self.lane(index)
        node = lane.node
        if lane.graph is None or node is None:
            return Place(index)
        return self.place_of(index, node)

    def place_of(self, index: int, node: int) -> Place:
        """Return the place of a node of the lane's shown graph, for the other screens."""
        lane = self.lane(index)
        assert lane.graph is not None
        return Place(index, None, (lane.kind, node), lane.graph.nodes[node].source)

    def arrive(self, index: int, place: Place) -> Place:
        """Put the cursor of a lane at `place`, in whichever of its graphs has it; return the cursor's place.

        Where no graph has it, the cursor stays. Filters that would hide it are cleared.
        """
        lane = self.lane(index)
        ops = self._model.lanes[index].history.ops
        found = node_of(place, lane.graphs, ops.log if ops else None)
        if found is None:
            return self.place(index)
        lane.choose(found[0])
        lane.put(found[1])
        kept = self.kept(index)
        if kept is not None and found[1] not in kept:
            self.looking.filter, self.looking.alone = "", False
        return replace(self.place(index), op=place.op)

    def choose(self, index: int, kind: str) -> None:
        """Show another of a lane's graphs, with the cursor on the best match of the node that it was on."""
        lane = self.lane(index)
        graph, node = lane.graph, lane.node
        lane.choose(kind)
        if graph is not None and node is not None and lane.graph is not None:
            there = like(graph, node, lane.graph)
            if there is not None:
                lane.put(there)
        self.to_kept()

    def to_kept(self) -> None:
        """Move each cursor that is on a node left out by the filters to the next node that is not."""
        for index in self.sides:
            kept, lane = self.kept(index), self.lane(index)
            if kept and lane.graph is not None and not any(node in kept for node in self.nodes_at(index)):
                order = lane.facts.order
                at = order.index(self.nodes_at(index)[0])
                lane.put(next(node for node in (*order[at:], *reversed(order[:at])) if node in kept))

    def found_in_order(self, index: int) -> list[int]:
        """Return the nodes of a lane that the search finds, in the tree's order, without those left out."""
        lane, kept = self.lane(index), self.kept(index)
        found = self.found(index, self.looking.search)
        return [node for node in lane.facts.order if node in found and (kept is None or node in kept)]

    def find(self, index: int, by: int) -> None:
        """Move the cursor of a lane to the next found node (`by` 1), to the one before (-1), or to the first
        from the cursor on (0).
        """
        lane = self.lane(index)
        nodes = self.found_in_order(index) if lane.graph is not None else []
        if not nodes:
            return
        place = {node: at for at, node in enumerate(lane.facts.order)}
        here = place[self.nodes_at(index)[0]]
        if by < 0:
            lane.put(next((node for node in reversed(nodes) if place[node] < here), nodes[-1]))
        else:
            lane.put(next((node for node in nodes if place[node] >= here + by), nodes[0]))

    def turn(self) -> None:
        """Switch between drawings and trees."""
        self.view = "drawing" if self.view == "tree" else "tree"
        for index in self.sides:
            if self.view == "drawing" and (nodes := self.nodes_at(index)):
                self.lane(index).put(nodes[0])

    def move(self, index: int, by: int) -> None:
        """Move the cursor of a lane by `by` rows."""
        page, lane = self.page(index), self.lane(index)
        if page is not None:
            row = lane.row_near(page, lane.item) or 0
            lane.put(page.item(page.move(row, by)))

    def fold(self, index: int, closed: bool) -> None:
        """Close or open the group at the cursor of a lane; if it already is, move out of it, or into it."""
        lane = self.lane(index)
        if self.page(index) is None or self.view != "tree":
            return
        item, filtered = lane.item, self.kept(index) is not None
        if isinstance(item, str) and lane.is_folded(item, filtered) != closed:
            lane.fold(item, closed, filtered)
        elif not closed:
            if isinstance(item, str):
                self.move(index, 1)
        elif around := lane.facts.above(item):
            lane.put(around[-1])

    def toggle(self, index: int) -> None:
        """Close the group at the cursor of a lane, or open it."""
        lane = self.lane(index)
        if lane.graph is not None and isinstance(lane.item, str):
            self.fold(index, not lane.is_folded(lane.item, self.kept(index) is not None))

    def row(self, index: int, item: Item) -> int | None:
        """Return the row of a node or group of a lane, or of the closed group around it."""
        page, lane = self.page(index), self.lane(index)
        return None if page is None else lane.row_near(page, item)
