"""Optimizers as a user's file gives them, compared by the updates that they make of the same gradients."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fwtui.core.numerical_policy import EPS, SINGLE_RATES
from fwtui.core.optimizers import GROUP
from fwtui.core.spec import OWN_OPTIMIZER, LaneSpec, Probes, RaceSpec
from fwtui.measure.agreement import Place, first_place
from fwtui.measure.history import History
from fwtui.measure.probe_gap import ProbeComparison, ProbeRow
from fwtui.parity.equal_weights import NotRepeatedError
from fwtui.parity.finding import Run
from fwtui.parity.twins import eagerly

Pair = tuple[LaneSpec, LaneSpec]


def has_own(pair: Pair) -> bool:
    """Whether one of the two lanes has an optimizer of the user's file."""
    return any(lane.optimizer == OWN_OPTIMIZER for lane in pair)


@dataclass(frozen=True)
class ComparedUpdates:
    """What two optimizers make of the same gradients.

    Attributes:
        place: the first update in which they differ; None where all of them are the same.
        aside: what is set aside where they are the same; "" for nothing.
        settings: those that differ where the updates do, each with its name and both values.
    """

    place: Place | None
    aside: str = ""
    settings: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True)
class UpdateComparison:
    """Compares two lanes' updates.

    Attributes:
        spec: the race whose settings hold.
        run: runs a race to its end.
        tolerance: largest relative gap, in float64, of what is the same.
    """

    spec: RaceSpec
    run: Run
    tolerance: float

    def compare(self, pair: Pair) -> ComparedUpdates:
        """Make all updates of both. Keras's schedules, and the numbers of its optimizers, are in float32,
        whatever the dtype: that is set aside.

        Raises:
            NotRepeatedError: one of the two could not make them.
        """
        steps, schedule = pair[0].steps, replace(pair[0].probes or Probes(), exact=False, most_bytes=None)
        lanes = self._ran(pair, steps, schedule)
        rows = _rows(lanes)
        rates = [gap.relative for row in rows for key, gap in row.gaps.items() if key[0] == "metric"]
        apart = max((one for one in rates if one <= EPS["float32"]), default=0.0)
        tolerance, aside = self.tolerance, ""
        if apart > self.tolerance:
            tolerance = SINGLE_RATES * apart
            aside = f"learning rates are {apart:.1e} apart, which is float32's rounding of one of them"
        found = first_place(rows, tolerance)
        if found is None:
            return ComparedUpdates(None, aside)
        if first_place(_rows(self._ran(pair, steps, schedule, has_exact_numbers=True)), tolerance) is None:
            rounded = "Keras rounds a number of its optimizer, such as a momentum, to float32"
            return ComparedUpdates(None, "; ".join(filter(None, (aside, rounded))))
        if not found.exact:
            every = _rows(self._ran(pair, found.last + 1, Probes(every=1, first=found.step)))
            found = first_place(every, tolerance) or found
        return ComparedUpdates(replace(found, stage="update"), settings=tuple(_different_settings(lanes)))

    def _ran(
        self, pair: Pair, steps: int, probes: Probes, has_exact_numbers: bool = False
    ) -> Sequence[History]:
        lanes = tuple(
            replace(
                eagerly(lane, "float64"),
                steps=steps,
                probes=probes,
                on_given_gradients=True,
                exact_numbers=has_exact_numbers,
                by_turns=False,
                digests=False,
                ops=None,
            )
            for lane in pair
        )
        ran = self.run(replace(self.spec, lanes=lanes), lambda lanes: None)
        if ran.signal:
            raise NotRepeatedError("the search was cut short", ran.signal)
        for lane, history in zip(lanes, ran.lanes, strict=True):
            if history.ended is None or history.ended.outcome != "done":
                why = history.ended.summary if history.ended else "was cut short"
                raise NotRepeatedError(f"{lane.backend}'s optimizer alone {why}")
        return ran.lanes


def _rows(lanes: Sequence[History]) -> Sequence[ProbeRow]:
    comparison = ProbeComparison("float64")
    comparison.update(lanes)
    return comparison.rows


def _different_settings(lanes: Sequence[History]) -> Iterator[tuple[str, float, float]]:
    """What is not known of one of two is NaN there; further parameter groups have the first's settings."""
    first, other = (lane.optimizer_settings for lane in lanes)
    for name in dict.fromkeys((*first, *other)):
        base = name.partition(GROUP)[0]
        one, that = (side.get(name, side.get(base, math.nan)) for side in (first, other))
        is_used = any(value and not math.isnan(value) for value in (one, that))
        if is_used and not math.isclose(one, that, rel_tol=EPS["float32"]):
            yield name, one, that
