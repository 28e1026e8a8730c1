"""The verdict: same answer, and faster? In words that do not say more than was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fwtui.measure.agreement import Place, first_place
from fwtui.measure.arrays import array_gap, unlike
from fwtui.measure.comparability import incomparable
from fwtui.measure.coverage import Coverage
from fwtui.measure.history import History
from fwtui.measure.parity import LossGap
from fwtui.measure.probes import Gap, Key, ProbeRow, largest
from fwtui.measure.statistics import Ratio, median_ratio
from fwtui.race.spec import DTYPES, LaneSpec, RaceSpec
from fwtui.workloads import catalogue as workloads


@dataclass(frozen=True, slots=True)
class Speed:
    """Which lane's median step is the shortest, against the longest.

    Attributes:
        faster, slower: lanes, counted from 0.
        ratio: the slower one's median step over the faster one's.
        order: the lanes that have steady steps, by their median step, the shortest first.
        per_sample: whether what a sample takes is compared, as the lanes have batches of other sizes.
        break_even_step: after so many steps the faster lane has made up for what it took longer to build and
            compile; None where it did not take longer, or that is not known.
        contended: whether lanes ran at the same time, so that each disturbed the other's times.
        paced: whether steps were kept apart by a pace, so that caches and threads went cold between them.
    """

    faster: int
    slower: int
    ratio: Ratio
    order: tuple[int, ...]
    per_sample: bool
    break_even_step: int | None
    contended: bool
    paced: bool


@dataclass(frozen=True, slots=True)
class SameAnswer:
    """Whether the lanes agree in all that was compared.

    Attributes:
        same: None where that could not be judged, for which `reason` is why.
        place: where they first differ; None where they do not.
    """

    same: bool | None
    reason: str = ""
    place: Place | None = None


def same_answer(
    specs: Sequence[LaneSpec],
    lanes: Sequence[History],
    gap: LossGap,
    rows: Sequence[ProbeRow] = (),
    coverage: Coverage | None = None,
) -> SameAnswer:
    """The verdict on the losses of every step, the metrics of step 0, and whatever was probed.

    Args:
        rows: the compared probes, and `coverage`, which parameters they put to the test.
    """
    if refused := incomparable(specs, lanes):
        return SameAnswer(None, refused)
    dtype = least_exact(specs)
    places = (
        first_metrics(lanes, dtype, gap.tolerance),
        first_place(proving(rows, dtype), gap.tolerance),
        first_loss(lanes, gap, dtype),
    )
    if place := earliest(*places):
        return SameAnswer(False, place=place)
    if not gap.compared and largest(rows) is None:
        return SameAnswer(None, "fewer than two lanes have taken a step")
    if coverage is not None and coverage.untested:
        return SameAnswer(None, coverage.untested)
    return SameAnswer(True)


def least_exact(specs: Sequence[LaneSpec]) -> str:
    """The least exact dtype among the lanes: its rounding is what a gap must allow for."""
    return min((spec.dtype for spec in specs), key=DTYPES.index)


def first_metrics(lanes: Sequence[History], dtype: str, tolerance: float) -> Place | None:
    """A metric of step 0, which all lanes compute from the same weights, that differs between them."""
    known = [(number, lane.first_metrics) for number, lane in enumerate(lanes) if lane.first_metrics]
    for number, metrics in known[1:]:
        first, reference = known[0]
        for name in {**reference, **metrics}:
            found = unlike("only one of the networks has it")
            if name in reference and name in metrics:
                compared = array_gap(np.asarray(reference[name]), np.asarray(metrics[name]), dtype)
                if compared is None or compared.relative <= tolerance:
                    continue
                found = compared
            return Place(0, 0, "forward", ("metric", name), Gap(number, found, first))
    return None


def first_later_metric(lanes: Sequence[History], tolerance: float) -> Place | None:
    """The first step at which a metric beside the loss differs between float64 lanes, probed or not."""
    places = []
    for name in dict.fromkeys(name for lane in lanes for name in lane.metrics if name != "loss"):
        known = [(number, lane.metrics[name]) for number, lane in enumerate(lanes) if name in lane.metrics]
        start = max(column.first for _, column in known)
        count = min(column.count for _, column in known)
        (first, reference), *others = [(number, one.since(start)[: count - start]) for number, one in known]
        for number, values in others:
            size = np.maximum(np.abs(reference), np.abs(values))
            with np.errstate(invalid="ignore"):
                off = ~(np.abs(reference - values) <= tolerance * size) & (reference != values)
            off &= ~(np.isnan(reference) & np.isnan(values))
            for step in np.flatnonzero(off)[:1].tolist():
                gap = array_gap(reference[step], values[step], "float64")
                if gap is not None:
                    at = start + step
                    places.append(Place(at, at, "forward", ("metric", name), Gap(number, gap, first)))
    return earliest(*places)


def proving(rows: Sequence[ProbeRow], dtype: str) -> list[ProbeRow]:
    """`rows` without what proves nothing.

    A share of right answers jumps by a whole one where rounding decides which of two outputs is larger. So
    in float32 the metrics beside the loss prove something only at step 0, where all weights are still equal.
    """
    if dtype == "float64":
        return list(rows)
    return [
        ProbeRow(row.step, {key: g for key, g in row.gaps.items() if row.step == 0 or proves(key, dtype)})
        for row in rows
    ]


def proves(key: Key, dtype: str) -> bool:
    """Whether a gap of this quantity proves something at any step."""
    return dtype == "float64" or key[0] != "metric" or key[1] == "loss"


def first_loss(lanes: Sequence[History], gap: LossGap, dtype: str) -> Place | None:
    """The first step, probed or not, whose loss differs."""
    step = gap.first_divergence
    if step is None:
        return None
    losses = {
        number: window.since(step)[0]
        for number, lane in enumerate(lanes)
        if (window := lane.metrics.get("loss")) is not None and window.first <= step < window.count
    }
    first = min(losses, default=0)
    known = [
        Gap(number, found, first)
        for number, loss in losses.items()
        if number != first and (found := array_gap(losses[first], loss, dtype, gap.floor or 0.0)) is not None
    ]
    worst = max(known, key=lambda one: one.relative, default=None)
    return None if worst is None else Place(step, step, "forward", ("metric", "loss"), worst)


def earliest(*places: Place | None) -> Place | None:
    """That which comes first; of several in the same step, the first of them."""
    return min((place for place in places if place is not None), key=lambda place: place.step, default=None)


def speed(race: RaceSpec, lanes: Sequence[History]) -> Speed | None:
    """The fastest lane against the slowest; None before both have steady steps enough.

    Lanes with batches of other sizes are compared by the time that a sample takes.
    """
    batches = [workloads.batch_size(lane.workload) for lane in race.lanes]
    per_sample = len(set(batches)) > 1 and None not in batches
    largest_batch = max((batch for batch in batches if batch is not None), default=1)
    # What the largest batch would take: times stay above what a clock can tell.
    scale = [largest_batch / batch if per_sample and batch else 1.0 for batch in batches]
    times = [lane.step_times() for lane in lanes]
    known = [(stats.p50 * scale[index], index) for index, stats in enumerate(times) if stats is not None]
    if len(known) < 2:
        return None
    (_, faster), (_, slower) = min(known), max(known)
    ratio = median_ratio(
        lanes[slower].steady_step_ns() * scale[slower], lanes[faster].steady_step_ns() * scale[faster]
    )
    if ratio is None or faster == slower:
        return None
    return Speed(
        faster=faster,
        slower=slower,
        ratio=ratio,
        order=tuple(index for _, index in sorted(known)),
        per_sample=per_sample,
        break_even_step=None if per_sample else _break_even_step(lanes[faster], lanes[slower]),
        contended=race.schedule == "race",
        paced=any(lane.pace is not None for lane in race.lanes),
    )


def _break_even_step(faster: History, slower: History) -> int | None:
    fast, slow = faster.step_times(), slower.step_times()
    prepared, waited = _preparation_ns(faster), _preparation_ns(slower)
    if fast is None or slow is None or prepared is None or waited is None or prepared <= waited:
        return None
    return math.ceil((prepared - waited) / max(1.0, slow.p50 - fast.p50))


def _preparation_ns(lane: History) -> float | None:
    """What building, tracing and compiling took, with the first step, in which most of it happens."""
    build, first = lane.phase_ns().get("build"), lane.first_step_ns
    later = [one.cost_ns for one in lane.compiled if one.step > 0]
    if build is None or first is None or None in later:
        return None
    return build + first + sum(cost for cost in later if cost is not None)
