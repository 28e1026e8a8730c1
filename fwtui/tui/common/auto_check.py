"""Starts the parity check by itself where lanes at rest are apart, and rounding may be the reason."""

from __future__ import annotations

from collections.abc import Hashable

from fwtui.tui.common.judgement import judge, steps_to_check
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.parity_job import ParityJob

QUIET_TICKS = 10
"""Ticks without any change after which lanes are at rest: single steps are not to start a check each."""
MAX_STEPS = 10_000
"""A check that must train more steps than this starts only when the user asks for it."""


class AutoCheck:
    """Starts one check for each state of the race; the app's timer calls `tick`."""

    def __init__(self, model: RaceModel) -> None:
        self._model = model
        self._checked: Hashable = None
        """The state in which a check was started last, also one that the user started or cancelled."""
        self._last: ParityJob | None = None
        self._activity: Hashable = None
        self._quiet = 0

    def tick(self) -> None:
        """Starts the check where it is due."""
        model = self._model
        state = model.race, tuple((lane.run.number, lane.history.steps) for lane in model.lanes)
        if model.is_checking:
            self._checked, self._last, self._quiet = state, model.checking, 0
            return
        if self._last is not None and self._last.is_interrupted:
            self._checked = self._last = None
        logs = tuple(lane.history.op_logs_seen for lane in model.lanes)
        activity = (
            state,
            logs,
            model.queries,
            len(model.session.probes.compared),
            *map(_is_at_rest, model.lanes),
        )
        self._quiet = self._quiet + 1 if activity == self._activity else 0
        self._activity = activity
        if self._quiet >= QUIET_TICKS and state != self._checked and all(map(_is_at_rest, model.lanes)):
            self._checked = state
            self._start()

    def _start(self) -> None:
        model = self._model
        judgement = judge(model)
        if judgement.same is not False or judgement.proven or judgement.explained is not None:
            return
        steps = steps_to_check(model, judgement)
        last = model.checking
        # What the lanes did later changes nothing in the steps that were checked before.
        if steps <= MAX_STEPS and (last is None or last.steps < steps):
            model.check(steps, is_automatic=True)


def _is_at_rest(lane: Lane) -> bool:
    """Whether the lane is done or paused, and has said so."""
    history = lane.history
    if history.ended is not None:
        return history.ended.outcome == "done"
    return lane.paused and history.standing == "paused"
