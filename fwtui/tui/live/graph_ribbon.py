"""A row of cells that shows which graph ran at which step, lined up with the charts above and below it."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from fwtui.measure.history import History
from fwtui.tui.charts.frame import plot_area
from fwtui.tui.common.line import Line
from fwtui.tui.live import ribbon
from fwtui.tui.live.ribbon import MARK, MARKED, NOTHING, Cell, Ribbon

# Textual repaints a changed row from its widget's left edge on: narrow widgets keep that short.
_TILES = 8

_SEAM = "▏"

SHADES = (0.45, 0.85, 0.25, 0.65)
"""How much of the lane's colour the graphs have, in turn; letters tell them apart for certain."""


class GraphRibbon(Vertical):
    """How many graphs a lane's steps ran, and below that a cell for each column of the charts.

    A cell has its graph's shade, and its letter where the one before had another; a thin line is drawn where
    no step was sampled, and a mark where the step was built, traced or compiled.
    """

    DEFAULT_CSS = """
    GraphRibbon { width: 1fr; height: 2; }
    GraphRibbon Horizontal { height: 1; }
    """

    def __init__(self, gutter: int, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.cursor: int | None = None
        """The step at the charts' cursor."""
        self._gutter = gutter
        self._head = Line(classes="ribbon--head")
        self._tiles = [RibbonTile() for _ in range(_TILES)]
        self._history = History()
        self._is_static = True
        self._x_limits = (0, 1)

    def compose(self) -> ComposeResult:
        yield self._head
        yield Horizontal(*self._tiles)

    def show(self, history: History, x_limits: tuple[int, int], is_static: bool) -> None:
        """Show a lane's graphs on the charts' axis of steps; while hidden, as soon as it becomes visible.

        Args:
            is_static: whether one graph serves many steps, drawn as one bar; else each cell is drawn apart.
        """
        self._history, self._x_limits, self._is_static = history, x_limits, is_static
        if not self.display:
            return
        runs, compiled = history.graph_runs, history.compiled
        if self.cursor is None:
            texts = ribbon.figures(runs, compiled, history.steps, is_static, history.not_sampled)
            figures = [_marked(text) for text in texts]
        else:
            figures = [Content.assemble((ribbon.read_out(runs, self.cursor), "bold"))]
        self._head.show(*((Content.assemble(("graph", "$dim")), text) for text in figures))
        left, columns, _ = plot_area(self.size.width, 2, self._gutter, x_axis=False)
        cells: list[Cell] = [(" ", NOTHING)] * left
        cells += Ribbon.of(runs, compiled, x_limits, columns).cells()
        for tile in self._tiles:
            start = tile.region.x - self.region.x
            tile.show(cells[start : start + tile.size.width], is_static)

    def on_show(self) -> None:
        """Draw it, now that there is room for it."""
        self.call_after_refresh(self.move_cursor, self.cursor)

    def on_resize(self) -> None:
        """Draw the cells again, once they have been laid out."""
        self.call_after_refresh(self.move_cursor, self.cursor)

    def move_cursor(self, step: int | None) -> None:
        """Says which graph ran there; None: how many there are."""
        self.cursor = step
        self.show(self._history, self._x_limits, self._is_static)

    @property
    def plain(self) -> str:
        """Both rows as text."""
        return f"{self._head.plain}\n{''.join(tile.plain for tile in self._tiles)}"


class RibbonTile(Widget):
    """Some of the row's cells, repainted only when they change."""

    DEFAULT_CSS = """
    RibbonTile { width: 1fr; height: 1; }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"ribbon--own", "ribbon--mark"}

    def __init__(self) -> None:
        super().__init__()
        self._cells: list[Cell] = []
        self._is_static = True

    def show(self, cells: list[Cell], is_static: bool) -> None:
        """Shows these cells from now on; `is_static`: as one bar."""
        if (cells, is_static) != (self._cells, self._is_static):
            self._cells, self._is_static = cells, is_static
            self.refresh()

    @property
    def plain(self) -> str:
        """The cells as text."""
        return "".join(character for character, _ in self._cells)

    def render_line(self, y: int) -> Strip:
        segments = []
        for (kind, is_plain), group in groupby(self._cells, lambda cell: (cell[1], cell[0] == " ")):
            text = "".join(character for character, _ in group)
            if is_plain and kind >= 0 and not self._is_static:
                segments.append(Segment(_SEAM * len(text), self._style(kind, is_seam=True)))
            else:
                segments.append(Segment(text, self._style(kind)))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _style(self, kind: int, is_seam: bool = False) -> Style:
        if kind == MARKED:
            return self.get_component_rich_style("ribbon--mark")
        _, _, ground, foreground = self.colors
        own = self.get_component_styles("ribbon--own").color
        if kind < 0:
            return Style.from_color(ground.blend(own, min(SHADES)).rich_color, ground.rich_color)
        share = SHADES[kind % len(SHADES)]
        letter = ground if share > 0.5 or is_seam else foreground
        return Style.from_color(letter.rich_color, ground.blend(own, share).rich_color)


def _marked(figures: str) -> Content:
    before, mark, after = figures.partition(MARK)
    return Content.assemble(before, (mark, "bold $warning"), after)
