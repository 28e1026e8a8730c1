"""What the compared probes come to: the first place that differs, and whether rounding explains it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fwtui.measure.probes import Gap, Key, ProbeRow

Stage = Literal["first weights", "forward", "backward", "update"]

UNEVEN = 100.0
"""How much further from the float64 truth one lane may be than another before rounding does not explain it.

Rounding is about as large in both; what a single lane does wrong is not.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where lanes first differ.

    Attributes:
        step: the first step that it can be, counted from 0.
        last: the last one; where that is another, steps between two probes were not looked into.
        stage: the part of the step; an update is what lies between equal gradients and unequal parameters,
            and is only known to be one where `step` is `last`.
        key: kind and name of what differs: in the backward pass, that which is computed first.
    """

    step: int
    last: int
    stage: Stage
    key: Key
    gap: Gap

    @property
    def exact(self) -> bool:
        """Whether the step is known."""
        return self.step == self.last


def first_place(rows: Sequence[ProbeRow], tolerance: float, losses_only: bool = False) -> Place | None:
    """The first place whose gap is above `tolerance`; None where there is none.

    Args:
        losses_only: leave out the metrics beside the loss. A share of right answers jumps by a whole one
            where rounding decides which of two outputs is larger: between roundings it proves nothing.
    """
    before = 0
    for row in rows:
        above = {
            key: gap
            for key, gap in row.gaps.items()
            if gap.relative > tolerance and not (losses_only and key[0] == "metric" and key[1] != "loss")
        }
        if above:
            return _place(row.step, before, above)
        before = row.step
    return None


def _place(step: int, before: int, above: dict[Key, Gap]) -> Place:
    parameters = [key for key in above if key[0] == "parameter"]
    if parameters and step == 0:
        return Place(0, 0, "first weights", parameters[0], above[parameters[0]])
    if parameters:
        worst = max(parameters, key=lambda key: above[key].relative)
        return Place(before, step - 1, "update", worst, above[worst])
    metrics = [key for key in above if key[0] == "metric"]
    if metrics:
        return Place(step, step, "forward", metrics[0], above[metrics[0]])
    # Parameters stand in the order in which the data passes them, so the last one's gradient comes first.
    key = list(above)[-1]
    return Place(step, step, "backward", key, above[key])


@dataclass(frozen=True, slots=True)
class Truth:
    """The float64 truth: each lane held against the same network in float64 on the CPU.

    Attributes:
        rounding: for each lane, its probes against its twin's: what its dtype costs it.
        between: the twins against each other: whether both compute the same mathematics. Empty where the
            lanes have one twin in common: modes of one framework.
    """

    rounding: tuple[Sequence[ProbeRow], ...]
    between: Sequence[ProbeRow]

    def of(self, step: int, key: Key, lane: int) -> float | None:
        """How far `lane` is from its twin there; None where that is unknown."""
        for row in self.rounding[lane]:
            if row.step == step and key in row.gaps:
                return row.gaps[key].relative
        return None

    def explains(self, step: int, key: Key, gap: Gap) -> bool:
        """Whether rounding explains the lanes' gap: both are about as far from the truth."""
        distances = [self.of(step, key, lane) for lane in (0, gap.lane)]
        known = [distance for distance in distances if distance is not None]
        return len(known) == 2 and gap.relative <= UNEVEN * min(known)

    def unexplained(self, rows: Sequence[ProbeRow], tolerance: float) -> list[ProbeRow]:
        """`rows` with only the gaps that are above `tolerance` and that rounding does not explain."""
        return [
            ProbeRow(
                row.step,
                {
                    key: gap
                    for key, gap in row.gaps.items()
                    if gap.relative > tolerance and not self.explains(row.step, key, gap)
                },
            )
            for row in rows
        ]
