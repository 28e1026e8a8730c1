import json
import subprocess
import sys

import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import OPTIMIZERS, WorkloadSpec
from fwtui.race import plan, request
from fwtui.workloads import catalogue
from fwtui.workloads.catalogue import load, names, presets
from fwtui.workloads.hashes import data_sha256, weights_sha256
from tests.installing import install

EVERY = [(name, preset) for name in names() for preset in presets(name)]


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


LINE = """
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from fwtui.workloads.base import PackagedWorkload

@dataclass(frozen=True, kw_only=True)
class Line(PackagedWorkload):
    summary: ClassVar[str] = "a line"
    batch: int = 8
    STEPS: int = 5
    OPTIMIZER: str = "sgd"
    LEARNING_RATE: float = 0.1

    def parameters(self, rng):
        return {"slope": rng.standard_normal(1)}

    def batches(self, rng):
        while True:
            yield {"x": rng.standard_normal(self.batch)}

    def shape(self):
        return f"{self.batch} points"

PRESETS = {"default": Line(), "large": Line(batch=80)}
"""
NET = "def loss(workload): return lambda params, batch: workload.batch"


@pytest.fixture
def offer(tmp_path, monkeypatch):
    """Installs a package with a workload, `my-line`, whose module has this text, and a net for PyTorch."""

    def installed(text: str = LINE, name: str = "my-line") -> None:
        points = {
            "fwtui.workloads": {name: "mine.line.workload:PRESETS"},
            "fwtui.nets": {"mine": "mine.nets"},
        }
        modules = {"line.workload": text, "line.net_torch": NET, "nets.two_layer": NET}
        install(tmp_path, monkeypatch, "mine", modules, points)
        catalogue.forget()

    yield installed
    monkeypatch.undo()
    catalogue.forget()


def test_a_package_adds_a_workload(offer):
    before = names()
    offer()
    assert names() == (*before, "my-line")
    assert catalogue.problems() == ()
    assert presets("my-line") == ("default", "large")
    spec = WorkloadSpec("my-line", "default", (("batch", 3),))
    workload = load(spec)
    assert workload.shape() == "3 points"
    assert workload.loss("torch")(None, None) == 3
    path, function = catalogue.net(spec, "torch")
    assert (path.name, function) == ("net_torch.py", "loss")
    plan.plan(request.RaceRequest((request.LaneRequest("torch.eager"),), workload="my-line"))
    with pytest.raises(SpecError, match="got 'line'; accepted: a workload with a net for tensorflow"):
        plan.plan(request.RaceRequest(workload="my-line"))


def test_a_package_adds_nets_for_a_framework_of_its_own(offer):
    offer()
    workload = load(WorkloadSpec("two-layer", "dynamic"))
    assert workload.loss("mine")(None, None) == 64
    with pytest.raises(SpecError, match="a workload with a net for mine"):
        load(WorkloadSpec("char-rnn", "default")).require("mine")


FAULTS = {
    "raises": ("1 / 0", "my-line", "ZeroDivisionError"),
    "no dict": (f"{LINE}PRESETS = 3", "my-line", "it is no dict of workloads by preset"),
    "empty": (f"{LINE}PRESETS = {{}}", "my-line", "it is no dict of workloads by preset"),
    "other things": (f"{LINE}PRESETS = {{'default': 3}}", "my-line", "default is no PackagedWorkload"),
    "a preset": (LINE.replace('"large"', r'"\x1b"'), "my-line", r"'\x1b' is no name for a preset"),
    "a shape that raises": (LINE.replace('return f"', 'return 1 / 0, f"'), "my-line", "ZeroDivisionError"),
    "a shape that is none": (LINE.replace('return f"', 'return b"'), "my-line", "its shape is no text"),
    "steps": (LINE.replace("STEPS: int = 5", "STEPS: int = 'many'"), "my-line", "STEPS: got 'many'"),
    "no steps": (LINE.replace("STEPS: int = 5", "STEPS: int = 0"), "my-line", "STEPS: got '0'"),
    "an optimizer": (LINE.replace('"sgd"', '"nope"'), "my-line", "OPTIMIZER: got 'nope'"),
    "a rate": (LINE.replace("= 0.1", "= float('nan')"), "my-line", "LEARNING_RATE: got 'nan'"),
    "a summary": (
        LINE.replace('"a line"', r'"\x1b"'),
        "my-line",
        "its summary is no text",
    ),
    "a path": (LINE, "my.py", "'my.py' is no name for a workload"),
    "one of fwtui's": (LINE, "two-layer", "there is a workload two-layer already"),
}


@pytest.mark.parametrize(("text", "name", "why"), FAULTS.values(), ids=FAULTS)
def test_a_package_that_cannot_be_used_is_named_and_takes_nothing_with_it(offer, text, name, why):
    before = names()
    offer(text, name)
    assert names() == before
    (problem,) = catalogue.problems()
    assert problem.startswith(f"mine: {name} = mine.line.workload:PRESETS in fwtui.workloads cannot be used")
    assert why in problem
    assert problem.isprintable()


ELSEWHERE = """
import json, sys
from fwtui.core.spec import WorkloadSpec
from fwtui.workloads.catalogue import names, load, presets
from fwtui.workloads.hashes import data_sha256
from fwtui.core.seeding import data_rng
every = [(n, p, load(WorkloadSpec(n, p))) for n in names() for p in presets(n)]
hashes = {f"{n} {p}": data_sha256(w.batches(data_rng(0))) for n, p, w in every}
print(json.dumps({"hashes": hashes, "imported": sorted({m.partition(".")[0] for m in sys.modules})}))
"""


def test_another_process_draws_the_same_with_numpy_alone():
    done = subprocess.run([sys.executable, "-c", ELSEWHERE], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert said["hashes"] == {
        f"{name} {preset}": hashes(load(WorkloadSpec(name, preset)), 0)[1] for name, preset in EVERY
    }
    assert not {"torch", "tensorflow", "scipy", "textual"} & set(said["imported"])
