"""Floating-point operations by shapes: needs no TensorFlow."""

import pytest

from fwtui.backends.tensorflow.graph_flops import flops


@pytest.mark.parametrize(
    ("op", "inputs", "output", "expected"),
    [
        ("MatMul", [(64, 1000), (1000, 100)], (64, 100), 2 * 64 * 1000 * 100),
        ("MatMul", [(64, 1000), (64, 100)], (1000, 100), 2 * 1000 * 64 * 100),  # the first transposed
        ("_MklMatMul", [(4, 8), (8, 2)], (4, 2), 2 * 4 * 8 * 2),
        ("_FusedMatMul", [(4, 8), (8, 2), (2,)], (4, 2), 2 * 4 * 8 * 2),
        ("BatchMatMulV2", [(3, 5, 4, 8), (3, 5, 8, 2)], (3, 5, 4, 2), 2 * 15 * 4 * 8 * 2),
        ("Conv2D", [(2, 8, 8, 3), (5, 5, 3, 6)], (2, 8, 8, 6), 2 * 2 * 64 * 6 * 75),
        ("Conv2DBackpropInput", [(4,), (5, 5, 3, 6), (2, 8, 8, 6)], (2, 8, 8, 3), 2 * 2 * 64 * 6 * 75),
        ("Conv2DBackpropFilter", [(2, 8, 8, 3), (4,), (2, 8, 8, 6)], (5, 5, 3, 6), 2 * 2 * 64 * 6 * 75),
        ("AddV2", [(4, 1), (1, 5)], (4, 5), 20),
        ("Sum", [(4, 5), (2,)], (), 20),
        ("Reshape", [(4, 5), (1,)], (20,), 0),
        ("ResourceApplyGradientDescent", [(4, 5), (), (4, 5)], (), 40),
        ("TensorListStack", [(), (2,)], (4, 5), None),
        ("MatMul", [(None, 8), (8, 2)], (None, 2), None),
        ("AddV2", [(None,), (None,)], (None,), None),
    ],
)
def test_flops(op, inputs, output, expected):
    assert flops(op, inputs, [output]) == expected


def test_an_update_that_gives_nothing():
    assert flops("ResourceApplyAdam", [(4, 5)], []) == 240
