"""Whether two calls gave the same, and whether Python or NumPy drew random numbers for it."""

import math
import random

import numpy as np
import pytest

from fwtui.backends.determinism import differ, python_random_numbers


@pytest.mark.parametrize("value", [0.0, -3.0, 1e300, math.inf, -math.inf, math.nan])
def test_the_same_value_does_not_differ(value):
    assert not differ({"loss": value}, {"loss": value}, "float64")


@pytest.mark.parametrize(("dtype", "rounding"), [("float32", 2.0**-23), ("float64", 2.0**-52)])
def test_rounding_is_no_difference_and_more_is(dtype, rounding):
    assert not differ({"loss": 1.0}, {"loss": 1 + 16 * rounding}, dtype)
    assert not differ({"loss": -1e9}, {"loss": -1e9 * (1 + 16 * rounding)}, dtype)
    assert differ({"loss": 1.0}, {"loss": 1 + 64 * rounding}, dtype)
    assert differ({"loss": 1e-30}, {"loss": 1e-30 * (1 + 64 * rounding)}, dtype)


@pytest.mark.parametrize("other", [1.0, math.inf, -math.inf, math.nan])
def test_what_is_not_finite_differs_from_what_is_another(other):
    for value in (0.0, math.inf):
        if value != other:
            assert differ({"loss": value}, {"loss": other}, "float64")
            assert differ({"loss": other}, {"loss": value}, "float64")


def test_opposite_signs_differ_however_small():
    assert differ({"loss": 1e-300}, {"loss": -1e-300}, "float64")


def test_any_metric_counts():
    assert differ({"loss": 1.0, "accuracy": 0.5}, {"accuracy": 0.25, "loss": 1.0}, "float32")
    assert not differ({"loss": 1.0, "accuracy": 0.5}, {"accuracy": 0.5, "loss": 1.0}, "float32")


DRAWS = {
    "random": random.random,
    "shuffle": lambda: random.shuffle([1, 2, 3]),
    "numpy.random.rand": np.random.rand,
    "numpy.random.normal": np.random.normal,
    "numpy.random.permutation": lambda: np.random.permutation(5),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_a_draw_from_a_global_generator_is_seen_and_taken_back(draw):
    python, numpy = random.getstate(), np.random.get_state()
    with python_random_numbers() as drew:
        assert not drew()
        draw()
        assert drew()
    assert random.getstate() == python
    assert all(np.array_equal(one, other) for one, other in zip(np.random.get_state(), numpy, strict=True))


def test_a_generator_of_its_own_draws_nothing_of_theirs():
    with python_random_numbers() as drew:
        np.random.default_rng(0).normal()
        random.Random(0).random()
        assert not drew()


def test_draws_are_taken_back_after_an_error_too():
    before = random.getstate()
    with pytest.raises(ValueError, match="Sample larger"), python_random_numbers():
        random.sample([random.random()], 2)
    assert random.getstate() == before
