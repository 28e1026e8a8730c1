"""The lanes of a check with their twins in float64, and the comparison of their probes while they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fwtui.backends import catalogue as backends
from fwtui.core.spec import DeviceSettings, LaneSpec, Probes
from fwtui.measure.digests import Scales
from fwtui.measure.history import History
from fwtui.measure.probe_gap import ProbeComparison
from fwtui.measure.updates import UpdateCheck
from fwtui.session.same_answer import least_exact


class Twins:
    """The lanes, and the same networks in float64, by each lane's framework, eagerly, on the CPU.

    Attributes:
        lanes: the lanes, as they are compared: what a model draws is the same in each.
        all: these, then their twins.
        index: where in `all` each lane's twin is; a float64 lane is its own.

    Args:
        wanted: whether to have twins, and to hold lanes against float64.
        tolerance: how far off a lane may be there, relatively, without an explanation.
    """

    def __init__(self, lanes: Sequence[LaneSpec], wanted: bool, tolerance: float) -> None:
        self.wanted = wanted
        lanes = tuple(
            replace(lane, digests=True, equal_random_numbers=lane.model is not None) for lane in lanes
        )
        self.lanes = self.all = tuple(lanes)
        self.index = list(range(len(lanes)))
        if not wanted:
            return
        self.lanes = self.all = tuple(replace(lane, probes=_exact(lane.probes, tolerance)) for lane in lanes)
        for number, lane in enumerate(lanes):
            if lane.dtype != "float64":
                twin = eagerly(lane, "float64")
                self.all = self.all if twin in self.all else (*self.all, twin)
                self.index[number] = self.all.index(twin)

    @property
    def doubles(self) -> list[int]:
        """The places of the float64 lanes, each once."""
        return list(dict.fromkeys(self.index))


def _exact(probes: Probes | None, tolerance: float) -> Probes | None:
    return None if probes is None else replace(probes, exact=True, tolerance=tolerance)


def eagerly(lane: LaneSpec, dtype: str) -> LaneSpec:
    """The same training, op by op, on the CPU."""
    eager = backends.entry(lane.backend).framework.eager or lane.backend
    settings = DeviceSettings(deterministic=lane.device_settings.deterministic)
    return replace(lane, backend=eager, dtype=dtype, device="cpu", device_settings=settings)


def is_eager(lane: LaneSpec) -> bool:
    """Whether the lane runs op by op already."""
    return eagerly(lane, lane.dtype).backend == lane.backend


class Comparisons:
    """Compares probes as they arrive, and drops those that are no longer needed.

    Attributes:
        lanes: the lanes' probes.
        between: those of their twins.
        scales: how large digests of what was probed are.
        updates: by place among the lanes and their twins, the first updates held against the equations.
    """

    def __init__(self, lanes: Sequence[LaneSpec], twins: Twins) -> None:
        self.lanes, self.between = ProbeComparison(least_exact(lanes)), ProbeComparison("float64")
        self._members = [(self.lanes, tuple(range(len(lanes))))]
        if twins.wanted:
            self._members.append((self.between, tuple(twins.doubles)))
        self.scales = Scales()
        self.updates = [UpdateCheck(one.optimizer, one.learning_rate, one.dtype) for one in twins.all]

    def __call__(self, lanes: list[History]) -> None:
        """Process the new records of `lanes`, the twins among them, since the last call."""
        for comparison, members in self._members:
            comparison.update([lanes[member] for member in members])
        for comparison, members in self._members:
            for member in members:
                for step in lanes[member].probes.keys() & comparison.compared:
                    self.scales.update(lanes[member].probes[step])
                follow_updates(comparison, lanes[member], self.updates[member])
        for number, lane in enumerate(lanes):
            mine = [(comparison, members) for comparison, members in self._members if number in members]
            for step in list(lane.probes):
                if all(step in c.compared or _hopeless(lanes, members, step) for c, members in mine):
                    lane.forget_probe(step)


def follow_updates(comparison: ProbeComparison, lane: History, check: UpdateCheck) -> None:
    """Follows a lane's updates between the probes that are compared by now."""
    rows = {row.step: row for row in comparison.rows} if check.wants is not None else {}
    while (step := check.wants) in lane.probes and step in rows:
        gaps = {name: gap for (kind, name), gap in rows[step].gaps.items() if kind == "gradient"}
        noise = {name: gap.array.absolute for name, gap in gaps.items() if gap.relative <= check.tolerance}
        check.update(lane.probes[step], noise)


def _hopeless(lanes: Sequence[History], members: Sequence[int], step: int) -> bool:
    return len(members) < 2 or any(
        lanes[member].ended is not None and step not in lanes[member].probes for member in members
    )
