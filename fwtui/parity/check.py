"""Races lanes beside float64 twins, tells rounding from a bug, and looks for the first place that differs."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fwtui.backends import catalogue as backends
from fwtui.headless import Result, Watch
from fwtui.measure.agreement import Place, Stage, Truth, early_parameters, first_place, rounding
from fwtui.measure.arrays import array_gap, unlike
from fwtui.measure.first_op import OpDifference, first_difference
from fwtui.measure.history import History
from fwtui.measure.parity import TOLERANCES, LossComparison, LossGap
from fwtui.measure.probes import Gap, ProbeComparison, ProbeRow, largest
from fwtui.measure.verdict import incomparable, speed
from fwtui.race.spec import DTYPES, LaneSpec, Probes, RaceSpec

EAGER = {"torch": "torch.eager", "tensorflow": "tf.eager"}
"""By framework: the backend that runs a network op by op."""

Run = Callable[[RaceSpec, Watch], Result]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Relative gaps that are still the same answer.

    Attributes:
        lanes: in the lanes' own dtype.
        truth: in float64.
    """

    lanes: float
    truth: float = TOLERANCES["float64"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check came to.

    Attributes:
        same: whether the lanes agree; None where it could not be judged.
        reason: why it could not be judged, or why what is said is not more exact; "" where nothing is amiss.
        rows: the lanes' probes, compared.
        truth: the lanes against the float64 truth; None where they are float64 themselves, where it was not
            asked for, or where it could not be had (`truth_reason` says why).
        place: where they first differ, in the lanes' own dtype or in float64 (`in_float64`).
        op: the first op whose output differs; None where it was not found (`op_reason` says why).
    """

    result: Result
    tolerances: Tolerances
    same: bool | None
    reason: str = ""
    rows: Sequence[ProbeRow] = ()
    truth: Truth | None = None
    truth_reason: str = ""
    place: Place | None = None
    in_float64: bool = False
    op: OpDifference | None = None
    op_reason: str = ""


def tolerances(spec: RaceSpec, lanes: float | None = None, truth: float | None = None) -> Tolerances:
    """The defaults for the least exact dtype among the lanes, replaced by what is given."""
    return Tolerances(
        TOLERANCES[_dtype(spec.lanes)] if lanes is None else lanes,
        TOLERANCES["float64"] if truth is None else truth,
    )


def check(
    spec: RaceSpec, allowed: Tolerances, run: Run, with_truth: bool = True, say: Say = lambda stage: None
) -> Finding:
    """Races the lanes beside their float64 twins, compares every probe, and looks for the first difference.

    Args:
        spec: lanes that probe; two or more.
        run: runs a race to its end, calling its watch now and then; called up to three times.
        with_truth: whether to run the twins, where a lane is not float64 already.
        say: is told what happens next.
    """
    twins = _Twins(spec.lanes, with_truth)
    watch = _Comparisons(spec.lanes, twins, allowed)
    say("training")
    ran = run(replace(spec, lanes=twins.all), watch)
    watch(ran.lanes)
    lanes = ran.lanes[: len(spec.lanes)]
    gap = LossComparison(_dtype(spec.lanes), allowed.lanes).update(lanes)
    result = replace(ran, spec=spec, lanes=lanes, gap=gap, speed=speed(spec, lanes))
    finding = _judge(result, ran.lanes, watch, twins, allowed)
    if finding.same is not False or finding.place is None or ran.signal:
        return finding
    return _locate(finding, twins, run, say)


class _Twins:
    """The lanes, and the same networks in float64, by each lane's framework, eagerly, on the CPU.

    Attributes:
        all: the lanes, then their twins.
        index: where in `all` each lane's twin is; a float64 lane is its own.
    """

    def __init__(self, lanes: Sequence[LaneSpec], wanted: bool) -> None:
        self.wanted = wanted and any(lane.dtype != "float64" for lane in lanes)
        self.all: tuple[LaneSpec, ...] = tuple(lanes)
        self.index = list(range(len(lanes)))
        if not self.wanted:
            return
        self.all = tuple(replace(lane, probes=_exact(lane.probes)) for lane in lanes)
        for number, lane in enumerate(lanes):
            if lane.dtype != "float64":
                twin = eager(lane, "float64")
                self.all = self.all if twin in self.all else (*self.all, twin)
                self.index[number] = self.all.index(twin)


def _exact(probes: Probes | None) -> Probes | None:
    return None if probes is None else replace(probes, exact=True)


def eager(lane: LaneSpec, dtype: str) -> LaneSpec:
    """The same training, op by op, on the CPU."""
    framework = backends.entry(lane.backend).framework.key
    return replace(lane, backend=EAGER.get(framework, lane.backend), dtype=dtype, device="cpu", tf32=False)


class _Comparisons:
    """Compares probes while they arrive, and lets go of those that nobody needs any more."""

    def __init__(self, lanes: Sequence[LaneSpec], twins: _Twins, allowed: Tolerances) -> None:
        dtype = _dtype(lanes)
        everyone = tuple(range(len(lanes)))
        self.lanes = ProbeComparison(dtype, allowed.lanes)
        self.between = ProbeComparison("float64", allowed.truth)
        self._members = [(self.lanes, everyone)]
        if twins.wanted:
            self._members.append((self.between, tuple(dict.fromkeys(twins.index))))

    def __call__(self, lanes: list[History]) -> None:
        for comparison, members in self._members:
            comparison.update([lanes[member] for member in members])
        for number, lane in enumerate(lanes):
            mine = [(comparison, members) for comparison, members in self._members if number in members]
            for step in list(lane.probes):
                if all(step in c.compared or _hopeless(lanes, members, step) for c, members in mine):
                    lane.forget_probe(step)


def _hopeless(lanes: Sequence[History], members: Sequence[int], step: int) -> bool:
    return any(lanes[m].ended is not None and step not in lanes[m].probes for m in members)


def _judge(
    result: Result, ran: Sequence[History], watch: _Comparisons, twins: _Twins, allowed: Tolerances
) -> Finding:
    rows = watch.lanes.rows
    finding = Finding(result, allowed, None, rows=rows)
    if refused := incomparable(result.spec.lanes, result.lanes):
        return replace(finding, reason=refused)
    truth, truth_reason = _truth(result, ran, watch, twins, allowed)
    finding = replace(finding, truth=truth, truth_reason=truth_reason)
    if truth is not None:
        doubles = [ran[index] for index in twins.index]
        gap = LossComparison("float64", allowed.truth).update(doubles)
        seen = _first_loss(doubles, gap, "float64")
        if place := _earlier(first_place(truth.between, allowed.truth), seen):
            return replace(finding, same=False, place=place, in_float64=True)
    if place := _unexplained(finding):
        return replace(finding, same=False, place=place)
    for number, lane in enumerate(result.lanes, 1):
        if lane.ended is None or lane.ended.outcome != "done":
            ended = f"{lane.ended.outcome}: {lane.ended.reason}" if lane.ended else "was cut short"
            return replace(finding, reason=f"lane {number} {ended}")
    if largest(rows) is None:
        return replace(finding, reason="nothing was compared: no finite number in any probe")
    if not any(key[0] == "parameter" for row in rows for key in row.gaps):
        return replace(finding, reason="nothing was compared: no parameter that both networks have")
    return replace(finding, same=True)


def _truth(
    result: Result, ran: Sequence[History], watch: _Comparisons, twins: _Twins, allowed: Tolerances
) -> tuple[Truth | None, str]:
    if not twins.wanted:
        return None, ""
    for number in sorted(set(twins.index)):
        ended = ran[number].ended
        if ended is None or ended.outcome != "done":
            why = f"{ended.outcome}: {ended.reason}" if ended else "cut short"
            return None, f"{twins.all[number].backend} in float64 {why}"
    figures = tuple(
        rounding(lane.rounding, number, spec.dtype, allowed.lanes)
        for number, (spec, lane) in enumerate(zip(result.spec.lanes, result.lanes, strict=True))
    )
    for spec, told in zip(result.spec.lanes, figures, strict=True):
        if spec.dtype != "float64" and not told:
            return None, f"{spec.backend} could not be run in float64 beside itself; its log says why"
    return Truth(watch.between.rows, figures), ""


def _unexplained(finding: Finding) -> Place | None:
    """The first place that differs by more than rounding explains.

    Where a lane's every figure is float64's at the same weights, and its first updates are the other lane's,
    what is left between lanes is rounding that the training has carried on.
    """
    result, tolerance, truth = finding.result, finding.tolerances.lanes, finding.truth
    if truth is None:
        strict = _dtype(result.spec.lanes) == "float64"
        probed = first_place(finding.rows, tolerance, losses_only=not strict)
        return _earlier(probed, _first_loss(result.lanes, result.gap, _dtype(result.spec.lanes)))
    if (off := truth.off()) is None:
        return first_place(early_parameters(finding.rows), tolerance)
    gaps = next((row.gaps for row in finding.rows if row.step == off.step), {})
    other = Gap(max(off.lane, 1), unlike("one lane alone was probed"))
    stage: Stage = "forward" if off.key[0] == "metric" else "backward"
    return Place(off.step, off.step, stage, off.key, gaps.get(off.key, other))


def _first_loss(lanes: Sequence[History], gap: LossGap, dtype: str) -> Place | None:
    """The first step, probed or not, whose loss differs."""
    step = gap.first_divergence
    if step is None:
        return None
    losses = [lane.metrics["loss"].values() for lane in lanes]
    known = [
        Gap(number, found)
        for number, other in enumerate(losses[1:], 1)
        if step < min(len(losses[0]), len(other))
        and (found := array_gap(losses[0][step], other[step], dtype, gap.floor or 0.0)) is not None
    ]
    worst = max(known, key=lambda one: one.relative, default=None)
    return None if worst is None else Place(step, step, "forward", ("metric", "loss"), worst)


def _earlier(a: Place | None, b: Place | None) -> Place | None:
    """That which comes first; of two in the same step, `a`."""
    return min((place for place in (a, b) if place is not None), key=lambda place: place.step, default=None)


def _locate(finding: Finding, twins: _Twins, run: Run, say: Say) -> Finding:
    """`finding` with the step made exact, and the first op that differs in it."""
    place = finding.place
    assert place is not None
    lanes = finding.result.spec.lanes
    pair = (lanes[0], lanes[place.gap.lane])
    allowed = finding.tolerances.lanes
    if finding.in_float64:
        pair = (twins.all[twins.index[0]], twins.all[twins.index[place.gap.lane]])
        allowed = finding.tolerances.truth
    if not place.exact:
        say(f"looking into steps {place.step} to {place.last}")
        exact, cut_short = _narrow(place, pair, finding.result.spec, allowed, run)
        if exact is None:
            return _cut_short(finding, cut_short) or replace(
                finding, op_reason="it did not happen again with every step probed"
            )
        place = replace(exact, gap=replace(exact.gap, lane=place.gap.lane))
        finding = replace(finding, place=place)
    if place.stage == "first weights":
        return replace(finding, op_reason="the first weights differ before anything was computed")
    return _compare_ops(finding, pair, place.step, allowed, run, say)


def _compare_ops(
    finding: Finding, pair: tuple[LaneSpec, LaneSpec], step: int, allowed: float, run: Run, say: Say
) -> Finding:
    """`finding` with the first op of `step` that differs between the lanes, run eagerly; or why none is."""
    logged = tuple(
        replace(eager(lane, lane.dtype), steps=step, probes=None, log_ops=True, by_turns=False, linger=False)
        for lane in pair
    )
    if logged[0] == logged[1]:
        modes = " and ".join(sorted({lane.backend for lane in pair}))
        return replace(finding, op_reason=f"{modes} run the same ops: what differs is how they are compiled")
    say(f"comparing step {step} op by op")
    ran = run(replace(finding.result.spec, lanes=logged), lambda lanes: None)
    if cut := _cut_short(finding, ran.signal):
        return cut
    logs = []
    for number, lane in enumerate(ran.lanes, 1):
        if lane.ops is None:
            why = lane.ended.reason if lane.ended else "it did not come so far"
            return replace(finding, op_reason=f"lane {number}'s ops could not be logged: {why}")
        logs.append(lane.ops)
    try:
        op = first_difference(logs[0], logs[1], allowed, _titles(logged))
    except ValueError as error:
        return replace(finding, op_reason=f"the ops could not be compared: {error}")
    if op is None:
        return replace(finding, op_reason="op by op, run eagerly, both compute the same")
    return replace(finding, op=op)


def _cut_short(finding: Finding, by: signal.Signals | None) -> Finding | None:
    """`finding` as it is told where the search was ended by a signal; None where it was not."""
    if by is None:
        return None
    return replace(finding, op_reason="the search was cut short", result=replace(finding.result, signal=by))


def _titles(lanes: tuple[LaneSpec, ...]) -> tuple[str, str]:
    """What to call the two: their frameworks, or their places where those are the same."""
    first, second = (backends.entry(lane.backend).framework.title for lane in lanes)
    return (first, second) if first != second else ("the first lane", "the other lane")


def _narrow(
    place: Place, pair: tuple[LaneSpec, LaneSpec], spec: RaceSpec, allowed: float, run: Run
) -> tuple[Place | None, signal.Signals | None]:
    """The place with every step probed, and what cut the race for it short."""
    probes = Probes(every=1, first=place.step)
    lanes = tuple(replace(lane, steps=place.last + 1, probes=probes) for lane in pair)
    comparison = ProbeComparison(_dtype(lanes), allowed)
    ran = run(replace(spec, lanes=lanes), lambda lanes: None)
    comparison.update(ran.lanes)
    return first_place(comparison.rows, allowed), ran.signal


def _dtype(lanes: Sequence[LaneSpec]) -> str:
    """The least exact dtype among the lanes: its rounding is what a gap must allow for."""
    return min((lane.dtype for lane in lanes), key=DTYPES.index)
