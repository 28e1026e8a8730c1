"""The examples: the commands of each one's docstring are run, and what it promises of them is asserted."""

from __future__ import annotations

import ast
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
TESTED = {"numpy-backend"}
"""The names in `examples/` that a test runs; test_numpy_backend.py runs the one that is a package."""
PROGRAMS = {
    "fwtui": (sys.executable, "-m", "fwtui"),
    "pytest": (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist"),
    "python": (sys.executable,),
}


def of(name: str) -> Callable:
    """Marks the test of the example `name`."""
    TESTED.add(name)
    return lambda test: test


@pytest.fixture
def run(tmp_path):
    """Runs a command where the examples lie as in the repository, in a folder that it may write to."""
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))

    def run(command: str) -> subprocess.CompletedProcess[str]:
        program, *words = shlex.split(command)
        return subprocess.run(
            [*PROGRAMS[program], *words],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
        )

    return run


def commands(name: str) -> list[str]:
    """The commands in the docstring of an example."""
    document = ast.get_docstring(ast.parse((EXAMPLES / name).read_text(encoding="utf-8")))
    assert document is not None
    return [line.strip() for line in document.splitlines() if line.startswith("    ")]


def line_of(name: str, part: str) -> int:
    """The number of the one line of an example that contains `part`."""
    lines = (EXAMPLES / name).read_text(encoding="utf-8").splitlines()
    (number,) = (number for number, line in enumerate(lines, 1) if part in line)
    return number


def trained(run, command: str) -> list[list[float]]:
    """The losses of both lanes under a command for the screen, run as a table: its options are the same."""
    assert command.startswith("fwtui --workload ")
    ran = run(command.replace("fwtui", "fwtui bench", 1) + " --json")
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert [lane["outcome"] for lane in report["lanes"]] == ["done", "done"]
    assert report["verdict"]["same"] is True
    return [lane["losses"] for lane in report["lanes"]]


def verdict(run, command: str) -> tuple[int, dict]:
    """The exit code and the verdict of `fwtui parity`, over few steps."""
    assert command.startswith("fwtui parity ")
    ran = run(f"{command} --steps 20 --json")
    assert ran.stdout, ran.stderr
    return ran.returncode, json.loads(ran.stdout)["verdict"]


@of("conv_net.py")
@pytest.mark.slow
def test_a_network_of_ones_own_learns_and_is_the_same_in_both(run):
    screen, parity = commands("conv_net.py")
    for losses in trained(run, screen):
        assert losses[-1] < 0.1 * losses[0]
    code, found = verdict(run, parity)
    assert (code, found["same"]) == (0, True)


@of("wrong_port.py")
@pytest.mark.slow
def test_the_mistake_in_a_port_is_found_at_its_line(run):
    (parity,) = commands("wrong_port.py")
    code, found = verdict(run, parity)
    assert (code, found["same"]) == (1, False)
    op = found["first_divergence"]["op"]
    assert [(Path(one["file"]).name, one["line"]) for one in op["ops"]] == [
        ("wrong_port.py", line_of("wrong_port.py", "tf.nn.batch_normalization(")),
        ("wrong_port.py", line_of("wrong_port.py", "F.batch_norm(")),
    ]


@of("wrong_port.py")
@pytest.mark.slow
def test_without_the_mistake_the_port_is_right(run, tmp_path):
    port = tmp_path / "examples" / "wrong_port.py"
    replace(port, '["gamma"], 1e-3)', '["gamma"], 1e-5)')
    (parity,) = commands("wrong_port.py")
    code, found = verdict(run, parity)
    assert (code, found["same"]) == (0, True)


@of("data_from_file.py")
@pytest.mark.slow
def test_data_from_a_file_is_trained_on(run):
    write, screen, parity = commands("data_from_file.py")
    assert run(screen.replace("fwtui", "fwtui bench", 1)).returncode == 2  # there is no file yet
    assert run(write).returncode == 0
    for losses in trained(run, screen):
        assert sum(losses[-20:]) / 20 < 0.6 * losses[0]
    code, found = verdict(run, parity)
    assert (code, found["same"]) == (0, True)


@of("test_port.py")
@pytest.mark.slow
def test_tests_of_a_port_pass(run):
    (command,) = commands("test_port.py")
    ran = run(command)
    assert ran.returncode == 0, ran.stdout
    assert "3 passed" in ran.stdout


@of("test_port.py")
@pytest.mark.slow
def test_tests_of_a_port_fail_with_the_line_that_is_wrong(run, tmp_path):
    replace(tmp_path / "examples" / "conv_net.py", "permute(3, 2, 0, 1)", "permute(3, 2, 1, 0)")
    (command,) = commands("test_port.py")
    ran = run(f"{command} -k float32")
    assert ran.returncode == 1, ran.stdout
    assert "1 failed" in ran.stdout
    for part in ("F.conv2d(", "tf.nn.conv2d("):
        assert f"conv_net.py:{line_of('conv_net.py', part)}" in ran.stdout


@of("race_to_json.py")
def test_a_race_from_python_prints_a_table_and_writes_json(run, tmp_path):
    (command,) = commands("race_to_json.py")
    assert command.endswith(" --steps 500")
    ran = run(command.replace("500", "50"))
    assert ran.returncode == 0, ran.stderr
    assert "same answer?" in ran.stdout
    report = json.loads((tmp_path / "race.json").read_text())
    assert [lane["steps"] for lane in report["lanes"]] == [50, 50]
    ratio, faster = report["verdict"]["ratio"], report["verdict"]["faster_lane"]
    last = ran.stdout.splitlines()[-1]
    if last != "Which one is faster could not be judged.":
        assert last == f"Lane {faster} is {ratio:.2f} times as fast."


def test_every_example_is_tested_and_listed():
    found = {path.name for path in EXAMPLES.iterdir()} - {"README.md", "__pycache__"}
    assert found == TESTED
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in sorted(found) if f"- [{name}](" not in listed] == []


def test_every_example_has_its_name_in_its_commands():
    files = sorted(path.name for path in EXAMPLES.glob("*.py"))
    assert files
    for name in files:
        assert commands(name), name
        assert [one for one in commands(name) if f"examples/{name}" not in one] == []


def replace(path: Path, old: str, new: str) -> None:
    """Replaces the one `old` in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
