"""Differences that are known of the frameworks' own layers: where they show, and a race without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fwtui.core.known_differences import ADAM_EPSILON
from fwtui.core.spec import LaneSpec, RaceSpec
from fwtui.measure.probe_gap import Key, ProbeRow
from fwtui.parity.finding import Finding


@dataclass(frozen=True, slots=True)
class Evidence:
    """A gap that a known difference may be responsible for."""

    step: int
    key: Key
    relative: float


def known_in(spec: RaceSpec, rows: Sequence[ProbeRow], tolerance: float) -> dict[str, Evidence]:
    """Where known differences that are not expected may show first, by their names.

    A weight that one of them is about is apart there, which has other causes as well: a known one is
    responsible where its correction makes that vanish.

    Args:
        rows: the lanes' probes, compared in float64.
        tolerance: the gap that is still the same answer.
    """
    found: dict[str, Evidence] = {}
    for name, weight in _unexpected(spec):
        for row in rows:
            off = [
                key
                for key, gap in row.gaps.items()
                if gap.relative > tolerance and (key[1] == weight or (not weight and key[0] == "parameter"))
            ]
            if off and name not in found:
                found[name] = Evidence(row.step, off[0], row.gaps[off[0]].relative)
    return found


def responsible(evidence: Mapping[str, Evidence], corrected: Sequence[ProbeRow]) -> tuple[str, ...]:
    """The names of those whose correction has made most of their gap vanish: what is left may be rounding."""
    rows = {row.step: row.gaps for row in corrected}
    return tuple(
        name
        for name, one in evidence.items()
        if one.key in rows.get(one.step, {}) and rows[one.step][one.key].relative < one.relative / 2
    )


def known_at(spec: RaceSpec, finding: Finding) -> tuple[str, ...]:
    """The names of all known differences between the lanes, where one may be what was found first.

    Nothing where the lanes agree, or first differ in something else; and none that is expected.
    """
    if finding.same is not False or finding.place is None:
        return ()
    known = _unexpected(spec)
    names = tuple(dict.fromkeys(name for name, _ in known))
    shown = {weight for _, weight in known}
    place = finding.place
    is_update = place.stage == "update" and ADAM_EPSILON in names
    return names if place.key[1] in shown or place.stage == "evaluation" or is_update else ()


def _unexpected(spec: RaceSpec) -> list[tuple[str, str]]:
    """(name, weight) of each known difference that is not expected."""
    expected = {name for lane in spec.lanes if lane.model for name in lane.model.expected}
    known = (one for lane in spec.lanes if lane.model for one in lane.model.known)
    return [(name, weight) for name, weight in known if name not in expected]


def expecting(spec: RaceSpec, names: tuple[str, ...]) -> RaceSpec:
    """The race with these differences corrected for."""

    def lane_without(lane: LaneSpec) -> LaneSpec:
        model = lane.model
        expected = (*model.expected, *names) if model else ()
        return lane if model is None else replace(lane, model=replace(model, expected=expected))

    return replace(spec, lanes=tuple(map(lane_without, spec.lanes)))
