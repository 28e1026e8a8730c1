"""Races lanes beside float64 twins, tells rounding from a bug, and has the first difference looked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fwtui.headless import Result
from fwtui.measure.agreement import Place, Stage, Truth, early_parameters, first_place, rounding
from fwtui.measure.arrays import array_gap, unlike
from fwtui.measure.history import History
from fwtui.measure.parity import LossComparison, LossGap
from fwtui.measure.probes import Gap, largest
from fwtui.measure.verdict import incomparable, speed
from fwtui.ops.first_op import OpDifference
from fwtui.parity.finding import Finding, Run, Say, Tolerances, least_exact
from fwtui.parity.search import Search
from fwtui.parity.twins import Comparisons, Twins, is_eager
from fwtui.race.spec import RaceSpec

SINGLE = float(np.finfo("float32").eps)
"""How far a float64 figure is off that was made with a number of float32 precision."""
ROUNDED = 32 * SINGLE
"""The same for what was computed in float32 altogether."""
SMOOTH = ("sgd", "momentum")
"""Optimizers whose update is as right as the gradient; the others divide its size away, rounding's too."""


def check(
    spec: RaceSpec, allowed: Tolerances, run: Run, with_truth: bool = True, say: Say = lambda stage: None
) -> Finding:
    """Races the lanes beside their float64 twins, compares every probe, and looks for the first difference.

    Args:
        spec: lanes that probe; two or more.
        run: runs a race to its end, calling its watch now and then; called up to four times.
        with_truth: whether to hold the lanes against float64.
        say: is told what happens next.
    """
    twins = Twins(spec.lanes, with_truth)
    watch = Comparisons(spec.lanes, twins)
    say("training")
    ran = run(replace(spec, lanes=twins.all), watch)
    watch(ran.lanes)
    lanes = ran.lanes[: len(spec.lanes)]
    gap = LossComparison(least_exact(spec.lanes), allowed.lanes).update(lanes)
    result = replace(ran, spec=spec, lanes=lanes, gap=gap, speed=speed(spec, lanes))
    finding = Finding(result, allowed, None, rows=watch.lanes.rows)
    if refused := incomparable(spec.lanes, lanes):
        return replace(finding, reason=refused)
    truth, why = _truth(result, ran.lanes, watch, twins, allowed)
    finding = replace(finding, truth=truth, truth_reason=why)
    if moving := _random(finding):
        return replace(finding, reason=moving)
    search = Search(twins, run, say)
    if place := _in_float64(finding, ran.lanes, watch, twins):
        if _diverged_alike(lanes, place):
            return replace(finding, reason=_unfinished(lanes))
        found = search.locate(replace(finding, same=False, place=place, in_float64=True))
        if found.result.signal or not (aside := _set_aside(found)):
            return found
        finding = replace(finding, aside=aside)
    if all(lane.ended is not None and lane.ended.outcome == "diverged" for lane in lanes):
        return replace(finding, reason=_unfinished(lanes))
    if place := _unexplained(finding):
        return search.locate(replace(finding, same=False, place=place))
    return _agreed(finding)


def _truth(
    result: Result, ran: Sequence[History], watch: Comparisons, twins: Twins, allowed: Tolerances
) -> tuple[Truth | None, str]:
    """The float64 truth; or None, and why there is none."""
    if not twins.wanted:
        return None, ""
    for number in twins.doubles:
        ended = ran[number].ended
        if ended is None or ended.outcome not in ("done", "diverged"):
            why = f"{ended.outcome}: {ended.reason}" if ended else "was cut short"
            return None, f"{twins.all[number].backend} in float64 {why}"
        if ran[number].not_probed:
            return None, f"{twins.all[number].backend} in float64: {ran[number].not_probed}"
    figures = tuple(
        rounding(lane.rounding, number, spec.dtype, allowed.lanes)
        for number, (spec, lane) in enumerate(zip(result.spec.lanes, result.lanes, strict=True))
    )
    for spec, told in zip(result.spec.lanes, figures, strict=True):
        if not told and (spec.dtype != "float64" or not is_eager(spec)):
            return None, f"{spec.backend} could not be run in float64 beside itself; its log says why"
    return Truth(watch.between.rows, figures), ""


def _random(finding: Finding) -> str:
    """Why lanes cannot be compared of which each gives something else when asked again; "" otherwise."""
    if finding.truth is None:
        return ""
    moving = [Truth((), (own,)).random(finding.tolerances.lanes) for own in finding.truth.figures]
    if not all(moving):
        return ""
    return "the networks draw random numbers of their own, and give something else each time"


def _in_float64(finding: Finding, ran: Sequence[History], watch: Comparisons, twins: Twins) -> Place | None:
    """The first place that differs between float64 lanes, each lane's twin or the lane itself."""
    lanes = finding.result.spec.lanes
    if all(lane.dtype == "float64" for lane in lanes):
        rows, gap, tolerance = finding.rows, finding.result.gap, finding.tolerances.lanes
    elif finding.truth is not None:
        tolerance = finding.tolerances.truth
        rows = finding.truth.between
        gap = LossComparison("float64", tolerance).update([ran[index] for index in twins.doubles])
    else:
        return None
    doubles = [ran[index] for index in twins.index]
    return _earlier(first_place(rows, tolerance), _first_loss(doubles, gap, "float64"))


def _set_aside(found: Finding) -> str:
    """Why what differs in float64 is not another mathematics; "" where it is, or where nobody can tell."""
    place, lanes = found.place, found.result.spec.lanes
    assert place is not None
    if found.op is not None:
        if any(lane.dtype == "float64" for lane in lanes) or not _of_float32_precision(found.op):
            return ""
        return (
            f"{found.op.words}: as far apart as numbers of float32 precision are, which float32 lanes do not "
            "show. A constant or a cast there is float32"
        )
    checked = found.truth is not None and found.truth.off() is None
    unchecked = [lane for lane in lanes if lane.dtype == "float64" and not is_eager(lane)]
    if not found.same_step or place.step == 0 or (unchecked and not checked):
        return ""
    return (
        f"from step {place.step} on they are more than {found.tolerances.truth:.0e} apart, but from the same "
        "weights that step is the same in both: rounding that the training has carried on"
    )


def _of_float32_precision(op: OpDifference) -> bool:
    """Whether the op's outputs are no further apart than numbers that were float32 on their way."""
    if op.a is None or op.b is None or op.a_value is None or op.b_value is None:
        return False
    outputs = [array.value() for side in (op.a, op.b) for array in side.values[:1]]
    magnitude = max((float(np.abs(array).max(initial=0.0)) for array in outputs), default=0.0)
    limit = ROUNDED if any(array.dtype == np.float32 for array in outputs) else SINGLE
    return abs(op.a_value - op.b_value) <= limit * magnitude


def _unexplained(finding: Finding) -> Place | None:
    """The first place that differs by more than rounding explains.

    Where a lane's every figure is float64's at the same weights, what is left between lanes is rounding that
    the training has carried on. Of the updates, those of the first steps show by themselves.
    """
    result, tolerance, truth = finding.result, finding.tolerances.lanes, finding.truth
    dtype = least_exact(result.spec.lanes)
    if truth is None:
        if dtype == "float64":
            return None  # judged already
        probed = first_place(finding.rows, tolerance, losses_only=True)
        return _earlier(probed, _first_loss(result.lanes, result.gap, dtype))
    if (off := truth.off()) is None:
        if dtype == "float64" or any(lane.optimizer not in SMOOTH for lane in result.spec.lanes):
            return None
        return first_place(early_parameters(finding.rows), tolerance)
    gaps = next((row.gaps for row in finding.rows if row.step == off.step), {})
    other = Gap(max(off.lane, 1), unlike("one lane alone was probed"))
    stage: Stage = "forward" if off.key[0] == "metric" else "backward"
    return Place(off.step, off.step, stage, off.key, gaps.get(off.key, other))


def _agreed(finding: Finding) -> Finding:
    """`finding` as agreement; or why it is none, although nothing differs."""
    if unfinished := _unfinished(finding.result.lanes):
        return replace(finding, reason=unfinished)
    if largest(finding.rows) is None:
        return replace(finding, reason="nothing was compared: no finite number in any probe")
    if not any(key[0] == "parameter" for row in finding.rows for key in row.gaps):
        return replace(finding, reason="nothing was compared: no parameter that both networks have")
    return replace(finding, same=True)


def _unfinished(lanes: Sequence[History]) -> str:
    """Which lanes did not come to their end, or not all of whose probes were made, and why."""
    told = []
    for number, lane in enumerate(lanes, 1):
        if lane.ended is None:
            told.append(f"lane {number} was cut short")
        elif lane.ended.outcome != "done":
            reason = lane.ended.reason.removeprefix(lane.ended.outcome).lstrip(": ")
            told.append(f"lane {number} {lane.ended.outcome}" + (f": {reason}" if reason else ""))
        elif lane.not_probed:
            told.append(f"lane {number}: {lane.not_probed}")
    return "; ".join(told)


def _diverged_alike(lanes: Sequence[History], place: Place) -> bool:
    """Whether all lanes ran into numbers that are none, and nothing else is to be told of the place."""
    endless = not math.isfinite(place.gap.relative) and not place.gap.array.problem
    return endless and all(lane.ended is not None and lane.ended.outcome == "diverged" for lane in lanes)


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
