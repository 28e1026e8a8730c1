"""A scrolling view of any number of lines that renders only the visible ones; the owner has the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

_MOST_KEPT = 2_000
"""Lines that are kept once they were made: some fifty screens."""


class Lines(Protocol):
    """What is shown."""

    def __len__(self) -> int:
        """How many lines there are."""

    def line(self, row: int, width: int) -> Sequence[tuple[str, str]]:
        """The pieces of one, each with its style's name."""


class PageLines(ScrollView):
    """Show the given lines, and scroll so that the cursor's row, or else the first match's, is visible."""

    DEFAULT_CSS = """
    PageLines { width: 1fr; height: 1fr; overflow-x: hidden; scrollbar-gutter: stable; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"page--cursor", "page--counterpart"}
    """The backgrounds of these rows. Whoever inherits has a `page--` class for each style of its pieces."""

    class Clicked(Message):
        """A row was clicked."""

        def __init__(self, lines: PageLines, row: int) -> None:
            super().__init__()
            self.lines, self.row = lines, row

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.can_focus = False  # keys are the screen's
        self._lines: Lines | None = None
        self._cursor: int | None = None
        self._counterparts: frozenset[int] = frozenset()
        self._strips: dict[int, Strip] = {}
        self._styles: dict[str, Style] = {}

    @property
    def page_rows(self) -> int:
        """How many rows a page is."""
        return max(self.scrollable_content_region.height - 1, 1)

    def show(self, lines: Lines, cursor: int | None, counterparts: Sequence[int]) -> None:
        """Shows `lines` from now on.

        Args:
            cursor: the row that keys act on; None where they act elsewhere.
            counterparts: rows that belong to what has the cursor elsewhere.
        """
        moved = cursor != self._cursor or frozenset(counterparts) != self._counterparts
        if lines is not self._lines:
            self._lines = lines
            self._strips.clear()
            self.virtual_size = Size(0, len(lines))
        elif not moved:
            return
        self._cursor, self._counterparts = cursor, frozenset(counterparts)
        self._follow()
        self.refresh()

    def _follow(self) -> None:
        """A row that is out of sight comes to the edge if it is near, and to the middle from afar."""
        followed = self._cursor if self._cursor is not None else min(self._counterparts, default=None)
        height = self.scrollable_content_region.height
        if followed is None or not height:
            return
        top = self.scroll_offset.y
        if top <= followed < top + height:
            return
        if top - height < followed < top + 2 * height:
            goal = followed if followed < top else followed - height + 1
        else:
            goal = followed - height // 2
        self.scroll_to(y=goal, animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        row = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if self._lines is None or row >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        if row not in self._strips:
            if len(self._strips) >= _MOST_KEPT:
                self._strips.clear()
            self._strips[row] = self._strip(row, width)
        strip = self._strips[row]
        if row == self._cursor:
            return self._lit(strip, "cursor")
        return self._lit(strip, "counterpart") if row in self._counterparts else strip

    def _strip(self, row: int, width: int) -> Strip:
        assert self._lines is not None
        segments = [Segment(text, self._style(style)) for text, style in self._lines.line(row, width) if text]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _lit(self, strip: Strip, name: str) -> Strip:
        """On another background."""
        style = self._style(name)
        return Strip(Segment.apply_style(strip, post_style=style), strip.cell_length)

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            if name in ("cursor", "counterpart"):
                background = self.get_component_styles(f"page--{name}").background
                self._styles[name] = Style(bgcolor=background.rich_color)
            else:
                self._styles[name] = self.get_component_rich_style(f"page--{name}")
        return self._styles[name]

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()
        self.refresh()

    def on_resize(self) -> None:
        """Lines fit the width, and the cursor stays in sight."""
        self._strips.clear()
        self._follow()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        row = self.scroll_offset.y + event.y
        if self._lines is not None and row < len(self._lines):
            self.post_message(self.Clicked(self, row))
