"""Lets a race go on after its preset's steps, so that step times, memory and the verdict on speed live on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from fwtui.tui.common.auto_check import QUIET_TICKS
from fwtui.tui.common.judgement import judge
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.model import RaceModel

LIMIT_S = 600.0
AHEAD_S = 3.0
_RECENT_STEPS = 100
_MAX_TICK_S = 1.0


class Continuation:
    """Extends each lane before its end, for ten minutes of training; the app's timer calls `tick`.

    It begins once every lane has done the preset's steps, which alone are compared. A race with a number of
    steps of its own is left alone, and so is one in which a lane failed.

    Args:
        clock: seconds.

    Attributes:
        trained_s: for how many seconds it has had lanes train; None before it has.
    """

    def __init__(self, model: RaceModel, clock: Callable[[], float] = time.monotonic) -> None:
        self._model, self._clock = model, clock
        self._race: object = None
        self._last = 0.0
        self._quiet = 0
        self._is_over = False
        self.trained_s: float | None = None

    @property
    def left_s(self) -> float | None:
        """For how many seconds more lanes are extended; None where they are not."""
        return None if self.trained_s is None or self.trained_s >= LIMIT_S else LIMIT_S - self.trained_s

    def tick(self) -> None:
        """Extends the lanes that are about to have done their steps."""
        model, now = self._model, self._clock()
        passed, self._last = min(now - self._last, _MAX_TICK_S), now
        if model.race is not self._race:
            self._race, self._quiet, self._is_over, self.trained_s = model.race, 0, False, None
        if not model.request.keep_training or model.is_checking or any(lane.over for lane in model.lanes):
            return
        are_done = all(lane.history.ended is not None for lane in model.lanes)
        if self.trained_s is None:
            if are_done and self._may_begin():
                self.trained_s = 0.0
        elif self.trained_s < LIMIT_S:
            self.trained_s += 0.0 if model.paused else passed
        elif self._is_over and not are_done:  # a key gave them more
            self._is_over, self.trained_s = False, 0.0
        else:
            self._is_over = are_done
        if self.left_s is not None and not model.paused:
            self._extend()

    def _may_begin(self) -> bool:
        """Whether lanes that are all done should go on by themselves."""
        # Lanes that differ are checked first, which `AutoCheck` starts once they have rested.
        self._quiet += 1
        return self._quiet > (QUIET_TICKS + 1 if judge(self._model).same is False else 0)

    def _extend(self) -> None:
        lanes = self._model.lanes
        # In turns all do the same steps, and are to end together.
        groups = [lanes] if lanes[0].spec.by_turns else [[lane] for lane in lanes]
        for group in groups:
            ahead = max(map(_steps_ahead, group))
            # A lane that joined later does the steps that are compared first, and says so.
            ready = [lane for lane in group if lane.limit > lane.spec.steps or lane.history.ended is not None]
            if any(lane.limit - lane.history.steps < ahead for lane in ready):
                self._grant(ready, 2 * ahead)

    def _grant(self, lanes: Sequence[Lane], steps: int) -> None:
        for lane in lanes:
            if not lane.paused:
                self._model.extend(lane.run.lane, steps)


def _steps_ahead(lane: Lane) -> int:
    """How many steps the lane does while it is extended ahead of its end."""
    recent = lane.history.step_ns.values()[-_RECENT_STEPS:]
    return 1 + int(AHEAD_S * 1e9 / max(1.0, float(recent.mean()))) if len(recent) else 1
