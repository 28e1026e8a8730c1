"""Limits that stay, ticks that are round, labels that are short."""

from __future__ import annotations

import numpy as np
import pytest

from fwtui.format.numbers import prefixed
from fwtui.tui.charts.axes import (
    BYTES,
    DURATION,
    NUMBER,
    Limits,
    fit_steps,
    step_labels,
    ticks,
)


def fit(low, high, scale="linear", previous=None):
    return Limits.fit([(np.array([low], float), np.array([high], float))], scale, previous)


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0, 930, (0, 1000)), (200, 410, (0, 500)), (0, 0, (0, 1)), (-3, 4, (-4, 4)), (970, 990, (970, 990))],
)
def test_linear_limits_are_round(low, high, wanted):
    assert fit(low, high).pair == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(309, 1.2e7, (1e2, 2e7)), (0.2, 2.3, (0.1, 5)), (1, 1, (1, 10)), (-5, 30, (10, 50))],
)
def test_log_limits_are_round(low, high, wanted):
    assert fit(low, high, "log").pair == pytest.approx(wanted)


def test_any_data_is_within_its_limits():
    rng = np.random.default_rng(4)
    for _ in range(500):
        size = 10 ** rng.uniform(-12, 12)
        low, high = np.sort(rng.normal(size=2)) * size
        limits = fit(low, high)
        assert limits.low <= low + 1e-9 * size
        assert limits.high >= high - 1e-9 * size
        low, high = np.sort(10 ** rng.uniform(-12, 12, 2))
        limits = fit(low, high, "log")
        assert limits.low <= low * (1 + 1e-6)
        assert limits.high >= high * (1 - 1e-6)


def test_limits_stay_until_the_data_leaves_or_shrinks():
    first = fit(0, 930)
    assert fit(0, 990, previous=first) is first
    assert fit(0, 400, previous=first) is first
    assert fit(0, 1001, previous=first).high > 1000
    assert fit(0, 200, previous=first).high == 200
    assert fit(1, 930, "log", previous=first).scale == "log"


def test_a_falling_loss_moves_a_log_axis_about_once_a_decade():
    loss = 1e7 * np.exp(-np.linspace(0, 14, 500))
    limits, moves = None, 0
    for n in range(1, 501):
        now = Limits.fit([(loss[:n], loss[:n])], "log", limits)
        moves += now is not limits
        limits = now
    assert moves <= 8


def test_what_cannot_be_drawn_does_not_count():
    values = np.array([np.nan, 3.0, np.inf, -np.inf, 4.0])
    assert Limits.fit([(values, values)]).pair == fit(3, 4).pair
    assert Limits.fit([]) is None
    assert Limits.fit([(np.empty(0), np.empty(0))]) is None
    assert fit(np.nan, np.nan) is None
    assert fit(-2, 0, "log") is None


def test_curves_share_limits():
    one, two = np.array([1.0]), np.array([90.0])
    assert Limits.fit([(one, one), (two, two)]).pair == (0, 100)


def test_ticks_are_within_the_limits_and_not_too_many():
    rng = np.random.default_rng(5)
    for _ in range(400):
        scale = "log" if rng.random() < 0.5 else "linear"
        low, high = np.sort(10 ** rng.uniform(-9, 9, 2))
        limits, most = fit(low, high, scale), int(rng.integers(1, 9))
        found = ticks(limits, most)
        assert 1 <= len(found) <= max(most, 2) + (scale == "linear")
        assert found == sorted(set(found))
        assert limits.low * (1 - 1e-6) <= found[0]
        assert found[-1] <= limits.high * (1 + 1e-6)


def test_both_ends_are_labelled_where_they_are_round():
    assert ticks(Limits(0, 500), 5) == [0, 125, 250, 375, 500]
    assert ticks(Limits(0, 1000), 3) == [0, 500, 1000]
    assert ticks(Limits(10, 1e7, "log"), 4) == pytest.approx([1e1, 1e3, 1e5, 1e7])


def test_labels_are_short():
    assert NUMBER.labels([10.0, 1e3, 1e5, 1e7]) == ["1e+01", "1e+03", "1e+05", "1e+07"]
    assert NUMBER.labels([0, 0.25, 0.5]) == ["0", "0.25", "0.5"]
    assert DURATION.labels([0, 250e3, 500e3]) == ["0", "250 µs", "500 µs"]
    assert DURATION.labels([0, 500e3, 1e6]) == ["0", "0.5 ms", "1 ms"]
    assert BYTES.labels([0, 1e6, 2e6]) == ["0", "1 MB", "2 MB"]
    assert step_labels([0, 1250, 2500]) == ["0", "1,250", "2,500"]
    assert step_labels([0, 5e6, 1e7]) == ["0", "5M", "10M"]


def test_values_at_the_cursor_carry_their_unit():
    assert NUMBER.value(309.65) == "309.65"
    assert NUMBER.value(2.1e-6) == "2.1000e-06"
    assert NUMBER.value(float("nan")) == "n/a"
    assert DURATION.value(1_234_500) == "1.23 ms"
    assert DURATION.value(float("nan")) == "n/a"
    assert BYTES.value(1.25e9) == "1.25 GB"
    assert prefixed(999_900, "B") == "1 MB"
    assert prefixed(-1500, "B") == "-1.5 kB"


def test_the_axis_of_steps_grows_seldom():
    assert fit_steps(3, total=500) == (0, 500)
    assert fit_steps(600, total=500) == (0, 600)
    limits, moves = None, 0
    for last in range(0, 100_000, 50):
        now = fit_steps(last, previous=limits)
        assert last <= now[1]
        moves += now != limits
        limits = now
    assert moves < 40
