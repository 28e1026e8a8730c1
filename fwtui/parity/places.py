"""Where a lane is off by itself, and why, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fwtui.core.numerical_policy import MAX_SHARE
from fwtui.measure.agreement import Place, stage_of
from fwtui.measure.arrays import ArrayGap, unlike
from fwtui.measure.probe_gap import Gap
from fwtui.measure.updates import UpdateGap
from fwtui.parity.finding import Finding
from fwtui.parity.own_optimizers import ComparedUpdates
from fwtui.parity.raced_lanes import RacedLanes


def settings_that_differ(compared: ComparedUpdates, titles: Sequence[str]) -> str:
    """In which settings two optimizers differ that make other updates."""
    assert compared.place is not None
    if not compared.settings:
        is_rate = compared.place.key[0] == "metric"
        return "" if is_rate else "; the settings that are known of both are the same"
    return "".join(
        f"; {name} is {_setting(one)} in {titles[0]} and {_setting(other)} in {titles[1]}"
        for name, one, other in compared.settings
    )


def _setting(value: float) -> str:
    return "n/a" if math.isnan(value) else f"{value:g}"


def off_from_float64(finding: Finding) -> Place | None:
    """Where a lane computes something else than its own network does in float64, at the lane's weights."""
    truth = finding.truth
    if truth is None or (off := truth.off()) is None:
        return None
    gaps = next((row.gaps for row in finding.rows if row.step == off.step), {})
    other = Gap(max(off.lane, 1), unlike("one lane alone was probed"))
    stage = stage_of(off.key[0])
    return Place(off.step, off.step, stage, off.key, gaps.get(off.key, other))


def update_place(lane: int, gap: UpdateGap) -> Place:
    """Where a lane's own update is not what the equation makes of its own gradient."""
    absolute = abs(gap.given - gap.expected)
    scale = absolute / gap.relative if gap.relative else math.nan
    values = gap.expected, gap.given
    array = ArrayGap(absolute, gap.relative, math.nan, gap.index, *values, relative_to=scale)
    return Place(gap.step, gap.step, "update", ("parameter", gap.name), Gap(lane, array, first=lane))


def off_equation(member: int, gap: UpdateGap, raced: RacedLanes) -> str:
    spec = raced.twins.all[member]
    share = f"{gap.relative:.1e} of the largest change" if gap.relative < MAX_SHARE else "without a gradient"
    return (
        f"{spec.backend} in {spec.dtype} does not follow the equation of {spec.optimizer}, or its net gives "
        f"another gradient in a step than between two: from the gradient there, {gap.name} would be "
        f"{gap.expected:.9g} and is {gap.given:.9g}, {share}"
    )
