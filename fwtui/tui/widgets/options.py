"""An option list that ignores clicks on options that no longer exist."""

from __future__ import annotations

from textual import events
from textual.widgets import OptionList


class Options(OptionList):
    """Ignores clicks on options removed since the last paint."""

    def on_click(self, event: events.Click) -> None:
        """Stop such a click before Textual's own handler, which would raise IndexError."""
        option = event.style.meta.get("option")
        if option is not None and option >= self.option_count:
            event.prevent_default()
            event.stop()
