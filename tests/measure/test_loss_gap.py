"""Same answer? Never said of what was not compared."""

import numpy as np
import pytest

from fwtui.core.numerical_policy import TOLERANCES
from fwtui.measure import history as histories
from fwtui.measure.history import History
from fwtui.measure.loss_gap import LossComparison, relative_gap
from tests.measure.support import history, steps


def gap_of(*lanes, dtype="float32"):
    return LossComparison(dtype).update(lanes)


def test_identical_losses_have_no_gap():
    losses = np.random.default_rng(0).random((1, 50)) * 1e6
    assert not relative_gap(np.repeat(losses, 3, axis=0), 0.0).any()
    assert not relative_gap(np.zeros((2, 3)), 0.0).any()


def test_the_gap_is_relative_to_the_largest():
    np.testing.assert_allclose(relative_gap(np.array([[1.0, -2.0], [0.5, 2.0]]), 0.0), [0.5, 2.0])


def test_the_floor_is_the_least_denominator():
    losses = np.array([[1e-12], [3e-12]])
    assert relative_gap(losses, 0.0)[0] == pytest.approx(2 / 3)
    assert relative_gap(losses, 1e-6)[0] == pytest.approx(2e-6)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_infinitely_far(wrong):
    assert relative_gap(np.array([[1.0, wrong], [1.0, 1.0]]), 1.0).tolist() == [0, np.inf]
    assert relative_gap(np.array([[wrong], [1.0]]), 1.0).tolist() == [np.inf]


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_where_no_loss_is_finite_there_is_nothing_to_compare(wrong):
    assert np.isnan(relative_gap(np.array([[wrong], [wrong]]), 1.0)).all()
    both = LossComparison("float32").update([history([1.0, 1.0, wrong]), history([1.0, 1.0, wrong])])
    assert (both.compared, both.same, both.largest) == (2, True, 0)
    none = LossComparison("float32").update([history([wrong]), history([wrong])])
    assert (none.compared, none.same, none.largest) == (0, None, None)


def test_steps_below_the_floor_are_counted():
    falling = [1e6] * 6 + [1.0, 1e-3]
    gap = LossComparison("float32").update([history(falling), history([*falling[:-1], 2e-3])])
    assert gap.floor == pytest.approx(1e6 * (2 * np.finfo("float32").eps / 1e-4) ** 2)
    assert (gap.below_floor, gap.same) == (2, False)


@pytest.mark.parametrize("outliers", [1, 3])
def test_a_few_outliers_at_the_start_hide_nothing(outliers):
    """Targets of 1e5 in the first batches, and then a net with another activation."""
    rng = np.random.default_rng(0)
    first, rest = [1e10 * (1 + n) for n in range(outliers)], rng.uniform(1.0, 1.3, 290)
    gap = LossComparison("float32").update([history([*first, *rest]), history([*first, *(1.016 * rest)])])
    assert gap.same is False
    assert gap.first_divergence < 2 * outliers + 1
    assert gap.below_floor <= outliers + 1


def test_nothing_compared_is_never_the_same():
    assert gap_of().same is None
    assert gap_of(history([1.0])).same is None
    assert gap_of(history([1.0]), history()).same is None
    assert gap_of(history([1.0]), history(ended="failed")).same is None


def test_a_divergence_is_found_where_it_begins():
    one = 100 * 0.9 ** np.arange(60)
    other = one * (1 + 1e-6)
    other[41:] *= 1.001
    other[50] *= 1.01
    gap = gap_of(history(one), history(other))
    assert gap.same is False
    assert (gap.first_divergence, gap.largest_at, gap.compared) == (41, 50, 60)
    assert gap.largest == pytest.approx(0.011, rel=0.02)
    assert gap.latest == pytest.approx(1e-3, rel=0.02)


def test_rounding_is_the_same_answer_in_float32_and_none_in_float64():
    one = 100 * 0.9 ** np.arange(30)
    lanes = history(one), history(one * (1 + 1e-7))
    assert gap_of(*lanes).same is True
    assert gap_of(*lanes, dtype="float64").same is False
    assert TOLERANCES["float64"] < TOLERANCES["float32"]


@pytest.mark.parametrize("seed", range(10))
def test_any_interleaving_gives_what_the_whole_gives(seed):
    rng = np.random.default_rng(seed)
    count, lanes = 400, 2 + seed % 3
    truth = 1e3 * np.exp(-np.arange(count) / 50)
    losses = [truth * (1 + rng.normal(0, 3e-5, count)) for _ in range(lanes)]
    if seed % 2:
        losses[0][300] = np.nan
    whole = gap_of(*[history(one) for one in losses])
    comparison, bits, done = LossComparison("float32"), [History(None) for _ in losses], [0] * lanes
    while min(done) < count:
        lane = int(rng.choice([i for i in range(lanes) if done[i] < count]))
        size = int(rng.integers(1, 60))
        part = losses[lane][done[lane] : done[lane] + size]
        bits[lane].apply(steps(done[lane], part))
        done[lane] += len(part)
        if rng.random() < 0.5:
            comparison.update(bits)
    assert comparison.update(bits) == whole
    assert whole.compared == count


def test_steps_that_are_no_longer_kept_are_counted_as_skipped(monkeypatch):
    monkeypatch.setattr(histories, "FIRST_LOSSES", 50)
    far = History(raw_steps=100)
    far.apply(steps(0, np.ones(1000)))
    gap = gap_of(far, history(np.ones(1000)))
    assert (gap.compared, gap.skipped, gap.same) == (150, 850, True)


def test_a_lane_that_failed_early_is_compared_as_far_as_it_came():
    comparison = LossComparison("float32")
    lanes = history(np.ones(100)), history(np.ones(100) * 1.5), history(np.ones(20), ended="failed")
    gap = comparison.update(lanes)
    assert (gap.compared, gap.first_divergence) == (100, 0)
    alone = history(np.ones(100)), history(np.ones(20), ended="failed")
    assert gap_of(*alone).compared == 20


def test_a_first_loss_that_is_not_finite_spoils_no_later_figure():
    lanes = history(np.ones(50)), history(np.ones(50)), history([np.nan], ended="diverged")
    gap = gap_of(*lanes)
    assert (gap.same, gap.first_divergence, gap.compared) == (False, 0, 50)
    assert gap.latest == 0


def test_no_more_steps_are_compared_than_asked_for():
    lanes = [history(np.ones(30)), history(np.r_[np.ones(20), 2 * np.ones(10)])]
    comparison = LossComparison("float32", steps=20)
    assert comparison.update(lanes).compared == 20
    lanes[1].apply(steps(30, [3.0]))
    assert comparison.update(lanes).same is True
    assert LossComparison("float32", steps=21).update(lanes).first_divergence == 20


def test_a_lane_that_starts_late_is_compared_with_the_first_losses_of_one_that_has_dropped_them():
    old = history(np.arange(1.0, 101.0), raw_steps=10)
    assert old.metrics["loss"].first == 90
    gap = LossComparison("float32", steps=50).update([old, history(np.arange(1.0, 51.0))])
    assert (gap.compared, gap.skipped, gap.same) == (50, 0, True)
