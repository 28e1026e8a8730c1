"""Tests of a port, as they stand in one's own repository: they fail where the port stops being one.

    pytest examples/test_port.py

A test that fails shows the verdict, and the step, the op and the source lines that differ first.
"""

from pathlib import Path

import pytest

import fwtui

PORT = Path(__file__).with_name("conv_net.py")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_both_frameworks_compute_the_same(dtype):
    result = fwtui.parity(["tf.function", "torch.eager"], workload=PORT, dtype=dtype, steps=20)
    assert result.same, "\n".join([result.verdict, *result.where])


def test_compiling_changes_nothing():
    result = fwtui.parity(["tf.eager", "tf.function"], workload=PORT, steps=20)
    assert result.same, "\n".join([result.verdict, *result.where])
