"""The lines of a graph or of a source file, with the cursor and what belongs to the cursor elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from textual.message import Message

from fwtui.tui.common.virtual_lines import VirtualLines


class Lines(Protocol):
    """What is shown."""

    def __len__(self) -> int:
        """How many lines there are."""

    def line(self, row: int, width: int) -> Sequence[tuple[str, str]]:
        """The pieces of one, each with its style's name."""


class PageLines(VirtualLines):
    """Show the given lines, and scroll so that the cursor's row, or else the first match's, is visible."""

    DEFAULT_CSS = """
    PageLines { scrollbar-gutter: stable; }
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
        self._lines: Lines | None = None
        self._cursor: int | None = None
        self._counterparts: frozenset[int] = frozenset()

    def show(self, lines: Lines, cursor: int | None, counterparts: Sequence[int]) -> None:
        """Shows `lines` from now on.

        Args:
            cursor: the row that keys act on; None where they act elsewhere.
            counterparts: rows that belong to what has the cursor elsewhere.
        """
        moved = cursor != self._cursor or frozenset(counterparts) != self._counterparts
        if lines is self._lines and not moved:
            return
        self._lines, self._cursor, self._counterparts = lines, cursor, frozenset(counterparts)
        self.resize_content()
        self.scroll_to_cursor()
        self.repaint()

    def scroll_to_cursor(self) -> None:
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

    def line_count(self) -> int:
        return 0 if self._lines is None else len(self._lines)

    def line_segments(self, line: int, width: int) -> Iterable[Segment]:
        assert self._lines is not None
        shade = "cursor" if line == self._cursor else "counterpart" if line in self._counterparts else ""
        pieces = [
            Segment(text, self.style(style, shade)) for text, style in self._lines.line(line, width) if text
        ]
        rest = width - Segment.get_line_length(pieces)
        return [*pieces, Segment(" " * rest, self.style("", shade))] if rest > 0 else pieces

    def make_style(self, name: str, shade: str) -> Style:
        style = self.get_component_rich_style(f"page--{name}") if name else self.rich_style
        if shade:
            style += Style(bgcolor=self.get_component_styles(f"page--{shade}").background.rich_color)
        return style

    def clicked(self, line: int, column: int) -> None:
        """Tell the screen."""
        self.post_message(self.Clicked(self, line))
