"""Whether the nets of a user's file train: one step of each, in a lane of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from fwtui.backends.catalogue import frameworks, is_own, simplest
from fwtui.backends.entries import FrameworkEntry
from fwtui.cli.planning import planned
from fwtui.cli.progress import Progress
from fwtui.cli.result_table import log_tail
from fwtui.measure.history import History
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.session.run import run
from fwtui.workloads.user.description import Description
from fwtui.workloads.user.errors import NET, how_to_write


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
            "function": self.framework.key + NET,
            "loss": self.loss,
            "problem": self.problem,
            "hint": self.hint or None,
            "log": list(self.log),
        }


def check_nets(file: Description, request: RaceRequest) -> list[NetCheck]:
    """Train each net of `file` for one step; a net is missing where fwtui itself has its framework.

    Args:
        request: names the file and its data; which backends, and how long, is not taken from there.
    """
    wanted = [framework for framework in frameworks() if framework.key in file.nets or is_own(framework)]
    usable = [framework for framework in wanted if file.nets.get(framework.key, "missing") is None]
    lanes = tuple(LaneRequest(simplest(framework)) for framework in usable)
    race = planned(replace(request, lanes=lanes, steps="1"))
    with Progress(race) as progress:
        histories = dict(zip(usable, run(race, progress).lanes, strict=True))
    return [
        _trained(framework, histories[framework]) if framework in histories else _unusable(framework, file)
        for framework in wanted
    ]


def _unusable(framework: FrameworkEntry, file: Description) -> NetCheck:
    function = framework.key + NET
    where, what, hint = file.nets.get(framework.key) or (
        "",
        f"no function {function}",
        f"add {how_to_write(function)}",
    )
    return NetCheck(framework, None, f"{where}: {what}" if where else what, hint)


def _trained(framework: FrameworkEntry, lane: History) -> NetCheck:
    if lane.ended is None:
        return NetCheck(framework, None, "was interrupted")
    problem = None if lane.ended.outcome == "done" else lane.ended.reason or lane.ended.outcome
    if problem is None:
        return NetCheck(framework, lane.loss, None)
    log = tuple(log_tail(lane))
    return NetCheck(framework, lane.loss, problem, "" if log else lane.ended.hint, log)
