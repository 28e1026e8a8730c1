"""Braille dots, against a loop that sets one dot at a time."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from fwtui.tui.charts.raster import Layer, dot_row, draw, draw_one


def row_of(value, height, y_limits, scale):
    low, high = y_limits
    if scale == "log":
        low, high = math.log10(low), math.log10(high)
        value = math.log10(value) if value > 0 else low
    value = min(max(value, low), high)
    return math.floor((high - value) * ((height - 1) / (high - low)) + 0.5)


def spans(low, high, height, y_limits, scale):
    """(top, bottom) of each column, None where nothing is drawn."""
    found = []
    for lowest, highest in zip(low, high, strict=True):
        if not (math.isfinite(lowest) and math.isfinite(highest)) or (scale == "log" and highest <= 0):
            found.append(None)
        else:
            found.append((row_of(highest, height, y_limits, scale), row_of(lowest, height, y_limits, scale)))
    known = [c for c, span in enumerate(found) if span]
    for left, right in itertools.pairwise(known):
        between = range(left + 1, right)
        if all(math.isnan(low[c]) or math.isnan(high[c]) for c in between):
            start, end = sum(found[left]) / 2, sum(found[right]) / 2
            for c in between:
                row = math.floor(start + (end - start) * (c - left) / (right - left) + 0.5)
                found[c] = (row, row)
    joined = [list(span) if span else None for span in found]
    for c in range(len(found) - 1):
        span, following = found[c], found[c + 1]
        if not span or not following:
            continue
        if span[1] < following[0]:
            half = (span[1] + following[0]) // 2
            joined[c][1] = max(joined[c][1], half)
            joined[c + 1][0] = min(joined[c + 1][0], half + 1)
        elif following[1] < span[0]:
            half = (following[1] + span[0]) // 2
            joined[c + 1][1] = max(joined[c + 1][1], half)
            joined[c][0] = min(joined[c][0], half + 1)
    return joined


def braille(joined, rows):
    cells = np.zeros((rows, len(joined) // 2), np.uint8)
    bits = {(0, 0): 0, (1, 0): 1, (2, 0): 2, (0, 1): 3, (1, 1): 4, (2, 1): 5, (3, 0): 6, (3, 1): 7}
    for c, span in enumerate(joined):
        if span:
            for r in range(span[0], span[1] + 1):
                cells[r // 4, c // 2] |= 1 << bits[r % 4, c % 2]
    return cells


def random_curve(rng, columns):
    low = 10 ** rng.uniform(-2, 4, columns)
    high = low * 10 ** rng.exponential(0.2, columns)
    kind = rng.random(columns)
    for below, value in ((0.25, np.nan), (0.3, np.inf), (0.33, -1.0)):
        mark = (kind < below) & (kind >= below - 0.05 if below > 0.25 else kind < below)
        low[mark] = value
        high[mark & (rng.random(columns) < 0.7)] = value
    return low, high


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_agrees_with_a_slow_loop(scale):
    rng = np.random.default_rng(2)
    for _ in range(150):
        rows, columns = int(rng.integers(1, 20)), int(rng.integers(1, 40))
        low, high = random_curve(rng, 2 * columns)
        y_limits = (0.1, float(10 ** rng.uniform(0, 4)))
        wanted = braille(spans(low, high, 4 * rows, y_limits, scale), rows)
        np.testing.assert_array_equal(draw_one(low, high, rows, y_limits, scale), wanted)


def unpack(cells):
    """The dots as booleans, shape (4 × rows, 2 × columns)."""
    rows, columns = cells.shape
    dots = np.zeros((rows * 4, columns * 2), bool)
    for (r, c), bit in zip(
        [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1)], range(8), strict=True
    ):
        dots[r::4, c::2] = cells & (1 << bit)
    return dots


def test_a_steep_curve_has_no_holes():
    rng = np.random.default_rng(3)
    values = rng.uniform(0, 1, 60)
    dots = unpack(draw_one(values, values, 20, (0, 1)))
    at = [np.flatnonzero(column) for column in dots.T]
    for before, after in itertools.pairwise(at):
        assert (np.diff(before) == 1).all()
        assert before.min() <= after.max() + 1
        assert after.min() <= before.max() + 1


def test_no_step_is_bridged_and_no_value_is_a_gap():
    known = np.array([0.5, np.nan, np.nan, 0.5, np.inf, 0.5, 0.5, 0.5])
    lit = unpack(draw_one(known, known, 2, (0, 1))).any(axis=0)
    assert lit.tolist() == [True, True, True, True, False, True, True, True]


def test_a_bridge_does_not_lead_past_a_gap():
    known = np.array([0.5, np.nan, np.inf, np.nan, 0.5, np.nan])
    lit = unpack(draw_one(known, known, 2, (0, 1))).any(axis=0)
    assert lit.tolist() == [True, False, False, False, True, False]


def test_log_leaves_out_what_is_not_positive():
    low = np.array([0.0, -1.0, 10.0, 10.0])
    high = np.array([0.0, 10.0, 10.0, 10.0])
    dots = unpack(draw_one(low, high, 2, (1, 100), "log"))
    assert not dots[:, 0].any()
    assert dots[-1, 1]  # a column that begins below zero reaches the lower edge
    assert not dots[-1, 2:].any()


def test_values_beyond_the_limits_stand_on_the_edge():
    values = np.array([5.0, 5.0, -5.0, -5.0])
    dots = unpack(draw_one(values, values, 3, (0, 1)))
    assert dots[0, :2].all()
    assert dots[-1, 2:].all()


def test_the_last_layer_is_on_top_and_alone_in_its_cells():
    flat, other = np.full(8, 0.5), np.full(8, 0.6)
    dots, colours = draw([Layer(other, other, 1, sparse=True), Layer(flat, flat, 2)], 1, 4, (0, 1))
    assert (colours == 2).all()
    np.testing.assert_array_equal(dots, draw_one(flat, flat, 1, (0, 1)))


def test_a_sparse_curve_has_half_the_dots_and_all_spikes():
    flat = np.full(20, 0.2)
    full, sparse = draw_one(flat, flat, 4, (0, 1)), draw_one(flat, flat, 4, (0, 1), sparse=True)
    assert unpack(sparse).sum() == unpack(full).sum() // 2
    spike = flat.copy()
    spike[7] = 1.0
    assert unpack(draw_one(flat, spike, 4, (0, 1), sparse=True))[0].sum() == 1


def test_extremes_do_no_harm():
    huge = np.array([1e308, -1e308, np.nan, np.inf, -np.inf, 0.0])
    for y_limits in ((-1e308, 1e308), (0.0, 0.0), (0.0, 1e-300)):
        for scale in ("linear", "log"):
            assert draw_one(huge, huge, 3, y_limits, scale).shape == (3, 3)
    assert draw([], 0, 0, (0, 1))[0].shape == (0, 0)
    assert draw_one(np.empty(0), np.empty(0), 3, (0, 1)).shape == (3, 0)


def test_ends_of_the_axis_are_the_outer_rows():
    for scale, limits in (("linear", (0.0, 5.0)), ("log", (1e-3, 1e7))):
        assert dot_row(np.array(limits), 40, limits, scale).tolist() == [39, 0]
