"""A race that goes on after its preset's steps: when it begins, how far ahead, and what is compared."""

from __future__ import annotations

import numpy as np
import pytest

from fwtui.core.outcome import Ended
from fwtui.core.records import RunStateChanged
from fwtui.tui.common.auto_check import QUIET_TICKS
from fwtui.tui.common.continuation import LIMIT_S, Continuation
from fwtui.tui.common.judgement import judge
from tests.measure.support import steps
from tests.tui import still
from tests.tui.driving import driven
from tests.tui.still import NOW, done, race, training

BOTH = ("tf.function", "torch.eager")
LONG_STEP_NS = 100_000_000
AHEAD = 31
"""Steps of that length in three seconds, and one more."""


class Continued:
    """A race whose lanes say what a test has them say, and what it is asked for."""

    def __init__(self, monkeypatch, said, **request):
        self.now = 1000.0
        self.model = still.still_model(race(*BOTH, keep_training=True, **request))
        self.granted = []
        monkeypatch.setattr(self.model.race, "train_on", lambda *granted: self.granted.append(granted))
        self.continuation = Continuation(self.model, lambda: self.now)
        for lane, records in enumerate(said):
            self.say(lane, *records)

    def say(self, lane, *records):
        for record in records:
            self.model._hear(self.model.lanes[lane].run, record)
        while self.model.drain():
            pass

    def goes_on(self, lane, count):
        """The lane does so many steps more."""
        first = self.model.lanes[lane].history.steps
        self.say(
            lane, RunStateChanged("running", first), steps(first, np.ones(count), [LONG_STEP_NS] * count)
        )

    def ticks(self, count=1, seconds=0.1):
        for _ in range(count):
            self.now += seconds
            self.continuation.tick()
        granted, self.granted = self.granted, []
        return granted


@pytest.fixture
def continued(monkeypatch):
    return lambda *said, **request: Continued(monkeypatch, said, **request)


def both_done(total=500):
    return [done(backend, total) for backend in BOTH]


def test_it_begins_once_all_lanes_have_done_the_presets_steps(continued):
    race = continued(training(BOTH[0], 480), done(BOTH[1]))
    assert race.ticks(20) == []
    assert race.continuation.left_s is None
    race.say(0, steps(480, still.two_layer_losses(BOTH[0], 500)[480:]), Ended("done", 500, NOW, lingers=True))
    first, second = race.ticks()
    assert {first[0], second[0]} == {0, 1}
    assert first[1] == second[1] > 1, "in turns both lanes do the same steps"
    assert race.continuation.left_s == LIMIT_S


def test_lanes_are_extended_before_they_come_to_an_end(continued):
    race = continued(*both_done())
    (_, granted), _ = race.ticks()
    limit = race.model.lanes[0].limit
    assert limit == 500 + granted
    for lane in (0, 1):
        race.goes_on(lane, granted - AHEAD)
    assert race.ticks() == []
    race.goes_on(0, 1)
    assert race.ticks() == [(0, 2 * AHEAD), (1, 2 * AHEAD)]
    assert race.ticks() == []


def test_lanes_of_a_race_all_at_once_are_extended_each_by_its_own_pace(continued):
    race = continued(*both_done(), schedule="race")
    race.ticks()
    race.goes_on(0, race.model.lanes[0].limit - 500)
    assert race.ticks() == [(0, 2 * AHEAD)]


def test_it_ends_after_ten_minutes_of_training_and_begins_again_by_a_key(continued):
    race = continued(*both_done())
    race.ticks()
    for lane in (0, 1):
        race.goes_on(lane, 1)
    race.ticks(599, 1.0)
    assert race.continuation.left_s == pytest.approx(1.0)
    race.ticks(2, 1.0)
    assert race.continuation.left_s is None
    for lane in (0, 1):
        race.goes_on(lane, race.model.lanes[lane].limit - 501)
        race.say(lane, Ended("done", race.model.lanes[lane].limit, NOW, lingers=True))
    assert race.ticks(50) == []
    race.goes_on(0, 1)
    race.ticks()
    assert race.continuation.left_s == LIMIT_S


def test_time_in_a_pause_does_not_count(continued):
    race = continued(*both_done())
    race.ticks()
    for lane in (0, 1):
        race.goes_on(lane, 1)
        race.model.lanes[lane].paused = True
    before = race.continuation.left_s
    assert race.ticks(100, 1.0) == []
    assert race.continuation.left_s == before


def test_neither_a_failed_lane_nor_a_number_of_steps_of_ones_own_goes_on(continued):
    failed = [*training(BOTH[1], 300), Ended("failed", 300, NOW, "a reason")]
    assert continued(done(BOTH[0]), failed).ticks(50) == []
    race = continued(*both_done())
    race.model.request = still.race(*BOTH, steps="500")
    assert race.ticks(50) == []


def test_lanes_that_differ_wait_for_the_check(continued):
    losses = still.two_layer_losses(BOTH[1], 500) * 1.01
    race = continued(done(BOTH[0]), [*training(BOTH[1], 500, losses=losses), *done(BOTH[1])[-1:]])
    assert judge(race.model).same is False
    assert race.ticks(QUIET_TICKS + 1) == []
    assert len(race.ticks()) == 2


def test_only_the_presets_steps_are_compared(continued):
    race = continued(*both_done())
    assert race.model.session.gap.compared == 500
    race.goes_on(0, 10)
    race.say(1, steps(500, np.full(10, 7.0)))
    assert race.model.session.gap.compared == 500
    assert judge(race.model).same is True
    assert race.model.is_past_comparison
    race.say(1, Ended("diverged", 510, NOW, "diverged"))
    assert judge(race.model).same is True, "it was not lost before the last step that is compared"


@pytest.mark.usefixtures("scripted_backends")
async def test_the_app_goes_on_until_a_key_pauses_it():
    settings = {"preset": "static", "steps": None, "keep_training": True}  # 50 steps
    async with driven("scripted.ok", "scripted.other", **settings) as d:
        await d.until(lambda: all(lane.history.steps > 70 for lane in d.lanes), "more than 50 steps")
        await d.shows(" steps ", "9:5")
        assert d.app.model.session.gap.compared == 50
        await d.press("space")
        await d.quiet()
