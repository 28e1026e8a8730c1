"""Puts a whole chart together as a grid of cells: title, figures, frame, curves, cursor."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fwtui.measure.downsample import Floats, Steps, column_edges, column_of, to_columns
from fwtui.tui.charts import axes, frame
from fwtui.tui.charts.axes import NUMBER, Formatter, Limits
from fwtui.tui.charts.cells import BLANK, BRAILLE, Cells
from fwtui.tui.charts.raster import DOTS_ACROSS, Layer, draw

Role = Literal["own", "extra", "other", "band"]

_CURSOR_LINE, _MARK_LINE = ord("│"), ord("┊")
_PARAGRAPH_COLUMNS = 64
_ROWS_A_LABEL = 3
_COLUMNS_A_LABEL = 9


class Ink(IntEnum):
    """What a cell belongs to; the widget has one style for each, named `chart--` and the name."""

    BLANK = 0
    AXIS = 1
    LABEL = 2
    TITLE = 3
    FIGURES = 4
    OTHER = 5
    EXTRA = 6
    OWN = 7
    CURSOR = 8
    READOUT = 9
    EMPTY = 10
    BAND = 11


# Later ones are drawn over earlier ones.
_INK_OF: dict[Role, Ink] = {"band": Ink.BAND, "other": Ink.OTHER, "extra": Ink.EXTRA, "own": Ink.OWN}
_ORDER = list(_INK_OF)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One bucketed series.

    Attributes:
        x: shape (n,), ascending: the step with which each bucket begins.
        low: float64, shape (n,): the lowest value of each bucket.
        high: float64, shape (n,): the highest one.
        role: `own` is the lane of this chart, `extra` a second series of it, `other` another lane's, faint;
            `band` is what lies around `own`, fainter than all.
    """

    x: Steps
    low: Floats
    high: Floats
    role: Role = "own"

    def at(self, step: int) -> tuple[float, float] | None:
        """Lowest and highest value of the bucket that holds `step`; None where there is none."""
        index = int(np.searchsorted(self.x, step, side="right")) - 1
        if index < 0:
            return None
        width = float(self.x[-1] - self.x[-2]) if len(self.x) > 1 else 1.0
        if step >= float(self.x[-1]) + max(width, 1.0):
            return None
        return float(self.low[index]), float(self.high[index])


@dataclass(frozen=True, slots=True)
class View:
    """Everything that a chart shows besides its curves.

    Attributes:
        title: on the left of the first row.
        figures: on its right.
        x_limits: first and last step of the x axis.
        y_limits: None where there is nothing to draw.
        gutter: width of the tick labels on the left, in cells.
        x_axis: whether the x axis with its labels is drawn below.
        formatter: how values are written.
        cursor: the step at the cursor; None: no cursor.
        mark: step marked by a faint line; None: no line.
        empty: what a chart without data says, in one paragraph or several; where one begins with a few words
            and two spaces, those are its heading.
    """

    title: str = ""
    figures: str = ""
    x_limits: tuple[float, float] = (0, 1)
    y_limits: Limits | None = None
    gutter: int = 8
    x_axis: bool = False
    formatter: Formatter = field(default=NUMBER)
    cursor: int | None = None
    mark: int | None = None
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """The plot area within a chart: its upper left cell and its size, in cells."""

    left: int
    top: int
    columns: int
    rows: int

    @classmethod
    def of(cls, view: View, columns: int, rows: int) -> Plot:
        """The plot area of a chart of that size. A chart of one row is its title alone."""
        left, plot_columns, plot_rows = frame.plot_area(
            columns, max(rows - 1, 0), view.gutter, x_axis=view.x_axis
        )
        return cls(left, 1, plot_columns, plot_rows)

    def column(self, step: float, x_limits: tuple[float, float]) -> int:
        """The column of cells, within the plot area, in which a step is drawn."""
        return column_of(step, x_limits, self.columns * DOTS_ACROSS) // DOTS_ACROSS

    def steps(self, column: int, x_limits: tuple[float, float]) -> tuple[float, float]:
        """The first step of a column of cells, and the end of it (exclusive)."""
        edges = column_edges(x_limits, max(self.columns, 1) * DOTS_ACROSS)
        at = min(max(column, 0), max(self.columns - 1, 0)) * DOTS_ACROSS
        return float(edges[at]), float(edges[at + DOTS_ACROSS])


def compose(view: View, curves: Sequence[Curve], columns: int, rows: int) -> Cells:
    """Draws a chart of `columns` × `rows` cells; any size is accepted."""
    cells = Cells.blank(rows, columns)
    if rows < 1 or columns < 1:
        return cells
    plot = Plot.of(view, columns, rows)
    shown = [curve for curve in curves if len(curve.x)]
    if not shown or view.y_limits is None:
        _head(cells, view, readout="")
        _empty(cells, view.empty)
        return cells
    if plot.rows > 0 and plot.columns > 0:
        _frame(cells, view, view.y_limits, plot)
        _curves(cells, view, view.y_limits, shown, plot)
        if view.cursor is not None:
            _vertical_line(cells, view, plot, view.cursor, _CURSOR_LINE, Ink.CURSOR)
        if view.mark is not None:
            _vertical_line(cells, view, plot, view.mark, _MARK_LINE, Ink.AXIS)
    _head(cells, view, readout=read_out(view, shown))
    return cells


def read_out(view: View, curves: Sequence[Curve]) -> str:
    """Return the values at the cursor, for the title row: `step 312  309.65`; empty without a cursor."""
    if view.cursor is None:
        return ""
    values = [_value(curve.at(view.cursor), view.formatter) for curve in curves if curve.role != "other"]
    return "  ".join([f"step {view.cursor:,}", *(values or ["n/a"])])


def _value(found: tuple[float, float] | None, formatter: Formatter) -> str:
    if found is None:
        return "n/a"
    low, high = found
    if low == high or not (math.isfinite(low) and math.isfinite(high)):
        return formatter.value(high if math.isfinite(high) else low)
    return f"{formatter.value(low)} – {formatter.value(high)}"


def _head(cells: Cells, view: View, readout: str) -> None:
    """Title and figures; where both do not fit, first figures give way, from the left, then the title."""
    columns = cells.characters.shape[1]
    text, ink = (readout, Ink.READOUT) if readout else (view.figures, Ink.FIGURES)
    while not readout and "  " in text and columns - len(text) < len(view.title) + 2:
        text = text.partition("  ")[2].lstrip()
    cells.put(0, 0, view.title, Ink.TITLE)
    start = columns - len(text)
    if text and start < len(view.title) + 2:
        cells.put(0, max(start - 2, 0), "  ", Ink.BLANK)
    cells.put(0, max(start, 0), text, ink)


def _frame(cells: Cells, view: View, limits: Limits, plot: Plot) -> None:
    """Copies plotext's frame below the title."""
    rows, columns = cells.characters.shape
    if not plot.left:
        return
    values = axes.ticks(limits, min(max(plot.rows // _ROWS_A_LABEL, 2), 6))
    y = frame.y_ticks(values, view.formatter.labels(values), plot.rows, limits.pair, limits.scale)
    x: tuple[frame.Tick, ...] | None = None
    if view.x_axis:
        steps = axes.ticks(Limits(*view.x_limits), min(max(plot.columns // _COLUMNS_A_LABEL, 2), 6))
        x = frame.x_ticks(steps, axes.step_labels(steps), plot.columns, view.x_limits)
    drawn = frame.draw(columns, rows - plot.top, view.gutter, y, x)
    cells.characters[plot.top :] = drawn.characters
    cells.inks[plot.top :] = np.where(drawn.lines, np.uint8(Ink.AXIS), np.uint8(Ink.LABEL))


def _curves(cells: Cells, view: View, limits: Limits, curves: Sequence[Curve], plot: Plot) -> None:
    layers = []
    for curve in sorted(curves, key=lambda curve: _ORDER.index(curve.role)):
        low, high = to_columns(curve.x, curve.low, curve.high, view.x_limits, plot.columns * DOTS_ACROSS)
        layers.append(Layer(low, high, _INK_OF[curve.role], sparse=curve.role == "other"))
    dots, colours = draw(layers, plot.rows, plot.columns, limits.pair, limits.scale)
    area = _area(plot)
    lit = dots != 0
    cells.characters[area][lit] = dots[lit].astype(np.uint32) + BRAILLE
    cells.inks[area][lit] = colours[lit]


def _empty(cells: Cells, text: str) -> None:
    """Puts paragraphs into the middle, below the title; of what there is no room for, the end is left out."""
    rows, columns = cells.characters.shape
    width = min(columns, _PARAGRAPH_COLUMNS)
    lines: list[tuple[str, str]] = []
    for paragraph in text.split("\n"):
        heading, gap, _ = paragraph.partition("  ")
        wrapped = textwrap.wrap(paragraph, width, drop_whitespace=True) or [""]
        lines += [(heading if gap and not at else "", line) for at, line in enumerate(wrapped)]
    lines = lines[: max(rows - 1, 0)]
    top = 1 + (rows - 1 - len(lines)) // 2
    # Charts above each other have their paragraphs in one column; a few words are centred.
    left = (columns - (len(text) if len(text) < width and "  " not in text else width)) // 2
    for row, (heading, line) in enumerate(lines, top):
        cells.put(row, left, line, Ink.EMPTY)
        cells.put(row, left, heading, Ink.FIGURES)


def _vertical_line(cells: Cells, view: View, plot: Plot, step: int, character: int, ink: Ink) -> None:
    """A line through the blanks of a column; where a curve is, the curve stays."""
    if not view.x_limits[0] <= step <= view.x_limits[1]:
        return
    column = plot.left + plot.column(step, view.x_limits)
    rows = slice(plot.top, plot.top + plot.rows)
    free: NDArray[np.bool_] = cells.characters[rows, column] == BLANK
    cells.characters[rows, column][free] = character
    cells.inks[rows, column][free] = ink


def _area(plot: Plot) -> tuple[slice, slice]:
    return slice(plot.top, plot.top + plot.rows), slice(plot.left, plot.left + plot.columns)
