"""Whether the nets of a user's file train: one step of each, in a lane of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from fwtui.backends.catalogue import FRAMEWORKS, FrameworkEntry, first_of
from fwtui.cli.planning import planned
from fwtui.cli.progress import Progress
from fwtui.cli.result_table import log_tail
from fwtui.measure.history import History
from fwtui.race.plan import LaneRequest, RaceRequest
from fwtui.session.run import run
from fwtui.workloads.user.description import Description
from fwtui.workloads.user.errors import TO_ADD


@dataclass(frozen=True)
class NetCheck:
    """What came of one step of one framework's net.

    Attributes:
        loss: of the step; None where it was not done.
        problem: what is wrong, and where; None where nothing is.
        hint: what mends it.
        log: the last lines of the lane's output, where one line does not explain the problem.
    """

    framework: FrameworkEntry
    loss: float | None
    problem: str | None
    hint: str = ""
    log: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The check; unknown is null."""
        return {
            "framework": self.framework.title,
            "function": f"{self.framework.key}_loss",
            "loss": self.loss,
            "problem": self.problem,
            "hint": self.hint or None,
            "log": list(self.log),
        }


def check_nets(file: Description, request: RaceRequest) -> list[NetCheck]:
    """Train each net of `file` for one step.

    Args:
        request: names the file and its data; which backends, and how long, is not taken from there.
    """
    found = [framework for framework in FRAMEWORKS.values() if framework.key in file.nets]
    lanes = tuple(LaneRequest(first_of(framework)) for framework in found)
    race = planned(replace(request, lanes=lanes, steps="1"))
    with Progress(race) as progress:
        histories = dict(zip(found, run(race, progress).lanes, strict=True))
    return [_check(framework, histories.get(framework)) for framework in FRAMEWORKS.values()]


def _check(framework: FrameworkEntry, lane: History | None) -> NetCheck:
    function = f"{framework.key}_loss"
    if lane is None:
        return NetCheck(framework, None, f"no function {function}", f"add {TO_ADD[function]}")
    if lane.ended is None:
        return NetCheck(framework, None, "was interrupted")
    problem = None if lane.ended.outcome == "done" else lane.ended.reason or lane.ended.outcome
    if problem is None:
        return NetCheck(framework, lane.loss, None)
    log = tuple(log_tail(lane))
    return NetCheck(framework, lane.loss, problem, "" if log else lane.ended.hint, log)
