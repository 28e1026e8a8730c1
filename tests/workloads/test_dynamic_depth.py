from collections import Counter
from itertools import islice

import numpy as np
import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import WorkloadSpec
from fwtui.workloads.catalogue import load


def dynamic_depth(**sizes):
    return load(WorkloadSpec("dynamic-depth", "default", tuple(sizes.items())))


def depths(workload, count, seed=0):
    return [batch["depth"] for batch in islice(workload.batches(data_rng(seed)), count)]


def test_shapes():
    workload = dynamic_depth(batch=2, d_in=3, hidden=4, d_out=5)
    assert {name: array.shape for name, array in workload.parameters(parameters_rng(0)).items()} == {
        "w_in": (3, 4),
        "b_in": (4,),
        "w_middle": (4, 4),
        "b_middle": (4,),
        "w_out": (4, 5),
        "b_out": (5,),
    }
    batch = next(workload.batches(data_rng(0)))
    assert (batch["x"].shape, batch["y"].shape) == ((2, 3), (2, 5))
    assert workload.shape() == "2×3→4→(4→)1–6→5 tanh"
    assert workload.held_out(data_rng(0)) is None


def test_each_step_has_a_depth_of_its_own_as_a_python_int():
    drawn = depths(dynamic_depth(), 600)
    assert {type(depth) for depth in drawn} == {int}
    counts = Counter(drawn)
    assert sorted(counts) == [1, 2, 3, 4, 5, 6]
    assert min(counts.values()) > 60
    assert drawn != depths(dynamic_depth(), 600, seed=1)


def test_the_data_are_the_same_in_every_step():
    first, *others = islice(dynamic_depth().batches(data_rng(0)), 5)
    for batch in others:
        np.testing.assert_array_equal(batch["x"], first["x"])
        np.testing.assert_array_equal(batch["y"], first["y"])


def test_the_first_weights_keep_the_signal_however_deep_it_is():
    workload = dynamic_depth()
    parameters, batch = workload.parameters(parameters_rng(0)), next(workload.batches(data_rng(0)))
    hidden = np.tanh(batch["x"] @ parameters["w_in"])
    for _ in range(workload.deepest):
        hidden = np.tanh(hidden @ parameters["w_middle"])
        assert 0.05 < np.square(hidden).mean() < 0.5


def test_the_depth_can_be_set():
    assert set(depths(dynamic_depth(deepest=1), 20)) == {1}
    assert max(depths(dynamic_depth(deepest=100), 500)) > 90
    with pytest.raises(SpecError, match=r"--size deepest: got '101'.* from 1 to 100"):
        dynamic_depth(deepest=101)
