"""What a screen shows, as it was composed last. The one place that asks Textual's compositor for it."""

from __future__ import annotations

from typing import Any

from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip


def screen_rows(screen: Screen[Any], size: Size | None = None) -> list[Strip]:
    """Return the rows of the screen, or of its upper left corner of that size."""
    return screen._compositor.render_strips(size)


def screen_text(screen: Screen[Any]) -> str:
    """Return the screen as text, without the blanks at the ends of its rows."""
    return "\n".join(row.text.rstrip() for row in screen_rows(screen)).strip("\n")
