"""Every built-in workload with every optimizer: the proof that both nets are the same mathematics.

In float64 to 1e-10 over 100 steps, and in float32 with the default tolerances, by the command itself.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from fwtui.race.spec import DTYPES, OPTIMIZERS
from fwtui.workloads.catalogue import NAMES

PROOF = 1e-10


def parity(workload: str, optimizer: str, dtype: str, lanes: str = "torch.eager,tf.function"):
    """The exit code and the JSON of `fwtui parity`."""
    words = ("--workload", workload, "--optimizer", optimizer, "--dtype", dtype, "--lanes", lanes)
    ran = subprocess.run(
        (sys.executable, "-m", "fwtui", "parity", *words, "--steps", "100", "--json", "-"),
        capture_output=True,
        text=True,
        timeout=350,
        check=False,
    )
    return ran.returncode, json.loads(ran.stdout), ran.stderr


def proves(workload: str, optimizer: str, dtype: str) -> None:
    code, report, errors = parity(workload, optimizer, dtype)
    verdict = report["verdict"]
    assert code == 0, f"{verdict['words']}\n{json.dumps(verdict['first_divergence'], indent=1)}\n{errors}"
    assert verdict["probed_steps"][-1] == 100
    kinds = {gap["kind"] for gap in report["probes"][-1]["gaps"]}
    assert kinds == {"metric", "gradient", "parameter"}
    if dtype == "float64":
        assert verdict["largest"]["relative"] <= PROOF
    else:
        assert verdict["float64"]["between"]["relative"] <= PROOF


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("workload", NAMES)
def test_the_whole_matrix(workload, optimizer, dtype):
    proves(workload, optimizer, dtype)


def test_a_thin_cut_of_it():
    proves("digits-cnn", "adam", "float32")
