"""What is off at equal weights, and how much float32 numbers set aside in one step excuse in others."""

from fwtui.measure.agreement import Figure
from fwtui.parity.equal_weights import EqualWeights

LOSS = ("metric", "loss")
EXACT, SINGLE = 1e-10, 1e-6


def figure(step, relative, allowed=EXACT, single_allowed=SINGLE):
    return Figure(1, step, LOSS, relative, allowed, single_allowed)


def at(*figures):
    return EqualWeights({}, [], figures, (), None, 10)


def test_the_first_figure_beyond_rounding_is_off():
    assert at(figure(0, 1e-11), figure(1, 1e-9), figure(2, 1e-8)).off().step == 1
    assert at(figure(0, 1e-11)).off() is None


def test_a_step_that_was_examined_excuses_ten_times_as_much_in_others():
    found = at(figure(0, 1e-9), figure(1, 9e-9), figure(2, 2e-8))
    assert found.off([0]).step == 2
    assert found.off([0], is_final=True) is None


def test_what_float64s_rounding_explains_in_an_examined_step_excuses_nothing_elsewhere():
    kink = figure(0, 9e-7, allowed=SINGLE)
    assert at(kink, figure(0, 1e-9), figure(1, 5e-7)).off([0]).step == 1
