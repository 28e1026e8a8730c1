"""What a verdict rests on, by lane and quantity."""

import numpy as np

from fwtui.core.records import Probed
from fwtui.measure.arrays import ArrayGap
from fwtui.measure.compared import compared
from fwtui.measure.loss_gap import LossComparison
from fwtui.measure.probe_gap import Gap, ProbeRow
from tests.measure.support import history, steps

SAME = Gap(1, ArrayGap(0.0, 0.0, 0.0))


def row(step, *keys):
    return ProbeRow(step, dict.fromkeys(keys, SAME))


def of(*lanes, rows=()):
    return compared(lanes, LossComparison("float32").update(lanes), rows)


def test_lanes_and_losses_and_what_was_probed():
    lanes = history(np.ones(5), ended="done"), history(np.ones(5), ended="done")
    rows = [
        row(0, ("parameter", "w"), ("parameter", "b"), ("metric", "loss"), ("gradient", "w")),
        row(3, ("gradient", "w"), ("gradient", "b")),
    ]
    found = of(*lanes, rows=rows)
    assert (found.lanes, found.left_out, found.losses) == ((0, 1), {}, 5)
    assert (found.gradients, found.parameters) == (("w", "b"), ("w", "b"))
    assert (found.probed_steps, found.dropped) == ((0, 3), 0)
    assert found.metrics == ("loss",)


def test_nothing_was_compared_before_there_was_anything():
    found = of(history(), history())
    assert (found.lanes, found.losses, found.metrics, found.probed_steps) == ((0, 1), 0, (), ())


def test_metrics_of_step_0_were_compared_where_both_lanes_have_them():
    lanes = history(), history()
    lanes[0].apply(steps(0, [1.0], accuracy=[0.5], norm=[2.0]))
    lanes[1].apply(steps(0, [1.0], accuracy=[0.5], other=[2.0]))
    assert of(*lanes).metrics == ("loss", "accuracy")


def test_the_loss_comes_first_among_the_metrics():
    assert of(rows=[row(0, ("metric", "accuracy"), ("metric", "loss"))]).metrics == ("loss", "accuracy")


def test_a_lane_that_ended_early_is_left_out_and_told_how_far_it_was_compared():
    """The others go on without it."""
    lanes = [history(np.ones(5), ended=how) for how in ("done", "done")]
    lanes += [history(np.ones(3), ended="stopped"), history(ended="failed")]
    found = of(*lanes)
    assert found.lanes == (0, 1)
    assert found.left_out == {2: "stopped, compared over 3 steps only", 3: "failed, not compared"}
    assert found.losses == 5


def test_a_lane_that_was_stopped_when_all_was_compared_is_not_left_out():
    assert of(history(np.ones(3), ended="stopped"), history(np.ones(3), ended="stopped")).lanes == (0, 1)


def test_a_lane_that_still_trains_is_not_left_out():
    assert of(history(np.ones(5)), history(np.ones(2))).left_out == {}


def test_lanes_without_a_step_are_left_out_once_they_are_over():
    assert of(history(ended="failed"), history()).left_out == {0: "failed, not compared"}


def test_dropped_probes_are_counted_in_the_lane_that_lost_most():
    lanes = history(np.ones(2)), history(np.ones(2))
    for lane, count in zip(lanes, (3, 7), strict=True):
        lane.probes_dropped = count
        lane.apply(Probed(0, (), (), ()))
    assert of(*lanes).dropped == 7


def test_a_report_counts_lanes_from_1():
    lanes = history(np.ones(4)), history(np.ones(4)), history(ended="failed")
    rows = [row(0, ("gradient", "w"), ("parameter", "w"), ("metric", "loss"))]
    assert of(*lanes, rows=rows).report() == {
        "lanes": [1, 2],
        "lanes_left_out": [{"lane": 3, "reason": "failed, not compared"}],
        "losses": 4,
        "metrics": ["loss"],
        "state": [],
        "gradients": ["w"],
        "evaluation": [],
        "parameters": ["w"],
        "probes": 1,
        "probes_dropped": 0,
    }
