"""Processor time: what this process and its descendants use, and what all others do."""

from __future__ import annotations

import math
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
        _shared.expect_child()

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
        self._known: set[psutil.Process] = set()
        # What processes had used before they were known, which no interval may count as their use of it.
        self._unnoticed_s = 0.0

    def expect_child(self) -> None:
        """Look for new descendants at the next reading: whoever measures is about to start one."""
        self._family_at = -_REFRESH_S

    def reading(self) -> _Reading | None:
        with self._lock:
            now = time.monotonic()
            if now - self._read_at >= _SHARED_S:
                elapsed_s, self._read_at = now - self._read_at, now
                try:
                    self._reading = self._read(elapsed_s)
                except _ERRORS:
                    self._reading = None
            return self._reading

    def _read(self, elapsed_s: float) -> _Reading | None:
        machine = _machine()
        scopes = {"machine": machine, "group": _group()}
        known = {name: scope for name, scope in scopes.items() if scope is not None}
        if not known:
            return None
        # Until the first reading there is no interval in which anything could be counted.
        possible_s = elapsed_s * machine.cores if machine and self._known else math.inf
        return _Reading(time.monotonic(), self._own_s(possible_s), known)

    def _own_s(self, possible_s: float) -> float:
        """Of this process and its descendants; the time of those that have ended is their parents'.

        Args:
            possible_s: what a process can have used since the last reading.
        """
        now = time.monotonic()
        # Looking for descendants reads every process of the machine.
        if now - self._family_at >= _REFRESH_S:
            self._family_at = now
            own = psutil.Process()
            self._family = [own, *own.children(recursive=True)]
            self._known.intersection_update(self._family)
        total = 0.0
        for process in self._family:
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            used_s = times.user + times.system + times.children_user + times.children_system
            if process not in self._known:
                self._known.add(process)
                self._unnoticed_s += max(0.0, used_s - possible_s)
            total += used_s
        return total - self._unnoticed_s


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
