"""A list of options that does not stumble over a click on one that is gone."""

from __future__ import annotations

from textual import events
from textual.widgets import OptionList


class Options(OptionList):
    """Ignores clicks on what was listed when it was painted, and is not any more."""

    def on_click(self, event: events.Click) -> None:
        """Keeps a click on nothing from Textual's own handler, which comes after this one."""
        option = event.style.meta.get("option")
        if option is not None and option >= self.option_count:
            event.prevent_default()
            event.stop()
