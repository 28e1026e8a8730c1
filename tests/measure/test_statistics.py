"""Is it more than noise? An interval that is right about noise, also about noise that comes in spells."""

import numpy as np
import pytest

from fwtui.measure.statistics import LEAST_STEPS, StepTimes, _student, median_ratio


def spells(rng, count, alike, size=0.1):
    """Step times whose logarithms are an autoregression of first order: each like the one before."""
    noise = np.empty(count)
    noise[0] = rng.standard_normal()
    for step, fresh in enumerate(rng.standard_normal(count - 1), 1):
        noise[step] = alike * noise[step - 1] + np.sqrt(1 - alike**2) * fresh
    return 1e5 * np.exp(size * noise)


def ratio(a, b):
    """As the verdict asks: the lane with the longer median first."""
    return median_ratio(a, b) if np.median(a) >= np.median(b) else median_ratio(b, a)


def test_step_times():
    times = StepTimes.of(np.arange(1.0, 102.0))
    assert (times.p50, times.p95, times.p99, times.mean, times.min) == (51, 96, 100, 51, 1)
    assert times.steps_a_second == pytest.approx(1e9 / 51)
    assert times.count == 101


@pytest.mark.parametrize(("count", "alike"), [(200, 0.0), (500, 0.5), (500, 0.9), (2000, 0.99)])
def test_two_equal_lanes_are_not_told_apart(count, alike):
    rng = np.random.default_rng(0)
    trials = [ratio(spells(rng, count, alike), spells(rng, count, alike)) for _ in range(200)]
    assert sum(one.low <= 1 <= one.high for one in trials) >= 180
    assert all(one.low <= one.value <= one.high for one in trials)


@pytest.mark.parametrize(("count", "alike"), [(200, 0.0), (500, 0.5), (2000, 0.9)])
def test_a_true_ratio_is_found(count, alike):
    rng = np.random.default_rng(1)
    trials = [median_ratio(1.5 * spells(rng, count, alike), spells(rng, count, alike)) for _ in range(100)]
    assert sum(one.low <= 1.5 <= one.high for one in trials) >= 90
    assert sum(one.certain for one in trials) >= 98
    assert np.median([one.high - one.low for one in trials]) < 0.2


def test_a_spell_that_falls_on_both_lanes_costs_no_certainty():
    rng = np.random.default_rng(2)
    neighbour = np.repeat(rng.uniform(1, 4, 20), 50)
    slower, faster = (factor * neighbour * rng.normal(1e5, 1e3, 1000) for factor in (1.1, 1.0))
    found = median_ratio(slower, faster)
    assert found.certain
    assert 1.08 < found.low < found.high < 1.12


def test_a_few_very_slow_steps_do_not_move_the_ratio():
    rng = np.random.default_rng(3)
    slower, faster = 1.2 * spells(rng, 1000, 0), spells(rng, 1000, 0)
    faster[rng.integers(0, 1000, 20)] *= 1000
    assert median_ratio(slower, faster).value == pytest.approx(1.2, rel=0.03)
    assert median_ratio(slower, faster).certain


def test_few_steps_give_no_ratio_and_constant_ones_an_exact_one():
    assert median_ratio(np.ones(LEAST_STEPS - 1), np.ones(1000)) is None
    exact = median_ratio(np.full(LEAST_STEPS, 30.0), np.full(1000, 10.0))
    assert (exact.value, exact.certain) == (3, True)
    assert exact.low == pytest.approx(3)
    nothing = median_ratio(np.zeros(50), np.zeros(50))
    assert np.isfinite([nothing.value, nothing.low, nothing.high]).all()


@pytest.mark.parametrize(("freedom", "quantile"), [(3, 3.182), (5, 2.571), (10, 2.228), (30, 2.042)])
def test_students_quantile_is_that_of_the_tables(freedom, quantile):
    assert _student(freedom) == pytest.approx(quantile, rel=0.008)


def test_an_interval_too_wide_to_tell_anything_is_noisy():
    rng = np.random.default_rng(0)
    calm = ratio(spells(rng, 400, 0.0), spells(rng, 400, 0.0))
    wild = ratio(spells(rng, 40, 0.9, size=4.0), spells(rng, 40, 0.9, size=4.0))
    assert not calm.noisy
    assert wild.noisy
    assert not wild.certain
