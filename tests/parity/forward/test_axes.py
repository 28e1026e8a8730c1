"""Arrays whose axes have another order."""

from __future__ import annotations

import numpy as np

from fwtui.core.forward_pass import ForwardPass
from fwtui.parity.forward.axes import fitting, order_between

FIRST, LAST = np.zeros((4, 2, 8, 6)), np.zeros((4, 8, 6, 2))


def given(axes):
    return ForwardPass(True, (), (), axes)


def orders(one, other, order=None, is_module=False):
    return [is_turned for _, is_turned in fitting(one, other, order, is_module)]


def test_the_order_between_is_that_of_the_layout():
    assert order_between(given(None), given(None)) is None
    assert order_between(given(None), given((0, 2, 3, 1))) == (0, 2, 3, 1)
    assert order_between(given((0, 2, 3, 1)), given(None)) == (0, 3, 1, 2)
    one = np.zeros((4, 8, 6, 2)).transpose(order_between(given((0, 2, 3, 1)), given(None)))
    assert one.shape == FIRST.shape


class TestFitting:
    def test_an_output_keeps_its_axes_where_they_fit(self):
        square = np.zeros((4, 5, 5))
        assert orders(square, square) == [False]

    def test_channels_go_last_where_nothing_else_fits(self):
        assert orders(FIRST, LAST) == [True]
        assert orders(LAST, FIRST) == [True]
        assert orders(FIRST, np.zeros((4, 8, 6, 3))) == []

    def test_the_layout_is_another_way(self):
        square = np.zeros((4, 5, 5))
        assert orders(square, square, (0, 2, 1)) == [False, True]

    def test_a_submodule_may_have_them_anywhere(self):
        square = np.zeros((4, 5, 5))
        assert len(orders(square, square, is_module=True)) == 3

    def test_two_axes_are_never_turned(self):
        assert orders(np.zeros((3, 4)), np.zeros((4, 3)), is_module=True) == []
