from itertools import islice

import numpy as np
import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import WorkloadSpec
from fwtui.workloads import digits
from fwtui.workloads.catalogue import load


def digits_mlp(**sizes):
    return load(WorkloadSpec("digits-mlp", "default", tuple(sizes.items())))


def test_shapes_and_dtypes():
    workload = digits_mlp()
    parameters = workload.parameters(parameters_rng(0))
    assert {name: array.shape for name, array in parameters.items()} == {
        "w1": (64, 128),
        "b1": (128,),
        "w2": (128, 10),
        "b2": (10,),
    }
    assert {array.dtype for array in parameters.values()} == {np.dtype(np.float64)}
    assert workload.shape() == "64×64→128→10 relu"


def test_first_weights_keep_the_size_of_the_signal():
    parameters = digits_mlp().parameters(parameters_rng(0))
    assert parameters["w1"].std() == pytest.approx((2 / 64) ** 0.5, rel=0.05)
    assert parameters["w2"].std() == pytest.approx((2 / 128) ** 0.5, rel=0.05)
    assert not parameters["b1"].any()
    assert not parameters["b2"].any()


def test_it_trains_on_the_digits_that_are_not_held_out():
    workload = digits_mlp(batch=32)
    theirs = digits.batches(data_rng(0), 32)
    for batch, expected in islice(zip(workload.batches(data_rng(0)), theirs, strict=True), 3):
        np.testing.assert_array_equal(batch["images"], expected["images"])
    np.testing.assert_array_equal(
        workload.held_out(data_rng(0))["images"], digits.held_out(data_rng(0))["images"]
    )


def test_sizes():
    assert digits_mlp().sizes() == {"batch": 64, "hidden": 128}
    workload = digits_mlp(batch=32, hidden=16)
    assert workload.parameters(parameters_rng(0))["w1"].shape == (64, 16)
    assert next(workload.batches(data_rng(0)))["labels"].shape == (32,)


def test_a_batch_of_more_than_is_trained_on_is_refused():
    with pytest.raises(SpecError, match="--size batch"):
        digits_mlp(batch=digits.TRAINED + 1)
