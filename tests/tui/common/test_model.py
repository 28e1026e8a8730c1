"""The race as the screen knows it, without a screen; its lanes never start."""

import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.outcome import Ended
from fwtui.core.records import Alive, LogLine, TurnEnded
from fwtui.lane.control import LaneCommand
from fwtui.race.race import Race
from fwtui.race.request import LaneRequest
from tests.tui import still
from tests.tui.still import NOW, done, importing, race, training

BOTH = ("tf.function", "torch.eager")


@pytest.fixture
def started():
    """The names of the threads that would have been started."""
    return []


@pytest.fixture
def clock():
    """What the clock shows, in ns."""
    return [NOW]


@pytest.fixture
def model(started, clock):
    return still.still_model(race(*BOTH), lambda: clock[0], started.append)


def say(model, index, *records):
    for record in records:
        model._hear(model.lanes[index].run, record)


def test_records_become_history_when_drained(model):
    assert not model.drain()
    say(model, 0, *training("tf.function", 100))
    say(model, 1, *training("torch.eager", 90))
    assert [history.steps for history in model.histories] == [0, 0]
    assert model.drain()
    assert [history.steps for history in model.histories] == [100, 90]
    assert model.session.gap.compared == 90
    assert model.session.gap.same
    assert model.session.speed().faster == 0
    say(model, 0, TurnEnded())
    assert not model.drain()


def test_lanes_are_asked_to_tell_and_a_restart_forgets_it(model, monkeypatch):
    asked = []
    monkeypatch.setattr(Race, "ask", lambda race, lane, wish: asked.append((lane, wish)))
    model.ask_ops(1, 7)
    model.ask_graphs(0, 7)
    model.log_every(1, 100)
    assert (model.lanes[1].log_every, model.lanes[1].until_nan) == (100, False)
    model.log_until_nan(1)
    assert (model.lanes[1].log_every, model.lanes[1].until_nan) == (1, True)
    model.log_every(1, 0)
    assert (model.lanes[1].log_every, model.lanes[1].until_nan) == (None, False)
    rates = [LaneCommand("log-every", 100), LaneCommand("log-until-nan"), LaneCommand("log-every", 0)]
    assert asked == [
        (1, LaneCommand("log-ops", 7)),
        (0, LaneCommand("tell-graphs", 7)),
        *((1, word) for word in rates),
    ]
    model.set_race(race(*BOTH, log_every="50"))
    assert [lane.log_every for lane in model.lanes] == [50, 50]


def test_what_an_earlier_run_still_says_is_dropped(model, started):
    old = model.lanes[0].run
    say(model, 0, *training("tf.function", 50))
    model.drain()
    model.restart(0)
    assert started == ["lane 1: tf.function"]
    model._hear(old, LogLine("late"))
    assert not model.drain()
    assert model.lanes[0].history.steps == 0
    model.set_race(race("torch.eager"))
    model._hear(old, LogLine("later"))
    assert not model.drain()


def test_a_lane_that_makes_no_sense_changes_nothing(model):
    before = model.request, model.spec, list(model.lanes)
    with pytest.raises(SpecError):
        model.set_lane(0, LaneRequest("torch.eager", lr="-1"))
    with pytest.raises(SpecError):
        model.set_race(race("tf.function", steps="0"))
    assert (model.request, model.spec, list(model.lanes)) == before


def test_another_backend_in_one_lane(model):
    other = model.lanes[1]
    model.set_lane(0, LaneRequest("tf.eager", lr="2e-6"))
    assert model.lanes[0].spec.backend == "tf.eager"
    assert model.lanes[1] is other
    assert model.differences() == {"lr": ("2e-06", "1e-06")}
    assert model.race.spec is model.spec


def test_another_workload_drops_what_was_set_for_the_old_one(model):
    model.set_lane(0, LaneRequest("torch.eager", lr="2e-6", batch="32"))
    model.set_race(model.with_workload("digits-mlp", "default"))
    assert {lane.spec.learning_rate for lane in model.lanes} == {0.1}
    assert model.differences() == {}
    assert model.steps_total() == 2000


def test_pausing_some_lanes(model):
    say(model, 1, Ended("failed", 0, NOW, "gone"))
    model.drain()
    model.toggle_pause([0, 1])
    assert [lane.paused for lane in model.lanes] == [True, False]
    assert model.paused
    model.toggle_pause([0])
    assert not model.paused


def test_time_left(model, monkeypatch):
    assert model.seconds_left() is None
    say(model, 0, *training("tf.function", 250))
    say(model, 1, *training("torch.eager", 400))
    model.drain()
    left = model.seconds_left()
    assert 0 < left < 5
    model.toggle_pause([0])
    assert model.seconds_left() is None
    say(model, 0, Ended("done", 500, NOW, lingers=True))
    model.drain()
    assert model.seconds_left() < left


def test_a_lane_that_should_answer_and_does_not(model, clock):
    say(model, 0, *importing("tf.function"))
    say(model, 1, *training("torch.eager", 100), Alive(100, NOW))
    model.drain()
    clock[0] += 7 * 10**9
    importing_lane, training_lane = model.lanes
    assert importing_lane.silent_s() is None
    assert training_lane.silent_s() == 7
    assert training_lane.long_step_s() == 7
    say(model, 1, Alive(100, NOW))
    model.drain()
    assert training_lane.silent_s() is None
    assert training_lane.long_step_s() == 7
    say(model, 1, *done("torch.eager")[-1:])
    say(model, 0, Ended("failed", 0, NOW, "gone"))
    model.drain()
    assert importing_lane.over
    assert not training_lane.over


def test_what_the_process_printed_is_in_every_lanes_log(model):
    model.hear_print("a line")
    assert model.drain()
    assert [list(history.log) for history in model.histories] == [["a line"], ["a line"]]
