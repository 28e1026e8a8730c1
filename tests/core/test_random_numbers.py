"""Random numbers that depend on the place in an array, and on no order of its axes."""

from __future__ import annotations

import numpy as np
import pytest

from fwtui.core.random_numbers import RandomNumbers

DRAWS = ["uniform", "normal"]


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("order", [(0, 3, 1, 2), (1, 0, 2, 3), (3, 2, 1, 0)])
def test_axes_in_another_order_hold_the_same_numbers(draw, order):
    shape = (5, 8, 6, 3)
    one, other = RandomNumbers(1), RandomNumbers(1)
    turned = getattr(other, draw)([shape[axis] for axis in order])
    assert np.array_equal(getattr(one, draw)(shape).transpose(order), turned)


@pytest.mark.parametrize("order", [(0, 2, 3, 1), (0, 3, 2, 1)])
def test_an_image_as_high_as_wide_is_the_same_in_any_layout(order):
    shape = (4, 3, 7, 7)
    drawn = RandomNumbers(0).uniform(shape)
    assert np.array_equal(drawn.transpose(order), RandomNumbers(0).uniform([shape[axis] for axis in order]))


def test_axes_of_size_1_do_not_count():
    one = RandomNumbers(0).uniform((4, 3, 1, 1))
    assert np.array_equal(one[..., 0, 0], RandomNumbers(0).uniform((4, 1, 1, 3))[:, 0, 0, :])


def test_a_flattened_axis_is_turned_where_that_is_asked_for():
    """Three channels of 4 places, flattened channel by channel here, and place by place there."""
    first, last = RandomNumbers(0, [(3, 4)]).uniform((5, 12)), RandomNumbers(0).uniform((5, 12))
    assert np.array_equal(first.reshape(5, 3, 4).transpose(0, 2, 1).reshape(5, 12), last)


def test_seeds_steps_and_draws_have_their_own():
    numbers = RandomNumbers(0)
    drawn = [numbers.uniform((50,)), numbers.uniform((50,)), RandomNumbers(1).uniform((50,))]
    numbers.step = 1
    numbers.begin()
    drawn.append(numbers.uniform((50,)))
    assert all(abs(np.corrcoef(one, other)[0, 1]) < 0.5 for n, one in enumerate(drawn) for other in drawn[:n])


def test_a_step_begun_again_has_the_same():
    numbers = RandomNumbers(0)
    first = numbers.uniform((3, 4)), numbers.normal((3, 4))
    assert numbers.sizes == ((3, 4), (3, 4))
    numbers.begin()
    assert numbers.count == 0
    assert all(map(np.array_equal, first, (numbers.uniform((3, 4)), numbers.normal((3, 4)))))


def test_they_are_distributed_as_they_should_be():
    uniform, normal = RandomNumbers(0).uniform((300, 400)), RandomNumbers(0).normal((300, 400))
    assert (uniform.min() >= 0, uniform.max() < 1) == (True, True)
    assert np.allclose(np.quantile(uniform, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.01)
    assert np.allclose(np.quantile(normal, [0.1, 0.5, 0.9]), [-1.2816, 0, 1.2816], atol=0.02)
    assert np.array_equal(uniform, uniform.astype(np.float32))
