"""What the machine tells, and that what it does not tell is None."""

import json
import os
import sys
from types import SimpleNamespace

import psutil
import pytest

from fwtui.system import cgroup, machine

NO_PROCESS = 2**22 + 5


def test_this_process_has_memory_and_one_that_is_not_there_has_none():
    assert machine.resident_bytes(os.getpid()) > 1_000_000
    assert machine.resident_bytes(NO_PROCESS) is None
    assert machine.resident_peak_bytes(NO_PROCESS) is None


@pytest.mark.skipif(sys.platform != "linux", reason="Linux counts it")
def test_the_peak_is_at_least_what_is_resident():
    peak = machine.resident_peak_bytes(os.getpid())
    assert peak >= machine.resident_bytes(os.getpid()) * 0.9


def test_the_machine_is_json():
    told = json.loads(json.dumps(machine.describe(), allow_nan=False))
    assert told["cores"] >= 1
    assert told["memory_bytes"] > 1e8
    assert 0 < machine.free_bytes() < told["memory_bytes"]


@pytest.mark.parametrize(
    "error", [FileNotFoundError("/proc/meminfo"), KeyError("MemTotal:"), NotImplementedError()]
)
def test_what_the_system_does_not_tell_is_unknown(monkeypatch, error):
    def fails(*_):
        raise error

    monkeypatch.setattr(psutil, "virtual_memory", fails)
    monkeypatch.setattr(psutil, "Process", fails)
    monkeypatch.setattr(cgroup, "memory_left_bytes", lambda: None)
    assert machine.free_bytes() is None
    assert machine.resident_bytes(os.getpid()) is None
    assert machine.describe()["memory_bytes"] is None


def test_free_memory_is_what_the_control_group_leaves(monkeypatch):
    monkeypatch.setattr(cgroup, "memory_left_bytes", lambda: 12_345)
    assert machine.free_bytes() == 12_345


class NvmlError(Exception):
    pass


def nvml(processes):
    """Two GPUs of a driver, on which `processes` gives what runs."""
    return SimpleNamespace(
        NVMLError=NvmlError,
        nvmlDeviceGetCount=lambda: 2,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetName=lambda handle: f"GPU {handle}".encode(),
        nvmlDeviceGetComputeRunningProcesses=processes,
    )


def test_gpu_memory_is_a_processs_sum_over_all_gpus(monkeypatch):
    running = [SimpleNamespace(pid=7, usedGpuMemory=100), SimpleNamespace(pid=8, usedGpuMemory=None)]
    monkeypatch.setattr(machine, "_nvml", lambda: nvml(lambda handle: running))
    assert machine.gpu_bytes(7) == 200
    assert machine.gpu_bytes(8) is None
    assert machine.gpu_bytes(9) is None
    assert machine.gpu_names() == ("GPU 0", "GPU 1")


def test_a_gpu_that_does_not_tell_is_unknown_and_no_error(monkeypatch):
    def processes(handle):
        raise NvmlError("not supported")

    monkeypatch.setattr(machine, "_nvml", lambda: nvml(processes))
    assert machine.gpu_bytes(7) is None


def test_a_machine_without_a_driver_has_no_gpus(monkeypatch):
    monkeypatch.setattr(machine, "_nvml", lambda: None)
    assert machine.gpu_bytes(os.getpid()) is None
    assert machine.gpu_names() == ()
