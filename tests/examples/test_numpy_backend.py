"""The example of a backend in a package of its own: installed as a user would, it is listed, and trains."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "numpy-backend"


@pytest.fixture(scope="module")
def fwtui(tmp_path_factory):
    """Runs `fwtui WORDS… --json` where the example is installed; the exit code and the answer."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "--target", str(folder), str(EXAMPLE)], check=True, capture_output=True)
    path = os.pathsep.join([str(folder), str(ROOT)])

    def run(*words: str) -> tuple[int, dict]:
        command = [sys.executable, "-m", "fwtui", *words, "--json"]
        environment = {**os.environ, "PYTHONPATH": path}
        ran = subprocess.run(
            command, check=False, capture_output=True, text=True, env=environment, cwd=folder
        )
        assert ran.stdout, ran.stderr
        return ran.returncode, json.loads(ran.stdout)

    return run


def test_it_is_listed(fwtui):
    code, listed = fwtui("backends")
    assert (code, listed["problems"]) == (0, [])
    assert {"name": "numpy.eager", "framework": "NumPy"}.items() <= listed["backends"][-1].items()
    code, listed = fwtui("workloads", "straight-line")
    assert (code, listed["problems"], listed["workloads"][0]["name"]) == (0, [], "straight-line")


@pytest.mark.parametrize("workload", ["two-layer", "straight-line"])
def test_it_trains(fwtui, workload):
    code, report = fwtui("bench", "--lanes", "numpy.eager", "--workload", workload, "--steps", "50")
    (lane,) = report["lanes"]
    assert (code, lane["outcome"], lane["steps"]) == (0, "done", 50)
    assert lane["framework"] == "NumPy"
    assert lane["losses"][-1] < lane["losses"][0]


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["momentum", "adamw"])
def test_it_gives_what_pytorch_gives(fwtui, optimizer):
    code, report = fwtui("parity", "--lanes", "torch.eager,numpy.eager", "--optimizer", optimizer)
    assert (code, report["verdict"]["same"]) == (0, True)
