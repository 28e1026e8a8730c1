"""The source screen: source of nets and steps of two lanes side by side, with the ops of each line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from fwtui.format.ops import IN_PIECES
from fwtui.tui.common.compare_screen import CompareScreen
from fwtui.tui.common.lane_colours import colour_names
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.page_lines import PageLines
from fwtui.tui.common.selection import Place, ScreenName, Selection
from fwtui.tui.source.controller import SourceController
from fwtui.tui.source.details import details
from fwtui.tui.source.sections import Source
from fwtui.tui.source.side_panel import SourceSide, SourceView
from fwtui.tui.source.status import logged


class SourceScreen(CompareScreen):
    """The nets' and the steps' source of two lanes side by side."""

    NAME: ClassVar[ScreenName] = "source"
    HINT: ClassVar[str] = "a part of a line"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "g", "counterpart", "match", tooltip="to the counterpart in the other lane", id="counterpart"
        ),
        Binding("e", "next_op", "op", tooltip="the next op that this line asked for", id="next-op"),
        Binding("slash", "ask", "search", tooltip="search", key_display="/", id="search"),
        Binding("escape", "less", show=False, tooltip="one thing less: the search"),
    ]

    def __init__(self, model: RaceModel, selection: Selection) -> None:
        super().__init__(model, selection)
        self._controller = SourceController(model, self.analysis)
        self._sides = (SourceSide(id="source-left"), SourceSide(id="source-right"))
        self._search = ""
        self._began = Place()
        self._left: dict[int, Source] = {}
        """The line of each lane that the cursor left."""

    def parts(self) -> Iterable[Widget]:
        """Both sides."""
        yield Vertical(Horizontal(*self._sides, id="source-sides"), self._prompt, id="source")

    def refresh_view(self, statistics: bool) -> None:
        """Show the present state of the race."""
        self._show_frame()
        if not self.is_current:
            return
        self._controller.ask(self.sides)
        self._controller.take_in(self.sides)
        self._selection.place = place = self._controller.settled(
            replace(self._selection.place, lane=self.lane_index)
        )
        narrow = self._narrow
        colours = colour_names(self._model.lanes)
        across = self._controller.lines_across(place)
        for at, side in enumerate(self._sides):
            side.display = at < len(self.sides) and (not narrow or self.sides[at] == place.lane)
            if side.display:
                index = self.sides[at]
                side.show(self._view(index, colours[index], place, across))

    def _view(self, index: int, colour: str, place: Place, across: Sequence[Source]) -> SourceView:
        lane, page, active = self._model.lanes[index], self._controller.page(index), index == place.lane
        shown = place.source if active else next(iter(across), None)
        rows = [row for source in across if (row := page.row_of(source)) is not None]
        changed = " · edited since, r restarts it" if self._controller.changed(index) else ""
        return SourceView(
            title=Content.assemble(
                f"{index + 1} {lane.spec.backend}{changed}", (self._remark(index), "$dim")
            ),
            colour=colour,
            active=active,
            status=logged(
                lane,
                self._controller.log(index),
                self._controller.costs(index),
                self._controller.waits(index),
            ),
            page=page,
            cursor=page.row_of(shown) if active else None,
            counterparts=() if active else rows,
            details=self._details(index, shown, place) if active or shown else Content(""),
        )

    def _remark(self, index: int) -> str:
        """On the side where keys act, what the last one comes to, and whether `g` has to wait."""
        said = "matching…" if self._controller.matches else self._said or self._controller.failure
        return f" · {said}" if said and index == self.lane_index else ""

    def _details(self, index: int, shown: Source | None, place: Place) -> Content:
        row = self._controller.page(index).row_of(shown)
        code = "" if row is None else self._controller.page(index).code(row)
        op, across = None, []
        if index == place.lane and (op := self._controller.op(place)) is not None:
            there = next((side for side in self.sides if side != index), index)
            counterparts = self._controller.across(index, op.number)
            across = [(one, self._controller.line_of(there, one)) for one in counterparts]
        return details(shown, code, self._controller.costs(index), op, across)

    def focus_lane(self, index: int) -> None:
        """Has keys act on this lane from now on, at the line where the cursor was there."""
        place = self._selection.place
        if index != place.lane:
            if place.source is not None:
                self._left[place.lane] = place.source
            source = self._left.get(index)
            known = source is not None and self._controller.page(index).row_of(source) is not None
            self._selection.place = Place(index, source=source if known else None)
        self.look()

    # Where the cursor is

    @property
    def _row(self) -> int | None:
        return self._controller.page(self.lane_index).row_of(self._selection.place.source)

    def _put(self, row: int | None) -> None:
        if row is not None:
            source = self._controller.page(self.lane_index).rows[row].source
            self._selection.place = Place(self.lane_index, source=source)
            self.look()

    def action_move(self, by: int) -> None:
        """The cursor up or down."""
        self._put(self._controller.page(self.lane_index).moved(self._row, by))

    def action_page(self, by: int) -> None:
        """The cursor a page up or down."""
        lines = self._sides[self.sides.index(self.lane_index)].lines
        self.action_move(by * max(lines.page_rows - 1, 1))

    def action_to_end(self, last: bool) -> None:
        """The cursor to the first or the last line."""
        page = self._controller.page(self.lane_index)
        self._put(page.moved(self._row, len(page) if last else -len(page)))

    def on_page_lines_clicked(self, event: PageLines.Clicked) -> None:
        """The cursor to the line that was clicked."""
        at = next(at for at, side in enumerate(self._sides) if side.lines is event.lines)
        index = self.sides[at]
        source = self._controller.page(index).rows[event.row].source
        if source is not None:
            self._selection.place = Place(index, source=source)
            self.look()

    def action_next_op(self) -> None:
        """The next op that the line asked for."""
        place = self._selection.place
        ops = list(self._controller.ops_of(self.lane_index, place.source))
        if not ops:
            self._say(
                "this line asked for no op"
                if self._controller.costs(self.lane_index).total.ops
                else "no op log"
            )
            return
        after = ops.index(place.op) + 1 if place.op in ops else 0
        self._selection.place = replace(place, op=ops[after % len(ops)], node=None)
        self.look()

    def action_counterpart(self) -> None:
        """To the line of the other side whose ops match this line's."""
        here, place = self.lane_index, self._selection.place
        there = next((side for side in self.sides if side != here), None)
        if there is None:
            self._say("there is no other lane")
            return
        if self._controller.matches:
            return  # the title says so
        ops = [place.op, *self._controller.ops_of(here, place.source)]
        for one in (one for op in ops for one in self._controller.across(here, op)):
            if (line := self._controller.line_of(there, one)) is not None:
                self.go_to(Place(there, op=one.number, source=line))
                return
        otherwise = f"not found: {IN_PIECES}" if self._controller.in_pieces else "no counterpart"
        self._say(self._controller.failure or otherwise)

    # Search

    def action_ask(self) -> None:
        """Ask for what to search for; the matches are shown while it is typed."""
        self._began = self._selection.place
        self._prompt.ask("search for", "")

    def typed(self, text: str) -> None:
        """To the first line from here on that holds what was typed so far."""
        self._search = text
        self._selection.place = self._began
        self._find(0)

    def entered(self) -> None:
        """Keeps what was found."""
        self._stay(self._began)
        if self._selection.place == self._began and self._search:
            self._find(0, aloud=True)
        self._prompt.close()

    def action_less(self) -> None:
        """Back to where the search began, or without what was searched for."""
        if self._prompt.display:
            self._selection.place = self._began
            self._prompt.close()
        self._search = ""
        self.look()

    def action_find(self, by: int) -> None:
        """To the next line that holds what was searched for, or the one before."""
        if self._search:
            self._find(by, aloud=True)

    def _find(self, by: int, aloud: bool = False) -> None:
        """To the next such line in that direction, beyond the end from the start; 0: from the cursor on.

        Args:
            aloud: says so where there is none.
        """
        page, here = self._controller.page(self.lane_index), self._row or 0
        rows = page.found(self._search) if self._search else []
        if not rows:
            self.look()
            if aloud:
                self._say("no line has that")
        elif by < 0:
            self._put(next((row for row in reversed(rows) if row < here), rows[-1]))
        else:
            self._put(next((row for row in rows if row >= here + by), rows[0]))
