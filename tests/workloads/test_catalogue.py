import json
import subprocess
import sys

import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import OPTIMIZERS, WorkloadSpec
from fwtui.workloads.catalogue import NAMES, load, presets
from fwtui.workloads.hashes import data_sha256, weights_sha256

EVERY = [(name, preset) for name in NAMES for preset in presets(name)]


@pytest.fixture(params=EVERY, ids=" ".join)
def workload(request):
    return load(WorkloadSpec(*request.param))


def hashes(workload, seed):
    return weights_sha256(workload.parameters(parameters_rng(seed))), data_sha256(
        workload.batches(data_rng(seed))
    )


def test_one_seed_gives_the_same_hashes_and_another_gives_others(workload):
    weights, data = hashes(workload, 0)
    assert hashes(workload, 0) == (weights, data)
    other_weights, other_data = hashes(workload, 1)
    assert weights != other_weights
    assert data != other_data


@pytest.mark.parametrize(("name", "preset"), EVERY)
def test_every_size_can_be_set(name, preset):
    workload = load(WorkloadSpec(name, preset))
    for size, value in workload.sizes().items():
        changed = load(WorkloadSpec(name, preset, ((size, value // 2),)))
        assert changed.sizes()[size] == value // 2
        assert changed.shape() != workload.shape()
        if size != "heads":  # they share out the same weights another way
            assert hashes(changed, 0) != hashes(workload, 0)


def test_defaults_are_ones_that_a_lane_takes(workload):
    assert workload.STEPS > 0
    assert workload.LEARNING_RATE > 0
    assert workload.OPTIMIZER in OPTIMIZERS
    assert workload.summary


def test_unknown_names_are_refused_with_a_list():
    with pytest.raises(SpecError, match="two-layer, digits-mlp"):
        load(WorkloadSpec("three-layer", "dynamic"))
    with pytest.raises(SpecError, match="dynamic, static"):
        load(WorkloadSpec("two-layer", "fast"))


ELSEWHERE = """
import json, sys
from fwtui.core.spec import WorkloadSpec
from fwtui.workloads.catalogue import NAMES, load, presets
from fwtui.workloads.hashes import data_sha256
from fwtui.core.seeding import data_rng
every = [(n, p, load(WorkloadSpec(n, p))) for n in NAMES for p in presets(n)]
hashes = {f"{n} {p}": data_sha256(w.batches(data_rng(0))) for n, p, w in every}
print(json.dumps({"hashes": hashes, "imported": sorted({m.partition(".")[0] for m in sys.modules})}))
"""


def test_another_process_draws_the_same_with_numpy_alone():
    done = subprocess.run([sys.executable, "-c", ELSEWHERE], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert said["hashes"] == {
        f"{name} {preset}": hashes(load(WorkloadSpec(name, preset)), 0)[1] for name, preset in EVERY
    }
    assert not {"torch", "tensorflow", "sklearn", "scipy", "textual"} & set(said["imported"])
