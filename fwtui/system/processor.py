"""Processor time: what this process and its descendants use, and what all others do."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass

import psutil

from fwtui.core.processor_use import ProcessorUse
from fwtui.system import cgroup

_REFRESH_S = 5.0
_SHARED_S = 0.4
_ERRORS = (psutil.Error, OSError, AttributeError, KeyError, ValueError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The cores of the machine, or those of a control group: how many, and the core seconds used."""

    cores: float
    used_s: float


@dataclass(frozen=True, slots=True)
class _Reading:
    at_s: float
    own_s: float
    scopes: dict[str, _Scope]


class ProcessorMeter:
    """Measures the use of the processor between one call and the next."""

    def __init__(self) -> None:
        self._last = _shared.reading()

    def use(self) -> ProcessorUse | None:
        """Return the use since the last call that returned one; None where it is unknown.

        Where a control group has cores of its own, that is judged besides the machine, and the one is
        returned in which the others take more.
        """
        last, now = self._last, _shared.reading()
        if last is None or now is None:
            self._last = now
            return None
        if now.at_s == last.at_s:
            return None
        self._last = now
        own_s = now.own_s - last.own_s
        if own_s < 0:  # a descendant is gone, with the time that it had used
            return None
        uses = [
            ProcessorUse(scope.cores * (now.at_s - last.at_s), own_s, scope.used_s - before.used_s - own_s)
            for name, scope in now.scopes.items()
            if (before := last.scopes.get(name)) is not None
        ]
        return max(uses, key=lambda use: (use.is_full, use.others_share), default=None)


class _Readings:
    """Readings of this moment; callers within 0.4 s share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading: _Reading | None = None
        self._read_at = -_SHARED_S
        self._family: list[psutil.Process] = []
        self._family_at = -_REFRESH_S

    def reading(self) -> _Reading | None:
        with self._lock:
            now = time.monotonic()
            if now - self._read_at >= _SHARED_S:
                self._read_at = now
                try:
                    self._reading = self._read()
                except _ERRORS:
                    self._reading = None
            return self._reading

    def _read(self) -> _Reading | None:
        scopes = {"machine": _machine(), "group": _group()}
        known = {name: scope for name, scope in scopes.items() if scope is not None}
        return _Reading(time.monotonic(), self._own_s(), known) if known else None

    def _own_s(self) -> float:
        """Of this process and its descendants; the time of those that have ended is their parents'."""
        now = time.monotonic()
        # Looking for descendants reads every process of the machine.
        if now - self._family_at >= _REFRESH_S:
            self._family_at = now
            own = psutil.Process()
            self._family = [own, *own.children(recursive=True)]
        total = 0.0
        for process in self._family:
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system + times.children_user + times.children_system
        return total


def _machine() -> _Scope | None:
    """The cores that this process may run on; None where the system does not count what they do."""
    cores = psutil.cpu_times(percpu=True)
    if hasattr(os, "sched_getaffinity"):
        allowed = os.sched_getaffinity(0)
        cores = [times for core, times in enumerate(cores) if core in allowed] or cores
    used = idle = 0.0
    for times in cores:
        waited = times.idle + getattr(times, "iowait", 0.0)
        # Guests' time is within the user's.
        used += sum(times) - waited - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
        idle += waited
    return _Scope(len(cores), used) if used + idle > 0 else None


def _group() -> _Scope | None:
    limited = cgroup.processor()
    return None if limited is None else _Scope(*limited)


_shared = _Readings()
