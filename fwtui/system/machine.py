"""What the machine itself tells: its processor, and the GPUs' own figures through NVML."""

from __future__ import annotations

import functools
import os
import platform
import sys
from pathlib import Path
from typing import Any

from fwtui.system import memory


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


def describe() -> dict[str, Any]:
    """The machine as the JSON of the headless commands tells it; `null` is unknown."""
    nvml = _nvml()
    return {
        "platform": platform.platform(),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_bytes": memory.total_bytes(),
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
