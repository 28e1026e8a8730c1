"""A step that several lanes can all still reach, so that their records of it can be compared."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fwtui.tui.common.lane import Lane

_LEAD_NS = 250_000_000
"""Time after a lane's step by which the step is known here and a request has reached the lane."""

_PATIENCE_NS = 3_000_000_000
_FEW = 4
"""Maximum distance of a common step: this time, or this number of steps if they take longer."""

_LATEST = 100


def common_step(lanes: Sequence[Lane]) -> int:
    """Return a common step of these lanes, counted from 0: a little beyond the lane that is ahead, or that of
    a lane which takes no steps now. 0 where they will not reach a common step soon.
    """
    halted = {lane.history.steps for lane in lanes if not moves(lane)}
    apart = {lane.run.lane: _step_ns(lane) for lane in lanes if moves(lane)}
    if not apart or len(halted) > 1:
        return 0
    if all(lane.spec.by_turns for lane in lanes):
        apart = dict.fromkeys(apart, sum(apart.values()))
    moving = [(lane.history.steps, apart[lane.run.lane]) for lane in lanes if moves(lane)]
    earliest = max(steps + 1 + math.ceil(_LEAD_NS / step_ns) for steps, step_ns in moving)
    # Where all are done they meet too: what is still asked of a lane it tells then.
    end = min(lane.spec.steps for lane in lanes if moves(lane))
    if max(steps for steps, _ in moving) < end:
        earliest = min(earliest, end)
    step = halted.pop() if halted else earliest
    soon = all(step - steps <= max(_FEW, _PATIENCE_NS / step_ns) for steps, step_ns in moving)
    return step if step >= earliest and soon else 0


def moves(lane: Lane) -> bool:
    """Whether a lane comes from step to step, by itself and at once."""
    trains = not lane.paused and lane.history.ended is None and lane.history.steps > 0
    return trains and lane.long_step_s() is None


def _step_ns(lane: Lane) -> float:
    """How far apart its latest steps are at least."""
    history = lane.history
    latest = history.step_ns.since(max(1, history.steps - _LATEST))
    took = float(np.median(latest)) if len(latest) else float(history.first_step_ns or 1)
    return max(took, 1e9 / lane.spec.pace if lane.spec.pace else 1.0)
