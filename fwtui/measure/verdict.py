"""The verdict: same answer, and faster? In words that do not say more than was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fwtui.measure.history import History
from fwtui.measure.parity import LossGap
from fwtui.measure.statistics import Ratio, median_ratio
from fwtui.race.spec import LaneSpec, RaceSpec


@dataclass(frozen=True, slots=True)
class Speed:
    """Which lane's median step is the shortest, against the longest.

    Attributes:
        faster, slower: lanes, counted from 0.
        ratio: the slower one's median step over the faster one's.
        contended: whether lanes ran at the same time, so that each disturbed the other's times.
        paced: whether steps were kept apart by a pace, so that caches and threads went cold between them.
    """

    faster: int
    slower: int
    ratio: Ratio
    contended: bool
    paced: bool


def incomparable(specs: Sequence[LaneSpec], lanes: Sequence[History]) -> str | None:
    """Why the lanes' answers cannot be compared, in words; None where they can."""
    built = [lane.built for lane in lanes if lane.built is not None]
    if len(lanes) < 2:
        return "one lane has nothing to be compared with"
    if len({spec.seed for spec in specs}) > 1:
        return "different seeds"
    if len({one.weights_sha256 for one in built}) > 1:
        return "different first weights"
    if len({one.data_sha256 for one in built}) > 1:
        return "different data"
    return None


def same_answer(specs: Sequence[LaneSpec], lanes: Sequence[History], gap: LossGap) -> bool | None:
    """True or False; None where it could not be judged: nothing compared, or nothing to compare."""
    return None if incomparable(specs, lanes) else gap.same


def speed(race: RaceSpec, lanes: Sequence[History]) -> Speed | None:
    """The fastest lane against the slowest; None before both have steady steps enough."""
    times = [lane.step_times() for lane in lanes]
    known = [(stats.p50, index) for index, stats in enumerate(times) if stats is not None]
    if len(known) < 2:
        return None
    (_, faster), (_, slower) = min(known), max(known)
    ratio = median_ratio(lanes[slower].steady_step_ns(), lanes[faster].steady_step_ns())
    if ratio is None or faster == slower:
        return None
    return Speed(
        faster=faster,
        slower=slower,
        ratio=ratio,
        contended=race.schedule == "race",
        paced=any(lane.pace is not None for lane in race.lanes),
    )
