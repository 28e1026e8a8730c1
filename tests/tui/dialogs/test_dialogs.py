"""Dialogs: what they ask, what a click does in them, and what is copied out of the screen."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from rich.style import Style
from textual import events
from textual.widgets import OptionList

from fwtui.core.records import Device
from fwtui.race.request import parse_lane
from fwtui.system import machine
from fwtui.tui import app as apps
from fwtui.tui import lane_actions
from fwtui.tui.common.composed import screen_text
from fwtui.tui.dialogs.choices import device_choices, present_settings
from fwtui.tui.dialogs.confirm import Confirm
from fwtui.tui.dialogs.histogram import ROWS, HistogramScreen, bar, bins, histogram
from fwtui.tui.dialogs.palette import Palette
from fwtui.tui.dialogs.picker import Picker
from tests.tui import still
from tests.tui.driving import Driven
from tests.tui.still import Scene, race, training
from tests.tui.why import LARGE, SMALL, shown

BOTH = ("tf.function", "torch.eager")


def mid_run():
    return Scene(race(), [training(name, 312) for name in BOTH])


@asynccontextmanager
async def running(size=LARGE) -> AsyncIterator[Driven]:
    async with shown(mid_run(), size=size) as d:
        yield d


class TestConfirm:
    """What ends hours of training is asked for twice."""

    @pytest.mark.parametrize("key", ["q", "R", "ctrl+q"])
    async def test_a_short_run_ends_at_once(self, key, monkeypatch):
        done = []
        monkeypatch.setattr(apps.FwtuiApp, "action_quit_with", lambda app, code: done.append(code))
        monkeypatch.setattr(apps.FwtuiApp, "_set_race", lambda app, request: done.append(request()))
        async with running() as d:
            await d.press(key)
            assert done
            assert d.on_top()

    @pytest.mark.parametrize("key", ["q", "R", "ctrl+q"])
    async def test_a_long_run_is_asked_about(self, key, monkeypatch):
        done = []
        monkeypatch.setattr(lane_actions, "ASK_FROM_S", 0.01)
        monkeypatch.setattr(apps.FwtuiApp, "action_quit_with", lambda app, code: done.append(code))
        monkeypatch.setattr(apps.FwtuiApp, "_set_race", lambda app, request: done.append(request()))
        async with running() as d:
            for answer in ("escape", "n", "enter"):
                assert not done
                await d.press(key)
                assert isinstance(d.app.screen, Confirm)
                await d.press(answer)
                assert d.on_top()
            assert len(done) == 1

    async def test_another_workload_is_asked_about_once_it_is_chosen(self, monkeypatch):
        monkeypatch.setattr(lane_actions, "ASK_FROM_S", 0.01)
        async with running() as d:
            before = d.app.model.race
            await d.press("w", "down", "enter")
            assert isinstance(d.app.screen, Confirm)
            await d.press("escape")
            assert d.app.model.race is before


class TestPicker:
    async def test_what_runs_already_is_not_restarted(self):
        async with running() as d:
            before = list(d.lanes)
            for key in "bwd":
                await d.press(key)
                assert isinstance(d.app.screen, Picker)
                await d.press("enter")
                assert d.on_top()
            assert d.lanes == before

    async def test_a_click_selects_and_a_second_one_chooses(self, monkeypatch):
        chosen = []
        monkeypatch.setattr(apps.FwtuiApp, "_set_lane", lambda app, index, lane: chosen.append(index))
        async with running() as d:
            await d.press("b")
            choices = d.app.screen.query_one(OptionList)
            row = choices.highlighted - 2
            await d.pilot.click(OptionList, offset=(5, row))
            assert (choices.highlighted, d.on_top()) == (row, False)
            await d.pilot.click(OptionList, offset=(5, row))
            await d.until(d.on_top, "chosen")
            assert chosen == [0]

    async def test_a_click_on_what_is_no_longer_listed_is_on_nothing(self, monkeypatch):
        done = []
        monkeypatch.setattr(apps.FwtuiApp, "run_action", lambda *call: done.append(call))
        async with running() as d:
            d.app.action_command_palette()
            await d.until(lambda: isinstance(d.app.screen, Palette) and d.app.screen._found)
            palette = d.top(Palette)
            listed = palette._list
            clicked = Style(meta={"option": listed.option_count - 1})
            last = listed.get_option_at_index(listed.option_count - 1)
            second = listed.get_option_at_index(1)
            palette._input.value = "quit"
            await d.until(lambda: 0 < listed.option_count < 5, "a shorter list")
            click = events.Click(listed, 3, 3, 0, 0, 1, False, False, False, 3, 3, clicked)
            listed.post_message(click)
            for index, option in ((99, last), (0, second)):
                palette.post_message(OptionList.OptionSelected(listed, option, index))
            await d.pilot.pause()
            assert d.app.screen is palette
            assert not done

    async def test_without_a_gpu_it_says_why(self, monkeypatch):
        async with running() as d:
            history = d.lanes[0].history
            cpu = Device("cpu", "CPU")
            history.imported = type(history.imported)("TensorFlow", "2.21.0", (cpu,), 1, 0)
            monkeypatch.setattr(machine, "gpu_names", lambda: ())
            assert "No GPU: this machine has no NVIDIA driver" in device_choices(d.app.model, 0)[0].detail
            monkeypatch.setattr(machine, "gpu_names", lambda: ("H200",))
            assert "No GPU: TensorFlow is built without CUDA" in device_choices(d.app.model, 0)[0].detail
            gpu = Device("cuda:0", "H200")
            history.imported = type(history.imported)("TensorFlow", "2.21.0", (cpu, gpu), 1, 0)
            assert "No GPU" not in device_choices(d.app.model, 0)[0].detail


@pytest.mark.parametrize("key", [None, "b", "s", "question_mark", "ctrl+p"])
async def test_ctrl_l_draws_again_also_under_a_dialog(key, monkeypatch):
    drawn = []
    monkeypatch.setattr(apps.FwtuiApp, "action_redraw", lambda app: drawn.append(app.screen))
    async with running() as d:
        if key is not None:
            await d.press(key)
            assert not d.on_top()
        await d.press("ctrl+l")
        assert drawn == [d.app.screen]


async def test_settings_show_what_is_set_and_what_may_be():
    async with running() as d:
        settings = {name: (value, accepted) for name, value, accepted in present_settings(d.app.model, 0)}
        assert settings["lr"][0] == "1e-06"
        assert settings["batch"][0] == "64"
        assert settings["dtype"] == ("float32", "float32, float64")
        await d.press("s")
        for text in ("setting", "now", "accepted", "1e-06", "adamw", "a whole number from 1 to"):
            assert text in d.text()
        # Each word that is named is accepted.
        for dtype in settings["dtype"][1].split(", "):
            assert parse_lane(f"torch.eager dtype={dtype}").dtype == dtype


async def test_settings_have_room_for_an_error_and_the_keys_in_a_small_window():
    scene = Scene(race(), [training(BOTH[0], 9), training(BOTH[1], 9)])
    async with shown(scene, size=SMALL) as d:
        await d.press("s", *" lr=x")
        await d.shows("--lane tf.function: lr: got 'x'", "host that ssh knows", "enter restart the lane so")


async def test_a_log_is_not_cut_in_a_small_window():
    lines = still.log_lines("one " * 30 + "end of the line")
    async with shown(Scene(race(), [[*training(BOTH[0], 9), *lines], training(BOTH[1], 9)]), size=SMALL) as d:
        await d.press("l")
        await d.shows("end of", "line")


class TestCopy:
    async def copied(self, d, *keys):
        written = []
        d.app._driver.write = written.append
        await d.press(*keys)
        (code,) = [one for one in written if one.startswith("\x1b]52;c;")]
        return base64.b64decode(code.removeprefix("\x1b]52;c;").removesuffix("\a")).decode()

    async def test_the_screen_as_text(self):
        async with running() as d:
            text = await self.copied(d, "Y")
            assert "TensorFlow 2.21 · tf.function" in text
            assert text.splitlines()[0].strip().startswith("fwtui")
            assert text == screen_text(d.app._live) or "Same answer?" in text

    async def test_what_the_mouse_has_selected(self, monkeypatch):
        async with running() as d:
            monkeypatch.setattr(type(d.app.screen), "get_selected_text", lambda screen: "these words")
            assert await self.copied(d, "Y") == "these words"
            assert await self.copied(d, "ctrl+c") == "these words"
            assert d.app.return_value is None

    async def test_ctrl_c_without_a_selection_leaves_the_second_time(self, monkeypatch):
        async with running() as d:
            await d.press("ctrl+c")
            assert d.app.return_value is None
            monkeypatch.setattr(apps, "INTERRUPT_S", 0.0)
            await d.press("ctrl+c")
            assert d.app.return_value is None, "too late to be the second of two"
            monkeypatch.setattr(apps, "INTERRUPT_S", 60.0)
            await d.press("ctrl+c")
            await d.until(lambda: d.app.return_value == 130, "left")


class TestHistogram:
    def test_every_step_is_in_one_bin(self):
        rng = np.random.default_rng(0)
        lanes = [rng.gamma(2.0, 1e5, 5000), rng.gamma(9.0, 1e5, 300), np.empty(0)]
        edges = bins(lanes)
        assert len(edges) == ROWS
        assert (np.diff(edges) > 0).all()
        for times in lanes[:2]:
            assert histogram(times, edges).sum() == pytest.approx(1)
            assert histogram(times, edges)[-1] <= 0.02
        assert not histogram(lanes[2], edges).any()
        assert bins([np.empty(0)]) is None

    def test_times_that_are_all_alike(self):
        edges = bins([np.full(50, 5e5)])
        assert histogram(np.full(50, 5e5), edges).tolist() == [1.0] + [0.0] * (ROWS - 1)

    def test_a_bar_is_as_wide_as_its_share(self):
        assert [bar(share, 4) for share in (0, 0.5, 1, 0.03125 * 3)] == ["    ", "██  ", "████", "▍   "]

    @pytest.mark.parametrize("size", [LARGE, SMALL])
    async def test_it_shows_every_lane(self, size):
        async with running(size) as d:
            await d.press("h")
            assert isinstance(d.app.screen, HistogramScreen)
            await d.shows("1 tf.function", "2 torch.eager", "µs")
            assert all(len(row) <= size[0] for row in d.text().splitlines())
            await d.press("h")
            assert d.on_top()


class TestHelp:
    async def test_what_has_the_focus_comes_first(self):
        async with running() as d:
            await d.press("down", "question_mark")
            await d.shows("The chart in focus: step time", "This screen", "the cursor to the left")
            text = d.text()
            assert text.index("The chart in focus") < text.index("This screen")

    @pytest.mark.parametrize("size", [LARGE, SMALL])
    async def test_the_words_have_a_page_of_their_own(self, size):
        async with running(size) as d:
            await d.press("question_mark")
            await d.shows("This screen")
            await d.press("tab")
            await d.shows("one update of the weights on one batch")
            assert "This screen" not in d.text()
            await d.press("tab")
            await d.shows("This screen")
            await d.press("question_mark")
            assert d.on_top()

    async def test_every_meaning_can_be_scrolled_to(self):
        async with running(SMALL) as d:
            await d.press("question_mark", "tab")
            await d.shows("one update of the weights")
            await d.pilot.pause()
            await d.press("end")
            await d.shows("the framework's libraries", "included")


@pytest.mark.parametrize("name", ["page_up", "page_down"])
async def test_a_page_of_a_list_that_has_no_line_yet_is_none(name):
    """In a window that is too narrow for one."""
    async with running() as d:
        await d.pilot.resize_terminal(7, 24)
        await d.press("b")
        choices = d.app.screen.query_one(OptionList)
        assert choices.scrollable_content_region.width == 0
        getattr(choices, f"action_{name}")()
        await d.pilot.resize_terminal(*LARGE)
        await d.press("escape")
        assert d.on_top()
