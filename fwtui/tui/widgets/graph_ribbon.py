"""Which graph ran at which step, in one row that lines up with the charts above and below it."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from fwtui.measure.history import History
from fwtui.tui import ribbon
from fwtui.tui.charts.frame import plot_area
from fwtui.tui.ribbon import MARK, Ribbon
from fwtui.tui.widgets.line import Line

SHADES = (0.45, 0.85, 0.25, 0.65)
"""How much of the lane's colour the graphs have, in turn; letters tell them apart for certain."""


class GraphRibbon(Vertical):
    """How many graphs a lane's steps ran, and below that a cell for each column of the charts.

    A cell has its graph's shade, and its letter where the one before had another; a thin line stands where no
    step was sampled, and a mark where the step was built, traced or compiled.
    """

    DEFAULT_CSS = """
    GraphRibbon { width: 1fr; height: 2; }
    """

    def __init__(self, gutter: int, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._gutter = gutter
        self._head = Line(classes="ribbon--head")
        self._cells = RibbonCells()
        self._history = History()
        self._x_limits = (0, 1)
        self.cursor: int | None = None
        """The step at which the charts' cursor stands."""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._cells

    def show(self, history: History, x_limits: tuple[int, int]) -> None:
        """Shows what a lane has said, on the charts' axis of steps."""
        self._history, self._x_limits = history, x_limits
        runs, compiled = history.graph_runs, history.compiled
        if self.cursor is None:
            figures = [_marked(text) for text in ribbon.figures(runs, compiled)]
        else:
            figures = [Content.assemble((ribbon.read_out(runs, self.cursor), "bold"))]
        self._head.show(*((Content.assemble(("graph", "$dim")), text) for text in figures))
        left, columns, _ = plot_area(self.size.width, 2, self._gutter, x_axis=False)
        self._cells.show(left, Ribbon.of(runs, compiled, x_limits, columns))

    def move_cursor(self, step: int | None) -> None:
        """Says which graph ran there; None: how many there are."""
        self.cursor = step
        self.show(self._history, self._x_limits)

    @property
    def plain(self) -> str:
        """Both rows as text."""
        return f"{self._head.plain}\n{self._cells.row.text()}"


def _marked(figures: str) -> Content:
    before, mark, after = figures.partition(MARK)
    return Content.assemble(before, (mark, "bold $warning"), after)


class RibbonCells(Widget):
    """The row of cells, painted anew only where it changes."""

    DEFAULT_CSS = """
    RibbonCells { width: 1fr; height: 1; }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"ribbon--own", "ribbon--mark"}

    def __init__(self) -> None:
        super().__init__()
        self.row = Ribbon((), frozenset())
        self._left = 0

    def show(self, left: int, row: Ribbon) -> None:
        """Shows `row`, `left` cells from the left."""
        if (left, row) != (self._left, self.row):
            self._left, self.row = left, row
            self.refresh()

    def render_line(self, y: int) -> Strip:
        segments = [Segment(" " * self._left, self.rich_style)]
        styles: dict[int | str, Style] = {}
        cells = zip(self.row.text(), self.row.kinds, strict=True)
        for paint, group in groupby(cells, lambda cell: MARK if cell[0] == MARK else cell[1]):
            if paint not in styles:
                styles[paint] = self._style(paint)
            segments.append(Segment("".join(character for character, _ in group), styles[paint]))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _style(self, paint: int | str) -> Style:
        if paint == MARK:
            return self.get_component_rich_style("ribbon--mark")
        _, _, ground, foreground = self.colors
        own = self.get_component_styles("ribbon--own").color
        if not isinstance(paint, int) or paint < 0:
            return Style.from_color(ground.blend(own, min(SHADES)).rich_color, ground.rich_color)
        share = SHADES[paint % len(SHADES)]
        letter = ground if share > 0.5 else foreground
        return Style.from_color(letter.rich_color, ground.blend(own, share).rich_color)
