"""Records of the memory that a lane holds: by its framework, by the system, and by its GPU's driver."""

from __future__ import annotations

from dataclasses import dataclass

from fwtui.core.gpu import Card


@dataclass(frozen=True, slots=True)
class FrameworkMemory:
    """Memory on the lane's device as the framework's allocator counts it, in bytes; None is unknown."""

    in_use_bytes: int | None = None
    reserved_bytes: int | None = None
    peak_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """Memory of the lane's process as the system (RSS) and NVML (GPU) count it, in bytes; None is unknown.

    `shared` is true under the thread host, where the process is the app's own and holds every lane.
    """

    rss_bytes: int | None
    rss_peak_bytes: int | None
    gpu_bytes: int | None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class GpuUse:
    """The GPU of the lane, and what its process has of it, as the driver counts.

    Attributes:
        card: None where nothing is known of it (`problem`).
        process_bytes: of the lane's process; None where the driver does not tell.
        problem: why there is no card; "" where there is one.
    """

    card: Card | None
    process_bytes: int | None = None
    problem: str = ""
