"""A scrolling view of any number of lines, which makes only those that are seen, and paints what differs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class VirtualLines(ScrollView, can_focus=False):  # keys are the screen's
    """Whoever inherits gives the lines, and calls `repaint` whenever any of them may look different."""

    DEFAULT_CSS = """
    VirtualLines { width: 1fr; height: 1fr; overflow-x: hidden; scrollbar-size: 1 1; }
    """
    HEAD_ROWS: ClassVar[int] = 0
    """Rows above the lines that do not scroll."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._painted: dict[int, Strip] = {}
        self._styles: dict[tuple[str, str], Style] = {}

    @abstractmethod
    def line_count(self) -> int:
        """How many lines there are."""

    @abstractmethod
    def line_segments(self, line: int, width: int) -> Iterable[Segment]:
        """The pieces of one; what it has less than `width` cells is filled up."""

    def head_segments(self, width: int) -> Iterable[Segment]:
        """The pieces of the head, where there is one."""
        return ()

    @abstractmethod
    def make_style(self, name: str, shade: str) -> Style:
        """What `style` gives, until the theme or a class changes."""

    def scroll_to_cursor(self) -> None:
        """Bring the cursor's line into view."""

    def clicked(self, line: int, column: int) -> None:
        """A line was clicked, at a cell of it."""

    @property
    def page_rows(self) -> int:
        """How many lines are seen at once."""
        return max(self.scrollable_content_region.height - self.HEAD_ROWS, 1)

    def style(self, name: str, shade: str = "") -> Style:
        """The style of a piece of text by its name, "" for plain text, on a background by its name."""
        if (name, shade) not in self._styles:
            self._styles[name, shade] = self.make_style(name, shade)
        return self._styles[name, shade]

    def resize_content(self) -> None:
        """Take in how many lines there are by now."""
        size = Size(0, self.line_count() + self.HEAD_ROWS)
        if size != self.virtual_size:
            self.virtual_size = size

    def repaint(self) -> None:
        """Paint the lines that differ from what is seen."""
        before, self._painted = self._painted, {}
        for y in range(self.size.height):
            if before.get(y) != self.render_line(y):
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        if y not in self._painted:
            self._painted[y] = self._strip(y)
        return self._painted[y]

    def _strip(self, y: int) -> Strip:
        # What `size` has, the scrollbar covers.
        width = self.scrollable_content_region.width
        line = self.scroll_offset.y + y - self.HEAD_ROWS
        if y < self.HEAD_ROWS:
            segments = self.head_segments(width)
        elif line < self.line_count():
            segments = self.line_segments(line, width)
        else:
            return Strip.blank(width, self.rich_style)
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        self._painted = {}
        super().watch_scroll_y(old_value, new_value)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._painted, self._styles = {}, {}
        self.refresh()

    def on_resize(self) -> None:
        """Lines fit the width, and the cursor stays in sight."""
        self._painted = {}
        self.scroll_to_cursor()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        line = self.scroll_offset.y + event.y - self.HEAD_ROWS
        if event.y >= self.HEAD_ROWS and line < self.line_count():
            self.clicked(line, event.x)
