"""What a screen shows, as text. The one place that asks Textual's compositor for it."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen


def screen_text(screen: Screen[Any]) -> str:
    """Return the rows of the screen as it was composed last, without the blanks at their ends."""
    strips = screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips).strip("\n")
