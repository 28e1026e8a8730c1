"""Text that others wrote, made fit to be shown."""

import pytest

from fwtui.core.text import plain, printable, printable_lines

HOSTILE = "\x1b[2J\x9b0m\x07\u202egnp\u200b\udc80"


def test_what_is_printable_stays_the_same_object():
    text = "loss 名前 µ"
    assert printable(text) is text
    assert printable_lines(text) is text


@pytest.mark.parametrize("clean", [printable, plain, printable_lines])
def test_nothing_is_left_that_a_terminal_acts_on(clean):
    assert clean(f"a{HOSTILE}b") == r"a\x1b[2J\x9b0m\x07\u202egnp\u200b\udc80b"
    assert clean(clean(HOSTILE)) == clean(HOSTILE)


def test_different_names_stay_different():
    controls = [chr(code) for code in range(0x20) if not chr(code).isspace()]
    assert len({printable(f"w{control}") for control in controls}) == len(controls) > 20


def test_one_line_or_several():
    assert printable("a\n  b\tc\x07") == r"a b c\x07"
    assert printable_lines("a\r\n\tb\r") == "a\n\tb\\r"
    assert plain("  a \n b ") == "a b"


def test_a_message_is_not_without_end():
    assert len(plain("x" * 1000)) == len(plain("\x1b" * 1000)) == 200
    assert plain("x" * 200) == "x" * 200
