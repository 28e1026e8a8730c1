"""What Linux's control groups leave to this process: in a container less than the machine has."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_MEMBERSHIP = Path("/proc/self/cgroup")


def memory_left_bytes(root: Path = _ROOT, membership: Path = _MEMBERSHIP) -> int | None:
    """What the group and those that it is part of may still take; None where none of them has a limit."""
    left = [_left(folder, version) for folder, version in _groups("memory", root, membership)]
    return min((one for one in left if one is not None), default=None)


def memory_limit_bytes(root: Path = _ROOT, membership: Path = _MEMBERSHIP) -> int | None:
    """The most that the group and those that it is part of may have; None where none of them has a limit."""
    limits = [_limit(folder, version) for folder, version in _groups("memory", root, membership)]
    return min((one for one in limits if one is not None), default=None)


def processor(root: Path = _ROOT, membership: Path = _MEMBERSHIP) -> tuple[float, float] | None:
    """Return the cores that the group may use, and the core seconds that all in it have used so far.

    Of the group and those that it is part of, the one with the fewest cores; None where none has a limit.
    """
    known = [_processor(folder, version) for folder, version in _groups("cpu", root, membership)]
    limits = [one for one in known if one is not None]
    return min(limits, key=lambda limit: (limit[0], -limit[1]), default=None)


def _groups(controller: str, root: Path, membership: Path) -> list[tuple[Path, int]]:
    """Return the folders of the group and of those that it is part of, each with its interface's version."""
    try:
        lines = [line.split(":", 2) for line in membership.read_text().splitlines()]
    except OSError:
        return []
    found = []
    for _, controllers, path in (line for line in lines if len(line) == 3):
        if not controllers:
            version, top = 2, root
        elif controller in controllers.split(","):
            version, top = 1, root / controller
        else:
            continue
        # In a container its own group is often what is mounted as the root.
        group = top / path.lstrip("/")
        for folder in (group, *group.parents) if group.is_dir() else (top,):
            found.append((folder, version))
            if folder == top:
                break
    return found


_MEMORY_FILES = {
    1: ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    2: ("memory.max", "memory.current", "inactive_file"),
}


def _limit(folder: Path, version: int) -> int | None:
    try:
        text = (folder / _MEMORY_FILES[version][0]).read_text().strip()
        return None if text == "max" else int(text)
    except (OSError, ValueError):
        return None


def _left(folder: Path, version: int) -> int | None:
    limit, used, cache = _MEMORY_FILES[version]
    try:
        most, now = (folder / limit).read_text().strip(), int((folder / used).read_text())
        statistics = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        # Files that nobody has read of late are given up before anything is refused.
        return None if most == "max" else max(0, int(most) - now + int(statistics.get(cache, 0)))
    except (OSError, ValueError):
        return None


def _processor(folder: Path, version: int) -> tuple[float, float] | None:
    try:
        if version == 2:
            quota, period = (folder / "cpu.max").read_text().split()
            statistics = dict(line.split() for line in (folder / "cpu.stat").read_text().splitlines())
            used_s = int(statistics["usage_usec"]) / 1e6
        else:
            quota = (folder / "cpu.cfs_quota_us").read_text().strip()
            period = (folder / "cpu.cfs_period_us").read_text()
            used_s = int((folder / "cpuacct.usage").read_text()) / 1e9  # mounted with it nearly everywhere
        return None if quota in ("max", "-1") else (int(quota) / int(period), used_s)
    except (OSError, ValueError, KeyError, ZeroDivisionError):
        return None
