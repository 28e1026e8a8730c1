"""The heat map as a widget: draws what it is handed, only where it differs, and scrolls to its cursor."""

from __future__ import annotations

import textwrap
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from fwtui.tui.parity import heat_cells as drawing
from fwtui.tui.parity.heat_cells import Heat, Layout, Stops

_TEXTS = ("label", "heading", "chosen", "cursor", "equal")
_STOPS = ("faint", "eps", "tolerance", "over", "far")

Cursor = tuple[int, int]


class HeatMap(Widget):
    """Shows gaps by quantity and step. The cursor is its owner's: see `Clicked`."""

    DEFAULT_CSS = """
    HeatMap { width: 1fr; height: 1fr; }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"heat--{name}" for name in (*_TEXTS, *_STOPS)}
    """`heat--label` and so on for text; the backgrounds of `heat--faint`, `--eps`, `--tolerance`, `--over`
    and `--far` are the colours between which the map's are mixed."""

    class Clicked(Message):
        """A cell was clicked."""

        def __init__(self, row: int, step: int) -> None:
            super().__init__()
            self.row, self.step = row, step

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._heat: Heat | None = None
        self._cursor: Cursor | None = None
        self._empty = ""
        self._top = 0
        self._strips: list[Strip] | None = None
        self._styles: list[Style] | None = None

    @property
    def layout_now(self) -> Layout | None:
        """How the map is laid out; None where there is none."""
        size = self.size
        if self._heat is None or not len(self._heat.steps) or not size:
            return None
        return Layout.of(self._heat, size.width, size.height)

    def show(self, heat: Heat, cursor: Cursor | None, empty: str) -> None:
        """Shows this from now on.

        Args:
            cursor: row of the array and index of the step.
            empty: what is said where there are no steps.
        """
        if heat is self._heat and cursor == self._cursor and empty == self._empty:
            return
        if self._heat is None or (heat.tolerance, heat.eps) != (self._heat.tolerance, self._heat.eps):
            self._styles = None
        self._heat, self._cursor, self._empty = heat, cursor, empty
        before, self._strips = self._strips, None
        if before is None or not self.is_attached or len(before) != self.size.height:
            self.refresh()
            return
        for row, (old, new) in enumerate(zip(before, self._drawn(), strict=True)):
            if old != new:
                self.refresh(Region(0, row, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        strips = self._drawn()
        return strips[y] if y < len(strips) else Strip.blank(self.size.width, self.rich_style)

    def _drawn(self) -> list[Strip]:
        width, height = self.size
        if self._strips is None or len(self._strips) != height:
            layout = self.layout_now
            if self._heat is None or layout is None:
                self._strips = self._saying(width, height)
            else:
                self._top = self._scrolled(self._heat, layout)
                cells = drawing.draw(self._heat, self._cursor, self._top, width, height)
                styles = self._ink_styles(self._heat)
                self._strips = [drawing.strip(cells, row, styles) for row in range(height)]
        return self._strips

    def _saying(self, width: int, height: int) -> list[Strip]:
        """An empty map with a word on why it is."""
        style = self.get_component_rich_style("heat--label")
        lines = [Strip.blank(width, style)] * height
        said = textwrap.wrap(self._empty, width) if width else []
        first = max((height - len(said)) // 2, 0)
        for row, text in enumerate(said[: height - first], first):
            lines[row] = Strip([Segment(text.center(width), style)], width)
        return lines

    def _scrolled(self, heat: Heat, layout: Layout) -> int:
        """The first visible line: the one before, moved so far that the cursor is seen."""
        last = max(len(heat.labels) - layout.body, 0)
        if self._cursor is None:
            return min(self._top, last)
        at = next(line for line, label in enumerate(heat.labels) if label.row == self._cursor[0])
        # With the heading above it, if that is the line before.
        low = at - 1 if at and heat.labels[at - 1].row is None else at
        return min(max(min(self._top, low), at - layout.body + 1), last)

    def _ink_styles(self, heat: Heat) -> list[Style]:
        if self._styles is None:
            named = [self.get_component_rich_style(f"heat--{name}") for name in _TEXTS]
            stops = Stops(*(self.get_component_styles(f"heat--{name}").background for name in _STOPS))
            self._styles = [self.rich_style, *named, *drawing.palette(stops, heat.eps, heat.tolerance)]
        return self._styles

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles = self._strips = None
        self.refresh()

    def on_resize(self) -> None:
        self._strips = None
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        layout = self.layout_now
        if layout is None or self._heat is None:
            return
        line, column = self._top + event.y, (event.x - layout.gutter) // layout.cell
        if event.y < layout.body and line < len(self._heat.labels) and 0 <= column < len(layout.starts):
            row = self._heat.labels[line].row
            if row is not None:
                self.post_message(self.Clicked(row, int(layout.starts[column])))
