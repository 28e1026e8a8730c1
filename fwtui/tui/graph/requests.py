"""When a lane is asked for its graphs, and what is said until they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter_ns

from fwtui.backends import catalogue as backends
from fwtui.core.records import GraphsCaptured
from fwtui.format import numbers
from fwtui.race.race import LaneRun
from fwtui.tui.common.common_step import common_step
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.lane_status import status
from fwtui.tui.common.model import RaceModel

_SOON_S = 1.0


@dataclass(frozen=True, slots=True)
class _Question:
    """One that a run of a lane was asked: when, and what it had told by then."""

    run: LaneRun
    told: GraphsCaptured | None
    at_ns: int


class Asking:
    """Asks a lane once it has done a step, and again when it has compiled something since it answered.

    A lane that makes a graph in each step is asked anew beside it, so that both tell those of one step; and
    again where all do so and stand before one other step, and when one returns to their graphs.
    """

    def __init__(self) -> None:
        self._asked: dict[int, _Question] = {}

    def look(self, model: RaceModel, lanes: Sequence[int]) -> None:
        """Asks those lanes whose graphs are not known, or not those that they have now."""
        of = [model.lanes[index] for index in lanes]
        together = all(map(_stands, of)) and len({lane.history.steps for lane in of}) == 1
        self._look(model, lanes, _behind(model, lanes) if together else [])

    def return_to(self, model: RaceModel, lanes: Sequence[int]) -> None:
        """Asks also those that make a graph in each step: what they have told is of a step long ago."""
        self._look(model, lanes, _behind(model, lanes))

    def _look(self, model: RaceModel, lanes: Sequence[int], behind: Sequence[int]) -> None:
        self.ask(model, [index for index in lanes if index in behind or _is_old(model.lanes[index])], lanes)

    def ask(self, model: RaceModel, wanted: Sequence[int], lanes: Sequence[int]) -> None:
        """Asks the `wanted` ones of these lanes, but those that cannot answer, or have not answered yet."""
        able = [index for index in lanes if self._can_tell(model.lanes[index])]
        if not any(index in wanted for index in able):
            return
        asked = [index for index in able if index in wanted or makes_another(model.lanes[index])]
        step = common_step([model.lanes[index] for index in asked])
        for index in asked:
            lane = model.lanes[index]
            self._asked[index] = _Question(lane.run, lane.history.graphs, perf_counter_ns())
            model.ask_graphs(index, step if asked[1:] else 0)

    def waits(self, lane: Lane) -> bool:
        """Whether a question to this run is not yet answered."""
        question = self._question(lane)
        return question is not None and lane.history.graphs is question.told and not lane.over

    def _can_tell(self, lane: Lane) -> bool:
        # Before its first step it has nothing to tell, and would be asked again when it has compiled that.
        return lane.history.steps > 0 and not lane.over and not self.waits(lane)

    def state(self, lane: Lane) -> str:
        """Why there are no graphs of the lane, or none yet, in a line or two."""
        history = lane.history
        question = self._question(lane)
        if lane.over:
            assert history.ended is not None
            return f"the lane has {numbers.outcome(history.ended)}: it tells no graph any more"
        if question is None:
            return f"{status(lane)[0]}\nits graphs come after its first step"
        seconds = (perf_counter_ns() - question.at_ns) / 1e9
        if seconds < _SOON_S:
            return "asked, comes at once" if _stands(lane) else "asked, comes with the next step"
        if history.standing == "waiting":
            return "asked, comes with its next turn"
        compiles = any("compile" in part.phases for part in backends.entry(lane.spec.backend).source)
        why = "\na copy of the step is compiled once more, which takes seconds" if compiles else ""
        return f"capturing…  {numbers.clock(seconds)}{why}"

    def _question(self, lane: Lane) -> _Question | None:
        question = self._asked.get(lane.run.lane)
        return question if question is not None and question.run is lane.run else None


def _is_old(lane: Lane) -> bool:
    """Whether a lane has told no graphs, or has compiled another one since."""
    told = lane.history.graphs
    return told is None or any(compiled.step >= told.step for compiled in lane.history.compiled)


def _behind(model: RaceModel, lanes: Sequence[int]) -> list[int]:
    """Those that have told the graph of a step before their next one.

    None beside a lane that compiles: both have told what they make of the batch of one step.
    """
    of = {index: model.lanes[index] for index in lanes}
    if not all(map(makes_another, of.values())):
        return []
    told = ((index, lane, lane.history.graphs) for index, lane in of.items())
    return [index for index, lane, graphs in told if graphs is not None and graphs.step < lane.history.steps]


def _stands(lane: Lane) -> bool:
    """Whether a lane takes no step by itself, so that it answers at once."""
    return lane.paused or lane.history.ended is not None


def makes_another(lane: Lane) -> bool:
    """Whether a lane's graph may be another one in another step, and is soon told."""
    return backends.entry(lane.spec.backend).graph == "dynamic"
