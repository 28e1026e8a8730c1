"""Lanes through OpenSSH's client and a server on loopback: trained, stopped, lost, and nothing left there."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from fwtui.core.device_memory import ProcessMemory
from fwtui.core.outcome import Ended
from fwtui.core.records import Imported, LogLine, PhaseEntered, Probed, RunStateChanged, Steps
from fwtui.core.spec import Interpreter, Probes, WorkloadSpec
from fwtui.lane.control import LaneCommand
from fwtui.race.processes import ssh
from tests.scripted import ROOT
from tests.scripted.hosted import Hosted
from tests.scripted.lanes import counted, lane
from tests.workloads.user.test_workload import FILE

pytest.importorskip("asyncssh")
pytestmark = [
    pytest.mark.usefixtures("scripted_backends"),
    pytest.mark.skipif(shutil.which("ssh") is None, reason="there is no ssh here"),
]
FOREVER = 10**9


@pytest.fixture
def box(scripted_backends, tmp_path, monkeypatch):
    """Fwtui's ssh knows the host `box`."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.ssh_server", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    assert server.stdout.readline() == b"ready\n"
    monkeypatch.setattr(ssh, "SSH", (str(tmp_path / "ssh"),))
    yield tmp_path
    server.stdin.close()
    server.wait(10)


def hosted(host="box", python=sys.executable, mode="ok", **changes):
    """A lane on another host."""
    return Hosted(lane(mode, interpreter=Interpreter(python, host), **changes))


def gone(pid):
    """Whether a process ends within some seconds."""
    by = time.monotonic() + 10
    while time.monotonic() < by:
        with contextlib.suppress(psutil.Error):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.05)
                continue
        return True
    return False


def test_a_lane_trains_there_as_it_does_here(box):
    with hosted(steps=900) as lane_there:
        end = lane_there.end()
    assert end.outcome == "done", end.reason
    said = lane_there.heard.of(0)
    assert counted(said) == 900
    assert [one for one in said if isinstance(one, ProcessMemory)][-1].rss_bytes > 1e6
    moments = [one.at_ns for one in said if isinstance(one, PhaseEntered | Ended)]
    assert moments == sorted(moments)
    assert gone(next(one.pid for one in said if isinstance(one, Imported)))
    assert not list(box.glob("fwtui-*/new-*"))


def test_what_a_host_has_by_now_is_not_sent_again(box):
    for _ in range(2):
        with hosted(steps=5) as lane_there:
            assert lane_there.end().outcome == "done"
        [base] = box.glob(f"fwtui-{os.getuid()}")
        assert len(list(base.iterdir())) == 1


def test_what_a_login_prints_goes_to_the_log(box, monkeypatch):
    client = box / "ssh"
    client.write_text(client.read_text().replace("exec ", "echo 'Welcome!'\nexec "))
    with hosted(steps=5) as lane_there:
        assert lane_there.end().outcome == "done"
    assert "Welcome!" in [one.text for one in lane_there.heard.of(0, LogLine)]


def test_a_stopped_lane_leaves_nothing_there(box):
    with hosted(steps=FOREVER) as lane_there:
        pid = lane_there.pid()
        lane_there.heard.comes(0, Steps)
        lane_there.host.tell(LaneCommand("stop"))
        assert lane_there.end().outcome == "stopped"
    assert gone(pid)


def test_what_is_asked_before_the_lane_is_there_comes_after_its_spec(box):
    with hosted(steps=FOREVER) as lane_there:
        lane_there.host.tell(LaneCommand("pause"))
        lane_there.heard.comes(0, RunStateChanged, standing="paused")
        lane_there.host.tell(LaneCommand("step"))
        lane_there.heard.at_least(0, 1)
        lane_there.host.tell(LaneCommand("stop"))
        assert lane_there.end().outcome == "stopped"
    assert counted(lane_there.heard.of(0)) == 1


@pytest.mark.parametrize("mode", ["hang", "wedged"])
def test_a_lane_that_hangs_there_is_killed(box, mode):
    with hosted(mode=mode, steps=FOREVER) as lane_there:
        pid = lane_there.pid()
        lane_there.heard.comes(0, PhaseEntered, phase="build")
        lane_there.host.kill()
        assert lane_there.end().outcome == "stopped"
    assert gone(pid)


def test_a_lost_connection_is_a_failed_lane_and_leaves_nothing_there(box):
    with hosted(steps=FOREVER) as lane_there:
        pid = lane_there.pid()
        lane_there.heard.comes(0, Steps)
        [client] = [one for one in psutil.Process().children() if "box" in one.cmdline()]
        client.send_signal(signal.SIGTERM)
        end = lane_there.end()
    assert end.outcome == "failed"
    assert end.reason.startswith(("lost the connection to box", "its process"))
    assert gone(pid)


def test_a_crash_there_is_told_as_one_here(box):
    with hosted(mode="abort", steps=50) as lane_there:
        end = lane_there.end()
    assert end.outcome == "failed"
    assert "SIGABRT" in end.reason


@pytest.mark.parametrize(
    ("host", "python", "reason"),
    [
        (
            "closed",
            None,
            "no connection to closed: ssh: connect to host 127.0.0.1 port 1: Connection refused",
        ),
        ("nobody", None, "no connection to nobody: nobody@127.0.0.1: Permission denied (publickey)."),
        ("box", "/no/python", "box:/no/python runs no lane: /bin/sh: 1: exec: /no/python: not found"),
        ("box", "/bin/true", "box:/bin/true runs no lane: its process ended by itself with exit code 0"),
    ],
)
def test_a_host_that_runs_no_lane_is_a_line(box, host, python, reason):
    with hosted(host, python) as lane_there:
        assert lane_there.end().reason == reason


def test_a_folder_of_somebody_else_is_not_used(box):
    (box / f"fwtui-{os.getuid()}").mkdir(mode=0o777)
    (box / f"fwtui-{os.getuid()}").chmod(0o777)
    with hosted() as lane_there:
        assert "belongs to somebody else" in lane_there.end().reason


def test_a_users_file_and_what_lies_beside_it_go_along(box, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "beside.py").write_text("SCALE = 1.0\n")
    path = folder / "my_net.py"
    path.write_text(f"import beside\n{FILE}")
    with hosted(steps=5, workload=WorkloadSpec(str(path), "file")) as lane_there:
        end = lane_there.end()
    assert end.outcome == "done", end.reason


@pytest.mark.slow
def test_over_a_slow_link_steps_do_not_wait_for_what_is_large(scripted_backends, tmp_path, monkeypatch):
    """The probe of step 0 is sent before step 0, and takes seconds: its steps are here before."""
    monkeypatch.setattr(ssh, "SSH", (sys.executable, str(ROOT / "tests" / "slow_ssh.py")))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    sizes = (("batch", 2), ("d_in", 100), ("d_out", 2), ("hidden", 500))
    workload = WorkloadSpec("two-layer", "static", sizes)
    with hosted(steps=FOREVER, workload=workload, probes=Probes(every=10**6)) as lane_there:
        lane_there.heard.comes(0, Probed)
        said = lane_there.heard.of(0)
        lane_there.host.tell(LaneCommand("stop"))
        assert lane_there.end().outcome == "stopped"
    before = said[: next(place for place, one in enumerate(said) if isinstance(one, Probed))]
    assert counted(before) > 0
