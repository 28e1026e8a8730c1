"""The graph screen: the graphs that two lanes' frameworks made of the same step, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from fwtui.core.graph import Graph, NoGraph
from fwtui.core.text import plain
from fwtui.tui.common.compare_screen import CompareScreen
from fwtui.tui.common.lane_colours import colour_names
from fwtui.tui.common.lane_status import status as status_of
from fwtui.tui.common.line import Line
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.page_lines import PageLines
from fwtui.tui.common.selection import Place, ScreenName, Selection
from fwtui.tui.graph import details
from fwtui.tui.graph.controller import GraphController
from fwtui.tui.graph.edge_walk import Direction, Walk, walk
from fwtui.tui.graph.page import Item
from fwtui.tui.graph.requests import GraphRequests, makes_another
from fwtui.tui.graph.side_panel import GraphSide, SideView
from fwtui.tui.graph.status import status, unpaired

Asked = Literal["search", "filter"]

_LABELS: dict[Asked, str] = {"search": "search", "filter": "show only"}
_NOTHING = Content("")


class GraphScreen(CompareScreen):
    """The graphs of two lanes side by side."""

    NAME: ClassVar[ScreenName] = "graph"
    HINT: ClassVar[str] = "phase, op, name, file:line, or what it does, such as matrix product"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "g", "counterpart", "match", tooltip="to the counterpart in the other lane", id="counterpart"
        ),
        Binding("v", "view", "draw", tooltip="as a drawing, or as a tree by phase and scope", id="view"),
        Binding("e", "next_graph", "graphs", tooltip="another of this lane's graphs", id="next-graph"),
        Binding("D", "alone", "diff", tooltip="only what does not match", key_display="D", id="differences"),
        Binding("slash", "ask('search')", "search", tooltip="search", key_display="/", id="search"),
        Binding(
            "F",
            "ask('filter')",
            "filter",
            tooltip="only the nodes of a phase, op, name or line",
            key_display="F",
            id="filter",
        ),
        Binding(
            "left_square_bracket",
            "follow('inputs')",
            "inputs",
            tooltip="to what a node takes; again: the next of them",
            key_display="[",
            id="inputs",
        ),
        Binding(
            "right_square_bracket",
            "follow('outputs')",
            "outputs",
            tooltip="to what takes it; again: the next of them",
            key_display="]",
            id="outputs",
        ),
        Binding("u", "renew", show=False, tooltip="recapture both lanes' graphs", id="recapture"),
        Binding("left", "fold(True)", show=False, tooltip="close a group, or go to the group around"),
        Binding("right", "fold(False)", show=False, tooltip="open a group, or go into it"),
        Binding(
            "enter",
            "toggle_group",
            show=False,
            tooltip="open or close a group; from a node `[` and `]` go on",
        ),
        Binding("escape", "less", show=False, tooltip="one thing less: the search, the filter, the diff"),
    ]

    def __init__(self, model: RaceModel, selection: Selection) -> None:
        super().__init__(model, selection)
        self._controller = GraphController(model, self.analysis)
        self._requests = GraphRequests()
        self._sides = (GraphSide(id="graph-left"), GraphSide(id="graph-right"))
        self._status = Line(id="graph-status")
        self._asked: Asked = "search"
        self._began: tuple[Place, str] = (Place(), "")
        """The place, and the filter, before the prompt."""
        self._arrived: tuple[Place, Graph | None] = (Place(), None)
        """What was selected when the cursor was last put there, and in which graph."""
        self._walk: Walk | None = None

    def parts(self) -> Iterable[Widget]:
        """Both sides, and below them how they correspond."""
        yield Vertical(Horizontal(*self._sides, id="graph-sides"), self._status, self._prompt, id="graph")

    # What is shown

    def refresh_view(self, statistics: bool) -> None:
        """Show the present state of the race."""
        self._show_frame()
        self._controller.take_in(self.sides)
        if self.is_current:
            self._requests.update(self._model, self.sides)
        graph = self._controller.lane(self.lane_index).graph
        if graph is not None and (self._selection.place, graph) != self._arrived:
            self._arrive()
        self._show_sides()
        self._show_status()

    def on_screen_resume(self) -> None:
        """Ask for the graphs of the next step, and show what happened meanwhile."""
        self._requests.return_to(self._model, self.sides)
        super().on_screen_resume()

    def _arrive(self) -> None:
        """Move the cursor to the selected place; in a recaptured graph it is there already."""
        self._walk = None
        selected, (place, graph) = self._selection.place, self._arrived
        if graph is not None and place == selected:
            self._select(replace(self._controller.place(self.lane_index), op=selected.op))
            return
        self._select(self._controller.arrive(self.lane_index, self._selection.place))

    def _select(self, place: Place) -> None:
        """Set the place at the cursor as the selection that all screens share."""
        self._selection.place = place
        self._arrived = place, self._controller.lane(self.lane_index).graph

    def _show_sides(self) -> None:
        """Both, or in a narrow window the one that keys act on."""
        narrow = self._narrow
        colours = colour_names(self._model.lanes)
        for place, side in enumerate(self._sides):
            side.display = place < len(self.sides) and (not narrow or self.sides[place] == self.lane_index)
            if side.display:
                index = self.sides[place]
                side.show(self._view(index, colours[index], narrow))

    def _view(self, index: int, colour: str, tight: bool) -> SideView:
        controller, lane = self._controller, self._model.lanes[index]
        graphs, page, built = controller.lane(index), controller.page(index), lane.history.built
        active = index == self.lane_index
        lit = self._lit(index) if page is not None else ()
        rows = [row for item in lit if (row := controller.row(index, item)) is not None]
        return SideView(
            title=Content.assemble(f"{index + 1} {lane.spec.backend} · ", status_of(lane)),
            colour=colour,
            active=active,
            entries=graphs.entries,
            kind=graphs.kind,
            facts=graphs.facts if graphs.graph else None,
            parameters=built.parameters if built else None,
            remark=self._remark(index),
            page=page,
            cursor=rows[0] if active and rows else None,
            counterparts=() if active else rows,
            state=self._state(index) if page is None else "",
            details=self._details(index, lit[0], tight) if lit else _none(active, page is not None),
        )

    def _lit(self, index: int) -> tuple[Item, ...]:
        """What is at the cursor or, on the side that has none, the nodes that correspond to it."""
        if index == self.lane_index:
            return (self._controller.lane(index).item,)
        node = self._controller.lane(self.lane_index).node
        return () if node is None else self._controller.across(self.lane_index, (node,))

    def _details(self, index: int, item: Item, tight: bool) -> Content:
        controller, there = self._controller, self._controller.other(index)
        across = controller.lane(there) if there is not None else None
        other = across.facts if across is not None and across.graph is not None else None
        counterpart = controller.counterpart(index, item) if isinstance(item, int) else None
        return details.about(controller.lane(index).facts, item, counterpart, other, tight)

    def _remark(self, index: int) -> str:
        lane, step = self._model.lanes[index], self._controller.lane(index).step
        if step is None:
            return ""
        return "capturing again…" if self._requests.waits(lane) else f"before step {step:,}"

    def _state(self, index: int) -> str:
        """Why a lane has no rows."""
        graphs = self._controller.lane(index)
        match graphs.one:
            case None if graphs.step is not None:
                return "this backend has no graph to tell"
            case None:
                return self._requests.state(self._model.lanes[index])
            case NoGraph(reason=reason):
                return f"could not be captured:\n{plain(reason)}"
            case graph if not graph.nodes:
                return "this graph has no nodes"
        pairing = self._controller.pairing()
        if not self._controller.looking.alone:
            return "no node like that here"
        if pairing is not None and pairing.why_unknown:
            return f"unmatched nodes unknown:\n{pairing.why_unknown}"
        return "nothing stands alone here"

    def _show_status(self) -> None:
        controller, graphs = self._controller, self._controller.lane(self.lane_index)
        found = None
        if controller.looking.search and graphs.graph is not None:
            nodes = controller.found_in_order(self.lane_index)
            found = (nodes.index(graphs.node) + 1 if graphs.node in nodes else 0, len(nodes))
        message = self._said or (self._walk.describe() if self._walk else "")
        self._status.show(
            *status(controller.pairing(), self._unpaired(), self._steps(), controller.looking, found, message)
        )
        self._status.display = not self._prompt.display

    def _steps(self) -> Sequence[int]:
        """Of which step each side's graph is, where a lane may make another one in another step."""
        if not any(makes_another(self._model.lanes[index]) for index in self.sides):
            return ()
        return [step for index in self.sides if (step := self._controller.lane(index).step) is not None]

    def _unpaired(self) -> str:
        """Why nothing corresponds; "" where something does."""
        controller, lanes = self._controller, self._model.lanes
        if controller.pairing() is not None:
            return ""
        if controller.failure:
            return controller.failure
        without = [index for index in self.sides if controller.lane(index).graph is None]
        return unpaired(len(controller.graphs), len(lanes), all(lanes[index].over for index in without))

    # Where the cursor is

    def _moved(self) -> None:
        """Select what is at the cursor now, and show it."""
        self._walk = None
        self._select(self._controller.place(self.lane_index))
        self.look()

    def action_move(self, by: int) -> None:
        """The cursor up or down."""
        self._controller.move(self.lane_index, by)
        self._moved()

    def action_page(self, by: int) -> None:
        """The cursor a page up or down."""
        lines = self._sides[self.sides.index(self.lane_index)].lines
        self.action_move(by * max(lines.page_rows - 1, 1))

    def action_to_end(self, last: bool) -> None:
        """The cursor to the first or the last row."""
        page = self._controller.page(self.lane_index)
        count = len(page) if page is not None else 0
        self.action_move(count if last else -count)

    def action_fold(self, closed: bool) -> None:
        """Closes or opens a group, leaves it or goes into it."""
        self._controller.fold(self.lane_index, closed)
        self._moved()

    def action_toggle_group(self) -> None:
        """Opens or closes the group at the cursor; from a node, `[` and `]` go on from there."""
        self._controller.toggle(self.lane_index)
        self._moved()

    def on_page_lines_clicked(self, event: PageLines.Clicked) -> None:
        """The cursor to what was clicked; a group that has it already opens or closes."""
        index = next(
            index for index, side in zip(self.sides, self._sides, strict=False) if side.lines is event.lines
        )
        page, lane = self._controller.page(index), self._controller.lane(index)
        if page is None or event.row >= len(page):
            return
        item = page.item(event.row)
        if index == self.lane_index and item == lane.item:
            self._controller.toggle(index)
        lane.put(item)
        self._selection.place = Place(index)
        self._moved()

    # Jumps

    def action_counterpart(self) -> None:
        """To the node of the other side that does the same."""
        controller, here = self._controller, self.lane_index
        there = controller.other(here)
        nodes = controller.across(here, controller.nodes_at(here))
        if there is not None and nodes:
            self.go_to(controller.place_of(there, nodes[0]))
        else:
            self._say(self._unpaired() or self._none_across())

    def _none_across(self) -> str:
        """Why nothing on the other side corresponds to what is at the cursor."""
        node = self._controller.lane(self.lane_index).node
        counterpart = None if node is None else self._controller.counterpart(self.lane_index, node)
        if counterpart is None:
            return "no counterpart"
        if not counterpart.computes:
            return details.NONE_NEEDED
        return f"n/a: {counterpart.why_unknown}" if counterpart.why_unknown else "no counterpart"

    def action_follow(self, direction: Direction) -> None:
        """To a node's first input or output, or to the next one."""
        controller, index = self._controller, self.lane_index
        lane = controller.lane(index)
        if lane.graph is None or (node := lane.node) is None:
            return
        ends = (lane.facts.inputs if direction == "inputs" else lane.facts.takers)[node]
        walked = walk(self._walk, lane.graph, direction, node, ends)
        if walked is None:
            self._say("it takes nothing" if direction == "inputs" else "nothing takes from it")
            return
        self.go_to(controller.place_of(index, walked.node))
        self._walk = walked
        self._show_status()

    # What is shown of the graphs

    def action_view(self) -> None:
        """As a drawing, or as a tree."""
        self._controller.turn()
        self._moved()

    def action_next_graph(self) -> None:
        """Another of the lane's graphs."""
        self._controller.choose(self.lane_index, self._controller.lane(self.lane_index).next_kind())
        self._moved()

    def action_alone(self) -> None:
        """Only what does not match, or everything."""
        self._controller.looking.alone = not self._controller.looking.alone
        self._controller.to_kept()
        self._moved()

    def action_renew(self) -> None:
        """Asks both sides for their graphs once more."""
        self._requests.ask(self._model, self.sides, self.sides)
        self.look()

    def action_less(self) -> None:
        """One thing less."""
        looking = self._controller.looking
        if self._prompt.display:
            self._type(self._began[1])
            self._selection.place = self._began[0]
            self._prompt.close()
        elif looking.search:
            looking.search = ""
        elif looking.filter:
            looking.filter = ""
        else:
            looking.alone = False
        self.look()

    def action_ask(self, what: Asked) -> None:
        """Asks for words to search for, or to filter by."""
        self._asked = what
        self._began = self._selection.place, self._controller.looking.filter if what == "filter" else ""
        self._prompt.ask(_LABELS[what], self._began[1])
        self.look()

    def typed(self, text: str) -> None:
        """Shows what the words find so far."""
        self._type(text)

    def entered(self) -> None:
        """Keeps what was found."""
        self._stay(self._began[0])
        self._prompt.close()
        self.look()

    def _type(self, text: str) -> None:
        if self._asked == "filter":
            self._controller.looking.filter = text.strip()
            self._controller.to_kept()
            self._moved()
        else:
            self._controller.looking.search = text.strip()
            self._select(self._controller.arrive(self.lane_index, self._began[0]))
            self.action_find(0)

    def action_find(self, by: int) -> None:
        """To the next node that was searched for, beyond the last one the first; -1: to the one before; 0: to
        the first from the cursor on.
        """
        self._controller.find(self.lane_index, by)
        self._moved()


def _none(active: bool, rows: bool) -> Content:
    """Return the text in place of details on the side that has no match."""
    return Content.assemble(("nothing here corresponds to it", "$dim")) if rows and not active else _NOTHING
