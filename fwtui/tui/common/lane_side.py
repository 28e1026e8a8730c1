"""What a lane's half of the graph and of the source screen have in common."""

from __future__ import annotations

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from fwtui.tui.common.lane_colours import COLOURS
from fwtui.tui.common.page_lines import PageLines


class LaneSide(Vertical):
    """Rows in a frame of the lane's colour, and below them what is at the cursor.

    Whoever inherits composes them, with what else there is to be said.
    """

    def __init__(self, lines: PageLines, *, id: str) -> None:
        super().__init__(id=id)
        self.lines = lines
        self._details = Static(classes="side--details")
        self._title, self._detailed = Content(""), Content("")

    def show_lane(self, title: Content, colour: str, active: bool, details: Content) -> None:
        """Shows what both screens show of a lane.

        Args:
            title: the lane and its state.
            colour: one of `COLOURS`.
            active: whether keys act here.
            details: what is at the cursor.
        """
        for name in COLOURS:
            self.set_class(name == colour, f"-{name}")
        self.set_class(active, "-active")
        if not title.is_same(self._title):
            self._title = title
            self.border_title = title
        if not details.is_same(self._detailed):
            self._detailed = details
            self._details.update(details, layout=False)
