"""Requests of graphs: when a lane is asked for its graphs, and the state to show until they arrive."""

from __future__ import annotations

from collections.abc import Sequence

from fwtui.backends import catalogue as backends
from fwtui.format import numbers
from fwtui.tui.common.common_step import common_step
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.lane_status import status
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.requests import Requests

_SOON_S = 1.0


class GraphRequests:
    """Ask a lane once it has done a step, and again when it has compiled something since it answered.

    A lane that makes a graph in each step is asked again together with such a lane, so that both send the
    graphs of one step. Where all lanes make one in each step, they are asked again when they are at rest
    before the same later step, and when the user returns to the screen.
    """

    def __init__(self) -> None:
        self._requests = Requests()

    def update(self, model: RaceModel, lanes: Sequence[int]) -> None:
        """Ask those lanes whose graphs are unknown or out of date."""
        of = [model.lanes[index] for index in lanes]
        together = all(map(_is_at_rest, of)) and len({lane.history.steps for lane in of}) == 1
        self._update(model, lanes, _behind(model, lanes) if together else [])

    def return_to(self, model: RaceModel, lanes: Sequence[int]) -> None:
        """Ask also those that make a graph in each step: the graphs that they sent are of an old step."""
        self._update(model, lanes, _behind(model, lanes))

    def _update(self, model: RaceModel, lanes: Sequence[int], behind: Sequence[int]) -> None:
        self.ask(model, [index for index in lanes if index in behind or _is_old(model.lanes[index])], lanes)

    def ask(self, model: RaceModel, wanted: Sequence[int], lanes: Sequence[int]) -> None:
        """Ask the `wanted` ones of these lanes, except those that cannot answer or have not answered yet."""
        able = [index for index in lanes if self._can_answer(model.lanes[index])]
        if not any(index in wanted for index in able):
            return
        asked = [index for index in able if index in wanted or makes_another(model.lanes[index])]
        step = common_step([model.lanes[index] for index in asked])
        for index in asked:
            lane = model.lanes[index]
            self._requests.make(lane, lane.history.graphs_seen)
            model.ask_graphs(index, step if asked[1:] else 0)

    def waits(self, lane: Lane) -> bool:
        """Return whether a request to this run is not answered yet."""
        return self._requests.is_pending(lane, lane.history.graphs_seen) and not lane.over

    def _can_answer(self, lane: Lane) -> bool:
        # Before its first step it has no graphs, and would be asked again once it has compiled that step.
        return lane.history.steps > 0 and not lane.over and not self.waits(lane)

    def state(self, lane: Lane) -> str:
        """Return why there are no graphs of the lane, or none yet, in one or two lines."""
        history = lane.history
        if lane.over:
            assert history.ended is not None
            return f"the lane has {numbers.outcome(history.ended)}: it tells no graph any more"
        if self._requests.of(lane) is None:
            return f"{status(lane)[0]}\nits graphs come after its first step"
        seconds = self._requests.age_s(lane)
        if seconds < _SOON_S:
            return "asked, comes at once" if _is_at_rest(lane) else "asked, comes with the next step"
        if history.standing == "waiting":
            return "asked, comes with its next turn"
        compiles = any("compile" in part.phases for part in backends.entry(lane.spec.backend).source)
        why = "\na copy of the step is compiled once more, which takes seconds" if compiles else ""
        return f"capturing…  {numbers.clock(seconds)}{why}"


def _is_old(lane: Lane) -> bool:
    """Return whether a lane has sent no graphs, or has compiled another one since."""
    graphs = lane.history.graphs
    return graphs is None or any(compiled.step >= graphs.step for compiled in lane.history.compiled)


def _behind(model: RaceModel, lanes: Sequence[int]) -> list[int]:
    """Return the lanes whose last graphs are of a step before their next one.

    Empty where one of the lanes compiles: the graphs of all are of the batch of one step.
    """
    of = {index: model.lanes[index] for index in lanes}
    if not all(map(makes_another, of.values())):
        return []
    sent = ((index, lane, lane.history.graphs) for index, lane in of.items())
    return [index for index, lane, graphs in sent if graphs is not None and graphs.step < lane.history.steps]


def _is_at_rest(lane: Lane) -> bool:
    """Return whether a lane takes no steps by itself, so that it answers at once."""
    return lane.paused or lane.history.ended is not None


def makes_another(lane: Lane) -> bool:
    """Return whether a lane's graph may differ from step to step, and is quickly captured."""
    return backends.entry(lane.spec.backend).graph == "dynamic"
