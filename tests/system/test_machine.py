"""What the machine tells, and that what it does not tell is None."""

import json
import os
from types import SimpleNamespace

from fwtui.system import machine


def test_the_machine_is_json():
    told = json.loads(json.dumps(machine.describe(), allow_nan=False))
    assert told["cores"] >= 1
    assert told["memory_bytes"] > 1e8


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
