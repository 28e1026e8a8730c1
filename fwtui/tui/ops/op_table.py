"""A table of ops, with a head that stays and a background for each side of a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from fwtui.tui.common.lane_colours import COLOURS
from fwtui.tui.common.virtual_lines import VirtualLines
from fwtui.tui.ops.lines import STYLES, View


class OpTable(VirtualLines):
    """Shows a view of op logs. The cursor is its owner's: see `Clicked`."""

    HEAD_ROWS = 1
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

    def show(self, view: View, empty: str) -> None:
        """Shows this from now on, scrolled so that the cursor is seen where it has moved.

        Args:
            empty: what is said where there is no line.
        """
        self._view, self._empty = view, empty
        self.resize_content()
        at = view.cursor_line()
        if at != self._at:
            self.scroll_to_cursor()
        self._at = at
        self.repaint()

    def colour(self, names: Sequence[str]) -> None:
        """Gives each side its lane's colour, by the theme's name for it."""
        for side, own in zip(("left", "right"), names, strict=False):
            for name in COLOURS:
                self.set_class(name == own, f"-{side}-{name}")

    def scroll_to_cursor(self) -> None:
        """As little as needed, with a heading above the line if there is one."""
        line = None if self._view is None else self._view.cursor_line()
        if line is None:
            return
        top, page = self.scroll_offset.y, self.page_rows
        if line - 1 < top:
            self.scroll_to(y=max(line - 1, 0), animate=False)
        elif line >= top + page:
            self.scroll_to(y=line - page + 1, animate=False)

    def line_count(self) -> int:
        return 0 if self._view is None else len(self._view)

    def head_segments(self, width: int) -> Iterable[Segment]:
        assert self._view is not None
        return [Segment(text, self.style(style)) for text, style, _ in self._view.head(width)]

    def line_segments(self, line: int, width: int) -> Iterable[Segment]:
        view = self._view
        assert view is not None
        return [
            Segment(text, self.style(style, view.shade(line, side)))
            for text, style, side in view.line(line, width)
        ]

    def make_style(self, name: str, shade: str) -> Style:
        style = self.get_component_rich_style(f"op--{name}", partial=True) if name else Style()
        if shade:
            style += Style(bgcolor=self.get_component_styles(f"op--{shade}").background.rich_color)
        return self.rich_style + style

    def _strip(self, y: int) -> Strip:
        return super()._strip(y) if self.line_count() else self._saying(y)

    def _saying(self, y: int) -> Strip:
        """A word on why there is nothing, in the middle."""
        width, height = self.size
        said = self._empty.split("\n")
        line = y - max((height - len(said)) // 2, 0)
        text = said[line][:width].center(width) if 0 <= line < len(said) else " " * width
        return Strip([Segment(text, self.style("dim"))], width)

    def clicked(self, line: int, column: int) -> None:
        """Tell the screen."""
        self.post_message(self.Clicked(line, column))
