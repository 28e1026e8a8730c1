"""A user's file that ends, crashes or hangs Python: every command says so in one line and goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.workloads.user.test_workload import FILE

ROOT = Path(__file__).parents[2]
COMMANDS = (("bench",), ("parity",), ("workloads",), ("graph", "torch.eager"), ("ops", "torch.eager"), ())


@pytest.fixture
def hostile(tmp_path):
    """Writes a file that does something when it is loaded."""

    def hostile(statement):
        path = tmp_path / "my_net.py"
        path.write_text(FILE.replace("HIDDEN = 4", f"{statement}\nHIDDEN = 4"), encoding="utf-8")
        return str(path)

    return hostile


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_that_ends_python_is_bad_input_everywhere(fwtui, hostile, command):
    path = hostile("import os; print('\x1b]0;title\x07'); os._exit(0)")
    ran = fwtui(*command, *((path,) if command == ("workloads",) else ("--workload", path)))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("fwtui: my_net.py: ends Python (exit code 0) when it is loaded; ")
    assert ran.err.count("\n") == 1
    assert ran.err.strip().isprintable()


@pytest.mark.usefixtures("scripted_backends")
@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("import os; os._exit(0)", "its process ended by itself with exit code 0"),
        ("import ctypes; ctypes.string_at(0)", "its process was killed by SIGSEGV (signal 11)"),
        ("raise KeyboardInterrupt", "my_net.py:14: KeyboardInterrupt"),
        ("import threading, time; threading.Thread(target=time.sleep, args=(3600,)).start()", None),
        ("import subprocess; subprocess.Popen(['sleep', '3600'])", None),
    ],
)
def test_what_parameters_does_ends_its_lane_at_most(fwtui, tmp_path, statement, reason):
    path = tmp_path / "my_net.py"
    path.write_text(FILE.replace('    return {"w"', f'    {statement}\n    return {{"w"'), encoding="utf-8")
    ran = fwtui("bench", "--lanes", "scripted.ok", "--workload", str(path), "--json")
    (lane,) = json.loads(ran.out)["lanes"]
    assert (lane["outcome"], lane["reason"] or None) == ("failed" if reason else "done", reason)


def test_ctrl_c_ends_an_inspection_and_what_it_has_started(hostile, tmp_path):
    pid_file = tmp_path / "pids"
    path = hostile(
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '3600'])\n"
        f"open({str(pid_file)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}} \\n')\n"
        "while True: time.sleep(1)"
    )
    running = subprocess.Popen(
        [sys.executable, "-m", "fwtui", "parity", "--workload", path],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        # A shell's background job, as the tests may be one, ignores Ctrl+C, and so does what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    by = time.monotonic() + 60
    while not (pid_file.exists() and pid_file.read_text().endswith("\n")):
        assert time.monotonic() < by
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=30) == 130
    assert running.stderr.read() == b""
    by = time.monotonic() + 10
    while any(_alive(int(pid)) for pid in pid_file.read_text().split()):
        assert time.monotonic() < by
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


SHADOWS = ("random", "calendar", "numpy", "torch", "tensorflow", "json", "typing", "fwtui", "rich", "psutil")
NET = textwrap.dedent(
    """
    import random
    import numpy as np
    import helper

    def parameters(rng):
        return {"w": rng.normal(size=(3, helper.WIDTH))}

    def batches(rng):
        while True:
            yield {"x": rng.normal(size=(4, 3))}

    def torch_loss():
        import torch
        return lambda params, batch: torch.mean((batch["x"] @ params["w"]) ** 2)

    def tensorflow_loss():
        import tensorflow as tf
        return lambda params, batch: tf.reduce_mean((batch["x"] @ params["w"]) ** 2)
    """
)


@pytest.mark.slow
def test_what_lies_in_the_current_folder_is_not_imported_but_for_the_users_own(tmp_path):
    for name in SHADOWS:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported: ' + __file__)\n")
    (tmp_path / "helper.py").write_text("WIDTH = 2\n")
    (tmp_path / "my_net.py").write_text(NET)
    command = [sys.executable, "-c", "import sys; sys.path.pop(0); from fwtui.cli import main; main()"]
    ran = subprocess.run(
        [*command, "workloads", "my_net.py", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    nets = json.loads(ran.stdout)["workloads"][0]["nets"]
    assert [net["problem"] for net in nets] == [None, None]
    assert nets[0]["loss"] == pytest.approx(nets[1]["loss"], rel=1e-5)
