"""Why? The graphs of two lanes side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from fwtui.tui.screens.why_screen import WhyScreen
from fwtui.tui.selection import ScreenName


class GraphScreen(WhyScreen):
    """The graphs of two lanes side by side."""

    NAME: ClassVar[ScreenName] = "graph"

    def parts(self) -> Iterable[Widget]:
        """Both sides."""
        return ()

    def lay_out(self, width: int, height: int) -> None:
        """Both sides, or in a narrow window one."""

    def look(self, statistics: bool = True) -> None:
        """Shows the race as it stands."""
        if self.is_mounted:
            self._top.show_race(self._model)
