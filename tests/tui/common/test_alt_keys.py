"""Esc and a letter, sent in one packet."""

from __future__ import annotations

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key

from fwtui.tui.common.alt_keys import split_alt
from fwtui.tui.dialogs.help import HelpScreen
from fwtui.tui.graph.screen import GraphScreen
from tests.tui.dialogs.test_dialogs import running


def read(typed: str) -> Key:
    """The key that Textual makes of Esc and a character, as its parser does after 100 ms."""
    (key,) = XTermParser()._sequence_to_key_events(typed, alt=True)
    return key


@pytest.mark.parametrize("typed", ["q", "Q", "5"])
def test_textual_reads_the_two_as_one_and_they_are_taken_apart(typed):
    assert [(key.key, key.character) for key in split_alt(read(typed))] == [
        ("escape", "\x1b"),
        (typed, typed),
    ]


@pytest.mark.parametrize("key", [Key("q", "q"), Key("alt+backspace", None), Key("escape", "\x1b")])
def test_other_keys_stay_as_they_are(key):
    assert split_alt(key) == [key]


async def test_escape_and_a_letter_at_once_close_a_dialog_and_act_on_the_screen_behind_it():
    async with running() as d:
        await d.press("question_mark")
        await d.until(lambda: isinstance(d.app.screen, HelpScreen), "help")
        d.app.post_message(read("2"))
        await d.until(lambda: isinstance(d.app.screen, GraphScreen), "the graph")
