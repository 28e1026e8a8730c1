"""Same answer? Whether the lanes agree in all that was compared, and where first not; decided here alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fwtui.core.spec import DTYPES, LaneSpec
from fwtui.measure.agreement import Place
from fwtui.measure.arrays import array_gap, unlike
from fwtui.measure.comparability import incomparable
from fwtui.measure.coverage import Coverage
from fwtui.measure.history import History
from fwtui.measure.loss_gap import LossGap
from fwtui.measure.probe_gap import Gap
from fwtui.session.probe_summary import ProbeSummary


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
    probes: ProbeSummary | None = None,
    coverage: Coverage | None = None,
) -> SameAnswer:
    """The verdict on the losses of every step, the metrics of step 0, and whatever was probed.

    Args:
        probes: what the compared probes come to; None: there were none.
        coverage: which parameters they put to the test.
    """
    if refused := incomparable(specs, lanes):
        return SameAnswer(None, refused)
    dtype = least_exact(specs)
    probed = probes.place if probes else None
    if place := earliest(first_metrics(lanes, dtype, gap.tolerance), probed, first_loss(gap, dtype)):
        return SameAnswer(False, place=place)
    if not gap.compared and (probes is None or probes.worst is None):
        return SameAnswer(None, _nothing_compared(lanes))
    if coverage is not None and coverage.untested:
        return SameAnswer(None, coverage.untested)
    return SameAnswer(True)


def _nothing_compared(lanes: Sequence[History]) -> str:
    idle = [str(number) for number, lane in enumerate(lanes, 1) if not lane.steps]
    if len(lanes) - len(idle) < 2:
        return "fewer than two lanes have taken a step"
    if idle:
        return f"lane{'s' if idle[1:] else ''} {' and '.join(idle)} took no step, and so nothing was compared"
    return "the lanes have no step in common that was compared"


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


def first_loss(gap: LossGap, dtype: str) -> Place | None:
    """The first step, probed or not, whose loss differs; its gap is the largest one to the first lane."""
    step = gap.first_divergence
    if step is None:
        return None
    (first, reference), *others = gap.diverged
    known = [
        Gap(number, found, first)
        for number, loss in others
        if (found := array_gap(np.asarray(reference), np.asarray(loss), dtype, gap.floor or 0.0)) is not None
    ]
    worst = max(
        known, key=lambda one: one.relative, default=Gap(others[0][0], unlike("no finite loss"), first)
    )
    return Place(step, step, "forward", ("metric", "loss"), worst)


def earliest(*places: Place | None) -> Place | None:
    """That which comes first; of several in the same step, the first of them."""
    return min((place for place in places if place is not None), key=lambda place: place.step, default=None)
