"""Lanes in interpreters of their own: those that work, and a line for each that does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fwtui.core.spec import Interpreter, LaneSpec, WorkloadSpec
from fwtui.race import hosts
from fwtui.race.hosts import ProcessHost
from fwtui.system import run_module
from tests.environments import APP, environment

SPEC = LaneSpec("torch.eager", WorkloadSpec("two-layer", "dynamic"), "cpu", "float32", "sgd", 1e-6, 5, 0, 1)


def failure(python):
    """Why a lane fails in an interpreter."""
    said = []
    ProcessHost(replace(SPEC, interpreter=Interpreter(python)), said.append).run()
    assert said[-1].outcome == "failed"
    return said[-1].failure


def script(folder, text):
    path = folder / "python"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("#!/bin/sh\nexit 0\n", "runs no lane: its process ended by itself with exit code 0"),
        ("#!/bin/sh\necho what is that >&2\nexit 2\n", "runs no lane: what is that"),
        ("#!/bin/sh\nkill -SEGV $$\n", "runs no lane: its process was killed by SIGSEGV (signal 11)"),
        ("#!/no/such/interpreter\n", "cannot be started: no such file or directory"),
        ("\x00\x01", "cannot be started: exec format error"),
    ],
)
def test_what_runs_no_lane_is_a_line(tmp_path, text, reason):
    python = script(tmp_path, text)
    failed = failure(python)
    assert failed.reason == f"{python} {reason}"
    assert failed.hint == "give the path of a Python interpreter as python=PATH"


def test_what_may_not_be_executed(tmp_path):
    path = tmp_path / "python"
    path.write_text("")
    assert failure(str(path)).reason == f"{path} cannot be started: permission denied"


def test_what_never_greets(tmp_path, monkeypatch):
    monkeypatch.setattr(hosts, "GREETING_LIMIT_S", 1)
    python = script(tmp_path, "#!/bin/sh\nwhile :; do echo on and on; sleep 0.1; done\n")
    assert failure(python).reason.startswith(f"{python} has not started the lane after ")


def test_an_environment_without_numpy(tmp_path):
    python = str(environment(tmp_path / "empty"))
    failed = failure(python)
    assert failed.reason == f"{python} runs no lane: NumPy is not installed: {python} -m pip install numpy"
    assert failed.hint == ""


def test_an_environment_without_the_framework(tmp_path):
    python = str(environment(tmp_path / "numpy", ["numpy"]))
    failed = failure(python)
    assert (failed.reason, failed.hint) == ("PyTorch is not installed", f"{python} -m pip install torch")


def test_older_pythons_are_told_by_themselves():
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 1, 'final', 0); "
        f"runpy.run_path({run_module.__file__!r}, run_name='__main__')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == run_module.UNFIT
    assert run.stderr == "fwtui needs Python 3.11 or newer, and this is 3.9.1\n"


def test_what_older_pythons_read_has_nothing_that_they_cannot():
    text = Path(run_module.__file__).read_text(encoding="ascii")
    assert 'f"' not in text


def run_bare(python, *arguments, **environ):
    command = [str(python), "-m", "fwtui", *arguments]
    environ = {**os.environ, "PYTHONPATH": str(Path(run_module.__file__).parents[2]), **environ}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ)


@pytest.fixture(scope="module")
def environments(tmp_path_factory):
    folder = tmp_path_factory.mktemp("environments")
    return {
        "app": environment(folder / "app", APP),
        "torch": environment(folder / "torch", ["torch", "numpy"]),
        "tensorflow": environment(folder / "tensorflow", ["tensorflow"]),
    }


@pytest.mark.slow
@pytest.mark.parametrize("workload", ["two-layer", "digits-cnn", "char-rnn"])
def test_each_framework_in_an_environment_of_its_own(environments, tmp_path, workload):
    lanes = [
        *("--lane", f"torch.eager python={environments['torch'].parents[1]}"),
        *("--lane", f"tf.function python={environments['tensorflow']}"),
    ]
    result = tmp_path / "result.json"
    run = run_bare(
        environments["app"], "parity", *lanes, "--workload", workload, "--steps", "20", "--json", str(result)
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads(result.read_text())["verdict"]["same"] is True


@pytest.mark.slow
def test_the_logs_and_graphs_of_a_lane_in_its_own_environment(environments):
    python = f"--python={environments['torch']}"
    run = run_bare(environments["app"], "ops", "torch.eager", python)
    assert run.returncode == 0, run.stderr
    assert "aten.mm" in run.stdout
    run = run_bare(environments["app"], "graph", "torch.compile", python)
    assert run.returncode == 0, run.stderr


@pytest.mark.slow
def test_models_as_they_are_under_an_app_that_has_no_framework(environments, tmp_path):
    """Paired, trained, evaluated, and weights written, each model by its own interpreter."""
    (tmp_path / "config.toml").write_text(
        f"[interpreters]\ntorch = '{environments['torch']}'\ntensorflow = '{environments['tensorflow']}'\n"
        "[defaults]\nlanes = 'tf.eager,torch.eager'\nsteps = 5\n"
    )
    settings = {"FWTUI_CONFIG": str(tmp_path / "config.toml")}
    port = str(tmp_path / "my_port.py")
    assert run_bare(environments["app"], "workloads", "new", "--model", port, **settings).returncode == 0
    for words in (
        ("parity", "--workload", port),
        ("parity", "--forward", "--workload", port),
        ("weights", port),
    ):
        run = run_bare(environments["app"], *words, **settings)
        assert run.returncode == 0, (words, run.stdout + run.stderr)
    run = run_bare(environments["app"], "weights", port, FWTUI_CONFIG="")
    assert run.returncode == 2
    assert "is not installed" in run.stderr
