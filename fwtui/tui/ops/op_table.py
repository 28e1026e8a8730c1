"""A table of ops: lines made when they are seen, painted where they differ, under a head that stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fwtui.tui.common.lane_colours import COLOURS
from fwtui.tui.ops.lines import STYLES, View

_HEAD_ROWS = 1


class OpTable(ScrollView, can_focus=False):
    """Shows a view of op logs. The cursor is its owner's: see `Clicked`."""

    DEFAULT_CSS = """
    OpTable { width: 1fr; height: 1fr; overflow-x: hidden; scrollbar-size: 1 1; }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"op--{style}" for style in STYLES),
        *("op--cursor", "op--counterpart"),
    }
    """A colour for each style of a piece; the backgrounds of `op--cursor` and `--counterpart` lie behind."""

    class Clicked(Message):
        """A line was clicked, at a column of it."""

        def __init__(self, line: int, column: int) -> None:
            super().__init__()
            self.line, self.column = line, column

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: View | None = None
        self._empty = ""
        self._at: int | None = None
        self._strips: dict[int, Strip] = {}
        self._styles: dict[tuple[str, str], Style] = {}

    @property
    def page(self) -> int:
        """How many lines are seen at once."""
        return max(self.size.height - _HEAD_ROWS, 1)

    def show(self, view: View, empty: str) -> None:
        """Shows this from now on, scrolled so that the cursor is seen where it has moved.

        Args:
            empty: what is said where there is no line.
        """
        self._view, self._empty = view, empty
        size = Size(0, len(view) + _HEAD_ROWS)
        if size != self.virtual_size:
            self.virtual_size = size
        at = view.cursor_line()
        if at is not None and at != self._at:
            self._scroll_to_line(at)
        self._at = at
        self._paint()

    def colour(self, names: Sequence[str]) -> None:
        """Gives each side its lane's colour, by the theme's name for it."""
        for side, own in zip(("left", "right"), names, strict=False):
            for name in COLOURS:
                self.set_class(name == own, f"-{side}-{name}")

    def render_line(self, y: int) -> Strip:
        if y not in self._strips:
            self._strips[y] = self._strip(y)
        return self._strips[y]

    def _paint(self) -> None:
        """Has only those lines painted that differ from what is seen."""
        before, self._strips = self._strips, {}
        for y in range(self.size.height):
            if before.get(y) != self.render_line(y):
                self.refresh(Region(0, y, self.size.width, 1))

    def _scroll_to_line(self, line: int) -> None:
        """As little as needed, with a heading above the line if there is one."""
        top, page = self.scroll_offset.y, self.page
        if line - 1 < top:
            self.scroll_to(y=max(line - 1, 0), animate=False)
        elif line >= top + page:
            self.scroll_to(y=line - page + 1, animate=False)

    def _strip(self, y: int) -> Strip:
        # What `size` has, the scrollbar covers.
        width, base = self.scrollable_content_region.width, self._style("", "")
        if self._view is None or not len(self._view):
            return self._saying(y)
        line = self.scroll_offset.y + y - _HEAD_ROWS
        if y < _HEAD_ROWS:
            spans, shades = self._view.head(width), None
        elif line < len(self._view):
            spans, shades = self._view.line(line, width), self._view
        else:
            return Strip.blank(width, base)
        segments = [
            Segment(text, self._style(style, shades.shade(line, side) if shades else ""))
            for text, style, side in spans
        ]
        return Strip(segments).adjust_cell_length(width, base)

    def _style(self, name: str, shade: str) -> Style:
        if (name, shade) not in self._styles:
            style = self.get_component_rich_style(f"op--{name}", partial=True) if name else Style()
            if shade:
                style += Style(bgcolor=self.get_component_styles(f"op--{shade}").background.rich_color)
            self._styles[name, shade] = self.rich_style + style
        return self._styles[name, shade]

    def _saying(self, y: int) -> Strip:
        """A word on why there is nothing, in the middle."""
        width, height = self.size
        style = self._style("dim", "")
        said = self._empty.split("\n")
        line = y - max((height - len(said)) // 2, 0)
        text = said[line][:width].center(width) if 0 <= line < len(said) else " " * width
        return Strip([Segment(text, style)], width)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        self._strips = {}
        super().watch_scroll_y(old_value, new_value)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips, self._styles = {}, {}
        self.refresh()

    def on_resize(self) -> None:
        self._strips = {}
        self._at = None
        if self._view is not None:
            self.show(self._view, self._empty)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        line = self.scroll_offset.y + event.y - _HEAD_ROWS
        if self._view is not None and event.y >= _HEAD_ROWS and line < len(self._view):
            self.post_message(self.Clicked(line, event.x))
