"""The energy that a lane's steps cost, by the counter of its whole card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fwtui.core.spec import RaceSpec

if TYPE_CHECKING:
    from fwtui.measure.history import History


@dataclass
class CardEnergy:
    """Adds up what a card used between readings in which the lane took steps.

    Attributes:
        joules, steps: between the first reading and the last; not those of a pause.
    """

    joules: float = 0.0
    steps: int = 0
    _last: tuple[float, int] | None = None

    def add(self, counter_j: float | None, steps: int, is_running: bool) -> None:
        """Take in a reading of the card's counter, in joules, and how many steps were done by then."""
        if self._last is not None and counter_j is not None and is_running:
            used, done = counter_j - self._last[0], steps - self._last[1]
            if used >= 0 and done > 0:  # a driver that is loaded again counts from 0
                self.joules += used
                self.steps += done
        self._last = None if counter_j is None else (counter_j, steps)


def energy_per_step(spec: RaceSpec, lanes: Sequence[History]) -> list[float | None]:
    """Joules per step of each lane; None where the counter has others' work in it, or waiting, or no card.

    A card counts for all that runs on it. Of lanes that take turns each waits for the others, and its card
    with it.
    """
    cards = [lane.gpu.card.pci_bus_id if lane.gpu and lane.gpu.card else None for lane in lanes]
    waits = spec.schedule == "turns" and len(lanes) > 1
    return [
        None
        if waits or card is None or cards.count(card) > 1 or not lane.energy.steps
        else lane.energy.joules / lane.energy.steps
        for card, lane in zip(cards, lanes, strict=True)
    ]
