"""Differences that are known of the frameworks' own layers: where they show, and a race without them."""

from __future__ import annotations

from dataclasses import replace

from fwtui.core.known_differences import ADAM_EPSILON
from fwtui.core.spec import LaneSpec, RaceSpec
from fwtui.parity.finding import Finding


def known_at(spec: RaceSpec, finding: Finding) -> tuple[str, ...]:
    """The names of all known differences between the lanes, where one may be what was found first.

    Nothing where the lanes agree, or first differ in something else; and none that is expected.
    """
    if finding.same is not False or finding.place is None:
        return ()
    known = [one for lane in spec.lanes if lane.model for one in lane.model.known]
    expected = {name for lane in spec.lanes if lane.model for name in lane.model.expected}
    names = tuple(dict.fromkeys(name for name, _ in known if name not in expected))
    shown = {weight for name, weight in known if name in names}
    place = finding.place
    is_update = place.stage == "update" and ADAM_EPSILON in names
    return names if place.key[1] in shown or place.stage == "evaluation" or is_update else ()


def expecting(spec: RaceSpec, names: tuple[str, ...]) -> RaceSpec:
    """The race with these differences corrected for."""

    def lane_without(lane: LaneSpec) -> LaneSpec:
        model = lane.model
        expected = (*model.expected, *names) if model else ()
        return lane if model is None else replace(lane, model=replace(model, expected=expected))

    return replace(spec, lanes=tuple(map(lane_without, spec.lanes)))
