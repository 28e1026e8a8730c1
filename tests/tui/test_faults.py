"""What goes wrong in one lane is told in its panel; the other trains on, and `r` starts it again."""

import contextlib
import os
import signal

import pytest
from textual import events
from textual.containers import VerticalScroll

from fwtui.race.hosts import ProcessHost, ThreadHost
from fwtui.tui.dialogs.definitions import Definitions
from tests.scripted import step
from tests.tui.driving import driven

pytestmark = pytest.mark.usefixtures("scripted_backends")


@pytest.mark.parametrize(
    ("host", "backend", "sign", "words", "steps"),
    [
        ("process", "missing.ok", "✗ failed", ("Missing is not installed", "pip install missing_"), 0),
        ("thread", "missing.ok", "✗ failed", ("Missing is not installed", "pip install missing_"), 0),
        ("process", "scripted.nan", "✗ diverged", ("diverged at step 20: the loss is nan", "again"), 21),
        ("thread", "scripted.raise", "✗ failed", ("RuntimeError: the script says no", "log"), 20),
    ],
)
async def test_a_lane_that_ends_by_itself(host, backend, sign, words, steps):
    async with driven(backend, "scripted.slow", host=host) as d:
        await d.shows(sign, *words)
        assert d.lanes[0].history.steps == steps
        curve = d.lanes[0].history.metric_curves.get("loss")
        assert (0 if curve is None else len(curve.buckets()[0])) == steps
        await d.trains(1)
        first = d.lanes[0]
        await d.press("r")
        assert d.lanes[0] is not first
        await d.until(lambda: d.lanes[0].history.ended, "the end again")
        await d.shows(sign)
        await d.trains(1)


async def test_a_killed_lane():
    async with driven("scripted.ok", "scripted.slow", size=(160, 45)) as d:
        await d.trains(0, 1)
        os.kill(d.lanes[0].history.imported.pid, signal.SIGKILL)
        await d.shows("✗ failed", "killed by SIGKILL (signal 9)")
        assert d.lanes[0].history.steps >= 5
        await d.trains(1)
        await d.press("r")
        await d.trains(0, 1)


@pytest.mark.parametrize("schedule", ["turns", "race"])
async def test_a_stopped_process_gives_no_answer(schedule):
    async with driven("scripted.ok", "scripted.slow", schedule=schedule) as d:
        await d.trains(0, 1)
        pid = d.lanes[0].history.imported.pid
        os.kill(pid, signal.SIGSTOP)
        await d.shows("? no answer for")
        await d.trains(1)
        if schedule == "turns":
            await d.press("r")
        else:
            os.kill(pid, signal.SIGCONT)
        await d.trains(0, 1)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("host", ["process", "thread"])
async def test_a_step_that_never_ends(host, monkeypatch):
    monkeypatch.setattr("fwtui.tui.common.lane.LONG_STEP_S", 0.5)
    async with driven("scripted.hang", "scripted.slow", host=host, schedule="race", size=(160, 45)) as d:
        await d.until(lambda: d.lanes[0].history.steps, "steps before the one that hangs")
        if host == "process":
            await d.shows("in one step for")
        await d.trains(1)
        hung = d.lanes[0]
        await d.press("r")
        assert d.lanes[0] is not hung
        await d.trains(1)
        step.RELEASE.set()


@pytest.mark.parametrize(("kind", "host"), [(ProcessHost, "process"), (ThreadHost, "thread")])
async def test_an_error_in_a_lanes_thread(kind, host, monkeypatch):
    async with driven("scripted.ok", "scripted.slow", host=host, size=(160, 45)) as d:
        await d.trains(0, 1)

        def broken(self):
            raise ZeroDivisionError("an error in our own code")

        with monkeypatch.context() as patch:
            patch.setattr(kind, "run", broken)
            await d.press("r")
            await d.shows("ZeroDivisionError: an error in our own code")
        assert d.app.return_code is None
        await d.trains(1)
        await d.press("l")
        await d.shows("Traceback", "in broken")
        await d.press("l", "r")
        await d.trains(0, 1)


async def test_the_first_paint_waits_for_no_framework():
    async with driven("sleepy.ok", "scripted.stuck") as d:
        await d.shows("importing", "building")
        await d.press("b", "escape", "tab", "space", "full_stop", "space")
        assert d.on_top()


async def test_a_click_on_what_was_just_removed_is_on_nothing():
    async with driven("scripted.slow", size=(160, 45)) as d:
        await d.press("question_mark")
        screen = d.app.screen
        scroll = screen.query_one(VerticalScroll)
        text = scroll.query_one(Definitions)
        x, y = text.region.x + 3, text.region.y + 2
        assert screen.get_widget_and_offset_at(x, y)[0] is text
        await scroll.remove_children()
        for event in (events.MouseDown, events.MouseMove, events.MouseUp):
            screen._forward_event(event(None, x, y, 0, 0, 1, False, False, False, x, y))
        assert screen.get_widget_and_offset_at(x, y)[0] is not text
        await d.press("escape")
        await d.shows("Same answer?")
