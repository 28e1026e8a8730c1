"""A driver of GPUs that there are none of."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from fwtui.core.gpu import Card
from fwtui.system.gpus import GpuError

H200 = Card(
    name="NVIDIA H200",
    pci_bus_id="0000:1e:00.0",
    total_bytes=150_000_000_000,
    used_bytes=42_000_000_000,
    free_bytes=107_400_000_000,
    process_bytes=((4242, 9_100_000_000), (4243, 6_300_000_000)),
    utilization=0.43,
    power_w=312.4,
    power_limit_w=700.0,
    energy_j=81_000.0,
    temperature_c=52,
    clock_mhz=1830,
    max_clock_mhz=1980,
    throttled=("power limit",),
)


class Driver:
    """Says what it is told to say.

    Args:
        cards: what it shows, at every moment.

    Attributes:
        problem: what it fails with; "" where it does not.
        raises: an error that is no driver's.
        hangs: whether it never answers, until `release` is set.
    """

    def __init__(self, cards: Sequence[Card] = (H200,)) -> None:
        self.shown, self.problem, self.hangs, self.asked = tuple(cards), "", False, 0
        self.raises: Exception | None = None
        self.release = threading.Event()

    def version(self) -> str:
        return "570.1"

    def cards(self) -> tuple[Card, ...]:
        self.asked += 1
        if self.hangs:
            self.release.wait()
        if self.raises:
            raise self.raises
        if self.problem:
            raise GpuError(self.problem)
        return self.shown
