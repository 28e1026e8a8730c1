"""The ops screen: the op logs of two lanes side by side."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from fwtui.ops.faults import describe_fault
from fwtui.tui.common.compare_screen import CompareScreen
from fwtui.tui.common.lane_colours import colour_names
from fwtui.tui.common.line import Line
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.selection import Place, ScreenName, Selection
from fwtui.tui.ops import details
from fwtui.tui.ops import view_options as showing
from fwtui.tui.ops.controller import OpsController
from fwtui.tui.ops.lines import Cursor, View
from fwtui.tui.ops.match_marks import LEGEND
from fwtui.tui.ops.op_table import OpTable
from fwtui.tui.ops.side_panel import OpSide

_ASK_EVERY = 10
"""Ticks: about a second."""


class OpsScreen(CompareScreen):
    """The op logs of two lanes side by side."""

    NAME: ClassVar[ScreenName] = "ops"
    HINT: ClassVar[str] = "op, what it does, shape, file:line"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "g", "counterpart", "match", tooltip="to the counterpart in the other lane", id="counterpart"
        ),
        Binding("v", "view", "view", tooltip="the log, totals by op, or the timeline of the step", id="view"),
        Binding("z", "follow", "freeze", tooltip="follow the newest log, or freeze this one", id="follow"),
        Binding("o", "order", "sort", tooltip="by phase, by time, by bytes, or by name", id="order"),
        Binding(
            "F",
            "phase",
            "filter",
            tooltip="all phases, or forward, backward, update alone",
            key_display="F",
            id="filter",
        ),
        Binding("slash", "ask", "search", tooltip="search", key_display="/", id="search"),
        Binding(
            "exclamation_mark",
            "until_nan",
            "NaN",
            tooltip="log every step until the first NaN, and go to it; or stop",
            key_display="!",
            id="until-nan",
        ),
        Binding("plus", "rate(1)", show=False, tooltip="log more steps", key_display="+", id="more-often"),
        Binding("minus", "rate(-1)", show=False, tooltip="log fewer steps", key_display="-", id="less-often"),
        Binding("escape", "less", show=False, tooltip="one thing less: the search, the filter, the order"),
    ]

    def __init__(self, model: RaceModel, selection: Selection) -> None:
        super().__init__(model, selection)
        self._ticks = 0
        self._controller = OpsController(model, self.analysis)
        self._sides = (OpSide(id="ops-side-0"), OpSide(id="ops-side-1"))
        self._state, self._table = Line(id="ops-state"), OpTable(id="ops-table")
        self._verdict = Line(id="ops-verdict")
        self._details = tuple(Static(id=f"ops-details-{side}", classes="ops--details") for side in (0, 1))
        self._shown_details = (Content(""), Content(""))
        self._step_ns: dict[int, float | None] = {}
        self._cursor: Cursor | None = None
        self._began = Place()
        self._fault = ""

    def parts(self) -> Iterable[Widget]:
        """Whose logs, the table, what is at the cursor and across from it."""
        frame = Vertical(self._state, self._table, id="ops-frame")
        about = Vertical(self._verdict, Horizontal(*self._details, id="ops-details"), id="ops-about")
        yield Vertical(Horizontal(*self._sides, id="ops-sides"), frame, about, self._prompt, id="ops")

    def on_mount(self) -> None:
        """The first layout, and what does not change."""
        legend = (Content.assemble(f"{mark} ", (text, "$dim")) for mark, text in LEGEND)
        self.query_one("#ops-frame").border_subtitle = Content("   ").join(legend)
        super().on_mount()

    def tick(self, heard: bool, is_due: bool) -> None:
        """The same as on every screen; in front it asks for logs about once a second."""
        self._ticks += 1
        if self.is_current and self._ticks % _ASK_EVERY == 0:
            self._controller.following.ask(self.sides)
        super().tick(heard, is_due)

    # What is shown

    def refresh_view(self, statistics: bool) -> None:
        """Show the present state of the race; take the newest logs only together with the `statistics`."""
        self._show_frame()
        if statistics:
            self._take_in()
        self._settle()
        self.set_class(self._cursor is None, "-empty")
        self._show_sides(self._narrow)
        self._table.show(self._view(), self._empty())
        self._show_state()
        self._show_details(self._narrow)

    def _take_in(self) -> None:
        self._step_ns = {index: self._model.lanes[index].history.plain_step_ns() for index in self.sides}
        faulty = self._controller.take_in(self.sides)
        if faulty is not None:
            self._show_fault(faulty)

    def _settle(self) -> None:
        """Move the cursor to the selected place, and complete that with all that is known of the op."""
        place = self._selection.place
        self._cursor, found = self._controller.cursor(place, self._narrow)
        if self._cursor is None or self.sides[self._cursor.side] != self.lane_index:
            return
        if found or (place.node is None and place.source is None):
            op = self._controller.pairing.ops(self._cursor.side)[self._cursor.op]
            if (place.op, place.source) != (op.number, op.source):
                self._selection.place = self._controller.place(self._cursor, place)

    def _view(self) -> View:
        only = self.sides.index(self.lane_index) if self._narrow else None
        return self._controller.view(self._cursor, only)

    def _show_sides(self, narrow: bool) -> None:
        colours, sides = colour_names(self._model.lanes), self.sides
        for place, widget in enumerate(self._sides):
            widget.display = place < len(sides) and (not narrow or sides[place] == self.lane_index)
            if widget.display:
                index = sides[place]
                log, step_ns = self._controller.pairing.logs[place], self._step_ns.get(index)
                state = self._controller.following.state(index)
                chosen = index == self.lane_index
                widget.show(self._model.lanes[index], log, step_ns, state, colours[index], chosen)
        self._table.colour([colours[index] for index in sides])

    def _empty(self) -> str:
        if self._controller.waits:
            return "matching…"
        lanes = (self.lane_index,) if self._narrow else self.sides
        if any(self._controller.following.log(index) for index in lanes):
            return "nothing of this phase"
        state, names = self._controller.following.state, [lane.spec.backend for lane in self._model.lanes]
        return "\n".join(f"{index + 1} {names[index]}: {state(index)}" for index in lanes)

    def _show_state(self) -> None:
        controller, sides = self._controller, self.sides
        found = controller.found(self._cursor.side) if controller.showing.term and self._cursor else []
        place = found.index(self._cursor.op) if self._cursor and self._cursor.op in found else None
        following = controller.following
        shown = showing.following(
            *(following.live, following.watches(sides), following.rate(sides)),
            *(len(sides), following.halted(sides)),
        )
        wrong = self._fault or controller.failure
        remark = Content.assemble((f"✗ {wrong}", "bold $error")) if wrong else Content("")
        self._state.show(*showing.state(controller.showing, found, place, shown, remark))

    def _show_details(self, narrow: bool) -> None:
        colours = [colour_names(self._model.lanes)[index] for index in self.sides]
        shown, verdict = (Content(""), Content("")), Content("")
        if self._cursor is not None:
            pairing = self._controller.pairing
            if narrow:
                shown = (details.tight(pairing, *self._cursor, colours), Content(""))
            else:
                shown = details.about(pairing, *self._cursor, colours)
                verdict = details.verdict(pairing, *self._cursor)
        self._verdict.show((verdict, Content("")))
        for widget, new, old in zip(self._details, shown, self._shown_details, strict=True):
            widget.display = not narrow or widget is self._details[0]
            if not new.is_same(old):
                widget.update(new, layout=False)
        self._shown_details = shown

    # The cursor

    def go_to(self, place: Place) -> None:
        """Jumps to an op; what would hide it is taken away."""
        self._controller.showing.phase = None
        super().go_to(place)

    def on_screen_resume(self) -> None:
        """Shows what was selected elsewhere, and what would hide it no longer."""
        super().on_screen_resume()
        if self._cursor is not None and not self._controller.is_shown(self._cursor):
            self._controller.showing.phase = None
            self.look()

    def _select(self, side: int, op: int) -> None:
        self._selection.place = self._controller.place(Cursor(side, op), Place(self.sides[side]))
        self.look(False)

    def _move(self, by: int) -> None:
        """Move the cursor by `by` ops of its side, as far as there are any."""
        view = self._view()
        if self._cursor is None:
            return
        side = self._cursor.side
        lines = [line for line in range(len(view)) if view.op(line, side) is not None]
        here = view.cursor_line()
        if not lines:
            return
        place = 0 if here is None else bisect_left(lines, here) + by
        op = view.op(lines[min(max(place, 0), len(lines) - 1)], side)
        assert op is not None
        self._select(side, op)

    def action_move(self, by: int) -> None:
        """A row up or down."""
        self._move(by)

    def action_page(self, by: int) -> None:
        """A page up or down."""
        self._move(by * max(self._table.page_rows - 1, 1))

    def action_to_end(self, last: bool) -> None:
        """The first or the last row."""
        count = len(self._controller.pairing.ops(self._cursor.side)) if self._cursor else 0
        self._move(count if last else -count)

    def action_next_lane(self, by: int) -> None:
        """Go to the other side, at the match or next to where it would be; or to the next two lanes."""
        target = (self.lane_index + by) % len(self._model.lanes)
        if target in self.sides and self._cursor is not None and target != self.lane_index:
            side = self.sides.index(target)
            op = self._controller.best_match(self._cursor, side)
            if op is not None:
                self._select(side, op)
                return
        self.focus_lane(target)

    def action_counterpart(self) -> None:
        """To the op that does the same in the other lane."""
        if self._cursor is None:
            return
        pairing, (side, number) = self._controller.pairing, self._cursor
        across = pairing.across(side, number)
        if not across:
            return  # the line above the details says why
        self.go_to(Place(self.sides[1 - side], across[0].number, source=across[0].source))

    def on_op_table_clicked(self, event: OpTable.Clicked) -> None:
        """The cursor to the op that was clicked."""
        view = self._view()
        side = self._cursor.side if self._cursor else 0
        if not self._narrow and len(self.sides) > 1:
            side = int(event.column * 2 >= self._table.size.width)
        op = view.op(event.line, side)
        if op is not None:
            self._select(side, op)

    # How the logs are shown

    def action_view(self) -> None:
        """The log, totals by op, or the timeline."""
        self._controller.showing.next_view()
        self.look(False)

    def action_order(self) -> None:
        """Sorted in another way."""
        self._controller.showing.next_order()
        self.look(False)

    def action_phase(self) -> None:
        """Another phase alone, or all of them; the cursor stays among what is shown."""
        self._controller.showing.next_phase()
        cursor = self._cursor
        if cursor is not None and not self._controller.is_shown(cursor):
            first = self._controller.first(cursor.side)
            if first is not None:
                return self._select(cursor.side, first)
        return self.look(False)

    def action_less(self) -> None:
        """One thing less: the prompt, the search, the filter, the order, the view, the fault's words."""
        if self._prompt.display:
            self._controller.showing.term = ""
            self._selection.place = self._began
            self._prompt.close()
        elif self._fault:
            self._fault = ""
        elif not self._controller.showing.less() and self._controller.following.watches(self.sides):
            self._controller.following.stop(self.sides)
        self.look(False)

    # Which logs

    def action_follow(self) -> None:
        """The newest log from now on, or always this one."""
        following = self._controller.following
        following.live = not following.live
        self._fault = ""
        if following.live:
            following.try_again(self.sides)
        self.look()

    def action_rate(self, by: int) -> None:
        """Logs more or fewer steps."""
        self._controller.following.set_rate(self.sides, by)
        self.look(False)

    def action_until_nan(self) -> None:
        """Logs each step until there is a NaN, and goes to it; or stops that."""
        following = self._controller.following
        if following.watches(self.sides):
            following.stop(self.sides)
            self.look()
            return
        faulty = following.watch(self.sides)
        if faulty is not None:
            self._controller.take_in(self.sides)
            self._show_fault(faulty)
        self.look()

    def _show_fault(self, index: int) -> None:
        """Move the cursor to the op that the fault comes from, and describe the fault."""
        log = self._controller.following.log(index)
        assert log is not None
        fault = describe_fault(log)
        assert fault is not None
        op, words = fault
        self._fault = f"lane {index + 1}, step {log.step:,}: {words}"
        self._controller.showing.phase = None
        self._selection.jumped(self.NAME)
        self._selection.place = Place(index, op.number, source=op.source)
        self.notify(self._fault, severity="error", markup=False)

    # The search

    def action_ask(self) -> None:
        """Asks what to search for; what it finds is seen while it is typed."""
        self._began = self._selection.place
        self._prompt.ask("search for", "")
        self.look(False)

    def typed(self, text: str) -> None:
        """To the first that is found from where the search began."""
        self._controller.showing.term = text.strip()
        self._selection.place = self._began
        self._settle()
        self._find(0)

    def entered(self) -> None:
        """Keeps what was found."""
        self._stay(self._began)
        self._prompt.close()
        self.look(False)

    def action_find(self, by: int) -> None:
        """To the next op that was searched for, or the one before."""
        self._find(by)

    def _find(self, by: int) -> None:
        """To the next found op in that direction, beyond the end from the start; 0: from the cursor on."""
        controller = self._controller
        found = controller.next_found(self._cursor, by) if self._cursor and controller.showing.term else None
        if found is None:
            self.look(False)
        else:
            self._select(*found)
