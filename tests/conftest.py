"""What every test shares: the scripted framework, and the certainty that no lane outlives its test."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import psutil
import pytest

from fwtui.backends import catalogue
from fwtui.race import hosts
from fwtui.race.processes import local
from fwtui.system.processor import ProcessorMeter
from tests import scripted


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: many tests wait for a process or a timer."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, 4) + 1


# Before pytest-xdist's own, which takes the groups that it finds by then.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests run in one of pytest-xdist's workers, unless they are marked `spread`."""
    for item in items:
        if not item.get_closest_marker("spread"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


@pytest.fixture(autouse=True)
def no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest-xdist tells its workers the width of a terminal that no test has."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(autouse=True)
def unconfigured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests know nothing of the configuration of whoever runs them."""
    monkeypatch.setenv("FWTUI_CONFIG", "")


@pytest.fixture(autouse=True)
def quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else runs on the machine is not a test's to judge."""
    monkeypatch.setattr(ProcessorMeter, "use", lambda meter: None)


@pytest.fixture
def scripted_backends(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The scripted backends among the installed ones, here and in the processes of lanes."""
    monkeypatch.setattr(local, "CHILD", scripted.CHILD)
    monkeypatch.setattr(hosts, "STOP_GRACE_S", 0.2)
    scripted.install(monkeypatch)
    yield
    catalogue.forget()


@pytest.fixture(autouse=True)
def no_lane_is_left() -> Iterator[None]:
    """Fails a test after which a lane's process still runs."""
    yield
    by = time.monotonic() + 2
    while (left := lane_processes()) and time.monotonic() < by:
        time.sleep(0.05)
    for process in left:
        process.kill()
    assert not left, f"lanes left running: {left}"


def lane_processes() -> list[psutil.Process]:
    """The lanes' processes below this one."""
    return [child for child in psutil.Process().children(recursive=True) if _is_lane(child)]


def _is_lane(process: psutil.Process) -> bool:
    try:
        words = process.cmdline()
    except psutil.Error:
        return False
    return any(word.endswith("child.py") or word == "fwtui.lane.child" for word in words)
