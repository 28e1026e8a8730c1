"""Draws curves as braille dots: two columns and four rows of them in each character cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Cells = NDArray[np.uint8]
Scale = Literal["linear", "log"]

DOTS_ACROSS = 2
DOTS_DOWN = 4
# The bit of each dot, by its row and column in the cell: Unicode's order, which keeps the 6-dot letters
# first.
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


@dataclass(frozen=True, slots=True)
class Layer:
    """One curve as it is to be drawn.

    Attributes:
        low: float64, shape (2 × columns,): the lowest value of each dot column, see `measure.downsample`.
        high: the highest one, of the same shape.
        colour: what the cells of this curve are marked with, 1 … 255.
        sparse: leave out every second dot, which tells the curve from a full one without any colour.
    """

    low: Floats
    high: Floats
    colour: int
    sparse: bool = False


def draw(
    layers: list[Layer], rows: int, columns: int, y_limits: tuple[float, float], scale: Scale = "linear"
) -> tuple[Cells, Cells]:
    """Draw the layers over each other, the last one on top.

    A cell has one colour, so in a cell that two curves share only the upper one is seen: dots of both in one
    colour would show a curve that was not measured.

    Returns:
        Two uint8 arrays of shape (rows, columns): the dots as the low byte of a braille character (0: none),
        and the colour (0: none).
    """
    dots = np.zeros((rows, columns), np.uint8)
    colours = np.zeros((rows, columns), np.uint8)
    for layer in layers:
        drawn = draw_one(layer.low, layer.high, rows, y_limits, scale, sparse=layer.sparse)
        mine = drawn != 0
        np.copyto(dots, drawn, where=mine)
        colours[mine] = layer.colour
    return dots, colours


def draw_one(
    low: Floats,
    high: Floats,
    rows: int,
    y_limits: tuple[float, float],
    scale: Scale = "linear",
    *,
    sparse: bool = False,
) -> Cells:
    """Draws one curve.

    Values beyond the limits are drawn on the edge. On a log scale what is not positive is left out: a column
    that goes below zero reaches the lower edge, and one wholly below it is a gap in the curve.

    Args:
        low: float64, shape (2 × columns,), the lowest value of each column of dots. NaN: no step there, so
            the curve is carried on in a straight line; infinite: steps without a finite value, so the curve
            breaks.
        high: the highest value, of the same shape.
        rows: count of rows of cells.
        y_limits: the values at the lower and the upper edge.
        scale: how values are laid between them.
        sparse: leave out every second dot.

    Returns:
        uint8, shape (rows, columns): the dots of each cell as the low byte of a braille character.
    """
    columns = len(low) // DOTS_ACROSS
    if rows < 1 or columns < 1:
        return np.zeros((max(rows, 0), columns), np.uint8)
    top, bottom = _spans(low, high, rows * DOTS_DOWN, y_limits, scale)
    if sparse:
        top, bottom = _halve(top, bottom)
    # A column without a curve has its top below its bottom, so that no dot is between them.
    row = np.arange(rows * DOTS_DOWN, dtype=np.int32)[:, None]
    lit = (row >= top) & (row <= bottom)
    if sparse:
        lit &= ((row - top) & 1) == 0
    lit = lit.view(np.uint8)
    dots = np.zeros((rows, columns), np.uint8)
    for down, bits in enumerate(_BITS):
        for across, bit in enumerate(bits):
            dots |= lit[down::DOTS_DOWN, across::DOTS_ACROSS] * np.uint8(bit)
    return dots


def dot_row(values: Floats, height: int, y_limits: tuple[float, float], scale: Scale) -> NDArray[np.int32]:
    """The row of dots, counted from the top, in which each value is drawn.

    Args:
        values: float64, any shape. On a log scale values that are not positive are drawn at the lower edge.
        height: count of rows of dots, at least 1.
        y_limits: the values of the lowest and the highest row.
    """
    low, high = y_limits
    if scale == "log":
        floor = max(low, np.finfo(np.float64).tiny)
        low, high = np.log10(floor), np.log10(max(high, floor))
        values = np.log10(np.maximum(values, floor))
    span = high - low
    if not 0 < span < np.inf:
        return np.full(values.shape, height // 2, np.int32)
    rows = (high - np.clip(values, low, high)) * ((height - 1) / span)
    return np.floor(rows + 0.5).astype(np.int32)


def _spans(
    low: Floats, high: Floats, height: int, y_limits: tuple[float, float], scale: Scale
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """First and last row of dots of each column, such that neighbouring columns touch; (1, 0) for none."""
    known = np.isfinite(low) & np.isfinite(high)
    if scale == "log":
        known &= high > 0
    at = np.flatnonzero(known)
    top = np.ones(len(low), np.int32)
    bottom = np.zeros(len(low), np.int32)
    if at.size == 0:
        return top, bottom
    top[at] = dot_row(high[at], height, y_limits, scale)
    bottom[at] = dot_row(low[at], height, y_limits, scale)
    drawn = _bridge(top, bottom, known, at, empty=np.isnan(low) | np.isnan(high))
    _connect(top, bottom, drawn)
    return top, bottom


def _bridge(
    top: NDArray[np.int32],
    bottom: NDArray[np.int32],
    known: NDArray[np.bool_],
    at: NDArray[np.intp],
    *,
    empty: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Carries the curve in a straight line over columns in which no step falls; returns what is drawn now.

    Only what lies between two known columns with nothing but empty ones between them is filled.
    """
    gap = np.diff(at) > 1
    if not gap.any():
        return known
    drawn = known.copy()
    broken = np.cumsum(~known & ~empty)
    left, right = at[:-1][gap], at[1:][gap]
    whole = broken[left] == broken[right]
    marks = np.zeros(len(top) + 1, np.int32)
    np.add.at(marks, left[whole] + 1, 1)
    np.add.at(marks, right[whole], -1)
    fill = np.flatnonzero(np.cumsum(marks)[:-1] > 0)
    middle = np.interp(fill, at, (top[at] + bottom[at]) / 2)
    top[fill] = bottom[fill] = np.floor(middle + 0.5).astype(np.int32)
    drawn[fill] = True
    return drawn


def _connect(top: NDArray[np.int32], bottom: NDArray[np.int32], drawn: NDArray[np.bool_]) -> None:
    """Lengthens the spans of neighbours that do not touch, each half of the way, in place."""
    pair = drawn[:-1] & drawn[1:]
    left_top, left_bottom = top[:-1].copy(), bottom[:-1].copy()
    right_top, right_bottom = top[1:].copy(), bottom[1:].copy()
    falls = pair & (left_bottom < right_top)
    half = (left_bottom + right_top) // 2
    bottom[:-1][falls] = half[falls]
    top[1:][falls] = np.minimum(half + 1, right_top)[falls]
    rises = pair & (right_bottom < left_top)
    half = (right_bottom + left_top) // 2
    bottom[1:][rises] = np.maximum(bottom[1:], half)[rises]
    top[:-1][rises] = np.minimum(top[:-1], np.minimum(half + 1, left_top))[rises]


def _halve(top: NDArray[np.int32], bottom: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Puts both columns of each cell into its left one, so that no spike is lost; the right one is empty."""
    none = top > bottom
    far = np.int32(2**30)
    tops = np.where(none, far, top).reshape(-1, DOTS_ACROSS).min(axis=1)
    bottoms = np.where(none, -1, bottom).reshape(-1, DOTS_ACROSS).max(axis=1)
    sparse_top = np.ones(len(top), np.int32)
    sparse_bottom = np.zeros(len(top), np.int32)
    used = bottoms >= 0
    sparse_top[::DOTS_ACROSS][used] = tops[used]
    sparse_bottom[::DOTS_ACROSS][used] = bottoms[used]
    return sparse_top, sparse_bottom
