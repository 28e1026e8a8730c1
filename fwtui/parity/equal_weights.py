"""Two networks at the same weights, step by step: what a training makes of rounding does not count there."""

from __future__ import annotations

import math
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fwtui.core.numerical_policy import VARIATION
from fwtui.core.records import Probed
from fwtui.core.spec import LaneSpec, Probes, RaceSpec, Replay
from fwtui.measure.agreement import Figure, Place, first_off, first_place, rounding, stage_of
from fwtui.measure.arrays import unlike
from fwtui.measure.history import History
from fwtui.measure.probe_gap import Gap, ProbeComparison, ProbeRow
from fwtui.measure.updates import MAX_UPDATES, UpdateCheck
from fwtui.parity.finding import Run
from fwtui.parity.twins import follow_updates
from fwtui.session.probe_summary import proving
from fwtui.session.run import Result, Watch

MAX_BYTES = 256_000_000
"""Probes that are repeated: they are held here and in a lane's process at once."""
MAX_STEPS = 1_000
"""Maximum number of steps to compare: half of them around where the two diverge, the others evenly over the
whole training."""


class NotRepeatedError(Exception):
    """The networks could not be compared at the same weights; the message says why.

    Attributes:
        by: the signal that cut it short; None where none did.
    """

    def __init__(self, reason: str, by: signal.Signals | None = None) -> None:
        super().__init__(reason)
        self.by = by


@dataclass(frozen=True, slots=True)
class EqualWeights:
    """One lane's probes, and what another network makes of the same weights and batches.

    Attributes:
        probes: the first lane's, by step.
        rows: each step's metrics and gradients, compared.
        figures: the same comparison with what rounding allows.
        updates: of both trainings, run again, held against the optimizer's equations.
        parted: where those two first differ, with every step compared up to there.
        steps: how many steps the training has; of all of them, where `rows` are as many.
    """

    probes: Mapping[int, Probed]
    rows: Sequence[ProbeRow]
    figures: Sequence[Figure]
    updates: Sequence[UpdateCheck]
    parted: Place | None
    steps: int

    @property
    def extent(self) -> str:
        """In how many of the steps the two were compared."""
        compared = sum(row.step < self.steps for row in self.rows)
        return f"{'each' if compared == self.steps else f'{compared:,}'} of {self.steps:,} steps"

    def off(self, examined: Sequence[int] = (), is_final: bool = False) -> Figure | None:
        """The first figure that rounding does not explain.

        Args:
            examined: steps in which float32 numbers were found to be all that differs. In the others they may
                do as much again: up to `VARIATION` times as much, beside how far weights perturbed by
                float32's rounding move each figure.
            is_final: whether no further step will be examined: then, whatever such perturbations explain.
        """
        done = set(examined)
        # What float64's own rounding explains there is not float32's doing.
        shares = [
            one.relative / one.single_allowed for one in self.figures if one.step in done and one.is_off
        ]
        share = 1.0 if is_final else min(1.0, VARIATION * max(shares, default=0.0))
        return first_off(
            one
            for one in self.figures
            if one.step not in done and not one.relative <= max(one.allowed, share * one.single_allowed)
        )

    def shows(self, place: Place) -> bool:
        """Whether a gap that a training has shown is there again, rounding or not."""
        again = [one.relative for one in self.figures if (one.step, one.key) == (place.step, place.key)]
        return bool(again) and again[0] >= place.gap.relative / 2

    def place(self, off: Figure) -> Place:
        """Where the figure is: in its step, what is computed first."""
        row = next(row for row in self.rows if row.step == off.step)
        stage = stage_of(off.key[0])
        wrong = {one.key for one in self.figures if one.step == off.step and one.is_off}
        # Parameters are in the order in which the data passes them, so the last one's gradient comes first.
        keys = [key for key in row.gaps if key in wrong and key[0] == off.key[0]]
        key = (keys[-1] if stage == "backward" else keys[0]) if keys else off.key
        return Place(off.step, off.step, stage, key, row.gaps.get(key, Gap(1, unlike("only one has it"))))


class Repeater:
    """Runs two trainings again, and repeats the first one's probes with the other network.

    Args:
        spec: the race whose settings hold.
        run: runs a race to its end.
    """

    def __init__(self, spec: RaceSpec, run: Run) -> None:
        self._spec, self._run = spec, run

    def compare(
        self, first: LaneSpec, other: LaneSpec, parting: int, tolerance: float, rounds: str
    ) -> EqualWeights:
        """`other` at the weights that `first` has before each step: a fault may lie in any of them.

        Args:
            parting: the last step of those in which the two were found to part.
            rounds: the dtype whose rounding the first lane's figures have.

        Raises:
            NotRepeatedError: one of the two did not come so far.
        """
        training = _Training(first, other, _compared_steps(first.steps, parting))
        lanes = tuple(
            replace(lane, probes=training.probes, by_turns=self._by_turns, ops=None)
            for lane in (first, other)
        )
        training(self._ran(lanes, training).lanes)
        kept = training.kept
        if not kept:
            raise NotRepeatedError("the training did not happen again")
        replay = Replay(tuple(kept.values()), rounds, tolerance, measures_single=other.dtype == "float64")
        repeated = self._ran((replace(other, probes=None, by_turns=False, ops=None, replay=replay),))
        answers = repeated.lanes[0].probes
        if set(answers) != set(kept):
            raise NotRepeatedError(_reason(repeated))
        comparison = ProbeComparison(other.dtype)
        rows = [
            comparison.compare([replace(probe, parameters=()), answers[step]]) for step, probe in kept.items()
        ]
        references = {step: answer.rounding for step, answer in sorted(answers.items())}
        small = _small_elements(rows, tolerance)
        known = {(one.step, one.key) for one in small}
        figures = [
            one for one in rounding(references, 1, other.dtype, tolerance) if (one.step, one.key) not in known
        ]
        figures += small
        parted = training.parted(tolerance)
        return EqualWeights(kept, rows, figures, training.updates, parted, first.steps)

    @property
    def _by_turns(self) -> bool:
        return self._spec.schedule == "turns"

    def _ran(self, lanes: tuple[LaneSpec, ...], watch: Watch = lambda lanes: None) -> Result:
        result = self._run(replace(self._spec, lanes=lanes), watch)
        if result.signal:
            raise NotRepeatedError("the search was cut short", result.signal)
        return result


class _Training:
    """Both trainings while they run again: keeps the first one's probes, and follows the updates of both."""

    def __init__(self, first: LaneSpec, other: LaneSpec, steps: Sequence[int]) -> None:
        schedule = first.probes or Probes()
        self.probes = replace(schedule, exact=False, most_bytes=None, also=tuple(steps))
        self._dtype = other.dtype
        self._comparison = ProbeComparison(other.dtype)
        self.updates = tuple(
            UpdateCheck(lane.optimizer, lane.learning_rate, lane.dtype, max(steps[-1], MAX_UPDATES))
            for lane in (first, other)
        )
        self._kept: dict[int, Probed] = {}

    def __call__(self, lanes: list[History]) -> None:
        self._comparison.update(lanes)
        for lane, check in zip(lanes, self.updates, strict=True):
            follow_updates(self._comparison, lane, check)
        for step in sorted(self._comparison.compared & set(lanes[0].probes)):
            probe = lanes[0].probes[step]
            if _is_finite(probe):
                self._kept[step] = probe
            for lane in lanes:
                lane.forget_probe(step)
        while len(self._kept) > self._most():
            del self._kept[_least_telling(sorted(self._kept))]

    @property
    def kept(self) -> dict[int, Probed]:
        """The first lane's probes, in the order of their steps."""
        return dict(sorted(self._kept.items()))

    def parted(self, tolerance: float) -> Place | None:
        """The first place in which the two trainings differ."""
        return first_place(proving(self._comparison.rows, self._dtype), tolerance)

    def _most(self) -> int:
        size = max((_size(probe) for probe in self._kept.values()), default=1)
        return max(2, MAX_BYTES // max(1, size))


def _small_elements(rows: Sequence[ProbeRow], tolerance: float) -> list[Figure]:
    """Small elements that are plainly other numbers: figures relative to whole arrays do not show them."""
    return [
        Figure(1, row.step, key, gap.relative, tolerance, tolerance)
        for row in rows
        for key, gap in row.gaps.items()
        if gap.array.is_small_element
    ]


def _compared_steps(steps: int, parting: int) -> list[int]:
    """Every step, the one after the last included; of many, those around the parting and some of all."""
    if steps <= MAX_STEPS:
        return list(range(steps + 1))
    half = MAX_STEPS // 2
    around = range(max(0, parting + 2 - half), min(steps, parting + 1) + 1)
    evenly = range(0, steps + 1, -(-steps // half))
    return sorted({*around, *evenly, steps})


def _least_telling(steps: list[int]) -> int:
    """The step, neither the first nor the last, whose neighbours are nearest."""
    gaps = {steps[n]: steps[n + 1] - steps[n - 1] for n in range(1, len(steps) - 1)}
    return min(gaps, key=lambda step: gaps[step]) if gaps else steps[0]


def _size(probe: Probed) -> int:
    return sum(len(array.data) for _, array in (*probe.parameters, *probe.gradients) if array is not None)


def _is_finite(probe: Probed) -> bool:
    """Whether its loss is a number: beyond, what overflows first is no difference between networks."""
    return all(math.isfinite(value) for name, value in probe.metrics if name == "loss")


def _reason(result: Result) -> str:
    ended = result.lanes[0].ended
    backend = result.spec.lanes[0].backend
    return f"{backend} {ended.summary}" if ended and ended.reason else f"{backend} did not answer"
