"""What a terminal sends, and what comes of it: nothing makes the app deaf."""

from __future__ import annotations

import time

import pytest
from textual import _parser as parser
from textual import events

from fwtui.tui.terminal.keyboard import MAX_PASTED_CHARACTERS, PASTE_TIMEOUT_S, Keyboard
from tests.tui.terminal.test_terminal import Terminal


def told(*pieces: bytes) -> list[str]:
    """Keys by name, pastes as `paste: …`, in their order."""
    keyboard = Keyboard()
    said = []
    for piece in pieces:
        for event in keyboard.read(piece):
            if isinstance(event, events.Key):
                said.append(event.key)
            elif isinstance(event, events.Paste):
                said.append(f"paste: {event.text}")
    return said


@pytest.mark.parametrize(
    "odd",
    [
        *(b"\xff", b"\xe9", b"\xc3(", b"\x1b[97;1:3u", b"\x1b[1114112u", b"\x1b[99999999999u", b"\x1b[:6F"),
        *(b"\x1b[;91:C", b"\x1b[M\xff\xff\xff", b"\x1b[<0;;M", b"\x00" * 50),
    ],
    ids=repr,
)
def test_after_whatever_is_no_key_keys_are_heard(odd):
    assert told(odd, b"", b"q", b"")[-1] == "q"


@pytest.mark.parametrize(
    "unknown", [b"\x1b[?62c", b"\x1b[>0;276;0c", b"\x1b[5;5x", b"\x1b[1;2;3;4u", b"\x1b[?7$p"], ids=repr
)
def test_a_sequence_that_is_no_key_types_none(monkeypatch, unknown):
    assert told(unknown + b"q") == ["q"]
    assert told(b"\x1b[A" + unknown, b"q") == ["up", "q"]
    keyboard = Keyboard()
    assert list(keyboard.read(unknown)) == []
    clock = time.monotonic() + 10
    monkeypatch.setattr(parser, "get_time", lambda: clock)
    assert list(keyboard.read(b"")) == []


def test_what_looks_complete_and_is_not_is_heard_whole():
    assert told(b"\x1b[[A", b"\x1b[[", b"B", b"q") == ["f1", "f2", "q"]
    assert told(b"\x1b[M !!", b"\x1b[M", b" !!", b"q") == ["q"]


def test_keys_and_pastes_in_pieces_of_any_size():
    sent = "a\x1b[Bé\x1b[200~two\nlines \x1b[31mred\x1b[0m q\x1b[201~z".encode()
    expected = ["a", "down", "é", "paste: two\nlines \x1b[31mred\x1b[0m q", "z"]
    assert told(sent) == expected
    for at in range(len(sent)):
        if sent[:at].endswith(b"\x1b"):  # a lone escape may be a key
            continue
        assert told(sent[:at], sent[at:]) == expected, sent[:at]


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        *((one, [one]) for one in "qQx0259bé"),
        *(("\r", ["enter"]), ("\t", ["tab"]), (" ", ["space"]), ("?", ["question_mark"]), ("/", ["slash"])),
        *((".", ["full_stop"]), ("-", ["minus"]), ("\x10", ["ctrl+p"]), ("2q", ["2", "q"])),
        *(("\x1b2", ["escape", "2"]), ("\x1b[B", ["down"])),
    ],
    ids=repr,
)
def test_escape_and_a_key_at_once_are_two_keys(typed, keys):
    sent = b"\x1b" + typed.encode()
    expected = ["escape", *keys]
    assert told(sent, b"") == told(b"\x1b", typed.encode(), b"") == expected
    assert told(sent + b"\x1b[A", b"") == [*expected, "up"]


def test_keys_that_begin_with_an_escape_are_one_key():
    assert told(b"\x1b[A", b"\x1b", b"[B", b"\x1bOP", b"\x1b[1;3D", b"\x1b\x7f") == [
        *("up", "down", "f1", "alt+left"),
        "ctrl+w",
    ]


def test_what_a_paste_holds_presses_no_key():
    assert told(b"\x1b[200~2\x1b[31mq\x1b[0m\x1b[201~") == ["paste: 2\x1b[31mq\x1b[0m"]
    assert told(b"\x1b[200~\x1b[201~") == ["paste: "]


def test_a_paste_without_an_end_ends(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    keyboard = Keyboard()
    assert list(keyboard.read(b"\x1b[200~hello q")) == []
    assert list(keyboard.read(b"")) == []
    clock[0] += PASTE_TIMEOUT_S + 1
    (paste,) = keyboard.read(b"")
    assert isinstance(paste, events.Paste)
    assert paste.text == "hello q"
    (key,) = keyboard.read(b"q")
    assert isinstance(key, events.Key)
    assert key.key == "q"


def test_a_long_paste_is_cut_and_quickly_taken():
    (one,) = told(b"\x1b[200~" + b"x" * 3_000_000 + b"\x1b[201~")
    assert len(one) == len("paste: ") + MAX_PASTED_CHARACTERS


def test_a_beginning_that_is_none_is_a_key_after_all():
    assert told(b"\x1b[2", b"~") == ["insert"]
    assert told(b"\x1b[20", b"~") == ["f9"]


@pytest.mark.parametrize(
    "odd", [b"\xff", b"\x1b[97;1:3u\x1b[1114112u", b"\x1b[200~2\x1b[31mq\x1b[0m\x1b[201~"]
)
def test_the_app_still_leaves(odd):
    with Terminal("process", "scripted.slow") as terminal:
        terminal.shows("steady")
        terminal.press_bytes(odd)
        terminal.press("?")
        terminal.shows("Words")
        terminal.press("qq")
        assert terminal.ends() == 0
        assert terminal.is_restored()
