"""What is asked of a lane, and what its step loop may do then."""

import threading
import time

import pytest

from fwtui.core.records import RunStateChanged, TurnEnded
from fwtui.lane.control import Control, LaneCommand, UseDevice


def tell(control, *words):
    for word in words:
        control.tell(word if isinstance(word, LaneCommand) else LaneCommand(word))


def nobody(record):
    raise AssertionError(f"nothing was to be said, but: {record}")


def later(work):
    timer = threading.Timer(0.05, work)
    timer.daemon = True
    timer.start()


def test_a_free_lane_may_take_all_its_steps_and_says_so_once():
    control, said = Control(100, by_turns=False), []
    assert control.permit(0, said.append) == 100
    assert control.permit(40, said.append) == 60
    assert said == [RunStateChanged("running", 0)]


def test_a_paused_lane_waits_and_single_steps_pass():
    control, said = Control(100, by_turns=False), []
    tell(control, "pause", "step", "step")
    assert control.attention
    assert control.permit(0, said.append) == 1
    assert control.attention, "another single step is left"
    assert control.permit(1, said.append) == 1

    def hear(record):
        said.append(record)
        if record == RunStateChanged("paused", 2):
            tell(control, "resume")

    assert control.permit(2, hear) == 98
    assert said == [
        RunStateChanged("running", 0),
        RunStateChanged("paused", 2),
        RunStateChanged("running", 2),
    ]


def test_a_stop_ends_every_wait():
    control = Control(100, by_turns=True)
    later(lambda: tell(control, "stop"))
    assert control.permit(0, lambda record: None) == 0
    assert control.device() is None
    assert control.stopped
    tell(control, "resume", LaneCommand("grant", 5), "step")
    assert control.permit(0, nobody) == 0, "a stop is for good"


def test_a_device_is_waited_for():
    control = Control(1, by_turns=False)
    later(lambda: control.tell(UseDevice("cuda:1")))
    assert control.device() == "cuda:1"


def test_a_grant_is_used_once():
    control, said = Control(100, by_turns=True), []
    tell(control, LaneCommand("grant", 5))
    assert control.permit(0, said.append) == 5
    later(lambda: tell(control, LaneCommand("grant", 1000)))
    assert control.permit(5, said.append) == 95, "never beyond the last step"
    assert said == [RunStateChanged("running", 0)], "waiting between turns is no news"


def test_the_wait_for_the_first_turn_is_said():
    control, said = Control(100, by_turns=True), []

    def hear(record):
        said.append(record)
        if record == RunStateChanged("waiting", 0):
            tell(control, LaneCommand("grant", 5))

    assert control.permit(0, hear) == 5
    assert said == [RunStateChanged("waiting", 0), RunStateChanged("running", 0)]


@pytest.mark.parametrize("step", [50, 100])
def test_a_grant_that_cannot_be_used_is_given_back(step):
    control, said = Control(100, by_turns=True), []
    tell(control, "pause", LaneCommand("grant", 5))

    def hear(record):
        said.append(record)
        if isinstance(record, TurnEnded):
            tell(control, LaneCommand("train-on", 10), "resume", LaneCommand("grant", 7))

    assert control.permit(step, hear) == 7
    assert said.count(TurnEnded()) == 1


def test_train_on_is_news_again_after_an_end():
    control, said = Control(10, by_turns=False), []
    assert control.permit(0, said.append) == 10
    control.forget()
    later(lambda: tell(control, LaneCommand("train-on", 5)))
    assert control.permit(10, said.append) == 5
    assert said == [RunStateChanged("running", 0), RunStateChanged("running", 10)]


def test_a_single_step_goes_beyond_the_last():
    control = Control(10, by_turns=False)
    tell(control, "step")
    assert control.permit(10, lambda record: None) == 1
    assert control.limit == 11


def test_a_yield_asks_for_attention_and_changes_nothing_else():
    control = Control(10, by_turns=False)
    tell(control, "yield")
    assert control.attention
    assert control.permit(0, lambda record: None) == 10
    assert not control.attention


def test_who_hears_a_record_may_tell_the_lane_at_once_from_another_thread():
    control = Control(10, by_turns=True)

    def hear(record):
        if record == RunStateChanged("waiting", 0):
            teller = threading.Thread(target=tell, args=(control, LaneCommand("grant", 3)), daemon=True)
            teller.start()
            teller.join(5)
            assert not teller.is_alive(), "the record was said under the lock"

    assert control.permit(0, hear) == 3


def test_a_rest_ends_when_something_is_asked():
    control = Control(10, by_turns=False)
    later(lambda: tell(control, "pause"))
    started = time.monotonic()
    control.rest(60)
    assert time.monotonic() - started < 30
    control.rest(-1)
