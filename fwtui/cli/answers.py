"""The verdict in words that do not say more than was measured."""

from __future__ import annotations

from fwtui.format import numbers
from fwtui.format.quantities import quantity
from fwtui.measure.agreement import Place
from fwtui.measure.compared import compared
from fwtui.measure.probe_gap import largest
from fwtui.measure.speed import NOTED_SHARE
from fwtui.measure.statistics import LEAST_STEPS
from fwtui.race.plan import ELSEWHERE, differences
from fwtui.session.run import Result


def same(result: Result, no: str = "no") -> str:
    """Whether the lanes agree, and over what; or why that cannot be said.

    Args:
        no: the word for lanes that do not agree.
    """
    answer, gap = result.same, result.gap
    if answer.same is None:
        return f"{numbers.NA}: {answer.reason}"
    verdict = "yes" if answer.same else no
    over = f"over {numbers.plural(gap.compared, 'step')}, tolerance {gap.tolerance:.0e}"
    if gap.below_floor and gap.floor is not None:
        over += f"; relative to {gap.floor:.3g} where the loss is below, as it is in {gap.below_floor:,}"
    over += _probed(result)
    place = answer.place
    is_in_losses = place is None or place.key == ("metric", "loss")
    whose = "" if is_in_losses else " of the losses"
    if gap.largest == float("inf"):
        text = f"a loss is no number at step {gap.largest_at} ({over})"
    elif gap.largest is None:
        text = f"no losses compared ({over})"
    else:
        text = f"largest relative gap{whose} {numbers.gap(gap.largest)} at step {gap.largest_at} ({over})"
    if place is not None:
        text = f"{text}; first above it at step {place.step}" if is_in_losses else f"{_first(place)}; {text}"
    text = f"{verdict}: {text}{_lanes(result)}"
    if place is None:
        return text
    if settings := [name for name in differing(result) if name not in ELSEWHERE]:
        return f"{text}; the lanes differ in {', '.join(settings)}"
    return f"{text}; fwtui parity tells where from, and whether it is rounding"


def _first(place: Place) -> str:
    """What first differs where the losses do not."""
    steps = f"step {place.step}" if place.exact else f"one of the steps {place.step} to {place.last}"
    return f"{quantity(place.key)} is {numbers.gap(place.gap.relative)} apart at {steps}"


def _lanes(result: Result) -> str:
    """Over which lanes the answer holds, where not over all of them."""
    known = compared(result.lanes, result.gap, result.probes)
    if not known.left_out:
        return ""
    names = [f"{place + 1} {spec.backend}" for place, spec in enumerate(result.spec.lanes)]
    left_out = ", ".join(f"{names[place]} {why}" for place, why in known.left_out.items())
    return f"; of {', '.join(names[place] for place in known.lanes) or 'no lane'} alone: {left_out}"


def _probed(result: Result) -> str:
    worst = largest(result.probes)
    if worst is None:
        return ""
    step, key, gap = worst
    probes = numbers.plural(len(result.probes), "probe")
    return f"; of {probes} the largest gap is {numbers.gap(gap.relative)} in {quantity(key)} at step {step}"


def faster(result: Result) -> str:
    """Which lane's median step is shorter, by how much and how surely; or why that cannot be said."""
    speed = result.speed
    if speed is None:
        return f"{numbers.NA}: {_why_unknown(result)}"
    quick, slow = (f"{n + 1} {result.spec.lanes[n].backend}" for n in (speed.faster, speed.slower))
    ratio = speed.ratio
    if ratio is None:
        return (
            f"{numbers.NA}: the machine was busy: others used {numbers.share(speed.others_share)} of the "
            "cores while the lanes trained, so that a ratio would be about them; run it again on a quiet "
            "machine"
        )
    interval = f"(95 % interval {ratio.low:.2f}–{ratio.high:.2f})"
    if ratio.certain:
        by = "the median time a sample, as the batches differ" if speed.per_sample else "the median step"
        text = f"{quick}: {ratio.value:.2f}× {interval} as fast as {slow}, by {by}"
    else:
        text = f"no certain difference between {quick} and {slow}: {ratio.value:.2f}× {interval}"
    if len(speed.order) > 2:
        names = (f"{lane + 1} {result.spec.lanes[lane].backend}" for lane in speed.order)
        text += f"; in this order: {', '.join(names)}"
    if ratio.certain and speed.break_even_step is not None:
        made = result.lanes[speed.faster].steps
        within = "" if speed.break_even_step <= made else f", more than the {made:,} made"
        text += f"; {quick} took longer to build and compile, which is made up for after "
        text += numbers.plural(speed.break_even_step, "step") + within
    if speed.others_share is not None and speed.others_share >= NOTED_SHARE:
        text += f"; others used {numbers.share(speed.others_share)} of the cores"
    if speed.contended:
        text += "; contended: the lanes ran at the same time"
    if result.spec.host == "thread":
        text += "; one interpreter for all lanes and fwtui itself"
    if speed.paced:
        text += "; paced: caches and threads went cold between steps"
    return text


def differing(result: Result) -> dict[str, tuple[str, ...]]:
    """The settings, beside the backend, in which the lanes differ: setting -> its value in each lane."""
    return differences(result.spec.lanes)


def _why_unknown(result: Result) -> str:
    if len(result.lanes) < 2:
        return "one lane has nothing to be compared with"
    counts = [len(lane.steady_step_ns()) for lane in result.lanes]
    if sum(count > 0 for count in counts) < 2:
        return "fewer than two lanes have steady steps"
    return f"a lane has fewer than {LEAST_STEPS} steady steps ({', '.join(map(str, counts))})"
