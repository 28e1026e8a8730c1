"""Lanes in processes and in threads: what happens to them is told in words, and nothing of them is left."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import psutil
import pytest

from fwtui.core.device_memory import ProcessMemory
from fwtui.core.ndarray import Array
from fwtui.core.outcome import Ended
from fwtui.core.records import Alive, LogLine, PhaseEntered, Probed, Steps
from fwtui.core.spec import HOSTS, Probes, Start, WorkloadSpec
from fwtui.lane.control import LaneCommand
from fwtui.lane.wire import Frames
from fwtui.race.processes import local
from fwtui.race.processes.failures import describe_exit
from tests import scripted
from tests.conftest import lane_processes
from tests.scripted.hosted import Hosted
from tests.scripted.lanes import alone, counted, lane
from tests.workloads.user.test_workload import FILE

pytestmark = pytest.mark.usefixtures("scripted_backends")
FOREVER = 10**9


@pytest.mark.parametrize("host", ["process", "thread"])
@pytest.mark.parametrize(
    ("mode", "outcome", "steps", "reason"),
    [
        ("ok", "done", 40, ""),
        ("nan", "diverged", 21, "diverged at step 20: the loss is nan"),
        ("inf", "diverged", 21, "diverged at step 20: the loss is inf"),
        ("raise", "failed", 20, "RuntimeError: the script says no"),
        ("oom", "failed", 20, "out of memory"),
        ("missing.ok", "failed", 0, "Missing is not installed"),
    ],
)
def test_ends_are_the_same_under_both_hosts(host, mode, outcome, steps, reason):
    said, end = alone(lane(mode), host)
    assert (end.outcome, end.step, end.reason) == (outcome, steps, reason)
    assert counted(said) == steps


def test_losses_are_the_same_under_both_hosts():
    columns = []
    for host in ("process", "thread"):
        said, _ = alone(lane("other", steps=3000), host)
        columns.append(b"".join(dict(one.metrics)["loss"] for one in said if isinstance(one, Steps)))
    assert columns[0] == columns[1]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("abort", "its process was killed by SIGABRT (signal 6)"),
        ("exit", "its process ended by itself with exit code 3"),
    ],
)
def test_a_crash_is_told_by_its_name(mode, reason):
    said, end = alone(lane(mode))
    assert (end.outcome, end.reason) == ("failed", reason)
    assert end.step == counted(said)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGSEGV"])
def test_a_process_that_somebody_kills(name):
    with Hosted(lane(steps=FOREVER)) as hosted:
        hosted.heard.at_least(0, 100)
        os.kill(hosted.pid(), getattr(signal, name))
        end = hosted.end()
        assert end.outcome == "failed"
        assert name in end.reason
        assert end.failure.cause == ("framework" if name == "SIGSEGV" else "killed")
        assert end.hint
        assert end.step == counted(hosted.heard.of(0))


def test_a_lane_that_was_done_and_is_killed_by_somebody_has_failed():
    with Hosted(lane(linger=True)) as hosted:
        hosted.heard.comes(0, Ended, lingers=True)
        os.kill(hosted.pid(), signal.SIGKILL)
        hosted.thread.join(20)
        assert hosted.heard.of(0)[-1].outcome == "failed"


@pytest.mark.parametrize("mode", ["ok", "wedged"])
def test_a_process_that_is_stopped_or_wedged_does_not_answer(mode):
    with Hosted(lane(mode, steps=FOREVER), silence_limit_s=5) as hosted:
        hosted.heard.at_least(0, 1)
        if mode == "ok":
            os.kill(hosted.pid(), signal.SIGSTOP)
        end = hosted.end()
        assert end.outcome == "failed"
        assert end.reason.startswith("no answer for ")
        assert end.failure.cause == "hung"


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "stops_the_lane"), [("ok", False), ("hang", False), ("hang", True)])
def test_a_lane_is_neither_silent_nor_stuck_while_the_app_is_stopped(mode, stops_the_lane):
    limit_s = 4
    with subprocess.Popen(
        [sys.executable, "-m", "tests.race.app_to_stop", mode, str(limit_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=scripted.ROOT,
    ) as app:
        pids = [int(app.stdout.readline()), app.pid]
        for pid in pids if stops_the_lane else pids[1:]:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(limit_s + 2)
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)
        said, _ = app.communicate("\n", timeout=60)
    assert said == "[]\n"


@pytest.mark.parametrize("mode", ["hang", "sleepy.ok"])
def test_heartbeats_are_an_answer(mode):
    limit_s = 3.0  # longer than a busy machine keeps a beat of half a second waiting
    with Hosted(lane(mode, steps=FOREVER), silence_limit_s=limit_s) as hosted:
        hosted.heard.until(lambda: len(hosted.heard.of(0, Alive)) >= 4 * limit_s)
        assert not hosted.heard.of(0, Ended)


@pytest.mark.parametrize("mode", ["ok", "hang", "stuck", "sleepy.ok"])
def test_a_stop_that_is_not_heeded_becomes_a_kill(mode):
    with Hosted(lane(mode, steps=FOREVER)) as hosted:
        hosted.heard.comes(0, Alive)
        hosted.host.tell(LaneCommand("stop"))
        assert hosted.end().outcome == "stopped"
        assert lane_processes() == []


def test_a_stopped_process_can_be_stopped_for_good_in_the_middle_of_a_record():
    with Hosted(lane(steps=FOREVER)) as hosted:
        hosted.heard.at_least(0, 100)
        os.kill(hosted.pid(), signal.SIGSTOP)
        hosted.host.tell(LaneCommand("stop"))
        assert hosted.end().outcome == "stopped"


def test_words_to_a_process_that_reads_none_never_block():
    with Hosted(lane(steps=FOREVER)) as hosted:
        os.kill(hosted.pid(), signal.SIGSTOP)
        teller = threading.Thread(
            target=lambda: [hosted.host.tell(LaneCommand("pause")) for _ in range(3000)], daemon=True
        )
        teller.start()
        teller.join(10)
        assert not teller.is_alive()


def test_words_before_the_process_are_kept():
    hosted = Hosted(lane(steps=FOREVER))
    hosted.host.tell(LaneCommand("pause"))
    hosted.host.tell(LaneCommand("step"))
    with hosted:
        hosted.heard.at_least(0, 1)
        hosted.heard.until(lambda: len(hosted.heard.of(0, Alive)) >= 2)
        assert hosted.heard.steps(0) == 1


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_stop_before_the_process_starts_none(how):
    hosted = Hosted(lane())
    hosted.host.tell(LaneCommand("stop")) if how == "stop" else hosted.host.kill()
    with hosted:
        assert hosted.end().outcome == "stopped"
        assert [type(record) for record in hosted.heard.of(0)] == [PhaseEntered, Ended]


def test_a_process_that_cannot_be_started(monkeypatch, tmp_path):
    monkeypatch.setattr(local, "CHILD", (str(tmp_path / "nothing"),))
    _, end = alone(lane())
    assert end.outcome == "failed"
    assert end.reason.startswith("no process could be started")


def test_a_process_that_sends_nonsense(monkeypatch):
    script = "import os, sys; os.write(int(sys.argv[-2]), b'hello' * 99); sys.stdin.read(); input()"
    monkeypatch.setattr(local, "CHILD", (sys.executable, "-c", script))
    _, end = alone(lane())
    assert (end.outcome, end.reason) == ("failed", "the lane process wrote invalid data to its pipe")


def test_what_a_start_up_file_prints_and_reads_is_no_matter(monkeypatch, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\nprint('hello from a start-up file')\nos.write(1, b'raw\\n')\nsys.stdin.read()\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]]))
    monkeypatch.setenv("PYTHONINSPECT", "1")
    said, end = alone(lane())
    assert end.outcome == "done"
    assert {"hello from a start-up file", "raw"} <= {one.text for one in said if isinstance(one, LogLine)}


def test_no_memory_for_what_a_process_sends(monkeypatch):
    def short_of_memory(self, data):
        raise MemoryError

    monkeypatch.setattr(Frames, "feed", short_of_memory)
    _, end = alone(lane())
    assert (end.outcome, end.hint) == ("failed", "smaller sizes may fit")
    assert "out of memory" in end.reason


def test_noise_goes_to_the_log_and_not_into_the_records():
    said, end = alone(lane("noisy", steps=900))
    assert end.outcome == "done"
    assert counted(said) == 900
    lines = [record.text for record in said if isinstance(record, LogLine)]
    assert lines == [f"line {n} red" for n in range(900)]


def test_an_errors_whole_story_is_in_the_log_before_the_end():
    said, _ = alone(lane("raise"))
    log = "\n".join(record.text for record in said if isinstance(record, LogLine))
    assert "Traceback" in log
    assert "and more lines" in log


def test_what_a_lane_has_started_goes_with_it(monkeypatch, tmp_path):
    script, seconds = tmp_path / "child.py", f"3599.{os.getpid()}"
    script.write_text(
        "import subprocess, sys, time\n"
        f"subprocess.Popen(['sleep', '{seconds}'])\n"
        "print('started', file=sys.stderr, flush=True)\n"
        "time.sleep(0 if sys.argv[1] == 'leaves' else 3600)\n"
    )
    for behaviour in ("leaves", "stays"):
        monkeypatch.setattr(local, "CHILD", (sys.executable, str(script), behaviour))
        with Hosted(lane()) as hosted:
            hosted.heard.comes(0, LogLine, text="started")
            if behaviour == "stays":
                hosted.host.kill()
            hosted.end()
        assert not _sleepers(seconds)


def _sleepers(seconds):
    running = [p.info for p in psutil.process_iter(["cmdline", "status"])]
    return [one for one in running if one["cmdline"] == ["sleep", seconds] and one["status"] != "zombie"]


def test_memory_is_the_lanes_own_under_a_process_and_shared_under_a_thread():
    said, _ = alone(lane("slow"))
    memory = [record for record in said if isinstance(record, ProcessMemory)][-1]
    assert 1e6 < memory.rss_bytes <= memory.rss_peak_bytes
    assert not memory.shared
    said, _ = alone(lane("slow"), "thread")
    assert [record for record in said if isinstance(record, ProcessMemory)][-1].shared


def test_exit_statuses_in_words():
    assert describe_exit(1).reason == "its process ended by itself with exit code 1"
    assert "out of memory" in describe_exit(-9).hint
    assert describe_exit(-11).reason == "its process was killed by SIGSEGV (signal 11)"
    assert describe_exit(-250).reason == "its process was killed by an unknown signal (signal 250)"


def test_a_kill_takes_no_time():
    with Hosted(lane("sleepy.ok")) as hosted:
        hosted.heard.comes(0, PhaseEntered, phase="import")
        hosted.host.kill()
        by = time.monotonic() + 10
        while lane_processes() and time.monotonic() < by:
            time.sleep(0.01)
        assert hosted.end().outcome == "stopped"


def test_a_network_that_is_never_built_is_given_up():
    with Hosted(lane("stuck"), start_limit_s=1) as hosted:
        end = hosted.end()
    assert end.outcome == "failed"
    assert end.reason.startswith("stuck building its network for")
    assert end.failure.cause == "hung"


def test_a_batch_that_never_comes_is_given_up(tmp_path):
    path = tmp_path / "my_net.py"
    endless = "    for turn in range(10**9):\n        while turn > 300: pass\n"
    path.write_text(FILE.replace("    while True:\n", endless))
    spec = lane(workload=WorkloadSpec(str(path), "default"), steps=1000)
    with Hosted(spec, stuck_limit_s=0.1, start_limit_s=1.5) as hosted:
        end = hosted.end()
    assert end.outcome == "failed"
    assert end.reason.startswith("stuck waiting for the batch of step 301 for ")


def test_a_step_that_never_ends_is_given_up():
    with Hosted(lane("hang", steps=100), stuck_limit_s=1) as hosted:
        end = hosted.end()
    assert end.outcome == "failed"
    assert end.reason.startswith("stuck in step 20 for")


@pytest.mark.parametrize("host", HOSTS)
def test_a_spec_with_weights_larger_than_a_pipe_arrives(host):
    weights = (("w1", Array.of(np.full((300, 1000), 2.0, np.float32))),)
    said, end = alone(lane(steps=1, probes=Probes(), start=Start(3, weights)), host)
    assert end.outcome == "done"
    probe = next(record for record in said if isinstance(record, Probed))
    assert dict(probe.parameters)["w1"] == weights[0][1]
