"""Requests of op logs: when lanes are asked for them, and which of the received logs are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fwtui.core.nonfinite import first_fault
from fwtui.core.records import OpsLogged
from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.lane.introspection import LOGS_A_SECOND
from fwtui.race.race import LaneRun
from fwtui.tui.common.common_step import common_step, moves
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.lane_status import status
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.requests import Requests

RATES: tuple[int | None, ...] = (None, 1000, 100, 10, 1)
"""Intervals of logging, in steps; None: only when asked."""

_PATIENCE_S = 5.0

_NEWEST = 2 * LOGS_A_SECOND
"""Number of a lane's newest logs among which a step that the other lanes have logged too is searched."""


@dataclass
class _Kept:
    """One run of a lane.

    Attributes:
        log: the log that is shown.
        fault: its log with the fault that was waited for.
    """

    run: LaneRun
    log: OpsLogged | None = None
    fault: OpsLogged | None = None


@dataclass
class LogFeed:
    """Follow the newest logs, or keep showing the same ones.

    Attributes:
        live: whether the newest are shown.
    """

    model: RaceModel
    live: bool = True
    _kept: dict[int, _Kept] = field(default_factory=dict)
    _requests: Requests = field(default_factory=Requests)
    _fault_step: int | None = None

    def ask(self, lanes: Sequence[int]) -> None:
        """Ask those lanes that may have a new log for that of one and the same step, if they all reach
        one; to be called about once a second.
        """
        if not any(self._is_awaited(index) for index in lanes):
            self._ask([index for index in lanes if self._wants(self.model.lanes[index])], lanes)

    def _ask(self, wanted: Sequence[int], lanes: Sequence[int]) -> None:
        able = [lane for lane in map(self.model.lanes.__getitem__, lanes) if not lane.history.not_logged]
        step = common_step([lane for lane in able if not lane.over])
        rate = self.rate(lanes)
        if rate is not None:
            if not step:
                return
            step = -(-step // rate) * rate  # a step that they log anyway, but might not send
        for index in wanted:
            lane = self.model.lanes[index]
            self._requests.make(lane, lane.history.op_logs_seen, step)
            self.model.ask_ops(index, step)

    def _is_awaited(self, index: int) -> bool:
        """Return whether a lane is on its way to the step that it was asked for: until then no lane is asked
        for another one, unless that takes too long.
        """
        lane = self.model.lanes[index]
        request = self._requests.of(lane)
        if request is None or not request.step or not moves(lane) or lane.history.not_logged:
            return False
        return self._is_pending(lane) and self._requests.age_s(lane) < _PATIENCE_S

    def _is_pending(self, lane: Lane) -> bool:
        return self._requests.is_pending(lane, lane.history.op_logs_seen)

    def take_in(self, lanes: Sequence[int]) -> int | None:
        """Show the newest logs, if they are followed.

        Returns:
            The lane whose newest log holds the fault that was waited for: from now on that log stays,
            together with the others' of the same step.
        """
        newest = self._newest(lanes)
        for index in lanes:
            kept, log = self._of(index), self.model.lanes[index].history.ops
            if self.live or kept.log is None:
                kept.log = newest[index]
            if log is None or log is kept.fault or not self.model.lanes[index].until_nan:
                continue
            if not self.live and self._fault_step is not None:
                self._catch_up(index, log)
            elif first_fault(log.log) is not None:
                self._show_fault(index, log, lanes)
                return index
        return None

    def log(self, index: int) -> OpsLogged | None:
        """Return the log that is shown of a lane; None before there is one."""
        return self._of(index).log

    def watch(self, lanes: Sequence[int]) -> int | None:
        """Make these lanes log each step until a log holds a NaN; restart a lane that has diverged.

        Returns:
            The lane that has sent such a log already, which is then shown.
        """
        for index in lanes:
            for log in self.model.lanes[index].history.op_logs:
                if first_fault(log.log) is not None:
                    self._show_fault(index, log, lanes)
                    return index
        self.live = True
        for index in lanes:
            ended = self.model.lanes[index].history.ended
            if ended is not None and ended.outcome == "diverged":
                self.model.restart(index)
            if not self.model.lanes[index].over:
                self.model.log_until_nan(index)
        return None

    def watches(self, lanes: Sequence[int]) -> bool:
        """Return whether a lane logs each step until there is a NaN."""
        return any(
            lane.until_nan and not lane.history.ended and self._of(lane.run.lane).fault is None
            for lane in (self.model.lanes[index] for index in lanes if self.live)
        )

    def rate(self, lanes: Sequence[int]) -> int | None:
        """Return the interval of logging of the first of these lanes, in steps; None: only when asked."""
        return self.model.lanes[lanes[0]].log_every

    def set_rate(self, lanes: Sequence[int], by: int) -> None:
        """Make these lanes log more or less often, by `by` places in `RATES`."""
        now = self.rate(lanes)
        place = RATES.index(now) if now in RATES else sum(1 for one in RATES[1:] if one and now and one > now)
        rate = RATES[min(max(place + by, 0), len(RATES) - 1)]
        for index in lanes:
            self.model.log_every(index, rate or 0)

    def stop(self, lanes: Sequence[int]) -> None:
        """Make these lanes log only when asked."""
        for index in lanes:
            self.model.log_every(index, 0)

    def try_again(self, lanes: Sequence[int]) -> None:
        """Ask these lanes once more, also those that could not log."""
        self._ask([index for index in lanes if not self.model.lanes[index].over], lanes)

    def halted(self, lanes: Sequence[int]) -> dict[int, str]:
        """Return those of these lanes that take no steps by themselves now, with the reason in a word."""
        of = {index: self.model.lanes[index] for index in lanes}
        ended = {index: numbers.outcome(end) for index, lane in of.items() if (end := lane.history.ended)}
        return {index: "paused" for index, lane in of.items() if lane.paused} | ended

    def state(self, index: int) -> str:
        """Return why a lane has sent no log, or none yet."""
        lane = self.model.lanes[index]
        history = lane.history
        if history.not_logged:
            return f"cannot tell its ops: {plain(history.not_logged)}"
        if lane.over:
            assert history.ended is not None
            why = f": {plain(history.ended.reason)}" if history.ended.outcome == "failed" else ""
            return f"the lane has {numbers.outcome(history.ended)} and logs no more ops{why}"
        if history.built is None:
            return f"{status(lane)[0]}, its ops come once it trains"
        if not history.steps:
            return f"{status(lane)[0]}, its ops come after the first step"
        if self._requests.of(lane) is None:
            return "not asked yet"
        if self.halted([index]):
            return "asked: the log comes at once"
        if history.standing == "waiting":
            return "asked: the log comes with its next turn"
        return "asked: the log comes with the next step"

    def _wants(self, lane: Lane) -> bool:
        """Return whether to ask a lane now: it can send a new log, and would not without being asked."""
        history = lane.history
        if lane.over or history.built is None or history.not_logged:
            return False
        if self._is_pending(lane):
            return False
        if history.ops is None:
            return True
        return self.live and not lane.until_nan and history.ops.step < history.steps

    def _newest(self, lanes: Sequence[int]) -> dict[int, OpsLogged | None]:
        """Return the newest log of each lane; while all of them train, those of the newest step that all have
        logged, unless that is long ago.
        """
        of = {index: self.model.lanes[index] for index in lanes}
        if all(moves(lane) and not lane.history.not_logged for lane in of.values()):
            logs = {index: _by_step(lane.history.op_logs) for index, lane in of.items()}
            common = set.intersection(*map(set, logs.values()))
            if common:
                return {index: one[max(common)] for index, one in logs.items()}
        return {index: lane.history.ops for index, lane in of.items()}

    def _of(self, index: int) -> _Kept:
        run = self.model.lanes[index].run
        kept = self._kept.get(index)
        if kept is None or kept.run is not run:
            kept = self._kept[index] = _Kept(run)
        return kept

    def _show_fault(self, index: int, log: OpsLogged, lanes: Sequence[int]) -> None:
        self.live, self._fault_step = False, log.step
        for other in lanes:
            kept, logs = self._of(other), self.model.lanes[other].history.op_logs
            kept.log = next((one for one in logs if one.step == log.step), kept.log)
        kept = self._of(index)
        kept.log = kept.fault = log

    def _catch_up(self, index: int, log: OpsLogged) -> None:
        """Show a lane's logs up to the step of the other's fault; then stop its logging."""
        assert self._fault_step is not None
        if log.step <= self._fault_step:
            self._of(index).log = log
        if log.step >= self._fault_step:
            self._of(index).fault = log
            self.model.log_every(index, 0)


def _by_step(logs: Sequence[OpsLogged]) -> dict[int, OpsLogged]:
    return {log.step: log for log in list(logs)[-_NEWEST:]}
