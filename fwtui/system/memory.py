"""Memory of a process and of the machine; on Linux by the standard library alone, as lanes need it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from fwtui.system import cgroup

_PROC = Path("/proc")


def resident_bytes(pid: int, proc: Path = _PROC) -> int | None:
    """Resident memory of a process now; None where it is gone, not ours to read, or unknown."""
    if sys.platform != "linux":
        return _by_psutil(lambda psutil: psutil.Process(pid).memory_info().rss)
    return _listed(proc / str(pid) / "status", "VmRSS:")


def resident_peak_bytes(pid: int, proc: Path = _PROC) -> int | None:
    """The most resident memory that a process ever had, as Linux counts it; None elsewhere."""
    return _listed(proc / str(pid) / "status", "VmHWM:")


def total_bytes(proc: Path = _PROC) -> int | None:
    """The machine's memory; None where the system does not tell."""
    if sys.platform != "linux":
        return _by_psutil(lambda psutil: psutil.virtual_memory().total)
    return _listed(proc / "meminfo", "MemTotal:")


def limit_bytes(proc: Path = _PROC) -> int | None:
    """The machine's memory, or what this process's control group may have of it, where that is less."""
    known = (total_bytes(proc), cgroup.memory_limit_bytes() if sys.platform == "linux" else None)
    return min((one for one in known if one is not None), default=None)


def is_limited(proc: Path = _PROC) -> bool:
    """Whether this process's control group may not have all of the machine's memory."""
    whole, most = total_bytes(proc), limit_bytes(proc)
    return whole is not None and most is not None and most < whole


def free_bytes(proc: Path = _PROC) -> int | None:
    """Memory that this process can still get without swapping; None where the system does not tell."""
    if sys.platform != "linux":
        return _by_psutil(lambda psutil: psutil.virtual_memory().available)
    known = (cgroup.memory_left_bytes(), _listed(proc / "meminfo", "MemAvailable:"))
    return min((one for one in known if one is not None), default=None)


def _listed(file: Path, name: str) -> int | None:
    """The value of a line such as `VmRSS:  1234 kB`, in bytes."""
    try:
        lines = file.read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))
    except (OSError, ValueError, IndexError, StopIteration):
        return None


def _by_psutil(read: Any) -> int | None:
    try:
        import psutil

        return int(read(psutil))
    except Exception:  # not installed with a lane, or the system does not tell
        return None
