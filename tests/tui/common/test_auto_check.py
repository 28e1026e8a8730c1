"""The parity check that starts by itself: once for each state of the race, only when lanes are at rest."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fwtui.core.outcome import Ended
from fwtui.core.records import RunStateChanged
from fwtui.tui.common import auto_check
from fwtui.tui.common import model as models
from fwtui.tui.common.auto_check import QUIET_TICKS, AutoCheck
from fwtui.tui.common.judgement import judge
from fwtui.tui.common.parity_job import ParityJob
from fwtui.tui.live.verdict_bar import _same
from tests.tui import still
from tests.tui.driving import Driven, driven
from tests.tui.still import NOW, done, probed, race, training

BOTH = ("tf.function", "torch.eager")


class NoCheck:
    """In place of a check: it runs until a test says what it came to."""

    def __init__(self, spec, steps, log_error, is_automatic=False):
        self.steps, self.is_automatic, self.is_interrupted = steps, is_automatic, False
        self.running, self.finding, self.failure, self.stopped = True, None, "", False
        self.work = None

    def stop(self):
        self.running, self.stopped = False, True

    def end(self, same, reason=""):
        lanes = [SimpleNamespace(steps=self.steps)]
        spec = SimpleNamespace(lanes=lanes)
        self.finding = SimpleNamespace(same=same, reason=reason, result=SimpleNamespace(spec=spec))
        self.running = False


@pytest.fixture(autouse=True)
def no_check(monkeypatch, request):
    if "scripted_backends" not in request.fixturenames:
        monkeypatch.setattr(models, "ParityJob", NoCheck)


class Ticking:
    """A race that stands still, and the check that may start in it."""

    def __init__(self, said, paused=(), request=None):
        self.model = still.still_model(request or race(*BOTH))
        self.auto = AutoCheck(self.model)
        for index, records in enumerate(said):
            self.say(index, *records)
        for index in paused:
            self.pause(index)

    def say(self, index, *records):
        for record in records:
            self.model._hear(self.model.lanes[index].run, record)

    def pause(self, index):
        self.model.lanes[index].paused = True
        self.say(index, RunStateChanged("paused", 40))

    def ticks(self, count=3 * QUIET_TICKS):
        """What runs or was found after so many ticks."""
        for _ in range(count):
            self.model.drain()
            self.auto.tick()
        return self.model.checking

    @property
    def bar(self):
        return [variant.plain for variant in _same(self.model)]


def apart(steps=40, off=lambda step, name: 0.01 if name == "gradient w2" and step >= 6 else 0.0):
    first = [*training(BOTH[0], steps), *probed(BOTH[0], steps)]
    return [first, [*training(BOTH[1], steps), *probed(BOTH[1], steps, off=off)]]


def both_done(**settings):
    said = apart(500, **settings)
    return [[*records, *done(backend)[-1:]] for records, backend in zip(said, BOTH, strict=True)]


def test_lanes_that_are_done_and_apart_are_checked_once():
    still_race = Ticking(both_done())
    assert still_race.ticks(QUIET_TICKS) is None
    checking = still_race.ticks()
    assert (checking.steps, checking.is_automatic) == (7, True)
    assert "checking: bug or rounding?" in still_race.bar[0]
    checking.end(True)
    assert still_race.ticks() is checking
    assert judge(still_race.model).explained == 7
    assert "≈ yes, but for rounding" in still_race.bar[-1]


@pytest.mark.parametrize("paused", [(), (0,), (1,)])
def test_a_lane_that_trains_is_not_disturbed(paused):
    still_race = Ticking(apart(), paused)
    assert still_race.ticks() is None
    assert "5, then f: a bug or rounding?" in still_race.bar[2]


def test_lanes_that_are_paused_are_checked():
    assert Ticking(apart(), (0, 1)).ticks().steps == 7


def test_a_pause_that_a_lane_has_not_confirmed_is_none():
    still_race = Ticking(apart(), (0,))
    still_race.model.lanes[1].paused = True
    assert still_race.ticks() is None


def test_a_lane_that_failed_is_not_checked():
    still_race = Ticking(apart(), (0,))
    still_race.say(1, Ended("failed", 40, NOW, "gone"))
    assert still_race.ticks() is None


def test_lanes_that_agree_or_cannot_be_compared_are_not_checked():
    assert Ticking(both_done(off=lambda step, name: 0.0)).ticks() is None
    said = both_done()[:1]
    assert Ticking(said, request=race(BOTH[0])).ticks() is None


def test_float64_needs_no_check():
    exact = race(*(f"{backend} dtype=float64" for backend in BOTH))
    assert Ticking(both_done(), request=exact).ticks() is None


def test_so_long_a_check_is_the_users_to_start(monkeypatch):
    monkeypatch.setattr(auto_check, "MAX_STEPS", 6)
    assert Ticking(both_done()).ticks() is None


@pytest.mark.parametrize("is_automatic", [True, False])
def test_one_that_was_cancelled_does_not_start_again_before_the_next_step(is_automatic):
    still_race = Ticking(apart(), (0, 1))
    if not is_automatic:
        still_race.model.check(7)
    checking = still_race.ticks()
    assert checking.is_automatic == is_automatic
    still_race.model.drop_check()
    assert checking.stopped
    assert still_race.ticks() is None
    for index, backend in enumerate(BOTH):
        still_race.say(index, one_step(backend))
    assert still_race.ticks().is_automatic


def one_step(backend):
    return still._steps(40, still.step_ns(backend, 41)[40:], still.two_layer_losses(backend, 41)[40:])


def test_what_could_not_be_judged_says_why_and_is_not_tried_again():
    still_race = Ticking(apart(), (0, 1))
    checking = still_race.ticks()
    checking.end(None, "lane 1 was killed")
    for index, backend in enumerate(BOTH):
        still_race.say(index, one_step(backend))
    assert still_race.ticks() is checking
    assert all("not judged: lane 1 was killed" in variant for variant in still_race.bar)


def test_a_check_that_failed_says_so():
    still_race = Ticking(apart(), (0, 1))
    checking = still_race.ticks()
    checking.running, checking.failure = False, "OSError: no space left"
    assert still_race.ticks() is checking
    assert "not judged: the check itself failed: OSError: no space left" in still_race.bar[-1]


@pytest.mark.parametrize(
    "key",
    [
        lambda model: model.toggle_pause([0, 1]),
        lambda model: model.toggle_pause([1]),
        lambda model: model.step([0, 1]),
        lambda model: model.train_on(0),
        lambda model: model.restart(1),
        lambda model: model.set_race(model.request),
    ],
)
def test_keys_for_lanes_end_it(key):
    still_race = Ticking(apart(), (0, 1))
    checking = still_race.ticks()
    key(still_race.model)
    assert checking.stopped
    assert still_race.model.checking is None


def test_what_is_asked_of_a_lane_ends_it_and_it_starts_again_later():
    still_race = Ticking(apart(), (0, 1))
    checking = still_race.ticks()
    still_race.model.ask_ops(0)
    assert checking.stopped
    assert still_race.ticks(QUIET_TICKS - 1) is None
    assert still_race.ticks().running


@pytest.mark.usefixtures("scripted_backends")
async def test_the_live_bar_comes_to_a_verdict_by_itself():
    lanes = "scripted.ok", "scripted.steep"
    async with driven(*lanes, probe_every="growing", steps="12", size=(120, 40)) as d:
        await d.shows("≠ apart")
        await d.until(lambda: d.app.model.is_checking, "a check")
        await d.shows("checking")
        await d.until(lambda: not d.app.model.is_checking, "its end")
        await d.shows("✗ no")
        await d.press("5")
        await d.shows("✗ no", "not the same mathematics")


def job(d: Driven) -> ParityJob | None:
    """The check that runs, or has ended."""
    return d.app.model.checking


@pytest.mark.usefixtures("scripted_backends")
async def test_it_waits_for_a_pause_and_ends_with_it():
    lanes = "scripted.ok", "scripted.tilt"
    async with driven(*lanes, probe_every="growing", size=(120, 40)) as d:
        await d.trains(0, 1, steps=20)
        await d.shows("≠ apart", "5, f: why?")
        assert job(d) is None
        await d.press("space")
        await d.until(lambda: d.app.model.is_checking, "a check")
        checking = job(d)
        await d.press("space")
        await d.trains(0, 1)
        assert job(d) is None
        await d.until(lambda: not checking.running, "its end")
        assert checking.finding is None
        assert not checking.failure
        await d.press("space")
        await d.until(lambda: d.app.model.is_checking, "another check")
        await d.press("escape")
        assert job(d) is None
        await d.heartbeats()
        assert job(d) is None
