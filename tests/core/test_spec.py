"""Input is checked, and what is wrong with it is told in one line."""

import pickle

import pytest

from fwtui.core.inputs import SpecError, one_of, positive_number, whole_number
from tests.scripted.lanes import lane


@pytest.mark.parametrize(("text", "value"), [("1", 1), (7, 7), ("1000", 1000)])
def test_whole_numbers(text, value):
    assert whole_number("--steps", text, 1, 1000) == value


@pytest.mark.parametrize(
    "text", ["0", "1001", "1.5", "ten", "", "nan", "1e3", "-1", "9" * 5000, "1_000", "１", True]
)
def test_what_is_no_whole_number_in_range(text):
    with pytest.raises(SpecError, match=r"--steps: got .*; accepted: a whole number from 1 to 1,000"):
        whole_number("--steps", text, 1, 1000)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "1e7", "fast", "", "1_0", "１٢", "९"])
def test_what_is_no_positive_number(text):
    with pytest.raises(SpecError, match="accepted: a number above 0, at most 1e"):
        positive_number("--lr", text, 1e6)


def test_positive_numbers_reach_their_limit():
    assert positive_number("--lr", "1e6", 1e6) == 1e6
    assert positive_number("--lr", "5e-324", 1e6) == 5e-324


def test_the_choices_are_listed():
    with pytest.raises(SpecError) as error:
        one_of("--host", "moon", ("process", "thread"))
    assert str(error.value) == "--host: got 'moon'; accepted: process, thread"
    assert (error.value.option, error.value.got) == ("--host", "moon")


def test_an_error_stays_one_short_line_without_control_characters():
    with pytest.raises(SpecError) as error:
        one_of("--host", "\x1b[31m\nred" + "x" * 500, ("process",))
    text = str(error.value)
    assert text.isprintable()
    assert len(text) < 150


def test_a_number_that_python_does_not_write_out_is_refused_in_a_line():
    with pytest.raises(SpecError) as error:
        whole_number("STEPS", 10**5000, 1, 1000)
    assert str(error.value) == "STEPS: got 'a value of type int'; accepted: a whole number from 1 to 1,000"


def test_a_spec_travels_to_another_process():
    spec = lane(cores=(0, 1), pace=2.5)
    assert pickle.loads(pickle.dumps(spec)) == spec
