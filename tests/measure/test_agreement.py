"""The first place that differs, and when rounding explains a gap."""

import pytest

from fwtui.measure.agreement import Truth, first_place
from fwtui.measure.arrays import ArrayGap
from fwtui.measure.probes import Gap, ProbeRow

TOLERANCE = 1e-4


def gap(relative, lane=1):
    return Gap(lane, ArrayGap(relative, relative, relative))


def row(step, **gaps):
    """Gaps by `kind_name`, in the order in which a probe tells them."""
    return ProbeRow(step, {tuple(key.split("_")): gap(value) for key, value in gaps.items()})


def place(*rows, **settings):
    return first_place(rows, TOLERANCE, **settings)


def fine(step):
    return row(step, parameter_w=1e-7, parameter_v=1e-7, metric_loss=1e-6, gradient_w=1e-5, gradient_v=1e-5)


def test_agreement_has_no_place():
    assert place(fine(0), fine(1), fine(2)) is None
    assert place() is None


def test_first_weights():
    found = place(row(0, parameter_w=0.1, metric_loss=0.1))
    assert (found.stage, found.step, found.exact) == ("first weights", 0, True)


def test_forward_comes_before_backward():
    found = place(fine(0), row(1, parameter_w=0, metric_loss=0.1, gradient_w=0.5))
    assert (found.stage, found.step, found.key) == ("forward", 1, ("metric", "loss"))


def test_backward_names_the_gradient_that_is_computed_first():
    found = place(row(0, parameter_w=0, parameter_v=0, metric_loss=0, gradient_w=0.5, gradient_v=0.1))
    assert (found.stage, found.step, found.key) == ("backward", 0, ("gradient", "v"))


def test_unequal_parameters_after_equal_gradients_are_the_update_before():
    found = place(fine(0), row(1, parameter_w=1e-3, parameter_v=0.2, metric_loss=0.3))
    assert (found.stage, found.step, found.last, found.key) == ("update", 0, 0, ("parameter", "v"))
    assert found.exact


def test_between_two_probes_the_step_is_not_known():
    found = place(fine(4), row(9, parameter_w=0.1))
    assert (found.step, found.last, found.exact) == (4, 8, False)


def test_a_share_of_right_answers_can_be_left_out():
    flipped = row(0, metric_loss=0, metric_accuracy=0.02)
    assert place(flipped).key == ("metric", "accuracy")
    assert place(flipped, losses_only=True) is None


def truth(first, second):
    return Truth(([row(5, gradient_w=first)], [row(5, gradient_w=second)]), ())


@pytest.mark.parametrize(
    ("first", "second", "explained"),
    [(2e-3, 1e-3, True), (3e-3, 4e-5, True), (3e-3, 1e-5, False), (3e-3, 0.0, False)],
)
def test_rounding_is_about_as_large_in_both(first, second, explained):
    left = truth(first, second).unexplained([row(5, gradient_w=3e-3)], TOLERANCE)
    assert (not left[0].gaps) is explained


def test_a_gap_within_the_tolerance_needs_no_explanation():
    assert not truth(0.0, 0.0).unexplained([row(5, gradient_w=1e-5)], TOLERANCE)[0].gaps


def test_what_the_truth_does_not_know_it_does_not_explain():
    assert truth(1e-3, 1e-3).unexplained([row(6, gradient_w=3e-3)], TOLERANCE)[0].gaps
