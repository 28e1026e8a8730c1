"""Lanes for tests: specs of scripted backends, and a sink that keeps what they say and waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from fwtui.core.outcome import Ended
from fwtui.core.records import Record, Steps
from fwtui.core.spec import HostKind, LaneSpec, RaceSpec, Schedule, WorkloadSpec
from fwtui.race.hosts import HOSTS
from fwtui.race.race import LaneRun, Race

WORKLOAD = WorkloadSpec("two-layer", "static", (("batch", 2), ("d_in", 4), ("d_out", 2), ("hidden", 3)))
DEADLINE_S = 60.0


def lane(mode: str = "ok", **changes: Any) -> LaneSpec:
    """A lane of `scripted.MODE`, or of a whole backend name, with small data."""
    settings: dict[str, Any] = {
        "backend": mode if "." in mode else f"scripted.{mode}",
        "workload": WORKLOAD,
        "device": "cpu",
        "dtype": "float32",
        "optimizer": "sgd",
        "learning_rate": 1e-3,
        "steps": 40,
        "seed": 0,
        "threads": 1,
    }
    return LaneSpec(**{**settings, **changes})


class Heard:
    """Everything that the runs of a race said, by run; other threads can wait for it."""

    def __init__(self) -> None:
        self.records: dict[int, list[Record]] = {}
        self._changed = threading.Condition()

    def __call__(self, run: LaneRun, record: Record) -> None:
        with self._changed:
            self.records.setdefault(run.number, []).append(record)
            self._changed.notify_all()

    def of(self, number: int, kind: type | None = None) -> list[Any]:
        """What a run said, of one kind."""
        with self._changed:
            said = list(self.records.get(number, ()))
        return said if kind is None else [one for one in said if isinstance(one, kind)]

    def until(self, holds: Callable[[], object], what: str = "") -> None:
        """Waits until `holds()`; fails after a generous deadline."""
        by = time.monotonic() + DEADLINE_S
        while not holds():
            left = by - time.monotonic()
            assert left > 0, f"waited in vain: {what}"
            with self._changed:
                self._changed.wait(min(left, 0.05))

    def steps(self, number: int) -> int:
        """How many steps a run has done."""
        return sum(record.count for record in self.of(number, Steps))

    def at_least(self, number: int, steps: int) -> None:
        """Waits for a run's steps."""
        self.until(lambda: self.steps(number) >= steps, f"{steps} steps of run {number}")

    def comes(self, number: int, kind: type, **like: object) -> Any:
        """Waits for a record of a run, and gives it."""

        def found() -> list[Any]:
            return [
                one for one in self.of(number, kind) if all(getattr(one, k) == v for k, v in like.items())
            ]

        self.until(found, f"{kind.__name__} {like} of run {number}")
        return found()[0]

    def ended(self, number: int) -> Ended:
        """Waits for the end of a run."""
        self.until(lambda: self.of(number, Ended), f"the end of run {number}")
        end: Ended = self.of(number, Ended)[-1]
        return end

    def column(self, number: int, name: str) -> Any:
        """One column of all steps of a run: `started_ns`, `step_ns`, or a metric."""
        records = self.of(number, Steps)
        if name in ("started_ns", "step_ns"):
            return np.concatenate([np.frombuffer(getattr(record, name), np.int64) for record in records])
        return np.concatenate([np.frombuffer(dict(record.metrics)[name]) for record in records])


class Running:
    """A race of scripted lanes as a context: started at its beginning, closed at its end."""

    def __init__(
        self, *lanes: LaneSpec, schedule: Schedule = "race", host: HostKind = "process", **limits: float
    ) -> None:
        if schedule == "turns":
            lanes = tuple(_by_turns(spec) for spec in lanes)
        self.heard = Heard()
        self.race = Race(RaceSpec(lanes, schedule, host), self.heard, **limits)

    def __enter__(self) -> tuple[Race, Heard]:
        self.race.start()
        return self.race, self.heard

    def __exit__(self, *_: object) -> None:
        self.race.close(2)


def alone(spec: LaneSpec, host: HostKind = "process") -> tuple[list[Record], Ended]:
    """Runs one lane to its end without a race: all that it said, and how it ended."""
    said: list[Record] = []
    HOSTS[host](spec, said.append).run()
    end = said[-1]
    assert isinstance(end, Ended)
    return said, end


def counted(records: list[Record]) -> int:
    """Steps in the records; fails where one is missing, doubled or out of order."""
    total = 0
    for record in records:
        if isinstance(record, Steps):
            assert record.first == total
            total += record.count
    return total


def _by_turns(spec: LaneSpec) -> LaneSpec:
    return replace(spec, by_turns=True)
