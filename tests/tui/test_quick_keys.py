"""Keys that come faster than the screen can follow, and what a paused race keeps."""

import os
import random

import pytest
from textual import events
from textual.widgets import Input

from fwtui.tui.app import FwtuiApp
from fwtui.tui.dialogs.help import HelpScreen
from tests.tui.driving import driven

pytestmark = pytest.mark.usefixtures("scripted_backends")


@pytest.mark.parametrize("key", ["b", "d", "w", "s"])
async def test_a_second_enter_on_its_way_chooses_nothing_more(key):
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        await d.press(key)
        for _ in range(3):
            d.app.simulate_key("enter")
        await d.until(lambda: not d.app.screen.is_modal, "the dialog is gone")
        await d.pilot.pause()  # what was chosen is carried out after that
        await d.trains(0, 1)


async def test_a_page_key_before_the_palette_has_a_list():
    async with driven("scripted.ok") as d:
        await d.trains(0)
        for key in ("ctrl+p", "pagedown", "pageup", "down", "up"):
            d.app.simulate_key(key)
        await d.until(lambda: not d.on_top(), "the palette")
        await d.press("escape")
        await d.until(d.on_top, "the live screen")
        await d.trains(0)


async def test_more_enters_in_the_palette_run_one_command(monkeypatch):
    """Those behind the first one are the live screen's."""
    ran = []
    monkeypatch.setattr(FwtuiApp, "action_pick_device", lambda app: ran.append(app.screen))
    async with driven("scripted.ok") as d:
        live = d.app.screen
        await d.press("ctrl+p", *"another device")
        await d.until(lambda: "another device" in d.text().split("\n", 3)[-1], "the command")
        for _ in range(4):
            d.app.simulate_key("enter")
        d.app.simulate_key("question_mark")  # behind them all
        await d.until(lambda: isinstance(d.app.screen, HelpScreen), "the help")
        assert ran == [live]


@pytest.mark.parametrize("below", [[], ["5"]])
async def test_two_clicks_beside_the_palette_close_nothing_else(below):
    async with driven("scripted.ok") as d:
        await d.press(*below)
        screens = list(d.app.screen_stack)
        await d.press("ctrl+p")
        palette = d.app.screen
        assert palette not in screens
        click = events.Click(palette, 0, 0, 0, 0, 1, False, False, False, 0, 0)
        for _ in range(3):
            palette.post_message(click)
        await d.until(lambda: palette not in d.app.screen_stack, "the palette is gone")
        await d.heartbeats()
        assert d.app.screen_stack == screens


@pytest.mark.parametrize("key", ["b", "s", "l", "question_mark", "ctrl+p"])
async def test_more_ways_out_than_dialogs_close_one_dialog(key):
    async with driven("scripted.ok") as d:
        await d.press("5")
        screens = list(d.app.screen_stack)
        await d.press(key)
        dialog = d.app.screen
        assert dialog not in screens
        for _ in range(3):
            dialog.dismiss()
        await d.until(lambda: d.app.screen_stack == screens, "one dialog is gone")


@pytest.mark.parametrize("seed", range(int(os.environ.get("FWTUI_KEY_SEEDS", "2"))))
async def test_any_keys_at_any_speed(seed):
    keys = "b d w s l y p r R a x t space full_stop tab up down left right enter escape question_mark ctrl+p"
    keys += " pagedown home end j k 1 1 5 5 c o f 2 2 3 3 4 4 g v e D i u n slash plus minus F backspace"
    draw = random.Random(seed)
    async with driven("scripted.ok", "scripted.other", probe_every="growing") as d:
        for _ in range(60):
            d.app.simulate_key(draw.choice(keys.split()))
            if draw.random() < 0.3:
                await d.pilot.pause()
        for _ in range(5):
            await d.press("escape")
        await d.press("1")
        await d.until(d.on_top, "the live screen")
        assert d.app.is_running


async def test_a_lane_that_is_switched_while_paused_stays_paused():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        await d.press("space")
        await d.shows("‖ paused")
        await d.press("r")
        await d.until(lambda: d.lanes[0].history.built, "the new run is built")
        await d.shows("‖ paused")
        assert d.lanes[0].history.steps == 0
        await d.press("space")
        await d.trains(0, 1)


async def test_times_beside_an_import_are_labelled():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1, steps=200)
        assert not d.app.model.disturbed
        await d.press("r")
        assert d.app.model.disturbed
        await d.press("R")
        assert not d.app.model.disturbed


def burst(d, keys):
    """Keys that are all there before the app looks at the first one."""
    for key in keys:
        d.app.post_message(
            events.Key(*(("slash", "/") if key == "/" else (key, key if len(key) == 1 else None)))
        )


def asked(d):
    """What stands in the prompt; None where there is none."""
    return d.app.focused.value if isinstance(d.app.focused, Input) else None


async def test_what_follows_a_prompts_key_at_once_is_typed_and_no_command():
    async with driven("scripted.ok", "scripted.tilt", size=(120, 30)) as d:
        await d.trains(0, 1)
        for keys, screen in (
            (["2", "F", *"mux"], "graph"),
            (["3", "/", *"axd"], "ops"),
            (["4", "/", *"d"], "source"),
        ):
            burst(d, keys)
            await d.until(lambda keys=keys: asked(d) == "".join(keys[2:]), screen)
            burst(d, ["escape", "1"])
            await d.until(d.on_top, "the live screen")
        burst(d, ["3", "/", *"xx", "enter", "n", "4", "/", "x", "escape", "/", "y"])
        await d.until(lambda: asked(d) == "y", "source")
        assert len(d.lanes) == 2
