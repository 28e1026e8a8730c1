"""The memory that Linux's control groups leave to this process: in a container less than the machine has."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_MEMBERSHIP = Path("/proc/self/cgroup")


def memory_left_bytes(root: Path = _ROOT, membership: Path = _MEMBERSHIP) -> int | None:
    """What the group and those that it is part of may still take; None where none of them has a limit."""
    left = [_left(*files) for files in _groups(root, membership)]
    return min((one for one in left if one is not None), default=None)


def _groups(root: Path, membership: Path) -> list[tuple[Path, str, str, str]]:
    """Of each group: its folder, and what its limit, its use and the file cache in that are called there."""
    try:
        lines = [line.split(":", 2) for line in membership.read_text().splitlines()]
    except OSError:
        return []
    found = []
    for _, controllers, path in (line for line in lines if len(line) == 3):
        if not controllers:
            names, top = ("memory.max", "memory.current", "inactive_file"), root
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            top = root / "memory"
        else:
            continue
        # In a container its own group is often what is mounted as the root.
        group = top / path.lstrip("/")
        for folder in (group, *group.parents) if group.is_dir() else (top,):
            found.append((folder, *names))
            if folder == top:
                break
    return found


def _left(folder: Path, limit: str, used: str, cache: str) -> int | None:
    try:
        most, now = (folder / limit).read_text().strip(), int((folder / used).read_text())
        statistics = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        # Files that nobody has read of late are given up before anything is refused.
        return None if most == "max" else max(0, int(most) - now + int(statistics.get(cache, 0)))
    except (OSError, ValueError):
        return None
