"""Minima and maxima per column, against a loop that looks at one bucket at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fwtui.measure.downsample import column_edges, column_of, to_columns


def slowly(x, low, high, x_limits, columns):
    edges = column_edges(x_limits, columns)
    found = [[] for _ in range(columns)]
    for at, lowest, highest in zip(x, low, high, strict=True):
        if x_limits[0] <= at <= x_limits[1]:
            column = max(c for c in range(columns) if edges[c] <= at)
            found[column].append((lowest, highest))
    lows, highs = [], []
    for buckets in found:
        finite = [b for b in buckets if math.isfinite(b[0]) and math.isfinite(b[1])]
        missing = math.nan if not buckets else math.inf
        lows.append(min((b[0] for b in finite), default=missing))
        highs.append(max((b[1] for b in finite), default=missing))
    return np.array(lows), np.array(highs)


@pytest.mark.parametrize("dtype", [np.int64, np.float64])
def test_agrees_with_a_slow_loop(dtype):
    rng = np.random.default_rng(1)
    for _ in range(150):
        n, columns = int(rng.integers(1, 80)), int(rng.integers(1, 40))
        x = np.sort(rng.choice(400, n, replace=False)).astype(dtype)
        low = rng.normal(size=n)
        high = low + rng.exponential(size=n)
        for bad in (np.nan, np.inf, -np.inf):
            low[rng.random(n) < 0.05] = bad
            high[rng.random(n) < 0.05] = bad
        x_limits = (int(rng.integers(0, 200)), int(rng.integers(201, 500)))
        for got, wanted in zip(
            to_columns(x, low, high, x_limits, columns), slowly(x, low, high, x_limits, columns), strict=True
        ):
            np.testing.assert_array_equal(got, wanted)


def test_one_slow_step_among_ten_million_is_seen():
    x = np.arange(0, 10_000_000, 160)
    low, high = np.full(len(x), 200.0), np.full(len(x), 210.0)
    high[40_000] = 9_000.0
    lowest, highest = to_columns(x, low, high, (0, 10_000_000), 132)
    assert highest.max() == 9_000.0
    assert (highest == 9_000.0).sum() == 1
    assert lowest.min() == lowest.max() == 200.0


def test_no_step_is_told_from_no_finite_value():
    x = np.array([0, 50, 100])
    values = np.array([1.0, np.nan, 3.0])
    low, high = to_columns(x, values, values, (0, 100), 5)
    np.testing.assert_array_equal(low, [1, np.nan, np.inf, np.nan, 3])
    np.testing.assert_array_equal(low, high)


@pytest.mark.parametrize("columns", [0, 1, 2])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_small_inputs(columns, n):
    x, values = np.arange(n), np.ones(n)
    low, high = to_columns(x, values, values, (0, 10), columns)
    assert low.shape == high.shape == (columns,)


def test_limits_of_no_length_draw_nothing():
    low, _ = to_columns(np.array([3]), np.ones(1), np.ones(1), (3, 3), 4)
    assert np.isnan(low).all()


def test_a_step_and_its_tick_are_in_one_column():
    for step in range(501):
        values = np.ones(1)
        low, _ = to_columns(np.array([step]), values, values, (0, 500), 132)
        assert np.flatnonzero(np.isfinite(low)).tolist() == [column_of(step, (0, 500), 132)]


def test_ends_are_in_the_first_and_last_column():
    assert column_of(0, (0, 500), 100) == 0
    assert column_of(500, (0, 500), 100) == 99
    assert column_of(9_999, (0, 500), 100) == 99
    assert column_of(-5, (0, 500), 100) == 0
