"""The dimmed screen behind a dialog.

Textual's own dimming blends the colours of every segment in every frame; here blended styles are cached.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.color import Color
from textual.css.styles import RulesMap
from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

from fwtui.tui.common.composed import screen_rows


class Dimmed(Visual):
    """A screen under a tint, without the links and actions in it.

    Args:
        screen: the one behind.
        tint: a colour, and by its alpha how much of it.
    """

    def __init__(self, screen: Screen[Any], tint: Color) -> None:
        self._screen = screen
        self._tint = tint

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """Return the screen's rows under the tint."""
        size = Size(width, self._screen.size.height if height is None else height)
        plain, tint = style.rich_style, self._tint
        return [
            Strip([Segment(text, _under(own or plain, tint, plain)) for text, own, _ in row], row.cell_length)
            for row in screen_rows(self._screen, size)
        ]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the screen's width in cells."""
        return self._screen.size.width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the screen's height in rows."""
        return self._screen.size.height


@lru_cache(maxsize=4096)
def _under(style: RichStyle, tint: Color, plain: RichStyle) -> RichStyle:
    bare = style.clear_meta_and_links()
    colors = (
        None if color is None else (Color.from_rich_color(color) + tint).rich_color
        for color in (bare.color, bare.bgcolor)
    )
    return plain + bare + RichStyle.from_color(*colors)
