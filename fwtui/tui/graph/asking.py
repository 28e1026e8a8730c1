"""When a lane is asked for its graphs, and what is said until they come."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter_ns

from fwtui.backends import catalogue as backends
from fwtui.race.race import LaneRun
from fwtui.race.records import GraphsTold
from fwtui.tui import words
from fwtui.tui.model import Lane, RaceModel

_SOON_S = 1.0


@dataclass(frozen=True, slots=True)
class _Question:
    """One that a run of a lane was asked: when, and what it had told by then."""

    run: LaneRun
    told: GraphsTold | None
    at_ns: int


class Asking:
    """Asks a lane once it has done a step, and again when it has compiled something since it answered."""

    def __init__(self) -> None:
        self._asked: dict[int, _Question] = {}

    def look(self, model: RaceModel, index: int) -> None:
        """Asks lane `index` where its graphs are not known, or not those that it has now."""
        history = model.lanes[index].history
        told = history.graphs
        if told is None or any(compiled.step >= told.step for compiled in history.compiled):
            self.ask(model, index)

    def ask(self, model: RaceModel, index: int) -> None:
        """Asks it now, unless it cannot answer, or has a question to answer already."""
        lane = model.lanes[index]
        # Before its first step it has nothing to tell, and would be asked again when it has compiled that.
        if lane.history.steps and not lane.over and not self.waits(lane):
            self._asked[index] = _Question(lane.run, lane.history.graphs, perf_counter_ns())
            model.ask_graphs(index)

    def waits(self, lane: Lane) -> bool:
        """Whether a question to this run is not yet answered."""
        question = self._question(lane)
        return question is not None and lane.history.graphs is question.told and not lane.over

    def state(self, lane: Lane) -> str:
        """Why there are no graphs of the lane, or none yet, in a line or two."""
        history = lane.history
        question = self._question(lane)
        if lane.over:
            assert history.ended is not None
            return f"the lane has {words.outcome(history.ended)}: it tells no graph any more"
        if question is None:
            return f"{words.PHASES[history.phase]}\nits graphs come after its first step"
        seconds = (perf_counter_ns() - question.at_ns) / 1e9
        if seconds < _SOON_S:
            return "asked, comes with the next step"
        if history.standing == "waiting":
            return "asked, comes with its next turn"
        compiles = any("compile" in part.phases for part in backends.entry(lane.spec.backend).source)
        why = "\na copy of the step is compiled once more, which takes seconds" if compiles else ""
        return f"capturing…  {words.clock(seconds)}{why}"

    def _question(self, lane: Lane) -> _Question | None:
        question = self._asked.get(lane.run.lane)
        return question if question is not None and question.run is lane.run else None
