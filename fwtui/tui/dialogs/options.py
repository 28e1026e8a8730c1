"""An option list that survives clicks on removed options, and page keys before it is laid out."""

from __future__ import annotations

from typing import Literal

from textual import events
from textual.widgets import OptionList


class Options(OptionList):
    """Ignores clicks on options removed since the last paint, and page keys while no option has a line."""

    def on_click(self, event: events.Click) -> None:
        """Stop such a click before Textual's own handler, which would raise IndexError."""
        option = event.style.meta.get("option")
        if option is not None and option >= self.option_count:
            event.prevent_default()
            event.stop()

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        # Lines are computed when the list is painted, and not in a window without room for one.
        self._update_lines()
        if self._lines:
            super()._move_page(direction)
