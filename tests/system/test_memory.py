"""Memory of processes and of the machine, and that what the system does not tell is None."""

import os
import sys

import psutil
import pytest

from fwtui.system import cgroup, memory

NO_PROCESS = 2**22 + 5


def test_this_process_has_memory_and_one_that_is_not_there_has_none():
    rss = memory.resident_bytes(os.getpid())
    assert 0.5 < rss / psutil.Process().memory_info().rss < 2
    assert memory.resident_bytes(NO_PROCESS) is None
    assert memory.resident_peak_bytes(NO_PROCESS) is None


@pytest.mark.skipif(sys.platform != "linux", reason="Linux counts it")
def test_the_peak_is_at_least_what_is_resident():
    assert memory.resident_peak_bytes(os.getpid()) >= memory.resident_bytes(os.getpid()) * 0.9


def test_the_machines_memory():
    assert memory.total_bytes() == psutil.virtual_memory().total
    assert 0 < memory.free_bytes() < memory.total_bytes()


@pytest.mark.parametrize("text", [None, "", "MemTotal:\nVmRSS:\n", "MemTotal: much kB\nVmRSS: x kB\n"])
def test_what_the_system_does_not_tell_is_unknown(monkeypatch, tmp_path, text):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(cgroup, "memory_left_bytes", lambda: None)
    if text is not None:
        (tmp_path / "7").mkdir()
        for file in ("meminfo", "7/status"):
            (tmp_path / file).write_text(text)
    assert memory.free_bytes(tmp_path) is None
    assert memory.total_bytes(tmp_path) is None
    assert memory.resident_bytes(7, tmp_path) is None
    assert memory.resident_peak_bytes(7, tmp_path) is None


def test_other_systems_are_asked_through_psutil(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert memory.total_bytes() == psutil.virtual_memory().total
    assert memory.free_bytes() > 0
    assert memory.resident_bytes(os.getpid()) > 1_000_000
    monkeypatch.setitem(sys.modules, "psutil", None)
    assert memory.resident_bytes(os.getpid()) is memory.free_bytes() is memory.total_bytes() is None


def test_free_memory_is_what_the_control_group_leaves(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(cgroup, "memory_left_bytes", lambda: 12_345)
    assert memory.free_bytes() == 12_345
