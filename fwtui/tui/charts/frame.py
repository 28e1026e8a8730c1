"""The frame around a plot: axis lines, ticks and their labels, drawn by plotext.

This is the only file that uses plotext. It asks for an empty figure whose axes count character cells, with
ticks on whole cells, and reads the result back as plain text; so a tick is exactly in the cell in which
the raster draws that value, on linear and log scales alike, which plotext's own rounding of values does not
promise (it knows cells, the raster knows dots). The labels come padded to one width, so charts line up.

plotext 6.1 rather than 5.3: this frame takes it 0.7 ms instead of 1.3 ms (200 × 60 cells: 1.5 against 9), it
needs no invisible data point for an axis to appear, accepts every small size, sets the last label flush
right, and gives the text through its public API. What it costs: 0.03 s more to import, so that is done when
the first frame is drawn, after the first paint.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fwtui.measure.downsample import column_of
from fwtui.tui.charts.raster import DOTS_ACROSS, DOTS_DOWN, Scale, dot_row

# Below these sizes labels would crowd out the curve: then there is no frame, only the curve.
LEAST_PLOT_COLUMNS = 10
LEAST_PLOT_ROWS = 2

_BLANK = " "
_LINES = frozenset("│┤├─┬┴┼└┘┌┐")
# plotext's figure is one object for the whole process.
_figure_lock = threading.Lock()

Tick = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawn frame; all of its arrays are read-only, since frames are shared.

    Attributes:
        characters: uint32 code points, shape (rows, columns).
        lines: bool, same shape: true for axis lines and ticks.
        left: columns before the plot area: the labels and the axis.
        plot_columns: width of the plot area, which reaches to the right edge.
        plot_rows: height of the plot area, which begins at the upper edge.
    """

    characters: NDArray[np.uint32]
    lines: NDArray[np.bool_]
    left: int
    plot_columns: int
    plot_rows: int


def plot_area(columns: int, rows: int, gutter: int, *, x_axis: bool) -> tuple[int, int, int]:
    """Return the plot area of a chart of that size: columns before it, its columns, its rows.

    Known without drawing anything, so that two charts of one size always agree. Small charts lose the x axis
    first, then the labels.
    """
    left = gutter + 1 if gutter > 0 and columns - gutter - 1 >= LEAST_PLOT_COLUMNS else 0
    below = 2 if x_axis and left and rows - 2 >= LEAST_PLOT_ROWS else 0
    if rows < LEAST_PLOT_ROWS:
        left = below = 0
    return left, max(columns - left, 0), max(rows - below, 0)


def y_ticks(
    values: Sequence[float], labels: Sequence[str], rows: int, limits: tuple[float, float], scale: Scale
) -> tuple[Tick, ...]:
    """The rows of cells (from the top) in which the raster draws the values, with their labels.

    Of two that fall into one row the first is kept.
    """
    dots = dot_row(np.asarray(values, np.float64), rows * DOTS_DOWN, limits, scale)
    found: dict[int, str] = {}
    for dot, label in zip(dots, labels, strict=True):
        found.setdefault(int(dot) // DOTS_DOWN, label)
    return tuple(found.items())


def x_ticks(
    values: Sequence[float], labels: Sequence[str], columns: int, limits: tuple[float, float]
) -> tuple[Tick, ...]:
    """The columns of cells in which the values are drawn, with their labels."""
    found: dict[int, str] = {}
    for value, label in zip(values, labels, strict=True):
        found.setdefault(column_of(value, limits, columns * DOTS_ACROSS) // DOTS_ACROSS, label)
    return tuple(found.items())


@lru_cache(maxsize=128)
def draw(columns: int, rows: int, gutter: int, y: tuple[Tick, ...], x: tuple[Tick, ...] | None) -> Frame:
    """Draws the frame, or gives the one drawn before for the same size and ticks.

    Args:
        columns: width of the chart with its labels, in cells.
        rows: height of the chart without its title, in cells.
        gutter: width of the labels on the left, in cells; longer labels are cut.
        y: ticks on the left: row in the plot area, from the top, and label.
        x: ticks below: column in the plot area and label. None: no axis below, `()`: an axis without ticks.

    Returns:
        The frame; without axes where the chart is too small for them.
    """
    left, plot_columns, plot_rows = plot_area(columns, rows, gutter, x_axis=x is not None)
    characters = np.full((rows, columns), ord(_BLANK), np.uint32)
    lines = np.zeros((rows, columns), np.bool_)
    if left:
        below = x if plot_rows < rows else None
        labels = tuple((plot_rows - 1 - row, _fit(label, gutter)) for row, label in y)
        text = _plotext(columns, rows, labels, below, plot_columns, plot_rows) if labels else ""
        for at, line in enumerate(text.split("\n")[:rows]):
            line = line[:columns].ljust(columns, _BLANK)
            characters[at] = np.frombuffer(line.encode("utf-32-le"), np.uint32)
            lines[at] = [character in _LINES for character in line]
        lines[:, :gutter] = False
        lines[plot_rows + 1 :] = False
    characters.setflags(write=False)
    lines.setflags(write=False)
    return Frame(characters, lines, left, plot_columns, plot_rows)


def _fit(label: str, gutter: int) -> str:
    return label.rjust(gutter) if len(label) <= gutter else label[: gutter - 1] + "…"


def _plotext(
    columns: int,
    rows: int,
    y: tuple[Tick, ...],
    x: tuple[Tick, ...] | None,
    plot_columns: int,
    plot_rows: int,
) -> str:
    """An empty figure of plotext's as text: `rows` lines of `columns` characters."""
    import plotext

    with _figure_lock:
        plotext.terminal.limit(False, False)
        figure = plotext.figure
        figure.clear()
        figure.plot_size(columns, rows)
        figure.theme("colorless")
        figure.axes(False)
        figure.axes(True, axis="y", side="left")
        left = figure.ruler("y", "left")
        left.lim(0, plot_rows - 1)
        left.ticks([at for at, _ in y], labels=[label for _, label in y])
        if x is not None:
            figure.axes(True, axis="x", side="lower")
            lower = figure.ruler("x", "lower")
            lower.lim(0, plot_columns - 1)
            # A tick outside every label keeps the row of labels even where no tick was asked for.
            lower.ticks([at for at, _ in x] or [0], labels=[label for _, label in x] or [" "])
        return str(figure.build().string(colorless=True))
