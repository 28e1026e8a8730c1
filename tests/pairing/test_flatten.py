"""The order in which a flatten leaves values."""

from __future__ import annotations

import numpy as np

from fwtui.core.lane_model import Flatten
from fwtui.pairing.flatten import flatten_between

RNG = np.random.default_rng(0)


def test_channels_first_and_last():
    image = RNG.normal(size=(3, 4, 5))
    first, last = image.ravel(), image.transpose(1, 2, 0).ravel()
    assert flatten_between(first, last, 1e-9) == Flatten(3, 20)
    assert flatten_between(last, first, 1e-9) == Flatten(20, 3)


def test_a_kernel_follows():
    image, kernel = RNG.normal(size=(3, 4, 5)), RNG.normal(size=(60, 2))
    turned = Flatten(3, 20).turned(kernel)
    np.testing.assert_allclose(image.ravel() @ kernel, image.transpose(1, 2, 0).ravel() @ turned)


def test_equal_and_other_values_need_no_order():
    vector = RNG.normal(size=12)
    assert flatten_between(vector, vector, 1e-9) is None
    assert flatten_between(vector, vector[::-1], 1e-9) is None
    assert flatten_between(vector, RNG.normal(size=12), 1e-9) is None
    assert flatten_between(vector, vector[:6], 1e-9) is None
    assert flatten_between(np.zeros(12), np.zeros(12), 1e-9) is None
