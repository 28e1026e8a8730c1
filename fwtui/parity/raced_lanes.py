"""The lanes of a check and their float64 twins, once they have been raced, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fwtui.core.spec import RaceSpec
from fwtui.measure.agreement import Place, Truth, first_place, rounding
from fwtui.measure.comparability import incomparable
from fwtui.measure.digests import first_above, first_parting, other_batches
from fwtui.measure.history import History
from fwtui.measure.loss_gap import LossComparison, relative_gap
from fwtui.measure.probe_gap import ProbeRow
from fwtui.measure.speed import speed
from fwtui.measure.updates import UpdateGap
from fwtui.parity.finding import Finding, Tolerances
from fwtui.parity.twins import Comparisons, Twins, is_eager
from fwtui.session.run import Result
from fwtui.session.same_answer import (
    earliest,
    first_later_metric,
    first_loss,
    first_metrics,
    least_exact,
)
from fwtui.workloads.catalogue import batch_sizes


@dataclass(frozen=True)
class RacedLanes:
    """A race of lanes and twins, with all that was compared in it."""

    spec: RaceSpec
    allowed: Tolerances
    ran: Result
    watch: Comparisons
    twins: Twins

    @property
    def lanes(self) -> list[History]:
        return self.ran.lanes[: len(self.spec.lanes)]

    @property
    def all_double(self) -> bool:
        """Whether the lanes themselves are float64."""
        return all(lane.dtype == "float64" for lane in self.spec.lanes)

    def finding(self) -> Finding:
        """The race without a verdict, but with the reason why there can be none."""
        lanes, dtype = self.lanes, least_exact(self.spec.lanes)
        gap = LossComparison(dtype, self.allowed.lanes).update(lanes)
        faster = speed(self.spec, lanes, batch_sizes(self.spec))
        result = replace(self.ran, spec=self.spec, lanes=lanes, gap=gap, speed=faster)
        coverage = self.watch.lanes.coverage
        truth, why = self._truth()
        return Finding(
            result,
            self.allowed,
            None,
            reason=incomparable(self.spec.lanes, lanes) or self._other_data(),
            rows=self.watch.lanes.rows,
            truth=truth,
            truth_reason=why,
            warnings=tuple(coverage.warnings),
        )

    def _other_data(self) -> str:
        """From which step on the lanes got other batches; "" where they got the same."""
        step = other_batches(self.twins.all, self.ran.lanes)
        return "" if step is None else f"other data from step {step} on: batches() does not repeat itself"

    def _truth(self) -> tuple[Truth | None, str]:
        """The float64 truth; or None, and why there is none."""
        twins, ran = self.twins, self.ran.lanes
        if not twins.wanted:
            return None, ""
        for number in twins.doubles:
            ended = ran[number].ended
            name = f"{twins.all[number].backend} in float64"
            if ended is None or ended.outcome not in ("done", "diverged"):
                why = ended.summary if ended else "was cut short"
                return None, f"{name} {why}"
            if ran[number].not_probed:
                return None, f"{name}: {ran[number].not_probed}"
        doubles = [ran[number] for number in twins.doubles]
        if len(doubles) > 1:
            refused = incomparable([twins.all[number] for number in twins.doubles], doubles)
            if refused is not None:
                return None, f"in float64, {refused}"
        for spec, lane in zip(self.spec.lanes, self.lanes, strict=True):
            if (broken := lane.no_reference) is not None:
                since = f" from step {broken.step} on" if broken.step else ""
                return None, f"{spec.backend} could not be held against float64{since}: {broken.reason}"
        figures = tuple(
            rounding(lane.rounding, number, spec.dtype, self.allowed.lanes)
            for number, (spec, lane) in enumerate(zip(self.spec.lanes, self.lanes, strict=True))
        )
        for spec, known in zip(self.spec.lanes, figures, strict=True):
            if not known and (spec.dtype != "float64" or not is_eager(spec)):
                return None, f"{spec.backend} was not held against float64"
        return Truth(self.watch.between.rows, figures), ""

    def exact_rows(self, finding: Finding) -> Sequence[ProbeRow]:
        """The probes compared in float64, of each lane's twin or the lane itself; empty without any."""
        if self.all_double:
            return finding.rows
        return () if finding.truth is None else finding.truth.between

    def in_float64(self, finding: Finding) -> Place | None:
        """The first place that differs between float64 lanes, each lane's twin or the lane itself."""
        if self.all_double:
            rows, gap, tolerance = finding.rows, finding.result.gap, self.allowed.lanes
        elif finding.truth is not None:
            rows, tolerance = finding.truth.between, self.allowed.truth
            gap = LossComparison("float64", tolerance).update([self.ran.lanes[n] for n in self.twins.doubles])
        else:
            return None
        doubles = [self.ran.lanes[index] for index in self.twins.index]
        metrics = first_metrics(doubles, "float64", tolerance)
        between = first_parting(doubles, self.watch.scales, tolerance)
        probed, loss = first_place(rows, tolerance), first_loss(gap, "float64")
        probed, loss = self._of_lanes(probed), self._of_lanes(loss)
        return earliest(metrics, probed, loss, between, first_later_metric(doubles, tolerance))

    def _of_lanes(self, place: Place | None) -> Place | None:
        """A place between two twins as one between the first two lanes whose twins these are."""
        if place is None:
            return None
        doubles, index, gap = self.twins.doubles, self.twins.index, place.gap
        first, lane = index.index(doubles[gap.first]), index.index(doubles[gap.lane])
        return replace(place, gap=replace(gap, first=first, lane=lane))

    def in_lanes(self, finding: Finding) -> Place | None:
        """The first place that differs between the lanes themselves."""
        dtype, tolerance = least_exact(self.spec.lanes), self.allowed.lanes
        probed = first_place(finding.rows, tolerance)
        metrics = first_metrics(self.lanes, dtype, tolerance)
        return earliest(metrics, probed, first_loss(finding.result.gap, dtype))

    def sudden(self, finding: Finding) -> Place | None:
        """The first place in which the lanes part at once, and not as rounding grows."""
        tolerance = self.allowed.lanes
        digests = first_parting(self.lanes, self.watch.scales, tolerance, only_sudden=True)
        loss = first_loss(finding.result.gap, least_exact(self.spec.lanes))
        if loss is not None:
            losses = [lane.metrics["loss"].values() for lane in self.lanes if "loss" in lane.metrics]
            count = min(map(len, losses))
            gaps = relative_gap(np.stack([one[:count] for one in losses]), finding.result.gap.floor or 0.0)
            step = first_above(gaps, tolerance, only_sudden=True)
            loss = None if step is None else replace(loss, step=step, last=step)
        return earliest(loss, digests)

    def wrong_update(self, members: Sequence[int]) -> tuple[int, UpdateGap] | None:
        """The first update of these lanes and twins that does not follow the equations."""
        gaps = [(member, self.watch.updates[member].off) for member in members]
        known = [(member, gap) for member, gap in gaps if gap is not None]
        return min(known, key=lambda one: one[1].step, default=None)
