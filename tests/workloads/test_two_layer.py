from itertools import islice

import numpy as np
import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import WorkloadSpec
from fwtui.workloads.catalogue import load, presets


def two_layer(preset="dynamic", **sizes):
    return load(WorkloadSpec("two-layer", preset, tuple(sizes.items())))


def shapes(arrays):
    return {name: array.shape for name, array in arrays.items()}


def test_the_default_preset_comes_first():
    assert list(presets("two-layer")) == ["dynamic", "static"]


@pytest.mark.parametrize(
    ("preset", "outputs", "steps", "rate"), [("dynamic", 10, 500, 1e-6), ("static", 1000, 50, 1e-5)]
)
def test_presets(preset, outputs, steps, rate):
    workload = two_layer(preset)
    assert shapes(workload.parameters(parameters_rng(0))) == {"w1": (1000, 100), "w2": (100, outputs)}
    assert shapes(next(workload.batches(data_rng(0)))) == {"x": (64, 1000), "y": (64, outputs)}
    defaults = workload.STEPS, workload.OPTIMIZER, workload.LEARNING_RATE
    assert defaults == (steps, "sgd", rate)
    assert workload.shape() == f"64×1000→100→{outputs} relu"
    assert workload.held_out(data_rng(0)) is None


def test_data_and_weights_are_standard_normal_float64():
    workload = two_layer("static")
    for arrays in (workload.parameters(parameters_rng(0)), next(workload.batches(data_rng(0)))):
        for array in arrays.values():
            assert array.dtype == np.float64
            assert abs(array.mean()) < 0.02
            assert abs(array.std() - 1) < 0.02


def test_every_batch_is_the_same_object():
    first, second, third = islice(two_layer().batches(data_rng(0)), 3)
    assert first is second is third


def test_every_size_can_be_set():
    workload = two_layer(batch=2, d_in=3, hidden=4, d_out=5)
    assert workload.sizes() == {"batch": 2, "d_in": 3, "hidden": 4, "d_out": 5}
    assert shapes(workload.parameters(parameters_rng(0))) == {"w1": (3, 4), "w2": (4, 5)}
    assert shapes(next(workload.batches(data_rng(0)))) == {"x": (2, 3), "y": (2, 5)}


def test_static_stays_as_wide_as_its_input():
    assert two_layer("static").sizes()["d_out"] == 1000
    assert two_layer("static", d_in=30).sizes() == {"batch": 64, "d_in": 30, "hidden": 100, "d_out": 30}
    assert two_layer("static", d_in=30, d_out=7).sizes()["d_out"] == 7
    assert two_layer("dynamic", d_in=30).sizes()["d_out"] == 10


@pytest.mark.parametrize("sizes", [{"depth": 3}, {"STEPS": 3}, {"batch": 0}, {"d_in": -1}])
def test_a_size_that_makes_no_sense_is_refused(sizes):
    with pytest.raises(SpecError, match="--size"):
        two_layer(**sizes)
