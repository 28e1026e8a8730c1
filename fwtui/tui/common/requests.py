"""The last request that was made of each lane, until the lane has answered it."""

from __future__ import annotations

from dataclasses import dataclass

from fwtui.race.race import LaneRun
from fwtui.tui.common.lane import Lane


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a run of a lane.

    Attributes:
        answers: how many answers had come from the lane by then.
        step: the step that it is for; 0 for the next one.
        at_ns: when it was made.
    """

    run: LaneRun
    answers: int
    step: int
    at_ns: int


class Requests:
    """One request for each lane; a lane that was restarted has none."""

    def __init__(self) -> None:
        self._made: dict[int, Request] = {}

    def make(self, lane: Lane, answers: int, step: int = 0) -> None:
        """Note a request in place of the lane's last one."""
        self._made[lane.run.lane] = Request(lane.run, answers, step, lane.history.clock())

    def of(self, lane: Lane) -> Request | None:
        """The last request to this run of the lane."""
        made = self._made.get(lane.run.lane)
        return made if made is not None and made.run is lane.run else None

    def is_pending(self, lane: Lane, answers: int) -> bool:
        """Whether there is a request that is among none of the `answers` that have come by now."""
        made = self.of(lane)
        return made is not None and answers <= made.answers

    def age_s(self, lane: Lane) -> float:
        """For how many seconds the request has been made; 0 where there is none."""
        made = self.of(lane)
        return 0.0 if made is None else (lane.history.clock() - made.at_ns) / 1e9
