"""A finding in sentences, for the command line and the screen alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fwtui.core.known_differences import KNOWN_DIFFERENCES
from fwtui.format.quantities import quantity
from fwtui.lane.digests import SHARE
from fwtui.measure.agreement import Place, Truth
from fwtui.measure.arrays import ArrayGap
from fwtui.measure.compared import Compared
from fwtui.measure.compared import compared as all_compared
from fwtui.measure.numbers import distinct_texts
from fwtui.measure.probe_gap import Gap, Key, largest
from fwtui.parity.finding import Finding

BUT_FOR_ROUNDING = ", but for rounding"
_MIN_DIGITS = 9
"""Of a loss, gradient or parameter: all that float32 has."""


def verdict(finding: Finding) -> str:
    """Whether the lanes agree, and how far they are apart; or why that could not be judged."""
    if finding.same is None:
        return f"could not be judged: {finding.reason}"
    worst = largest(finding.rows)
    most = f"largest relative gap {_worst(*worst)}, tolerance {finding.tolerances.lanes:.0e}" if worst else ""
    if finding.same:
        but, why = _explained(finding)
        return f"yes{but}: {most}{why}"
    if finding.but_for_known:
        names = ", ".join(finding.known)
        return f"no: they differ as known ({names}), and in nothing else; --expect {','.join(finding.known)}"
    if finding.in_float64 and finding.truth is not None and _singles(finding):
        return "no: in float64, where rounding cannot explain it, they do not compute the same"
    return f"no: {most or 'they differ before any probe could be compared'}"


def compared(finding: Finding) -> str:
    """Over what: `500 losses, accuracy and 16 probes of 2 gradients and 2 parameters`."""
    known = over(finding)
    further = [name for name in known.metrics if name != "loss"]
    counts = ((known.gradients, "gradient"), (known.parameters, "parameter"), (known.state, "state array"))
    parts = [_count(len(names), kind) for names, kind in counts if names]
    parts += ["the loss in evaluation mode"] if known.evaluation else []
    probes = _count(len(known.probed_steps), "probe") + (f" of {_joined(parts)}" if parts else "")
    return f"{', '.join([_count(known.losses, 'loss'), *further])} and {probes}"


def known(finding: Finding) -> list[str]:
    """A line for each known difference that was found."""
    return [f"{name}: {KNOWN_DIFFERENCES[name]}" for name in finding.known]


def over(finding: Finding) -> Compared:
    """What the lanes were compared over."""
    return all_compared(finding.result.lanes, finding.result.gap, finding.rows)


def not_compared(finding: Finding) -> list[str]:
    """What the verdict does not rest on, and why."""
    known, lanes = over(finding), finding.result.spec.lanes
    lines = [f"{place + 1} {lanes[place].backend}: {why}" for place, why in known.left_out.items()]
    if known.dropped:  # a lane that is far ahead lets go of its oldest probes before the others come to them
        lines.append(f"{_count(known.dropped, 'probe')} of a lane that was far ahead")
    blind = [
        f"{place + 1} {lanes[place].backend}"
        for place, lane in enumerate(finding.result.lanes)
        if lane.digests and not any(name.startswith("parameter ") for name in lane.digests)
    ]
    if blind:
        lines.append(f"weights between two probes: {', '.join(blind)} keep them on a device")
    lines += _thin_digests(finding)
    if any(lane.evaluations for lane in finding.result.lanes):
        lines.append("metrics of the held-out data")
    if finding.truth is None and finding.rows and not finding.reason:
        lines.append(f"float64: {finding.truth_reason or '--no-truth'}")
    return [*lines, *finding.warnings]


def _thin_digests(finding: Finding) -> list[str]:
    """How many steps of which lanes have no digest, since that would have taken too much time."""
    lines = []
    for place, lane in enumerate(finding.result.lanes):
        columns = [one.values() for name, one in lane.digests.items() if name.startswith("parameter ")]
        known = min((int(np.isfinite(column).sum()) for column in columns), default=lane.steps)
        if known < lane.steps:
            name = f"{place + 1} {finding.result.spec.lanes[place].backend}"
            without = f"{lane.steps - known:,} of {lane.steps:,} steps"
            why = f"a digest of each would take more than {100 * SHARE:.0f} % of a step"
            lines.append(f"weights between two probes: {name} in {without}; {why}")
    return lines


def truth(finding: Finding) -> str | None:
    """How far the lanes are from the float64 truth; None where there is none."""
    if finding.truth is None or not (_singles(finding) or any(finding.truth.figures)):
        return None
    between = largest(finding.truth.between)
    mathematics = "one framework, so one twin" if between is None else _mathematics(finding, between)
    parts = (mathematics if _singles(finding) else "", _arithmetic(finding, finding.truth))
    return "; ".join(part for part in parts if part)


def where(finding: Finding) -> list[str]:
    """The first place that differs, a line each; empty where there is none."""
    place = finding.place
    if place is None or finding.but_for_known:  # which has its own lines
        return []
    lines = [f"{_step(place)}, {place.stage}: {quantity(place.key)}{_values(finding, place)}"]
    if finding.op is not None:
        lines.append(finding.op.words)
    elif finding.op_reason:
        lines.append(finding.op_reason)
    return lines


def _element(gap: ArrayGap) -> str:
    """`[3, 7]`, or nothing for a scalar."""
    return f"[{', '.join(map(str, gap.index))}]" if gap.index else ""


def _worst(step: int, key: Key, gap: Gap) -> str:
    if not gap.relative:
        return "0 in everything"
    return f"{_figure(gap.relative)} in {quantity(key)} at step {step}"


def _explained(finding: Finding) -> tuple[str, str]:
    """But for what the lanes agree, and why; both empty where no gap is above the tolerance."""
    worst = largest(finding.rows)
    if worst is None or worst[2].relative <= finding.tolerances.lanes:
        return "", ""
    if finding.truth is not None and _singles(finding):
        return BUT_FOR_ROUNDING, "; at its own weights each lane computes what float64 does"
    return ", but for what is set aside", ""


def _arithmetic(finding: Finding, truth: Truth) -> str:
    lanes = finding.result.spec.lanes
    if (off := truth.off()) is not None:
        return (
            f"{off.lane + 1} {lanes[off.lane].backend} is off: at step {off.step} its {quantity(off.key)} is "
            f"{_figure(off.relative)} from what float64 gives at the same weights"
        )
    worst = [(number, truth.worst(number)) for number in range(len(lanes))]
    costs = [f"{n + 1} {lanes[n].backend} {_figure(one.relative)}" for n, one in worst if one is not None]
    return f"at its own weights each lane is within rounding of float64, at most {', '.join(costs)}"


def _singles(finding: Finding) -> bool:
    return any(lane.dtype != "float64" for lane in finding.result.spec.lanes)


def _mathematics(finding: Finding, between: tuple[int, Key, Gap]) -> str:
    gap, tolerance = between[2].relative, finding.tolerances.truth
    if problem := between[2].array.problem:
        return f"not the same mathematics: of {quantity(between[1])}, {problem}"
    is_aside = finding.aside and not finding.in_float64
    is_same = gap <= tolerance or is_aside or finding.but_for_known
    same = "the same mathematics" if is_same else "not the same mathematics"
    what = "set aside" if is_aside else "known"
    but = f" but for what is {what}" if is_same and gap > tolerance else ""
    return f"{same}{but}: {_figure(gap)} apart in float64, tolerance {tolerance:.0e}"


def _step(place: Place) -> str:
    return f"step {place.step}" if place.exact else f"between step {place.step} and {place.last}"


def _values(finding: Finding, place: Place) -> str:
    gap = place.gap.array
    if gap.problem:
        return f": {gap.problem}"
    lanes = finding.result.spec.lanes
    first, other = place.gap.first, place.gap.lane
    a, b = distinct_texts(gap.a, gap.b, _MIN_DIGITS)
    names = [f"{number + 1} {lanes[number].backend}" for number in (first, other)]
    if first == other:
        return f"{_element(gap)} is {b} in {names[1]}; its equation gives {a}"
    return f"{_element(gap)} is {a} in {names[0]} and {b} in {names[1]}, {_figure(gap.relative)} apart"


def _figure(value: float) -> str:
    return f"{value:.1e}" if value else "0"


def _joined(parts: Sequence[str]) -> str:
    """`one`, `one and two`, `one, two and three`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _count(number: int, noun: str) -> str:
    many = {"loss": "losses"}.get(noun, f"{noun}s")
    return f"{number:,} {noun if number == 1 else many}"
