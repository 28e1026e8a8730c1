"""Records in, figures out."""

import numpy as np
import pytest

from fwtui.core.device_memory import FrameworkMemory, ProcessMemory
from fwtui.core.graph import NoGraph
from fwtui.core.metrics import MAX_METRICS
from fwtui.core.outcome import Ended
from fwtui.core.records import (
    Alive,
    Compiled,
    Evaluated,
    GraphsCaptured,
    LogLine,
    PhaseEntered,
    RunStateChanged,
    TurnEnded,
)
from fwtui.measure.history import LOG_LINES, History
from tests.measure.support import history, steps


def test_a_new_lane_knows_nothing_and_says_so():
    lane = History()
    assert (lane.phase, lane.loss, lane.steady_from, lane.step_times()) == ("spawn", None, None, None)
    assert (lane.device_peak_bytes, lane.rss_peak_bytes, lane.first_step_ns) == (None, None, None)
    assert lane.phase_ns() == {}


def test_steps_add_up():
    lane = history([3.0, 2.0], step_ns=[900, 100])
    lane.apply(steps(2, [1.0, 0.5], [110, 120], accuracy=[0.1, 0.2]))
    assert (lane.steps, lane.loss, lane.first_step_ns) == (4, 0.5, 900)
    np.testing.assert_array_equal(lane.metrics["loss"].values(), [3, 2, 1, 0.5])
    np.testing.assert_array_equal(lane.steady_step_ns(), [100, 110, 120])
    assert lane.step_times().p50 == 110
    np.testing.assert_array_equal(lane.metric_curves["loss"].buckets()[1], [3, 2, 1, 0.5])


def test_statistics_leave_the_steps_before_the_steady_ones_out():
    lane = History()
    lane.apply(steps(0, [1.0] * 30, [10**9] * 20 + [5] * 10))
    assert lane.step_times() is None
    lane.apply(PhaseEntered("steady", 0, 20))
    assert (lane.step_times().min, lane.step_times().p99, lane.step_times().count) == (5, 5, 10)


def test_a_plain_step_is_one_in_which_nothing_was_compiled():
    lane = history([3.0, 2.0, 1.0, 0.5], step_ns=[900, 7000, 100, 120])
    assert lane.plain_step_ns() == 120
    lane.apply(Compiled(1, "retrace", 6000, "another size"))
    assert lane.plain_step_ns() == 110
    for step in (2, 3):
        lane.apply(Compiled(step, "retrace", 6000, "another size"))
    assert lane.plain_step_ns() is None


def test_old_steps_go_and_their_curve_stays():
    lane = History(raw_steps=100)
    for first in range(0, 1000, 50):
        lane.apply(steps(first, np.arange(first, first + 50.0)))
    np.testing.assert_array_equal(lane.metrics["loss"].values(), np.arange(900.0, 1000))
    assert lane.metric_curves["loss"].count == lane.steps == 1000


def test_a_metric_that_comes_late_or_goes_keeps_its_place_in_the_steps():
    lane = history([3.0, 2.0])
    lane.apply(steps(2, [1.0, 0.5], accuracy=[0.1, 0.2]))
    lane.apply(steps(4, [0.4]))
    np.testing.assert_array_equal(
        lane.metric_curves["accuracy"].buckets()[1], [np.nan, np.nan, 0.1, 0.2, np.nan]
    )
    assert lane.metric_curves["loss"].count == lane.steps == 5


def test_metrics_without_end_are_not_all_kept():
    lane = History()
    for step in range(100):
        lane.apply(steps(step, [1.0], **{f"metric {step}": [2.0]}))
    assert len(lane.metrics) == len(lane.metric_curves) == MAX_METRICS
    assert lane.metric_curves["loss"].count == 100


def test_phases_end_with_the_next_and_the_last_with_the_lane():
    lane = history([1.0, 1.0])
    # From 10 to 25 and from 30 to 50; then it waited for the others.
    assert lane.phase_ns() == {"import": 15, "build": 20, "warm-up": 40}
    lane.apply(Ended("done", 2, 350))
    assert lane.phase_ns()["steady"] == 250
    assert lane.phase == "steady"


def test_memory_keeps_its_peak_and_what_is_unknown_stays_unknown():
    lane = History()
    for record in (
        FrameworkMemory(10, 20, 30),
        FrameworkMemory(5, 20, None),
        ProcessMemory(100, None, None),
        ProcessMemory(50, 400, None),
        ProcessMemory(60, None, 7),
    ):
        lane.apply(record)
    assert (lane.device_peak_bytes, lane.rss_peak_bytes) == (30, 400)
    assert (lane.memory.in_use_bytes, lane.memory.peak_bytes) == (5, None)
    lane.apply(steps(0, [1.0]))
    assert lane.in_use_curve.buckets()[1] == [5]
    unknown = History()
    unknown.apply(steps(0, [1.0]))
    assert np.isnan(unknown.rss_curve.buckets()[1]).all()


@pytest.mark.parametrize("standing", ["running", "waiting"])
def test_a_lane_that_lingered_and_goes_on_has_not_ended(standing):
    lane = history([1.0])
    lane.apply(Ended("done", 1, 0, lingers=True))
    lane.apply(RunStateChanged(standing, 1))
    assert lane.ended is None
    assert lane.standing == standing


def test_only_what_the_lane_says_itself_is_a_sign_of_life():
    lane = History()
    lane.heard_ns = 0
    lane.apply(ProcessMemory(1, 1, None))
    assert lane.heard_ns == 0
    lane.apply(Alive(3, 4711))
    assert lane.heard_ns > 0
    assert lane.busy_since_ns == 4711


def test_the_log_is_bounded_and_counted():
    lane = History()
    for number in range(LOG_LINES + 10):
        lane.apply(LogLine(str(number)))
    assert (len(lane.log), lane.log[0], lane.log_lines) == (LOG_LINES, "10", LOG_LINES + 10)


def test_the_rest_is_kept_as_it_came():
    lane = History()
    for record in (Evaluated(1, (("loss", 2.0),)), Compiled(0, "trace", None, "the first call"), TurnEnded()):
        lane.apply(record)
    told = [GraphsCaptured(1, ()), GraphsCaptured(2, (NoGraph("traced", "as traced", "no"),))]
    for graphs in told:
        lane.apply(graphs)
    assert lane.graphs == told[-1]
    assert lane.evaluations == [Evaluated(1, (("loss", 2.0),))]
    assert lane.compilations == 1
