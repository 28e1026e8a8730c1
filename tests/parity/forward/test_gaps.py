"""Gaps of what two models gave."""

from __future__ import annotations

import numpy as np
import pytest

from fwtui.parity.forward.gaps import Gaps

RNG = np.random.default_rng(0)
IMAGE = RNG.normal(size=(2, 3, 4, 5))


def relative(gaps, one, other, dtype="float64"):
    gap, _ = gaps.gap(np.asarray(one), np.asarray(other), dtype)
    return None if gap is None else gap.relative


class TestGap:
    def test_channels_last_are_the_same_as_first(self):
        assert relative(Gaps(), IMAGE, np.moveaxis(IMAGE, 1, -1)) == 0
        assert Gaps().gap(IMAGE, np.moveaxis(IMAGE, 1, -1), "float64")[1] is True

    def test_a_transposed_output_is_another_one(self):
        square = RNG.normal(size=(2, 4, 4))
        assert relative(Gaps(), square, square.transpose(0, 2, 1)) > 0.1
        assert relative(Gaps((0, 2, 1)), square, square.transpose(0, 2, 1)) == 0

    def test_other_shapes_are_infinitely_far_apart(self):
        assert relative(Gaps(), [1.0, 2.0], [[1.0, 2.0]]) == np.inf

    def test_a_small_element_that_is_another_one_is_seen(self):
        one, other = np.array([1.0, 1e-11]), np.array([1.0, 2e-11])
        assert relative(Gaps(), one, other) < 1e-10
        assert relative(Gaps(scale=1.0), one, other) == pytest.approx(0.5)
        # What it was computed from was so large that rounding leaves as much.
        assert relative(Gaps(scale=1e6), one, other) < 1e-10

    def test_nothing_finite_is_no_gap(self):
        assert relative(Gaps(), [np.nan], [np.nan]) is None
        assert relative(Gaps(), [np.nan], [1.0]) == np.inf


def test_a_row_has_the_rounding_of_each():
    double = [np.array([1.0]), np.array([1.0])]
    row = Gaps().compared(("a", "b"), [*double, np.ones(1, np.float32), np.full(1, 1 + 2**-20, np.float32)])
    assert row.float64 is not None
    assert row.float32 is not None
    assert (row.float64.relative, row.rounding[0]) == (0, 0)
    assert row.float32.relative == row.rounding[1] == pytest.approx(2**-20, rel=1e-5)
    assert Gaps().compared(("a", "b"), double).float32 is None


class TestMatched:
    def test_by_name(self):
        one, other = np.zeros((2, 3)), np.zeros((2, 4))
        first, second = [("output.a", one), ("output.b", other)], [("output.b", other), ("output.a", one)]
        assert Gaps().matched(first, second) == [(0, 1), (1, 0)]

    def test_else_by_what_fits(self):
        one, other = np.zeros((2, 3)), np.zeros((2, 4))
        assert Gaps().matched([("output", other)], [("output.a", one), ("output.b", other)]) == [(0, 1)]
        assert Gaps().matched([("output", one)], [("output[0]", other), ("output[1]", other)]) == []
        same = [("output[0]", one), ("output[1]", one)]
        assert Gaps().matched(same, [("output.x", one), ("output.y", one)]) == [(0, 0), (1, 1)]

    def test_shapes_that_differ_under_one_name_are_compared(self):
        assert Gaps().matched([("output", np.zeros(2))], [("output", np.zeros(3))]) == [(0, 0)]
