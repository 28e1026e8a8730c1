"""An NVIDIA GPU as its driver counts it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """One GPU at one moment; None is unknown.

    Attributes:
        pci_bus_id: as CUDA writes it, `0000:1e:00.0`.
        used_bytes: of all processes, and of the driver itself.
        process_bytes: (number, bytes) of each process; None where the driver does not tell.
        utilization: the share of the last moments in which a kernel ran, 0 to 1.
        energy_j: since the driver was loaded.
        throttled: why its clock is lower than it could be; empty where it is not.
        problem: why nothing is known; "" where something is.
    """

    name: str
    pci_bus_id: str
    total_bytes: int | None = None
    used_bytes: int | None = None
    free_bytes: int | None = None
    process_bytes: tuple[tuple[int, int], ...] | None = None
    utilization: float | None = None
    power_w: float | None = None
    power_limit_w: float | None = None
    energy_j: float | None = None
    temperature_c: int | None = None
    clock_mhz: int | None = None
    max_clock_mhz: int | None = None
    throttled: tuple[str, ...] | None = None
    problem: str = ""

    def bytes_of(self, pid: int) -> int | None:
        """What a process has of it; None where the driver does not know the process."""
        return dict(self.process_bytes or ()).get(pid)
