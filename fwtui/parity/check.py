"""Races lanes beside float64 twins, tells rounding from a bug, and has the first difference looked for.

What a training makes of rounding is no difference between networks. So a gap above the tolerance counts only
where it is there again at the same weights, step by step (`equal_weights`), or in an update that does not
follow its optimizer's equations (`fwtui.measure.updates`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fwtui.core.numerical_policy import EPS, HALF_ROUNDINGS, SUDDEN
from fwtui.core.spec import RaceSpec
from fwtui.measure.agreement import Figure, Place
from fwtui.measure.history import History
from fwtui.measure.probe_gap import Kind, largest
from fwtui.parity.equal_weights import EqualWeights, NotRepeatedError, Repeater
from fwtui.parity.finding import Finding, Run, Say, Tolerances
from fwtui.parity.known import Evidence, expecting, known_at, known_in, responsible
from fwtui.parity.own_optimizers import UpdateComparison, has_own
from fwtui.parity.places import off_equation, off_from_float64, settings_that_differ, update_place
from fwtui.parity.raced_lanes import RacedLanes
from fwtui.parity.search import Pair, Search
from fwtui.parity.twins import Comparisons, Twins, is_eager

_NOT_KNOWN = "the ops that were logged agree, so that the one at fault is not known"
_EQUAL_OPS: dict[Kind, str] = {
    "metric": _NOT_KNOWN,
    "state": "every op of the step agrees: only what the layer keeps of it differs, as by another momentum",
    "gradient": _NOT_KNOWN,
    "evaluation": "every op of a step agrees: only evaluation mode differs",
    "parameter": _NOT_KNOWN,
}
"""Why no op is named where two logs of a step agree, by the kind of what differs."""
MAX_STEPS_SET_ASIDE = 3
"""Steps in which float32 constants are set aside op by op."""


def check(
    spec: RaceSpec, allowed: Tolerances, run: Run, with_truth: bool = True, say: Say = lambda stage: None
) -> Finding:
    """Races the lanes beside their float64 twins, compares every probe, and looks for the first difference.

    Where that is one that the frameworks' own layers have however right a port is, all is done once more
    without it: there may be another.

    Args:
        spec: lanes that probe; two or more.
        run: runs a race to its end, calling its watch now and then; called several times.
        with_truth: whether to hold the lanes against float64.
        say: receives the name of each stage as it begins.
    """
    raced = _raced(spec, allowed, run, with_truth, say)
    finding = raced.finding()
    if finding.reason:
        return finding
    # Tried first: a known difference is off at every step, and rounding would be sought for each in vain.
    place = raced.in_float64(finding)
    evidence = known_in(spec, raced.exact_rows(finding), allowed.truth) if place else {}
    tried: tuple[str, ...] = ()
    if evidence and not finding.result.signal:
        tried = tuple(evidence)
        off = replace(finding, same=False, place=place, in_float64=True)
        judged = _without(tried, off, evidence, run, say, with_truth)
        if judged is not None:
            return judged
    finding = _Judge(raced, run, say).judged(finding)
    known = known_at(spec, finding)
    if not known or known == tried or finding.result.signal:
        return finding
    return _without(known, finding, {}, run, say, with_truth) or finding


def _without(
    known: tuple[str, ...],
    finding: Finding,
    evidence: Mapping[str, Evidence],
    run: Run,
    say: Say,
    with_truth: bool,
) -> Finding | None:
    """What the check comes to without known differences; None where what was found is none of them.

    Args:
        evidence: gaps that must vanish without them, where `finding` was not looked into; else empty.
    """
    say(f"checking once more without {', '.join(known)}")
    spec, allowed = finding.result.spec, finding.tolerances
    raced = _raced(expecting(spec, known), allowed, run, with_truth, say)
    again = raced.finding()
    if not again.reason and not again.result.signal:
        if evidence and not (known := responsible(evidence, raced.exact_rows(again))):
            return None
        again = _Judge(raced, run, say).judged(again)
    if again.result.signal:
        result = replace(finding.result, signal=again.result.signal)
        which = f"what was found may be {' or '.join(known)}: the search was cut short"
        return replace(finding, same=None, result=result, reason=which, place=None)
    if again.same is None:
        return None if evidence else replace(finding, known=known)
    if again.place is not None and finding.place is not None and again.place.is_at(finding.place):
        return None
    found = again if again.same is False else replace(finding, aside=again.aside)
    return replace(found, result=replace(found.result, spec=spec), known=known, but_for_known=again.same)


def _raced(spec: RaceSpec, allowed: Tolerances, run: Run, with_truth: bool, say: Say) -> RacedLanes:
    twins = Twins(spec.lanes, with_truth, allowed.lanes)
    watch = Comparisons(spec.lanes, twins)
    say("training")
    ran = run(replace(spec, lanes=twins.all), watch)
    watch(ran.lanes)
    return RacedLanes(spec, allowed, ran, watch, twins)


@dataclass(frozen=True)
class _Judge:
    """Tells rounding from a difference, and has that looked for."""

    raced: RacedLanes
    run: Run
    say: Say

    @property
    def _search(self) -> Search:
        return Search(self.raced.twins, self.run, self.say)

    def judged(self, finding: Finding) -> Finding:
        """`finding` with its verdict."""
        raced, lanes = self.raced, finding.result.lanes
        if finding.result.signal:  # whoever sent it waits for no further race
            return replace(finding, reason=_unfinished(lanes) or "the search was cut short")
        if place := raced.in_float64(finding):
            if _diverged_alike(lanes, place):
                return replace(finding, reason=_unfinished(lanes))
            finding = self._looked_into(replace(finding, place=place, in_float64=True))
            if finding.same is False or finding.reason:
                return finding
            finding = replace(finding, place=None, in_float64=False)
            if finding.result.signal:
                return replace(finding, reason=_unfinished(lanes) or "the search was cut short")
        if all(lane.ended is not None and lane.ended.outcome == "diverged" for lane in lanes):
            return replace(finding, reason=_unfinished(lanes))
        finding = self._in_their_dtype(finding)
        if finding.same is False or finding.reason:
            return finding
        if finding.result.signal:
            return replace(finding, reason=_unfinished(lanes) or "the search was cut short")
        return _agreed(finding, raced)

    def _in_their_dtype(self, finding: Finding) -> Finding:
        """`finding` with what lanes do that their networks do not do in float64."""
        raced, search = self.raced, self._search
        if finding.truth is not None and (place := off_from_float64(finding)):
            found = search.locate(replace(finding, same=False, place=place))
            if found.half_precision is None or found.result.signal:
                return found
            return self._in_half_precision(found, self._pair(found, place)[0], place.last)
        if wrong := raced.wrong_update(range(len(raced.spec.lanes))):
            return replace(
                finding, same=False, place=update_place(*wrong), op_reason=off_equation(*wrong, raced)
            )
        if raced.all_double:
            return finding
        place = raced.in_lanes(finding) if finding.truth is None else raced.sudden(finding)
        if place is None:
            return finding
        judged = self._looked_into(replace(finding, place=place, aside=""))
        return replace(judged, aside="; ".join(dict.fromkeys(filter(None, (finding.aside, judged.aside)))))

    def _looked_into(self, finding: Finding) -> Finding:
        """`finding` with what its place comes to at equal weights: a difference, or rounding (`aside`)."""
        place = finding.place
        assert place is not None
        if place.stage == "first weights":
            return replace(
                finding, same=False, op_reason="the first weights differ before anything was computed"
            )
        if place.step == 0 and place.stage == "forward" and not math.isfinite(place.gap.relative):
            return self._search.locate(replace(finding, same=False))  # the first weights are equal
        pair, tolerance = self._pair(finding, place)
        self.say(f"comparing both networks at the same weights, step {place.step} among others")
        try:
            at = self._repeater(finding).compare(*pair, place.last, tolerance, pair[0].dtype)
        except NotRepeatedError as error:
            return _not_repeated(finding, error)
        if at.off():
            finding = self._located(finding, pair, at, tolerance)
            if finding.same is False or finding.result.signal or not finding.aside:
                return finding
        return self._carried_on(finding, place, at)

    def _located(self, finding: Finding, pair: Pair, at: EqualWeights, tolerance: float) -> Finding:
        """`finding` with the op at fault; where float32 constants are all that differs, with those aside.

        Behind what was set aside in one step, the others must agree to within what float32 makes of it.
        """
        asides: list[str] = []
        examined: list[int] = []
        while off := at.off(examined, is_final=len(examined) == MAX_STEPS_SET_ASIDE):
            if len(examined) == MAX_STEPS_SET_ASIDE:
                return replace(finding, same=False, place=self._placed(finding, at, off))
            found = replace(finding, same=False, place=self._placed(finding, at, off))
            found = self._search.ops(found, pair, at.probes[off.step], tolerance, with_update=False)
            if found.half_precision is not None:
                return self._in_half_precision(found, pair, max(at.probes))
            if found.same_step and all(map(is_eager, pair)):
                return replace(found, op_reason=_EQUAL_OPS[off.key[0]])
            if found.same is False or found.result.signal:
                return found
            examined.append(off.step)
            asides.append(found.aside)
        text = f"{'; '.join(asides)}; and in {at.extent} the rest is the same to within what that makes of it"
        return replace(finding, aside=text, place=None)

    def _in_half_precision(self, found: Finding, pair: Pair, parting: int) -> Finding:
        """`found` of networks that compute in half precision: a float64 twin is no truth of theirs.

        Casts stay what they are there, and `torch.autocast` leaves float64 alone. Lanes in float32 are judged
        by themselves; where they differ by no more than that precision rounds, no verdict is possible.
        """
        assert found.half_precision is not None
        precision, where = found.half_precision
        why = f"{where} computes in {precision}"
        if found.in_float64 and not self.raced.all_double:
            return replace(found, same=None, aside="", op=None, truth=None, truth_reason=why)
        limit = HALF_ROUNDINGS * EPS[precision]
        try:
            again = self._repeater(found).compare(*pair, parting, limit, precision)
        except NotRepeatedError as error:
            return replace(found, op_reason=str(error))
        if off := again.off():
            place = self._placed(found, again, off)
            located = replace(found, same=False, place=place, op=None)
            return self._search.ops(located, pair, again.probes[off.step], limit, with_update=False)
        gap = largest(found.rows)
        apart = f"{gap[2].relative:.1e} apart, tolerance {found.tolerances.lanes:.0e}; " if gap else ""
        reason = f"{apart}{why}, whose rounding explains as much, and there is no float64 truth of it"
        judged = replace(found, same=None, place=None, op=None, aside="", reason=reason)
        return replace(judged, truth=None, truth_reason=why)

    def _repeater(self, finding: Finding) -> Repeater:
        return Repeater(finding.result.spec, self.run)

    def _placed(self, finding: Finding, at: EqualWeights, off: Figure) -> Place:
        place = at.place(off)
        first, lane = (finding.place.gap.first, finding.place.gap.lane) if finding.place else (0, 1)
        return replace(place, gap=replace(place.gap, first=first, lane=lane))

    def _carried_on(self, finding: Finding, place: Place, at: EqualWeights) -> Finding:
        """`finding` where both networks compute the same at the same weights, but for what is set aside."""
        raced, members = self.raced, self._members(finding, place)
        first, other = (raced.twins.all[member] for member in members)
        numbers = place.gap.first, place.gap.lane
        for number, member, update in zip(numbers, members, at.updates, strict=True):
            if (wrong := update.off) is not None:
                found = replace(finding, same=False, place=update_place(number, wrong))
                return replace(found, op_reason=off_equation(member, wrong, raced))
        tolerance = self._pair(finding, place)[1]
        updates = min(update.checked for update in at.updates)
        equations = f"the first {updates} updates of both follow the optimizer's equations"
        if has_own((first, other)):
            try:
                apart, aside = self._other_updates(finding, (first, other), numbers)
            except NotRepeatedError as error:
                return _not_repeated(finding, error)
            if apart is not None:
                return apart
            equations = f"fed the same gradients, both optimizers make the same {first.steps:,} updates"
            equations += f" ({aside})" if aside else ""
        elif (first.optimizer, first.learning_rate) != (other.optimizer, other.learning_rate):
            return self._search.locate(replace(finding, same=False, place=place))
        if finding.aside:
            return replace(finding, aside=f"{finding.aside}; {equations}")
        if place.stage == "forward" and (place.step == 0 or not math.isfinite(place.gap.relative)):
            if not at.shows(place):
                why = "a step gives another result than the same weights and batch give between two steps"
                return replace(finding, same=False, place=place, op_reason=why)
            text = (
                f"at step {place.step} they are {place.gap.relative:.1e} apart, which is rounding: perturbed "
                f"by as much, weights and data move it as far; so they do in {at.extent}, and {equations}"
            )
            return replace(finding, aside=text)
        parted = at.parted or place
        # In such a place the weights still agree: what rounding makes of them is not as much at once.
        if parted.stage in ("forward", "backward") and parted.gap.relative > SUDDEN * tolerance:
            reason = (
                f"{first.backend} or {other.backend} is not deterministic: at step {parted.step} they are "
                f"{parted.gap.relative:.0e} apart, and at the same weights, on the same batch, they are not. "
                "The net changes its own state"
            )
            return replace(finding, reason=reason)
        where = "in float64, " if finding.in_float64 else ""
        text = (
            f"{where}from step {place.last} on they are more than {tolerance:.0e} apart, which is rounding "
            f"that the training has carried on: at the same weights both compute the same in {at.extent}, "
            f"and {equations}"
        )
        return replace(finding, aside=text)

    def _other_updates(
        self, finding: Finding, pair: Pair, numbers: tuple[int, int]
    ) -> tuple[Finding | None, str]:
        """`finding` where the two optimizers make other updates of the same gradients; what is set aside."""
        self.say("comparing the optimizers, fed the same gradients")
        comparison = UpdateComparison(finding.result.spec, self.run, finding.tolerances.truth)
        compared = comparison.compare(pair)
        if (place := compared.place) is None:
            return None, compared.aside
        first, lane = numbers
        place = replace(place, gap=replace(place.gap, first=first, lane=lane))
        lanes = finding.result.spec.lanes
        titles = [f"{number + 1} {lanes[number].backend}" for number in (first, lane)]
        settings = settings_that_differ(compared, titles)
        why = f"fed the same gradients, the two optimizers make other updates{settings}"
        return replace(finding, same=False, place=place, op_reason=why), ""

    def _members(self, finding: Finding, place: Place) -> tuple[int, int]:
        """The places, in the lanes and their twins, of the two that differ."""
        first, other = place.gap.first, place.gap.lane
        if finding.in_float64:
            index = self.raced.twins.index
            return index[first], index[other]
        return first, other

    def _pair(self, finding: Finding, place: Place) -> tuple[Pair, float]:
        """The two that differ, and the gap that is still the same answer between them."""
        first, other = (self.raced.twins.all[member] for member in self._members(finding, place))
        allowed = finding.tolerances
        tolerance = allowed.truth if finding.in_float64 and not self.raced.all_double else allowed.lanes
        return (first, other), tolerance


def _not_repeated(finding: Finding, error: NotRepeatedError) -> Finding:
    """`finding` as a gap that could not be looked into: it may be a difference, or rounding."""
    assert finding.place is not None
    what = f"they are {finding.place.gap.relative:.1e} apart{' in float64' if finding.in_float64 else ''}"
    reason = f"{what}, and whether that is rounding is unknown: {error}"
    result = replace(finding.result, signal=error.by or finding.result.signal)
    return replace(finding, same=None, reason=reason, result=result)


def _agreed(finding: Finding, raced: RacedLanes) -> Finding:
    """`finding` as agreement; or why it is none, although nothing differs."""
    if unfinished := _unfinished(finding.result.lanes):
        return replace(finding, reason=unfinished)
    if largest(finding.rows) is None:
        return replace(finding, reason="nothing was compared: no finite number in any probe")
    if untested := raced.watch.lanes.coverage.untested:
        return replace(finding, reason=untested)
    if not any(key[0] == "parameter" for row in finding.rows for key in row.gaps):
        return replace(finding, reason="nothing was compared: no parameter that both networks have")
    return replace(finding, same=True, place=None, op=None, op_reason="")


def _unfinished(lanes: Sequence[History]) -> str:
    """Which lanes did not come to their end, or not all of whose probes were made, and why."""
    parts = []
    for number, lane in enumerate(lanes, 1):
        if lane.ended is None:
            parts.append(f"lane {number} was cut short")
        elif lane.ended.outcome != "done":
            parts.append(f"lane {number} {lane.ended.summary}")
        elif lane.not_probed:
            parts.append(f"lane {number}: {lane.not_probed}")
    return "; ".join(parts)


def _diverged_alike(lanes: Sequence[History], place: Place) -> bool:
    """Whether all lanes ran into numbers that are none, and the place has nothing else to report."""
    endless = not math.isfinite(place.gap.relative) and not place.gap.array.problem
    return endless and all(lane.ended is not None and lane.ended.outcome == "diverged" for lane in lanes)
