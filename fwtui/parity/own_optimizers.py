"""Optimizers as a user's file gives them, compared by the updates that they make of the same gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fwtui.core.numerical_policy import EPS, SINGLE_RATES
from fwtui.core.spec import OWN_OPTIMIZER, LaneSpec, Probes, RaceSpec
from fwtui.measure.agreement import Place, first_place
from fwtui.measure.probe_gap import ProbeComparison, ProbeRow
from fwtui.parity.equal_weights import NotRepeatedError
from fwtui.parity.finding import Run
from fwtui.parity.twins import eagerly

Pair = tuple[LaneSpec, LaneSpec]


def has_own(pair: Pair) -> bool:
    """Whether one of the two lanes has an optimizer of the user's file."""
    return any(lane.optimizer == OWN_OPTIMIZER for lane in pair)


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

    def compare(self, pair: Pair) -> tuple[Place | None, str]:
        """The first update in which the two differ; None where all of them are the same.

        With what is set aside, "" for nothing: Keras's schedules, and the numbers of its optimizers, are in
        float32, whatever the dtype.

        Raises:
            NotRepeatedError: one of the two could not make them.
        """
        schedule = pair[0].probes or Probes()
        rows = self._rows(pair, pair[0].steps, replace(schedule, exact=False, most_bytes=None))
        rates = [gap.relative for row in rows for key, gap in row.gaps.items() if key[0] == "metric"]
        apart = max((one for one in rates if one <= EPS["float32"]), default=0.0)
        tolerance, aside = self.tolerance, ""
        if apart > self.tolerance:
            tolerance = SINGLE_RATES * apart
            aside = f"learning rates are {apart:.1e} apart, which is float32's rounding of one of them"
        found = first_place(rows, tolerance)
        if found is None:
            return None, aside
        exact = self._rows(pair, pair[0].steps, replace(schedule, exact=False, most_bytes=None), True)
        if first_place(exact, tolerance) is None:
            rounded = "Keras rounds a number of its optimizer, such as a momentum, to float32"
            return None, "; ".join(filter(None, (aside, rounded)))
        if not found.exact:
            every = self._rows(pair, found.last + 1, Probes(every=1, first=found.step))
            found = first_place(every, tolerance) or found
        return replace(found, stage="update"), aside

    def _rows(
        self, pair: Pair, steps: int, probes: Probes, has_exact_numbers: bool = False
    ) -> Sequence[ProbeRow]:
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
        comparison = ProbeComparison("float64")
        comparison.update(ran.lanes)
        return comparison.rows
