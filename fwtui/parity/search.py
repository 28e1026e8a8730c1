"""From the probe that differs to the step, and from the step to the op."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fwtui.backends import catalogue as backends
from fwtui.measure.agreement import Place, first_place
from fwtui.measure.history import History
from fwtui.measure.probes import ProbeComparison
from fwtui.ops.first_op import first_difference
from fwtui.parity.finding import Finding, Run, Say, least_exact
from fwtui.parity.twins import Twins, eagerly
from fwtui.race.records import Probed
from fwtui.race.spec import LaneSpec, OpLogging, Probes, Start

Pair = tuple[LaneSpec, LaneSpec]


@dataclass(frozen=True)
class Search:
    """Looks for the first place that two lanes differ in, with races of its own.

    Attributes:
        run: runs a race to its end.
        say: is told what happens next.
    """

    twins: Twins
    run: Run
    say: Say

    def locate(self, finding: Finding) -> Finding:
        """`finding` with the step made exact, and the first op that differs in it."""
        place = finding.place
        assert place is not None
        lanes, index = finding.result.spec.lanes, self.twins.index
        pair, allowed = (lanes[0], lanes[place.gap.lane]), finding.tolerances.lanes
        if finding.in_float64:
            pair = (self.twins.all[index[0]], self.twins.all[index[place.gap.lane]])
            allowed = finding.tolerances.truth if pair[0] not in lanes else allowed
        if not place.exact:
            self.say(f"looking into steps {place.step} to {place.last}")
            exact, cut_short = self._narrowed(finding, place, pair, allowed)
            if exact is None:
                why = "it did not happen again with every step probed"
                return _cut_short(finding, cut_short) or replace(finding, op_reason=why)
            place = replace(exact, gap=replace(exact.gap, lane=place.gap.lane))
            finding = replace(finding, place=place)
        if place.stage == "first weights":
            return replace(finding, op_reason="the first weights differ before anything was computed")
        return self._ops_compared(finding, pair, place.step, allowed)

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

    def _ops_compared(self, finding: Finding, pair: Pair, step: int, allowed: float) -> Finding:
        """`finding` with the first op of `step` that differs, taken eagerly from the same weights by both."""
        first, other = (eagerly(lane, lane.dtype) for lane in pair)
        if first == other:
            modes = " and ".join(sorted({lane.backend for lane in pair}))
            why = f"{modes} run the same ops: what differs is how they are compiled"
            return replace(finding, op_reason=why, same_step=True)
        self.say(f"comparing step {step} op by op")
        start = None
        if step:
            reached = self.run(
                replace(finding.result.spec, lanes=(replace(first, steps=step, probes=Probes(first=step)),)),
                lambda lanes: None,
            )
            if cut := _cut_short(finding, reached.signal):
                return cut
            if step not in reached.lanes[0].probes:
                return replace(finding, op_reason=f"step {step} could not be reached again")
            start = _start(reached.lanes[0].probes[step])
        ops = OpLogging(last=True, values=True)
        logged = tuple(
            replace(
                lane,
                start=start,
                steps=0,
                probes=None,
                ops=ops,
                by_turns=False,
                linger=False,
            )
            for lane in (first, other)
        )
        ran = self.run(replace(finding.result.spec, lanes=logged), lambda lanes: None)
        if cut := _cut_short(finding, ran.signal):
            return cut
        return _first_op(finding, ran.lanes, step, allowed, _titles(logged))


def _first_op(
    finding: Finding, lanes: Sequence[History], step: int, allowed: float, titles: tuple[str, str]
) -> Finding:
    logs = []
    for number, lane in enumerate(lanes, 1):
        if lane.ops is None:
            why = lane.not_logged or (lane.ended.reason if lane.ended else "it did not come so far")
            return replace(finding, op_reason=f"lane {number}'s ops could not be logged: {why}")
        logs.append(replace(lane.ops, step=step))
    try:
        op = first_difference(logs[0], logs[1], allowed, titles)
    except ValueError as error:
        return replace(finding, op_reason=f"the ops could not be compared: {error}")
    if op is None:
        why = "op by op, run eagerly from the same weights, both compute the same"
        return replace(finding, op_reason=why, same_step=True)
    return replace(finding, op=op)


def _start(probe: Probed) -> Start:
    return Start(probe.step, probe.parameters)


def _titles(lanes: tuple[LaneSpec, ...]) -> tuple[str, str]:
    """What to call the two: their frameworks, or their places where those are the same."""
    first, second = (backends.entry(lane.backend).framework.title for lane in lanes)
    return (first, second) if first != second else ("the first lane", "the other lane")


def _cut_short(finding: Finding, by: signal.Signals | None) -> Finding | None:
    """`finding` as it is told where the search was ended by a signal; None where it was not."""
    if by is None:
        return None
    return replace(finding, op_reason="the search was cut short", result=replace(finding.result, signal=by))
