"""What only a process of its own shows: imports, signals, and an output that is closed early."""

from __future__ import annotations

import functools
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.scripted.step import TRAINING

FWTUI = (sys.executable, str(Path(__file__).with_name("scripted_fwtui.py")))


def heed_signals() -> None:
    """Undoes what nohup, or a shell's `&`, has had ignored for whoever runs these tests."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def start(*words: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*FWTUI, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        preexec_fn=heed_signals,
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("bench", "--lanes", "scripted.ok,scripted.other"), "same answer?  yes"),
        (("ops", "scripted.ok", "--match", "scripted.other"), "have a counterpart"),
        (("graph", "scripted.ok"), "as it was traced"),
    ],
    ids=["bench", "ops", "graph"],
)
def test_no_command_imports_a_framework_or_the_screen(words, told):
    command = start(*words, "--steps", "50")
    out, err = command.communicate(timeout=60)
    assert command.returncode == 0
    assert told in out
    assert err.splitlines()[-1] == "imported: none"


@pytest.mark.parametrize("words", [("--help",), ("bench", "--help"), ("--version",)], ids=" ".join)
def test_help_and_version_import_nothing_slow(words):
    check = (
        "import sys; from fwtui import cli\n"
        "try: cli.main(sys.argv[1:])\n"
        "finally: print({'numpy', 'textual', 'plotext', 'psutil'} & set(sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", check, *words], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0
    assert "fwtui" in ran.stdout
    assert ran.stderr.strip() == "set()"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_keeps_what_was_recorded_and_leaves_no_child(number, tmp_path):
    lanes = ("--lanes", "scripted.slow,scripted.hang", "--schedule", "race")
    bench = start("bench", *lanes, "--steps", "1000000", **{TRAINING: str(tmp_path)})
    by = time.monotonic() + 60
    while {file.name for file in tmp_path.iterdir()} != {"slow", "hang"}:
        assert bench.poll() is None
        assert time.monotonic() < by
        time.sleep(0.05)
    children = psutil.Process(bench.pid).children(recursive=True)
    bench.send_signal(number)
    out, err = bench.communicate(timeout=60)
    assert bench.returncode == 128 + number
    rows = {line[:18].strip(): line[18:].split() for line in out.splitlines()}
    assert rows["outcome"] == ["stopped", "stopped"]
    assert all(int(steps) > 0 for steps in rows["steps"])
    assert "Traceback" not in err
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive


def test_output_closed_early():
    bench = start("workloads")
    bench.stdout.close()
    assert bench.stderr is not None
    err = bench.stderr.read()
    assert bench.wait(60) == 141, "as a shell says that SIGPIPE ended it; 1 would mean that lanes differ"
    assert err == "imported: none\n"


def test_output_closed_from_the_start():
    ran = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *FWTUI, "backends"], stderr=subprocess.PIPE, text=True, timeout=60
    )
    assert ran.returncode == 0
    assert "Traceback" not in ran.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a Linux device")
@pytest.mark.parametrize(
    ("words", "named"), [(("backends",), "standard output"), (("backends", "--json", "/dev/full"), "--json")]
)
def test_no_space_left(words, named):
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run([*FWTUI, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert ran.returncode == 2
    line, _ = ran.stderr.splitlines()
    assert line.startswith(f"fwtui: {named}: got ")
    assert "No space left on device" in line


def test_an_encoding_that_lacks_the_signs():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = functools.partial(subprocess.run, capture_output=True, text=True, timeout=60, env=environment)
    assert "64?1000?100?10 relu" in run([*FWTUI, "workloads"]).stdout
    listed = json.loads(run([*FWTUI, "workloads", "--json"]).stdout)["workloads"]
    assert listed[0]["presets"][0]["shape"] == "64×1000→100→10 relu"


class TestSurroundings:
    """What a shell may start a command in."""

    def test_closed_standard_input_is_not_taken_for_a_lanes_pipe(self):
        command = shlex.join([*FWTUI, "bench", "--lanes", "scripted.ok", "--steps", "20"])
        done = subprocess.run(f"{command} <&-", shell=True, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert "done" in done.stdout

    def test_a_current_folder_that_is_gone_is_one_line(self, tmp_path):
        command = shlex.join([*FWTUI, "bench"])
        gone = f"mkdir gone; cd gone; rmdir ../gone; {command}"
        done = subprocess.run(gone, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 2
        assert done.stderr.startswith("fwtui: the current folder cannot be used (No such file or directory)")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
    def test_bad_input_is_2_though_nothing_can_be_said(self):
        command = shlex.join([sys.executable, "-m", "fwtui", "parity", "--steps", "0"])
        assert subprocess.run(f"{command} 2>/dev/full", shell=True, timeout=60).returncode == 2

    def test_json_into_a_pipe_without_a_reader_is_refused(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        command = start("bench", "--lanes", "scripted.ok", "--steps", "5", "--json", str(tmp_path / "pipe"))
        _, err = command.communicate(timeout=60)
        assert command.returncode == 2
        assert "--json: got" in err

    def test_names_that_no_terminal_should_see_are_escaped(self, tmp_path):
        command = start("workloads", "new", str(tmp_path / "a\x1b[31m\udcff.py"))
        out, _ = command.communicate(timeout=60)
        assert command.returncode == 0
        assert "\\x1b[31m\\udcff.py" in out
        assert "\x1b" not in out
