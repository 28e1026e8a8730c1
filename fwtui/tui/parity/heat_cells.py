"""A heat map of relative gaps, quantities by probed steps, from arrays to cells and strips.

The scale is fixed, a colour a decade from 1e-16 to 1, so that pictures of two runs can be compared. What is
above the tolerance has another hue and a glyph of its own, never a colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from fwtui.tui.charts.cells import Cells

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]

LEAST_EXPONENT = -16
_DECADES = 1 - LEAST_EXPONENT
BLANK, LABEL, HEADING, CHOSEN, CURSOR, EQUAL, WITHIN = range(7)
OVER = WITHIN + _DECADES
INFINITE = OVER + _DECADES
INKS = INFINITE + 1
"""What a cell belongs to: text in four ways, the cursor, an exact agreement, then a decade within the
tolerance, `WITHIN` + exponent − `LEAST_EXPONENT`, or above it, `OVER` + the same, or an infinite gap."""

_WIDEST, _LEAST_GUTTER = 6, 10
_EQUAL_SIGN, _OVER_SIGN, _ENDLESS = "=", "✗", "∞"
_LEGEND_ROWS = 8


@dataclass(frozen=True, slots=True)
class Label:
    """One line of the map: a quantity, or a heading over some (`row` is None)."""

    text: str
    row: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """What a heat map shows.

    Attributes:
        labels: its lines, from the top.
        steps: int64, shape (steps,), ascending.
        relative: shape (rows, steps): the gaps; NaN where nothing was compared.
        tolerance: gap up to which it is the same answer.
        eps: gap of one rounding.
    """

    labels: tuple[Label, ...]
    steps: Steps
    relative: Floats
    tolerance: float
    eps: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a map of a given size.

    Attributes:
        gutter: columns for the labels.
        starts: index of the first step of each column of the map; several steps share one where they do not
            all fit.
        cell: width of a column of the map in cells.
        body: rows for the labels' lines.
        legend: whether the last row tells the colours.
    """

    gutter: int
    starts: Steps
    cell: int
    body: int
    legend: bool

    @classmethod
    def of(cls, heat: Heat, columns: int, rows: int) -> Layout:
        """The layout in `columns` × `rows` cells."""
        longest = max((len(label.text) for label in heat.labels), default=0)
        gutter = min(max(longest + 2, _LEAST_GUTTER), columns // 3)
        room, count = max(columns - gutter, 1), len(heat.steps)
        together = -(-count // room) if count else 1
        starts = np.arange(0, count, together, dtype=np.int64)
        legend = rows >= _LEGEND_ROWS
        body = max(rows - 1 - 2 * legend, 1)
        return cls(gutter, starts, min(max(room // max(len(starts), 1), 1), _WIDEST), body, legend)

    def column(self, step: int) -> int:
        """The column of the map that holds the step at that index."""
        return int(np.searchsorted(self.starts, step, side="right")) - 1

    def members(self, column: int, count: int) -> range:
        """The indices of the steps, `count` in all, that a column of the map holds."""
        ends = [*self.starts[1:].tolist(), count]
        return range(int(self.starts[column]), ends[column])


def lines(quantities: int) -> int:
    """Return the rows that a map of `quantities` lines fills: with the steps, a blank row and the legend."""
    return max(quantities + 3, _LEGEND_ROWS)


def draw(heat: Heat, cursor: tuple[int, int] | None, top: int, columns: int, rows: int) -> Cells:
    """Draws the map.

    Args:
        cursor: row and step index of the cursor.
        top: the first line that is visible.
    """
    cells = Cells.blank(rows, columns)
    layout = Layout.of(heat, columns, rows)
    if not len(layout.starts):
        return cells
    merged = np.fmax.reduceat(heat.relative, layout.starts, axis=1)
    at = None if cursor is None else (cursor[0], layout.column(cursor[1]))
    shown = heat.labels[top : top + layout.body]
    for line, label in enumerate(shown):
        chosen = at is not None and label.row == at[0]
        ink = HEADING if label.row is None else CHOSEN if chosen else LABEL
        indent = 0 if label.row is None else 1
        cells.put(line, indent, tail(label.text, layout.gutter - 1 - indent), ink)
        if label.row is not None:
            column = at[1] if at is not None and chosen else None
            _row(cells, line, layout, merged[label.row], heat.tolerance, column)
    _axis(cells, len(shown), heat, layout, None if at is None else at[1])
    hidden = len(heat.labels) - len(shown)
    if hidden:
        cells.put(len(shown), 0, f"↑{top} ↓{hidden - top}"[: layout.gutter - 1], HEADING)
    if layout.legend:
        _legend(cells, rows - 1, heat)
    return cells


def strip(cells: Cells, row: int, styles: Sequence[Style]) -> Strip:
    """One row as a strip. Unlike a chart's, blanks keep their ink: it is their background that counts."""
    inks = cells.inks[row]
    edges = np.flatnonzero(inks[1:] != inks[:-1]) + 1
    text = cells.characters[row].tobytes().decode("utf-32-le")
    bounds = pairwise([0, *edges.tolist(), len(inks)])
    return Strip([Segment(text[start:end], styles[inks[start]]) for start, end in bounds], len(inks))


def inks(relative: Floats, tolerance: float) -> NDArray[np.uint8]:
    """The ink of each gap."""
    known = np.where(np.isfinite(relative) & (relative > 0), relative, 1.0)
    decade = np.clip(np.floor(np.log10(known)), LEAST_EXPONENT, 0).astype(np.int64) - LEAST_EXPONENT
    found = np.where(relative > tolerance, OVER, WITHIN) + decade
    found = np.where(relative == 0, EQUAL, np.where(np.isposinf(relative), INFINITE, found))
    return np.where(np.isnan(relative), BLANK, found).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Stops:
    """The colours between which the map's are mixed.

    Attributes:
        faint: the least gap, `eps`: one rounding, `tolerance`: just within the tolerance.
        over: just above the tolerance, `far`: a gap of 1 and more.
    """

    faint: Color
    eps: Color
    tolerance: Color
    over: Color
    far: Color


def palette(stops: Stops, eps: float, tolerance: float) -> list[Style]:
    """The styles of the inks from `WITHIN` on."""
    rounding, limit = math.log10(eps), math.log10(tolerance)
    decades = [exponent + 0.5 for exponent in range(LEAST_EXPONENT, 1)]
    within = [
        _mix(stops.faint, stops.eps, at, LEAST_EXPONENT, rounding)
        if at <= rounding
        else _mix(stops.eps, stops.tolerance, at, rounding, limit)
        for at in decades
    ]
    over = [_mix(stops.over, stops.far, at, limit, 0) for at in decades]
    calm = [_style(ground, 0.75) for ground in within]
    return [*calm, *(_style(ground, 1, bold=True) for ground in (*over, stops.far))]


def _mix(low: Color, high: Color, at: float, start: float, end: float) -> Color:
    share = (at - start) / (end - start) if end > start else 1.0
    return low.blend(high, min(max(share, 0.0), 1.0))


def _style(ground: Color, strength: float, bold: bool = False) -> Style:
    text = ground.blend(ground.get_contrast_text(1.0), strength)
    return Style(color=text.rich_color, bgcolor=ground.rich_color, bold=bold)


def _row(
    cells: Cells, line: int, layout: Layout, values: Floats, tolerance: float, cursor: int | None
) -> None:
    for column, ink in enumerate(inks(values, tolerance).tolist()):
        text = _sign(ink, layout.cell).center(layout.cell)
        cells.put(line, layout.gutter + column * layout.cell, text, CURSOR if column == cursor else ink)


def _sign(ink: int, width: int) -> str:
    """The decade of a gap as its exponent, where there is room; above the tolerance never without a mark."""
    if ink == BLANK:
        return ""
    if ink == EQUAL:
        return _EQUAL_SIGN
    if ink == INFINITE:
        return f"{_OVER_SIGN}{_ENDLESS}" if width > 2 else _OVER_SIGN
    over = ink >= OVER
    exponent = str(ink - (OVER if over else WITHIN) + LEAST_EXPONENT)
    text = f"{_OVER_SIGN}{exponent}" if over else exponent
    # One cell is left free, or neighbours would read as one number.
    return text if len(text) < width else _OVER_SIGN if over else ""


def _axis(cells: Cells, line: int, heat: Heat, layout: Layout, cursor: int | None) -> None:
    """As many of the steps as fit: the cursor's, the newest, then whatever is free from there on."""
    columns = cells.characters.shape[1]
    last = len(layout.starts) - 1
    order = [*([] if cursor is None else [cursor]), *range(last, -1, -1)]
    taken = np.zeros(columns + 1, np.bool_)
    for column in order:
        text = f"{int(heat.steps[layout.starts[column]]):,}"
        middle = layout.gutter + column * layout.cell + (layout.cell - len(text)) // 2
        start = min(max(middle, layout.gutter), columns - len(text))
        if start >= 0 and not taken[max(start - 1, 0) : start + len(text) + 1].any():
            taken[start : start + len(text)] = True
            cells.put(line, start, text, CHOSEN if column == cursor else LABEL)


def _legend(cells: Cells, line: int, heat: Heat) -> None:
    """The colours with their figures, every decade where there is room, else every second or third."""
    columns = cells.characters.shape[1]
    limit = math.log10(heat.tolerance)
    within = range(LEAST_EXPONENT, math.ceil(limit))
    over = range(math.floor(limit), 1)
    for stride in (1, 2, 3):
        parts = [(f" {_EQUAL_SIGN} ", EQUAL), (" equal ", LABEL)]
        parts += [(f"{e:>3} ", WITHIN + e - LEAST_EXPONENT) for e in within[::-1][::stride][::-1]]
        parts += [(f" {heat.tolerance:.0e} ", LABEL)]
        parts += [(f" {_OVER_SIGN}{e} ", OVER + e - LEAST_EXPONENT) for e in over[::-1][::stride][::-1]]
        parts += [(f" {_OVER_SIGN}{_ENDLESS} ", INFINITE)]
        if sum(len(text) for text, _ in parts) <= columns:
            break
    at = 0
    for text, ink in parts:
        cells.put(line, at, text, ink)
        at += len(text)


def tail(text: str, room: int) -> str:
    """The end of a long name: that is where names differ."""
    return text if len(text) <= room else "…" + text[len(text) - room + 1 :] if room > 1 else text[:room]
