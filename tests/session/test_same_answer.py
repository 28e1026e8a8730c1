"""Words that do not say more than was measured."""

import numpy as np
import pytest

from fwtui.core.ndarray import Array
from fwtui.core.records import Probed
from fwtui.measure.arrays import ArrayGap
from fwtui.measure.comparability import incomparable
from fwtui.measure.coverage import Coverage
from fwtui.measure.history import History
from fwtui.measure.loss_gap import LossComparison
from fwtui.measure.probe_gap import Gap, ProbeRow
from fwtui.session.probe_summary import ProbeSummary
from fwtui.session.same_answer import SameAnswer, same_answer
from tests.measure.support import history, steps
from tests.scripted.lanes import lane


def judged(specs, lanes):
    return same_answer(specs, lanes, LossComparison("float32").update(lanes)).same


def test_the_same_losses_from_the_same_start_are_the_same_answer():
    lanes = [history(np.ones(50)), history(np.ones(50))]
    assert judged([lane(), lane()], lanes) is True
    assert judged([lane(), lane()], [lanes[0], history(2 * np.ones(50))]) is False
    assert judged([lane(), lane()], [lanes[0], history()]) is None


@pytest.mark.parametrize(
    ("spec", "start", "why"),
    [
        ({"seed": 1}, {}, "different seeds"),
        ({}, {"weights": "v"}, "different first weights"),
        ({}, {"data": "e"}, "different data"),
    ],
)
def test_what_did_not_start_alike_is_not_judged(spec, start, why):
    specs, lanes = [lane(), lane(**spec)], [history(np.ones(50)), history(np.ones(50), **start)]
    assert incomparable(specs, lanes) == why
    assert judged(specs, lanes) is None


def test_other_settings_are_still_comparable_and_one_lane_never():
    lanes = [history(np.ones(50)), history(np.ones(50))]
    assert judged([lane(), lane(dtype="float64")], lanes) is True
    assert judged([lane(), lane(learning_rate=2.0)], lanes) is True
    assert incomparable([lane()], lanes[:1]) is not None


def test_a_difference_counts_when_the_losses_of_its_step_are_no_longer_kept():
    lanes = [History(raw_steps=100) for _ in range(2)]
    compared = LossComparison("float32")
    for first in range(0, 80_000, 100):
        losses = np.ones(100)
        lanes[0].apply(steps(first, losses))
        lanes[1].apply(steps(first, losses * (1.01 if first == 70_000 else 1.0)))
        gap = compared.update(lanes)
    assert lanes[0].losses_from(70_000)[0] > 70_000
    found = same_answer([lane(), lane()], lanes, gap)
    assert (found.same, found.place.step, found.place.key) == (False, 70_000, ("metric", "loss"))
    assert found.place.gap.relative == pytest.approx(0.01, rel=0.02)


def with_metrics(losses, **metrics):
    """A lane whose network returns more than its loss."""
    lane = history()
    lane.apply(steps(0, losses, **metrics))
    return lane


def answer(lanes, rows=(), coverage=None, **spec):
    specs = [lane(**spec) for _ in lanes]
    gap = LossComparison(specs[0].dtype).update(lanes)
    probes = ProbeSummary(specs[0].dtype, gap.tolerance)
    probes.update(rows)
    return same_answer(specs, lanes, gap, probes, coverage)


def row(step, kind, name, relative):
    return ProbeRow(step, {(kind, name): Gap(1, ArrayGap(relative, relative, relative))})


ALIKE = [history(np.ones(5)), history(np.ones(5))]


class TestWhatCounts:
    def test_probes_count_where_the_losses_agree(self):
        found = answer(ALIKE, [row(0, "gradient", "w", 0.0), row(3, "gradient", "w", 0.01)])
        assert (found.same, found.place.step, found.place.stage) == (False, 3, "backward")
        assert found.place.key == ("gradient", "w")
        assert answer(ALIKE, [row(3, "gradient", "w", 1e-5)]) == SameAnswer(True)

    def test_probes_alone_are_an_answer(self):
        assert answer([history(), history()], [row(0, "gradient", "w", 0.0)]).same is True

    def test_losses_count_where_the_probes_agree(self):
        lanes = [history(np.ones(5)), history(np.array([1, 1, 1, 1.01, 1]))]
        found = answer(lanes, [row(0, "gradient", "w", 0.0)])
        assert (found.same, found.place.step, found.place.key) == (False, 3, ("metric", "loss"))

    def test_the_earliest_difference_is_told(self):
        lanes = [history(np.ones(5)), history(np.array([1, 1, 1, 1.01, 1]))]
        assert answer(lanes, [row(2, "gradient", "w", 0.5)]).place.key == ("gradient", "w")
        assert answer(lanes, [row(4, "gradient", "w", 0.5)]).place.key == ("metric", "loss")

    def test_metrics_of_step_0_count_without_a_probe(self):
        lanes = [with_metrics([1.0, 1.0], norm=[norm, 5.0]) for norm in (2.0, 2.1)]
        place = answer(lanes).place
        assert (place.step, place.stage, place.key) == (0, "forward", ("metric", "norm"))
        assert place.gap.relative == pytest.approx(0.1 / 2.1)

    def test_metrics_of_later_steps_count_in_float64_alone(self):
        """A share of right answers jumps where rounding decides."""
        lanes = [with_metrics([1.0, 1.0], accuracy=[0.5, share]) for share in (0.5, 0.6)]
        assert answer(lanes).same is True
        later = [row(1, "metric", "accuracy", 0.2)]
        assert answer(lanes, later).same is True
        assert answer(lanes, later, dtype="float64").place.key == ("metric", "accuracy")

    @pytest.mark.parametrize("with_it", [0, 1])
    def test_a_metric_of_one_lane_alone_is_a_difference(self, with_it):
        lanes = [with_metrics([1.0]), with_metrics([1.0])]
        lanes[with_it] = with_metrics([1.0], accuracy=[0.5])
        found = answer(lanes)
        assert (found.same, found.place.key) == (False, ("metric", "accuracy"))
        assert found.place.gap.array.problem == "only one of the networks has it"

    def test_a_lane_that_has_not_stepped_yet_lacks_no_metric(self):
        lanes = [with_metrics([1.0], accuracy=[0.5]), history(), with_metrics([1.0], accuracy=[0.25])]
        place = answer(lanes).place
        assert (place.gap.first, place.gap.lane) == (0, 2)
        assert answer(lanes[:2]).same is None


class TestCoverage:
    @staticmethod
    def covered(gradient):
        """Two probes of a parameter that moves wherever it has a gradient."""
        coverage = Coverage()
        for step in range(2):
            arrays = Array.of(np.full(1, gradient)), Array.of(np.full(1, 1 - step * gradient))
            probe = Probed(step, (), (("w", arrays[0]),), (("w", arrays[1]),))
            coverage.update([probe, probe])
        return coverage

    def test_agreement_in_what_tests_nothing_is_no_answer(self):
        untested = "nothing was tested: no gradient reaches w"
        assert answer(ALIKE, coverage=self.covered(0.0)) == SameAnswer(None, untested)
        assert answer(ALIKE, coverage=self.covered(0.5)) == SameAnswer(True)

    def test_a_difference_is_one_whatever_was_tested(self):
        lanes = [ALIKE[0], history(2 * np.ones(5))]
        assert answer(lanes, coverage=self.covered(0.0)).same is False


class TestALaneThatFailed:
    def test_the_others_are_compared(self):
        failed = history(ended="failed")
        assert answer([*ALIKE, failed]).same is True
        assert answer([ALIKE[0], history(2 * np.ones(5)), failed]).same is False

    def test_with_one_lane_left_there_is_no_answer(self):
        found = answer([ALIKE[0], history(ended="failed")])
        assert found == SameAnswer(None, "fewer than two lanes have taken a step")

    def test_a_lane_that_took_no_step_yet_is_named(self):
        assert answer([history(), *ALIKE]) == SameAnswer(
            None, "lane 1 took no step, and so nothing was compared"
        )
        found = answer([*ALIKE, history(), history()])
        assert found.reason == "lanes 3 and 4 took no step, and so nothing was compared"

    def test_its_steps_count_as_far_as_it_came(self):
        short = history(np.array([1.0, 1.1]), ended="failed")
        assert answer([*ALIKE, short]).place.gap.lane == 2
