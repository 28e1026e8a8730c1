"""Processor time used within an interval."""

from __future__ import annotations

from dataclasses import dataclass

FULL = 0.9
"""From this share of the cores on, whoever uses more takes it from another."""


@dataclass(frozen=True, slots=True)
class ProcessorUse:
    """Processor time used within an interval.

    Attributes:
        core_s: what all cores together could give, in core seconds.
        own_s: what this process and its descendants used, in core seconds.
        others_s: what everything else used, and what a hypervisor withheld. It can be below 0 by what the
            system's ticks round.
    """

    core_s: float
    own_s: float
    others_s: float

    def __add__(self, other: ProcessorUse) -> ProcessorUse:
        return ProcessorUse(
            self.core_s + other.core_s, self.own_s + other.own_s, self.others_s + other.others_s
        )

    @property
    def others_share(self) -> float:
        """The others' part of all cores, between 0 and 1."""
        return min(1.0, max(0.0, self.others_s / self.core_s)) if self.core_s > 0 else 0.0

    @property
    def is_full(self) -> bool:
        """Whether the cores were used up, so that the others took time which this process could use."""
        return self.own_s + self.others_s >= FULL * self.core_s
