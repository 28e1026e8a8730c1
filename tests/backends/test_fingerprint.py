"""The figures of numbers whose sums, or squares, are no numbers any more."""

import numpy as np
import pytest

from fwtui.backends.fingerprint import fingerprint
from fwtui.core.oplog import TensorStats


@pytest.mark.parametrize(
    ("values", "figures"),
    [
        ([1e200, -1e200], (0.0, 1e200, 1e200)),
        ([1e308] * 4, (1e308, 0.0, 1e308)),
        ([-1.5e308, 0.5e308], (-0.5e308, 1e308, 1.5e308)),
        ([0.0, 3e-320], (1.5e-320, 1.5e-320, 3e-320)),
    ],
)
@pytest.mark.parametrize("wrong", [[], [np.nan, -np.inf]])
def test_numbers_near_the_largest_and_the_smallest_have_figures(values, figures, wrong):
    found = fingerprint(np.array([*values, *wrong]))
    assert (found.mean, found.std, found.largest) == pytest.approx(figures, rel=1e-3, abs=0)
    assert (found.nans, found.infinities) == ((1, 1) if wrong else (0, 0))


def test_the_values_stay_what_they_are():
    values = np.array([1e200, np.nan, -1e200])
    fingerprint(values)
    assert np.array_equal(values, [1e200, np.nan, -1e200], equal_nan=True)


def test_what_has_no_figures():
    assert fingerprint(np.array(["a"])) is None
    assert fingerprint(np.array([np.nan])) == TensorStats(None, None, None, 1, 0)
    assert fingerprint(np.zeros((0, 3))) == TensorStats(None, None, None)


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_figures_of_complex_numbers_are_numpys(dtype):
    values = np.array([[3 + 4j, 1 - 1j], [2j, -1.5]], dtype)
    found = fingerprint(values)
    assert found.center == values.mean()
    assert (found.std, found.largest) == pytest.approx((values.std(), 5.0), rel=1e-6)
    assert fingerprint(values.conj()).center == values.mean().conj()


def test_a_nan_in_either_part_is_a_nan_and_not_infinite():
    wrong = [complex(1, np.nan), complex(np.inf, np.nan), complex(0, -np.inf)]
    found = fingerprint(np.array([1 + 2j, *wrong]))
    assert (found.nans, found.infinities, found.center) == (2, 1, 1 + 2j)
    assert fingerprint(np.array(wrong)) == TensorStats(None, None, None, 2, 1)


def test_complex_numbers_near_the_largest_have_figures():
    found = fingerprint(np.array([1e200 - 1e300j, 1e200j]))
    assert (found.mean, found.mean_imaginary, found.largest) == pytest.approx(
        (5e199, -5e299, 1e300), rel=1e-3
    )
    assert np.isfinite(fingerprint(np.full(2, 1.7e308 + 1.7e308j)).largest)
