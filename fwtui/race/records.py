"""Everything a lane can say, as frozen dataclasses: the one way from a training loop to whoever watches.

Records cross a pipe between processes, so they hold only the standard library's types. Clocks are
`time.perf_counter_ns`, which one machine's processes share on Linux and macOS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phase = Literal["spawn", "import", "build", "trace", "compile", "warm-up", "steady"]
Standing = Literal["running", "waiting", "paused"]
Outcome = Literal["done", "stopped", "diverged", "failed"]


@dataclass(frozen=True, slots=True)
class Device:
    """A device as one framework sees it. `reason` says why it cannot be used; None: it can."""

    name: str
    label: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PhaseEntered:
    """The lane entered `phase` at `at_ns`, having done `step` steps."""

    phase: Phase
    at_ns: int
    step: int = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """The framework is loaded: which version, and every device that it knows of, usable or not."""

    framework: str
    version: str
    devices: tuple[Device, ...]
    pid: int


@dataclass(frozen=True, slots=True)
class Built:
    """The network stands on its device, ready for the first step.

    Attributes:
        weights_sha256: hash of the first weights as NumPy made them, before any cast to `dtype`.
        data_sha256: the same of the first batches (`fwtui.workloads.hashes.HASHED_BATCHES` of them).
        parameters: count of trained scalars.
        threads: CPU threads that the framework really uses.
        cores: CPU cores that the process may really run on; None where the system does not tell.
    """

    device: str
    dtype: str
    weights_sha256: str
    data_sha256: str
    parameters: int
    threads: int
    cores: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Steps:
    """A run of consecutive steps as columns of bytes.

    Attributes:
        first: number of the first step in the columns, counted from 0.
        started_ns: int64 column: when each step was called.
        step_ns: int64 column: wall time from the call until the loss was on the host.
        metrics: (name, float64 column) of everything that the network returns, `loss` first.
    """

    first: int
    started_ns: bytes
    step_ns: bytes
    metrics: tuple[tuple[str, bytes], ...]

    @property
    def count(self) -> int:
        """How many steps the columns hold."""
        return len(self.step_ns) // 8


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Metrics of the held-out data after `step` steps, outside any step time; (name, value) pairs."""

    step: int
    metrics: tuple[tuple[str, float], ...]


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
class Compiled:
    """The backend has traced or compiled `count` times so far, as seen after `step` steps."""

    step: int
    count: int


@dataclass(frozen=True, slots=True)
class Stood:
    """Whether the step loop runs, waits for its turn, or is paused."""

    standing: Standing
    step: int


@dataclass(frozen=True, slots=True)
class TurnOver:
    """The lane has used its granted steps, or cannot (paused, ended); the next lane may have the turn."""


@dataclass(frozen=True, slots=True)
class Alive:
    """The lane's process answers; it has been in a step since `busy_since_ns`, or is in none (None)."""

    step: int
    busy_since_ns: int | None


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line that the lane's process wrote to its standard output or error."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The lane is over, or has done its steps and lingers for more.

    Attributes:
        reason: why, in words, for every outcome but `done`.
        hint: what the user can do about it, such as a command that installs the framework.
        lingers: the process lives on and takes more steps.
    """

    outcome: Outcome
    step: int
    at_ns: int
    reason: str = ""
    hint: str = ""
    lingers: bool = False


Record = (
    PhaseEntered
    | Imported
    | Built
    | Steps
    | Evaluated
    | FrameworkMemory
    | ProcessMemory
    | Compiled
    | Stood
    | TurnOver
    | Alive
    | LogLine
    | Ended
)
