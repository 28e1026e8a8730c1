"""Two arrays that should be equal, by their worst element."""

import math

import numpy as np
import pytest

from fwtui.measure.arrays import array_gap, widened


def test_equal_arrays_are_no_way_apart():
    a = np.arange(6.0).reshape(2, 3)
    gap = array_gap(a, a.copy(), "float32")
    assert (gap.absolute, gap.relative, gap.ulps, gap.problem) == (0, 0, 0, "")


def test_the_worst_element_is_told_with_both_values():
    a = np.array([[1.0, 2.0], [4.0, 8.0]])
    b = np.array([[1.0, 2.5], [3.0, 8.0]])
    gap = array_gap(a, b, "float64")
    assert (gap.index, gap.a, gap.b, gap.absolute) == ((1, 0), 4.0, 3.0, 1.0)
    assert gap.relative == 1 / 8
    assert (gap.relative_to, gap.is_floor) == (8.0, False)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_unit_in_the_last_place(dtype):
    a = np.array([1.5, 3.0], dtype)
    b = np.array([np.nextafter(a[0], a.dtype.type(2)), 3.0], dtype)
    assert array_gap(a, b, dtype).ulps == 1


def test_units_are_those_of_the_less_exact_dtype():
    a, b = np.array([1.0]), np.array([1.0 + 2.0**-23])
    assert array_gap(a, b, "float32").ulps == 1
    assert array_gap(a, b, "float64").ulps == 2.0**29


def test_the_floor_is_the_least_denominator():
    a, b = np.array([1e-9]), np.array([2e-9])
    assert array_gap(a, b, "float64").relative == pytest.approx(0.5)
    at_floor = array_gap(a, b, "float64", floor=1e-3)
    assert at_floor.relative == pytest.approx(1e-6)
    assert (at_floor.relative_to, at_floor.is_floor) == (1e-3, True)


def test_zeros_are_relative_to_nothing():
    gap = array_gap(np.zeros(2), np.zeros(2), "float32")
    assert gap.relative == 0
    assert math.isnan(gap.relative_to)


def test_scalars_have_no_index():
    assert array_gap(np.asarray(1.0), np.asarray(2.0), "float32").index == ()


def test_another_shape_is_a_difference():
    gap = array_gap(np.ones((2, 3)), np.ones((3, 2)), "float32")
    assert gap.relative == math.inf
    assert math.isnan(gap.relative_to)
    assert gap.problem == "shape (2, 3) against (3, 2)"


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_what_is_finite_in_one_only_is_infinitely_far(wrong):
    gap = array_gap(np.array([1.0, 1.0, 1.0]), np.array([1.0, wrong, 5.0]), "float32")
    assert gap.relative == math.inf
    assert gap.index == (1,)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_what_is_finite_in_neither_is_left_out(wrong):
    gap = array_gap(np.array([1.0, wrong]), np.array([1.5, wrong]), "float64")
    assert (gap.absolute, gap.index) == (0.5, (0,))


def test_infinities_of_two_signs_differ():
    assert array_gap(np.array([np.inf]), np.array([-np.inf]), "float32").relative == math.inf


@pytest.mark.parametrize("array", [np.array([]), np.array([np.nan]), np.full((2, 2), np.inf)])
def test_nothing_finite_is_nothing_compared(array):
    assert array_gap(array, array.copy(), "float32") is None


def test_complex_elements_are_apart_by_the_magnitude_of_their_difference():
    gap = array_gap(np.array([3 + 4j, 1j]), np.array([3 + 1j, 1j]), "float64")
    assert (gap.absolute, gap.relative, gap.index) == (3.0, 3 / 5, (0,))
    assert (gap.a, gap.b) == (3 + 4j, 3 + 1j)


def test_a_difference_in_the_imaginary_part_alone_is_one():
    gap = array_gap(np.array([1 + 2j]), np.array([1 - 2j]), "float32")
    assert gap.absolute == 4.0
    assert array_gap(np.array([1.0]), np.array([1 + 1j]), "float32").b == 1 + 1j


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_units_of_complex_numbers_are_those_of_their_components(dtype):
    component = np.finfo(dtype).dtype.type
    a = np.array([complex(0, 1.5)], dtype)
    b = np.array([complex(0, np.nextafter(component(1.5), component(2)))], dtype)
    assert array_gap(a, b, dtype).ulps == array_gap(a, b, component.__name__).ulps == 1


def test_a_nan_in_the_imaginary_part_alone_is_a_nan():
    nan, other = np.array([complex(1, np.nan), 1j]), np.array([complex(np.nan, 1), 2j])
    assert array_gap(nan, np.array([1 + 1j, 1j]), "float64").relative == math.inf
    assert array_gap(nan, other, "float64").index == (1,)


def test_what_is_complex_stays_so():
    assert widened(np.array([1j], np.complex64)).dtype == np.complex128
    assert widened(np.array([True])).dtype == np.float64
