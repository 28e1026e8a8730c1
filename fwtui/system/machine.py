"""What the machine itself tells: processor, memory of a process, and the GPUs' own figures through NVML."""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import sys
from pathlib import Path
from typing import Any

import psutil

from fwtui.system import cgroup

_UNKNOWN = (psutil.Error, OSError, AttributeError, KeyError, ValueError, NotImplementedError)
"""What psutil raises where `/proc` is missing, or has other figures than it knows."""


def resident_bytes(pid: int) -> int | None:
    """Resident memory of a process now; None where it is gone, not ours to read, or unknown."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except _UNKNOWN:
        return None


def resident_peak_bytes(pid: int) -> int | None:
    """The most resident memory that a process ever had, as Linux counts it; None elsewhere."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None


def gpu_bytes(pid: int) -> int | None:
    """GPU memory that the driver counts for a process, over all GPUs; None where it has none or no NVML."""
    nvml = _nvml()
    if nvml is None:
        return None
    try:
        processes = [
            process
            for index in range(nvml.nvmlDeviceGetCount())
            for process in nvml.nvmlDeviceGetComputeRunningProcesses(nvml.nvmlDeviceGetHandleByIndex(index))
        ]
    except nvml.NVMLError:  # a GPU that does not tell, is not ours to ask, or has gone
        return None
    used = [one.usedGpuMemory for one in processes if one.pid == pid and one.usedGpuMemory is not None]
    return sum(used) if used else None


def gpu_names() -> tuple[str, ...]:
    """Names of the NVIDIA GPUs that the driver shows; empty where there is no driver."""
    nvml = _nvml()
    if nvml is None:
        return ()
    try:
        handles = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
        return tuple(_text(nvml.nvmlDeviceGetName(handle)) for handle in handles)
    except nvml.NVMLError:
        return ()


def free_bytes() -> int | None:
    """Memory that this process can still get without swapping; None where the system does not tell."""
    known = [cgroup.memory_left_bytes()]
    with contextlib.suppress(*_UNKNOWN):
        known.append(int(psutil.virtual_memory().available))
    return min((one for one in known if one is not None), default=None)


def _memory_bytes() -> int | None:
    try:
        return int(psutil.virtual_memory().total)
    except _UNKNOWN:
        return None


def describe() -> dict[str, Any]:
    """The machine as the JSON of the headless commands tells it; `null` is unknown."""
    nvml = _nvml()
    return {
        "platform": platform.platform(),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_bytes": _memory_bytes(),
        "gpus": list(gpu_names()),
        "nvidia_driver": _text(nvml.nvmlSystemGetDriverVersion()) if nvml else None,
    }


def _processor() -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None)


@functools.cache
def _nvml() -> Any | None:
    """NVML, ready; None where there is no NVIDIA driver to speak with."""
    if sys.platform == "darwin":
        return None
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
