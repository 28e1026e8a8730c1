"""One lane of the race on the screen: what it runs, what it has sent, and what it was asked for."""

from __future__ import annotations  # Lane, seconds_left, trained_s

import math
from dataclasses import dataclass

from fwtui.core.spec import LaneSpec
from fwtui.measure.history import History
from fwtui.race.race import LaneRun

SILENT_S = 2.0
NOTICED_S = 1.0
LONG_STEP_S = 5.0


@dataclass(slots=True)
class Lane:
    """The present state of one lane: its run, its history, and its settings for logging.

    Attributes:
        waits_for: what of another lane it waits for, such as `lane 1's import`; "" where it does not.
        limit: how many steps it will have done, unless it is given more.
        log_every: before each how many-th step its ops are to be logged; None: only when asked.
        until_nan: whether that ends with the first NaN.
    """

    run: LaneRun
    history: History
    paused: bool = False
    waits_for: str = ""
    limit: int = 0
    log_every: int | None = None
    until_nan: bool = False

    def __post_init__(self) -> None:
        self.limit = self.spec.steps
        if self.spec.ops is not None:
            self.log_every, self.until_nan = self.spec.ops.every, self.spec.ops.until_nan

    @property
    def spec(self) -> LaneSpec:
        """What the lane runs."""
        return self.run.spec

    @property
    def over(self) -> bool:
        """Whether the lane takes no more steps, except after a restart."""
        return self.history.ended is not None and not self.history.ended.lingers

    def silent_s(self) -> float | None:
        """For how many seconds a lane that should answer has not; None where it does."""
        seconds = (self.history.clock() - self.history.heard_ns) / 1e9
        return seconds if seconds > SILENT_S and not self.over and self.history.imported else None

    def present_step(self) -> str | None:
        """The step that it is in, in words, if that takes so long that others notice; None otherwise."""
        since = self.history.busy_since_ns
        if since is None or (self.history.clock() - since) / 1e9 < NOTICED_S:
            return None
        if self.history.steps:
            return f"step {self.history.steps:,}"
        return {"trace": "tracing", "compile": "compilation"}.get(self.history.phase, "first step")

    def long_step_s(self) -> float | None:
        """For how many seconds the present step has run, if that is strangely long; None otherwise."""
        since = self.history.busy_since_ns
        if since is None or self.over or self.history.steps == 0 or self.history.standing != "running":
            return None
        seconds = (self.history.clock() - since) / 1e9
        return seconds if seconds > LONG_STEP_S else None


def trained_s(history: History) -> float:
    began = next((entered.at_ns for entered in history.phases if entered.step >= 1), None)
    until = history.heard_ns if history.ended is None else history.ended.at_ns
    return 0.0 if began is None else (until - began) / 1e9


def seconds_left(lane: Lane) -> float | None:
    """At the rate of the whole run since its second step, waiting for turns included."""
    history = lane.history
    total = max(lane.limit, history.steps)
    started = next((entered.at_ns for entered in history.phases if entered.step >= 1), None)
    if started is None or history.steps < 2 or lane.paused:
        return None
    rate = (history.steps - 1) / max(history.heard_ns - started, 1)
    seconds = (total - history.steps) / rate / 1e9
    return seconds if math.isfinite(seconds) else None
