"""Probes of lanes compared: which quantity is how far apart, and where rounding decides."""

import math

import numpy as np
import pytest

from fwtui.core.ndarray import Array
from fwtui.core.records import Probed
from fwtui.measure import probe_gap
from fwtui.measure.history import History
from fwtui.measure.probe_gap import ProbeComparison, largest

W = np.linspace(-1, 1, 12).reshape(3, 4)


def probed(step=0, loss=1.0, gradients=None, parameters=None):
    def arrays(given):
        return tuple((name, None if a is None else Array.of(np.asarray(a))) for name, a in given.items())

    gradients = {"w": W / 10, "b": np.array([0.1])} if gradients is None else gradients
    parameters = {"w": W, "b": np.array([0.5])} if parameters is None else parameters
    return Probed(step, (("loss", loss),), arrays(gradients), arrays(parameters))


def compared(*probes, dtype="float64", tolerance=1e-10):
    return ProbeComparison(dtype).compare(probes)


def test_equal_probes_have_no_gap_in_anything():
    row = compared(probed(), probed())
    assert list(row.gaps) == [
        ("parameter", "w"),
        ("parameter", "b"),
        ("metric", "loss"),
        ("gradient", "w"),
        ("gradient", "b"),
    ]
    assert row.largest == 0


@pytest.mark.parametrize(
    ("ours", "theirs", "differ"), [(6e-14, 1e-14, False), (2e-12, 1e-12, True), (1e-14, 1e-9, True)]
)
def test_what_rounding_leaves_of_no_gradient_is_none_on_both_sides(ours, theirs, differ):
    first, second = (probed(gradients={"w": W, "b": np.array([one])}) for one in (ours, theirs))
    assert (compared(first, second).gaps["gradient", "b"].relative > 1e-10) is differ


def test_the_lane_that_is_furthest_away_is_named():
    row = compared(probed(loss=1.0), probed(loss=1.001), probed(loss=1.1), probed(loss=1.01))
    assert row.gaps["metric", "loss"].lane == 2


def test_a_parameter_of_one_network_only_is_a_difference():
    row = compared(probed(), probed(parameters={"w": W}))
    assert row.gaps["parameter", "b"].array.problem == "only one of the networks has it"
    assert row.largest == math.inf


def test_a_gradient_of_one_network_only_is_a_difference():
    row = compared(probed(), probed(gradients={"w": W / 10, "b": None}))
    assert row.gaps["gradient", "b"].array.problem == "the loss depends on it in one network only"


def test_no_gradient_says_the_same_as_one_of_zeros():
    row = compared(probed(gradients={"w": W, "b": np.zeros(1)}), probed(gradients={"w": W, "b": None}))
    assert ("gradient", "b") not in row.gaps
    assert row.largest == 0


def test_a_gradient_that_is_zero_but_for_rounding_is_none():
    a, b = (probed(gradients={"w": W, "b": np.array([noise])}) for noise in (3e-17, -1e-17))
    assert compared(a, b).gaps["gradient", "b"].relative < 1e-12


def test_gradients_are_held_against_what_they_were_at_first():
    comparison = ProbeComparison("float64")
    comparison.compare([probed(0), probed(0)])
    fallen = [probed(9, gradients={"w": W * 1e-9 + e, "b": np.zeros(1)}) for e in (0.0, 1e-17)]
    assert comparison.compare(fallen).gaps["gradient", "w"].relative < 1e-11
    assert compared(*fallen).gaps["gradient", "w"].relative > 1e-9


@pytest.mark.parametrize("every", [1, 50])
def test_gradients_of_an_outlier_at_the_start_hide_nothing(every):
    comparison = ProbeComparison("float32")
    comparison.compare([probed(0, gradients={"w": W * 1e10}) for _ in range(2)])
    ours, theirs = ({"w": W * factor} for factor in (1.0, 1.016))
    gaps = [
        comparison.compare([probed(n * every, gradients=ours), probed(n * every, gradients=theirs)]).gaps
        for n in range(1, 4)
    ]
    assert [gap["gradient", "w"].relative > 1e-2 for gap in gaps] == [False, True, True]


def test_the_scale_is_of_the_first_steps_even_where_later_ones_are_small():
    comparison = ProbeComparison("float64")
    for step in range(4):
        comparison.compare([probed(step), probed(step)])
    for step in range(50, 1000, 50):
        fallen = [probed(step, gradients={"w": W * 1e-9 + e, "b": np.zeros(1)}) for e in (0.0, 1e-17)]
        assert comparison.compare(fallen).gaps["gradient", "w"].relative < 1e-11


def test_a_large_element_does_not_hide_a_small_one_that_is_another_number():
    ours, theirs = np.array([1e12, 3.0, 0.25]), np.array([1e12, 3.0, 0.5])
    row = compared(probed(gradients={"w": ours}), probed(gradients={"w": theirs}))
    gap = row.gaps["gradient", "w"]
    assert (gap.relative, gap.array.index, gap.array.relative_to) == (0.5, (2,), 0.5)


@pytest.mark.parametrize("noise", [1e-4, 0.05])
def test_but_what_the_large_one_may_have_rounded_to_is_no_difference(noise):
    ours, theirs = np.array([1e12, 3.0, 0.25]), np.array([1e12, 3.0 + noise, 0.25 - noise])
    row = compared(probed(gradients={"w": ours}), probed(gradients={"w": theirs}))
    assert row.gaps["gradient", "w"].relative < 1e-12


def test_elements_that_are_nearly_zero_in_a_long_training_are_no_difference():
    """Drift of 1e-12 in weights of 1, of which one happens to be 1e-11."""
    rng = np.random.default_rng(0)
    ours = np.append(rng.normal(size=10_000), 1e-11)
    theirs = ours + 1e-12 * rng.uniform(-1, 1, ours.size)
    row = compared(probed(parameters={"w": ours}), probed(parameters={"w": theirs}))
    assert row.gaps["parameter", "w"].relative < 1e-10


def test_a_small_metric_is_not_hidden_by_a_large_one():
    def with_norm(loss):
        return Probed(0, (("loss", loss), ("norm", 1e9)), (), ())

    assert compared(with_norm(1e-3), with_norm(1.1e-3)).gaps["metric", "loss"].relative == pytest.approx(
        1 / 11
    )


def test_all_nan_is_nothing_compared():
    nothing = probed(loss=math.nan, gradients={"w": W * math.nan}, parameters={"w": W * math.nan})
    row = compared(nothing, nothing)
    assert row.largest is None
    assert largest([row]) is None


def lane(*steps, **settings):
    history = History(**settings)
    for step in steps:
        history.apply(probed(step))
    return history


class TestUpdate:
    def test_steps_that_all_lanes_have_are_compared_once_and_in_order(self):
        comparison, a, b = ProbeComparison("float64"), lane(0, 1, 2, 6), lane(2, 0)
        assert comparison.update([a, b])
        assert not comparison.update([a, b])
        b.apply(probed(1))
        assert comparison.update([a, b])
        assert [row.step for row in comparison.rows] == [0, 1, 2]

    def test_no_more_than_asked_at_a_time(self):
        comparison, lanes = ProbeComparison("float64"), [lane(0, 1, 2), lane(0, 1, 2)]
        for count in (1, 2, 3):
            comparison.update(lanes, at_most=1)
            assert len(comparison.rows) == count

    def test_one_lane_is_compared_with_nothing(self):
        assert not ProbeComparison("float64").update([lane(0, 1)])

    def test_rows_are_bounded_and_the_worst_stay(self, monkeypatch):
        monkeypatch.setattr(probe_gap, "MOST_ROWS", 32)
        comparison = ProbeComparison("float64")
        for step in range(500):
            gap = 1e-3 if step == 123 else 0.0
            a, b = lane(), lane()
            a.apply(probed(step))
            b.apply(probed(step, loss=1.0 + gap))
            comparison.update([a, b])
        steps = [row.step for row in comparison.rows]
        assert len(steps) <= 32
        assert steps == sorted(steps)
        assert {0, 1, 123, 499} <= set(steps)

    def test_kept_probes_are_bounded_and_the_lost_ones_counted(self):
        history = lane(*range(100), probe_bytes=2_000)
        assert list(history.probes)[-1] == 99
        assert len(history.probes) + history.probes_dropped == 100
        assert 1 < len(history.probes) < 20

    def test_two_are_kept_however_large(self):
        """A lane tells those of its first two steps at once."""
        history = lane(0, 1, probe_bytes=1)
        assert list(history.probes) == [0, 1]
        history.apply(probed(2))
        assert list(history.probes) == [1, 2]
        assert history.probes_dropped == 1
