from itertools import islice

import numpy as np
import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import WorkloadSpec
from fwtui.workloads import digits
from fwtui.workloads.catalogue import load


def digits_cnn(**sizes):
    return load(WorkloadSpec("digits-cnn", "default", tuple(sizes.items())))


def test_shapes_and_dtypes():
    workload = digits_cnn(channels1=3, channels2=5)
    parameters = workload.parameters(parameters_rng(0))
    assert {name: array.shape for name, array in parameters.items()} == {
        "kernel1": (3, 3, 1, 3),
        "bias1": (3,),
        "kernel2": (3, 3, 3, 5),
        "bias2": (5,),
        "dense": (2 * 2 * 5, 10),
        "bias3": (10,),
    }
    assert {array.dtype for array in parameters.values()} == {np.dtype(np.float64)}
    assert workload.shape() == "64×8×8→3→5→10 conv 3×3 relu"


def test_first_weights_keep_the_size_of_the_signal():
    parameters = digits_cnn(channels1=64, channels2=64).parameters(parameters_rng(0))
    for name, inputs in (("kernel1", 9), ("kernel2", 9 * 64), ("dense", 4 * 64)):
        assert parameters[name].std() == pytest.approx((2 / inputs) ** 0.5, rel=0.1)
    assert not any(parameters[bias].any() for bias in ("bias1", "bias2", "bias3"))


def test_it_trains_on_the_digits_that_are_not_held_out():
    workload = digits_cnn(batch=32)
    theirs = digits.batches(data_rng(0), 32)
    for batch, expected in islice(zip(workload.batches(data_rng(0)), theirs, strict=True), 3):
        np.testing.assert_array_equal(batch["images"], expected["images"])
    np.testing.assert_array_equal(
        workload.held_out(data_rng(0))["images"], digits.held_out(data_rng(0))["images"]
    )


def test_a_batch_of_more_than_is_trained_on_is_refused():
    with pytest.raises(SpecError, match="--size batch"):
        digits_cnn(batch=digits.TRAINED + 1)
