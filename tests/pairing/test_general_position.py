"""Weights moved a little, away from what first weights have in common."""

from __future__ import annotations

import numpy as np

from fwtui.pairing.general_position import moved

WEIGHTS = {
    ("dense", "kernel"): np.random.default_rng(1).normal(size=(50, 40)),
    ("dense", "bias"): np.zeros(40),
    ("norm", "scale"): np.ones(40),
    ("norm", "variance"): np.full(40, 1e-4),
    ("last", "kernel"): np.zeros((100, 3)),
}


def test_no_two_values_are_equal_and_all_are_near():
    for key, array in moved(WEIGHTS).items():
        assert array.shape == WEIGHTS[key].shape
        assert len(np.unique(array)) == array.size
        assert np.abs(array - WEIGHTS[key]).max() < 0.6


def test_a_variance_stays_positive_and_a_kernel_keeps_its_size():
    found = moved(WEIGHTS)
    assert (found["norm", "variance"] > 0).all()
    assert 1 < found["dense", "kernel"].std() / WEIGHTS["dense", "kernel"].std() < 1.1
    assert np.abs(np.ones(100) @ found["last", "kernel"]).max() < 1


def test_the_same_again_and_the_given_arrays_stay():
    again = moved(WEIGHTS)
    for key, array in moved(WEIGHTS).items():
        np.testing.assert_array_equal(array, again[key])
    assert not WEIGHTS["dense", "bias"].any()
