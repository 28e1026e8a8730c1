"""The verdict on speed: which lane is faster, by how much, and how surely."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fwtui.core.spec import RaceSpec
from fwtui.measure.history import History
from fwtui.measure.statistics import LEAST_STEPS, Ratio, median_ratio

_QUIET_PART = 0.25
"""Share of the steady steps that must be undisturbed."""
NOTED_SHARE = 0.1
"""Share of all cores from which the use by others is noted with a ratio."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Which lane's median step is the shortest, against the longest.

    Attributes:
        faster, slower: lanes, counted from 0.
        ratio: the slower one's median step over the faster one's, of the steps that others did not disturb;
            None on a busy machine, where too few were left undisturbed for a ratio that tells of the lanes.
        order: the lanes that have steady steps, by their median step, the shortest first.
        per_sample: whether what a sample takes is compared, as the lanes have batches of other sizes.
        break_even_step: the step by which the faster lane has made up for what it took longer to build and
            compile; None where it did not take longer, or that is not known.
        contended: whether lanes ran at the same time, so that each disturbed the other's times.
        paced: whether steps were kept apart by a pace, so that caches and threads went cold between them.
        others_share: the part of the cores that others used during the lanes' steady steps, the larger of
            the two lanes'; None where it is unknown.
    """

    faster: int
    slower: int
    ratio: Ratio | None
    order: tuple[int, ...]
    per_sample: bool
    break_even_step: int | None
    contended: bool
    paced: bool
    others_share: float | None = None

    @property
    def is_certain(self) -> bool:
        """Whether one of the lanes is faster beyond doubt."""
        return self.ratio is not None and self.ratio.certain


def speed(race: RaceSpec, lanes: Sequence[History], batches: Sequence[int | None]) -> Speed | None:
    """The fastest lane against the slowest; None before both have steady steps enough.

    Lanes with batches of other sizes are compared by the time that a sample takes.

    Args:
        batches: samples in a batch of each lane; None where that is not known.
    """
    per_sample = len(set(batches)) > 1 and None not in batches
    largest_batch = max((batch for batch in batches if batch is not None), default=1)
    # What the largest batch would take: times stay above what a clock can tell.
    scale = [largest_batch / batch if per_sample and batch else 1.0 for batch in batches]
    is_busy = any(map(_is_disturbed, lanes))
    times = [lane.steady_step_ns() if is_busy else lane.quiet_step_ns() for lane in lanes]
    known = [(float(np.median(of)) * scale[lane], lane) for lane, of in enumerate(times) if len(of)]
    if len(known) < 2:
        return None
    (_, faster), (_, slower) = min(known), max(known)
    ratio = median_ratio(times[slower] * scale[slower], times[faster] * scale[faster])
    if ratio is None or faster == slower:
        return None
    shares = [use.others_share for lane in (faster, slower) if (use := lanes[lane].processor) is not None]
    return Speed(
        faster=faster,
        slower=slower,
        ratio=None if is_busy else ratio,
        order=tuple(index for _, index in sorted(known)),
        per_sample=per_sample,
        break_even_step=None if per_sample else _break_even_step(lanes[faster], lanes[slower]),
        contended=race.schedule == "race",
        paced=any(lane.pace is not None for lane in race.lanes),
        others_share=max(shares, default=None),
    )


def _is_disturbed(lane: History) -> bool:
    """Whether too few of its steady steps are undisturbed to represent the run."""
    steady = len(lane.steady_step_ns())
    quiet = len(lane.quiet_step_ns())
    return quiet < steady and quiet < max(LEAST_STEPS, steady * _QUIET_PART)


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
