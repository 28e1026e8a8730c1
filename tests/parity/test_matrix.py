"""Every built-in workload with every optimizer: the proof that both nets are the same mathematics.

In float64 to 1e-10 over 100 steps, and in float32 with the default tolerances, by the command itself. All
but one run in this process, so that the frameworks are imported once.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from fwtui import cli
from fwtui.core.spec import DTYPES, OPTIMIZERS
from fwtui.workloads.catalogue import names

PROOF = 1e-10


def words(workload: str, optimizer: str, dtype: str) -> tuple[str, ...]:
    settings = ("--workload", workload, "--optimizer", optimizer, "--dtype", dtype, "--steps", "100")
    return ("parity", *settings, "--lanes", "torch.eager,tf.function", "--json", "-")


def proves(code: int | str | None, printed: str, errors: str, dtype: str) -> None:
    report = json.loads(printed)
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
@pytest.mark.spread
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("workload", names())
def test_the_whole_matrix(workload, optimizer, dtype, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([*words(workload, optimizer, dtype), "--host", "thread"])
    printed, errors = capsys.readouterr()
    proves(ended.value.code, printed, errors, dtype)


def test_a_thin_cut_of_it():
    """In processes of its own, as people run it."""
    asked = words("digits-cnn", "adam", "float32")
    command = (sys.executable, "-m", "fwtui", *asked)
    ran = subprocess.run(command, capture_output=True, text=True, timeout=350, check=False)
    proves(ran.returncode, ran.stdout, ran.stderr, "float32")
