"""Layouts go both ways."""

from __future__ import annotations

import numpy as np
import pytest

from fwtui.core.weight_layout import AS_IS, WeightLayout

LAYOUTS = {
    "as is": (AS_IS, (3, 4), (3, 4)),
    "transposed": (WeightLayout(axes=(1, 0)), (3, 4), (4, 3)),
    "a part of the rows, transposed": (WeightLayout(rows=(2, 4), axes=(1, 0)), (6, 5), (5, 2)),
    "a convolution's": (WeightLayout(axes=(2, 3, 1, 0)), (8, 3, 5, 5), (5, 5, 3, 8)),
    "gates in another order": (
        WeightLayout(split=(3, 2, 4), order=(1, 0, 2), axes=(2, 0, 1), merge=(4, 6)),
        (6, 4),
        (4, 6),
    ),
    "merged": (WeightLayout(rows=(1, 2), merge=(6,)), (2, 6), (6,)),
    "three parts in a circle": (WeightLayout(split=(3, 2), order=(1, 2, 0), merge=(6,)), (6,), (6,)),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_is_written_is_read_again_and_nothing_else_changes(name):
    layout, own_shape, shape = LAYOUTS[name]
    own = np.arange(float(np.prod(own_shape))).reshape(own_shape)
    before = own.copy()
    common = layout.common(own)
    assert common.shape == shape
    written = -common
    layout.write(written, own)
    np.testing.assert_array_equal(layout.common(own), written)
    assert np.array_equal(np.abs(own), before)
    assert (own < 0).sum() == (written < 0).sum()


def test_the_gates_of_a_gru_change_places():
    layout = WeightLayout(split=(3, 2), order=(1, 0, 2), merge=(6,))
    assert layout.common(np.array([1, 1, 2, 2, 3, 3])).tolist() == [2, 2, 1, 1, 3, 3]


@pytest.mark.parametrize("shape", [(4, 3, 1), (12,), (3, 4), (4, 2)])
def test_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"in place of one of \(4, 3\)"):
        WeightLayout(axes=(1, 0)).write(np.zeros(shape), np.zeros((3, 4)))


def test_words():
    assert AS_IS.words() == WeightLayout(axes=(0, 1)).words() == ""
    assert WeightLayout(rows=(8, 16), axes=(1, 0)).words() == "rows 8-15, transposed"
    gates = WeightLayout(split=(3, 2, 4), order=(1, 0, 2), axes=(2, 0, 1), merge=(4, 6))
    assert gates.words() == "parts 1 0 2, axes 2 0 1, reshaped 4×6"
