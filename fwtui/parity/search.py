"""From the probe that differs to the step, and from the step to the op."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fwtui.backends import catalogue as backends
from fwtui.core.records import OpsLogged, Probed
from fwtui.core.spec import Feed, LaneSpec, OpLogging, Probes, RaceSpec, Start
from fwtui.measure.agreement import Place, first_place
from fwtui.measure.probe_gap import ProbeComparison
from fwtui.parity.finding import Finding, Run, Say
from fwtui.parity.step_comparison import LogAgain, StepComparison
from fwtui.parity.twins import Twins, eagerly
from fwtui.session.same_answer import least_exact

Pair = tuple[LaneSpec, LaneSpec]


@dataclass(frozen=True)
class Search:
    """Looks for the first place that two lanes differ in, with races of its own.

    Attributes:
        run: runs a race to its end.
        say: receives the name of each stage as it begins.
    """

    twins: Twins
    run: Run
    say: Say

    def locate(self, finding: Finding) -> Finding:
        """`finding` with the step made exact, and the first op that differs in it."""
        place = finding.place
        assert place is not None
        lanes, index = self.twins.lanes, self.twins.index
        first, other = place.gap.first, place.gap.lane
        pair, allowed = (lanes[first], lanes[other]), finding.tolerances.lanes
        if finding.in_float64:
            pair = (self.twins.all[index[first]], self.twins.all[index[other]])
            allowed = finding.tolerances.truth if pair[0] not in lanes else allowed
        if not place.exact:
            self.say(f"looking into steps {place.step} to {place.last}")
            exact, cut_short = self._narrowed(finding, place, pair, allowed)
            if exact is None:
                why = "it did not happen again with every step probed"
                return _cut_short(finding, cut_short) or replace(finding, op_reason=why)
            place = replace(exact, gap=replace(exact.gap, first=first, lane=other))
            finding = replace(finding, place=place)
        if place.stage == "first weights":
            return replace(finding, op_reason="the first weights differ before anything was computed")
        return self._from_start(finding, pair, place.step, allowed)

    def _narrowed(
        self, finding: Finding, place: Place, pair: Pair, allowed: float
    ) -> tuple[Place | None, signal.Signals | None]:
        """The place with every step probed, and what cut the race for it short."""
        probes = Probes(every=1, first=place.step)
        lanes = tuple(replace(lane, steps=place.last + 1, probes=probes) for lane in pair)
        comparison = ProbeComparison(least_exact(lanes))
        ran = self.run(replace(finding.result.spec, lanes=lanes), lambda lanes: None)
        comparison.update(ran.lanes)
        return first_place(comparison.rows, allowed), ran.signal

    def _from_start(self, finding: Finding, pair: Pair, step: int, allowed: float) -> Finding:
        """`finding` with the first op of `step` that differs, at the first lane's weights there."""
        start = None
        if step:
            reached = self.run(
                replace(
                    finding.result.spec, lanes=(replace(pair[0], steps=step, probes=Probes(first=step)),)
                ),
                lambda lanes: None,
            )
            if cut := _cut_short(finding, reached.signal):
                return cut
            if step not in reached.lanes[0].probes:
                return replace(finding, op_reason=f"step {step} could not be reached again")
            start = reached.lanes[0].probes[step]
        return self.ops(finding, pair, start, allowed)

    def ops(
        self, finding: Finding, pair: Pair, at: Probed | None, allowed: float, with_update: bool = True
    ) -> Finding:
        """`finding` with the first op that differs in a step that both take eagerly from the same weights.

        Args:
            at: the step and the weights; None: the first.
            with_update: whether the updates are compared, too.
        """
        step = 0 if at is None else at.step
        lanes = tuple(_logging(eagerly(lane, lane.dtype), at) for lane in pair)
        if lanes[0] == lanes[1]:
            modes = " and ".join(sorted({lane.backend for lane in pair}))
            why = f"{modes} run the same ops: what differs is how they are compiled"
            return replace(finding, op_reason=why, same_step=True)
        self.say(f"comparing step {step} op by op")
        spec = finding.result.spec
        ran = self.run(replace(spec, lanes=lanes), lambda lanes: None)
        if cut := _cut_short(finding, ran.signal):
            return cut
        logs = []
        for number, lane in enumerate(ran.lanes, 1):
            if lane.ops is None:
                why = lane.not_logged or (lane.ended.reason if lane.ended else "it did not come so far")
                return replace(finding, op_reason=f"lane {number}'s ops could not be logged: {why}")
            logs.append(replace(lane.ops, step=step))
        comparison = StepComparison(
            (logs[0], logs[1]), _titles(lanes), allowed, with_update, self._again(spec, lanes, step)
        )
        try:
            return comparison.judged(finding)
        except ValueError as error:
            return replace(finding, op_reason=f"the ops could not be compared: {error}")

    def _again(self, spec: RaceSpec, lanes: tuple[LaneSpec, ...], step: int) -> LogAgain | None:
        """Logs PyTorch's ops of the step again, with outputs replaced; None unless just one lane is its."""
        eager = [number for number, lane in enumerate(lanes) if lane.backend == "torch.eager"]
        if len(eager) != 1:
            return None

        def log(feeds: Sequence[Feed]) -> OpsLogged:
            lane = lanes[eager[0]]
            assert lane.ops is not None
            fed = replace(lane, ops=replace(lane.ops, feeds=tuple(feeds)))
            (history,) = self.run(replace(spec, lanes=(fed,)), lambda lanes: None).lanes
            if history.ops is None:
                raise ValueError(history.not_logged or "the step could not be taken again")
            return replace(history.ops, step=step)

        return LogAgain(eager[0], log)


def _logging(lane: LaneSpec, at: Probed | None) -> LaneSpec:
    """`lane` as one that logs a single step, whole."""
    start = None if at is None else Start(at.step, at.parameters, at.state)
    logging = OpLogging(last=True, values=True)
    return replace(lane, start=start, steps=0, probes=None, ops=logging, by_turns=False, linger=False)


def _titles(lanes: tuple[LaneSpec, ...]) -> tuple[str, str]:
    """What to call the two: their frameworks, or their places where those are the same."""
    first, second = (backends.entry(lane.backend).framework.title for lane in lanes)
    return (first, second) if first != second else ("the first lane", "the other lane")


def _cut_short(finding: Finding, by: signal.Signals | None) -> Finding | None:
    """Return `finding` marked as incomplete where a signal ended the search; None where none did."""
    if by is None:
        return None
    return replace(finding, op_reason="the search was cut short", result=replace(finding.result, signal=by))
