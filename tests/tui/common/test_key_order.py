"""Keys that arrive faster than a dialog handles them, each one's due."""

from __future__ import annotations

import time

from textual.events import Key, Paste
from textual.widgets import Input

from fwtui.tui.common import key_order
from fwtui.tui.dialogs.help import HelpScreen
from fwtui.tui.dialogs.options import Options
from fwtui.tui.dialogs.palette import Palette
from fwtui.tui.graph.screen import GraphScreen
from fwtui.tui.ops.screen import OpsScreen
from tests.tui.dialogs.test_dialogs import running


def at_once(app, *keys):
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


async def test_a_key_behind_the_one_that_closes_a_dialog_acts_on_the_screen_behind_it():
    async with running() as d:
        at_once(d.app, "question_mark", "escape", "3", "ctrl+p", "escape", "2")
        await d.until(lambda: isinstance(d.app.screen, GraphScreen), "the graph")


async def test_what_is_typed_is_in_the_line_before_enter_and_the_key_after_it_acts_behind():
    async with running() as d:
        at_once(d.app, "ctrl+p", *"help", "enter", "escape", "3")
        await d.until(lambda: isinstance(d.app.screen, OpsScreen), "the op log")


async def test_a_dialog_that_handles_a_key_slowly_loses_none(monkeypatch):
    def slow(self, event, press=Palette.on_key):
        time.sleep(0.05)
        press(self, event)

    monkeypatch.setattr(Palette, "on_key", slow)
    async with running() as d:
        at_once(d.app, "ctrl+p", "h", "e", "l", "p", "escape", "2")
        await d.until(lambda: isinstance(d.app.screen, GraphScreen), "the graph")


async def test_a_key_that_is_never_handled_keeps_the_next_ones_back_for_a_while_only(monkeypatch):
    monkeypatch.setattr(key_order, "PATIENCE_S", 0.05)
    async with running() as d:
        await d.press("question_mark")
        monkeypatch.setattr(HelpScreen, "call_later", lambda *_: True)  # a message that is lost
        at_once(d.app, "escape", "2")
        await d.until(lambda: isinstance(d.app.screen, GraphScreen), "the graph")


async def test_keys_of_a_list_move_it_in_their_order():
    async with running() as d:
        at_once(d.app, "ctrl+p", "down", "down", "up", "down")
        await d.until(lambda: isinstance(d.app.screen, Palette), "the palette")
        await d.until(lambda: d.app.screen.query_one(Options).highlighted == 2, "the third line")


async def test_a_key_behind_the_palettes_enter_comes_after_the_command_that_was_chosen():
    async with running() as d:
        lanes = len(d.app.model.lanes)
        at_once(d.app, "ctrl+p", *"help", "enter", "x", "escape", "3")
        await d.until(lambda: isinstance(d.app.screen, OpsScreen), "the op log")
        assert len(d.app.model.lanes) == lanes, "x is no key of the help"


async def test_what_is_pasted_keeps_its_place_among_the_keys():
    async with running() as d:
        at_once(d.app, "ctrl+p", "a", "b")
        d.app.post_message(Paste("XX"))
        at_once(d.app, "c")
        await d.until(lambda: isinstance(d.app.screen, Palette), "the palette")
        await d.until(lambda: d.app.screen.query_one(Input).value == "abXXc", "all of it")


async def test_a_focus_that_comes_late_selects_nothing_that_was_typed():
    async with running() as d:
        at_once(d.app, "3", "slash", "a", "b")
        await d.until(lambda: isinstance(d.app.screen, OpsScreen), "the op log")
        line = d.app.screen.query_one(Input)
        await d.until(lambda: line.has_focus and line.value == "ab", "what was typed")
        at_once(d.app, "c")
        await d.until(lambda: line.value == "abc", "the next letter behind it")
