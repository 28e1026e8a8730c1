"""The first place that differs, and when rounding explains a gap."""

import math

import pytest

from fwtui.core.records import Rounding
from fwtui.measure.agreement import Truth, first_place, rounding
from fwtui.measure.arrays import ArrayGap
from fwtui.measure.probe_gap import Gap, ProbeRow

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
    assert (found.stage, found.step, found.last, found.key) == ("update", 0, 0, ("parameter", "w"))
    assert found.exact


def test_between_two_probes_the_step_is_not_known():
    found = place(fine(4), row(9, parameter_w=0.1))
    assert (found.step, found.last, found.exact) == (4, 8, False)


def told(step, error, blur=0.0, name="w", kind="gradient", magnitude=1.0):
    return {step: (Rounding(kind, name, error, blur, magnitude),)}


class TestRounding:
    @pytest.mark.parametrize(
        ("size", "error", "is_off"), [(1e-14, 1e-5, False), (1e-14, 1e-2, True), (1e-3, 1e-5, True)]
    )
    def test_a_sum_that_is_zero_is_allowed_what_rounding_leaves_of_it(self, size, error, is_off):
        probes = {3: (*told(3, 0.0)[3], *told(3, error, name="b", magnitude=size)[3])}
        off = Truth((), (rounding(probes, 0, "float32", 1e-6),)).off()
        assert (off is not None) is is_off

    def test_an_error_within_the_tolerance_is_rounding(self):
        truth = Truth((), (rounding(told(3, 1e-6), 0, "float32", TOLERANCE),))
        assert truth.off() is None
        assert truth.worst(0).relative == pytest.approx(1e-6)

    def test_an_error_above_it_is_not(self):
        off = Truth((), (rounding(told(3, 1e-2), 1, "float32", TOLERANCE),)).off()
        assert (off.lane, off.step, off.key, off.relative) == (1, 3, ("gradient", "w"), 1e-2)

    def test_but_at_a_kink_where_nudged_weights_move_float64_as_far(self):
        assert Truth((), (rounding(told(3, 1e-2, blur=1e-2), 0, "float32", TOLERANCE),)).off() is None

    def test_the_first_step_comes_first_and_the_loss_before_a_gradient(self):
        probes = {
            9: (Rounding("metric", "loss", 1.0, 0.0, 1.0),),
            4: (Rounding("gradient", "w", 1.0, 0.0, 1.0), Rounding("metric", "loss", 1.0, 0.0, 1.0)),
        }
        off = Truth((), (rounding(probes, 0, "float32", TOLERANCE),)).off()
        assert (off.step, off.key) == (4, ("metric", "loss"))

    def test_a_gradient_of_rounding_alone_is_held_against_the_largest(self):
        probes = {0: (Rounding("gradient", "w", 0.0, 0.0, 1.0), Rounding("gradient", "b", 1e-7, 0.0, 1e-9))}
        assert Truth((), (rounding(probes, 0, "float32", TOLERANCE),)).off() is None

    def test_an_outlier_at_the_start_hides_nothing(self):
        probes = {step: told(step, 0.016, magnitude=1e10 if step == 0 else 1.0)[step] for step in range(5)}
        off = Truth((), (rounding(probes, 0, "float32", TOLERANCE),)).off()
        assert (off.step, off.key) == (2, ("gradient", "w"))

    def test_what_is_no_number_is_off(self):
        assert Truth((), (rounding(told(0, math.nan), 0, "float32", TOLERANCE),)).off() is not None

    @pytest.mark.parametrize(("blur", "is_off"), [(0.0, True), (0.1, False)])
    def test_a_share_of_right_answers_is_judged_by_how_far_rounding_moves_it(self, blur, is_off):
        probes = told(0, 0.1, blur, name="accuracy", kind="metric")
        (figure,) = rounding(probes, 0, "float32", TOLERANCE)
        assert figure.is_off is is_off

    def test_a_metric_is_held_against_itself_however_large_the_loss_is(self):
        probes = {0: (Rounding("metric", "loss", 0, 0, 1e9), Rounding("metric", "share", 0.1, 0, 0.5))}
        assert Truth((), (rounding(probes, 0, "float32", TOLERANCE),)).off().key == ("metric", "share")
