"""Which CPU cores a process may run on, where the system tells."""

from __future__ import annotations

import os


def bind(cores: tuple[int, ...] | None) -> None:
    """Binds this process to `cores`; does nothing for None, or where the system cannot (macOS, Windows)."""
    if cores is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)


def bound_cores() -> tuple[int, ...] | None:
    """The cores that this process may run on; None where the system does not tell."""
    return tuple(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else None


def core_count() -> int:
    """How many cores this process may use."""
    cores = bound_cores()
    return len(cores) if cores else os.cpu_count() or 1
