"""Everything a lane can say, as frozen dataclasses: the one way from a training loop to whoever watches.

Records cross a pipe between processes, so they hold only the standard library's types. Clocks are
`time.perf_counter_ns`, which one machine's processes share on Linux and macOS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fwtui.core.device_memory import FrameworkMemory, GpuUse, ProcessMemory
from fwtui.core.graph import Graph, Node, NoGraph
from fwtui.core.greeting import Greeting
from fwtui.core.ndarray import Array
from fwtui.core.oplog import LoggedOp, OpLog
from fwtui.core.outcome import Ended
from fwtui.core.processor_use import ProcessorUse

DIGEST_BLOCK = 8_192
"""Elements of an array that one step's digest covers; the next step's covers the next block."""

Phase = Literal["spawn", "import", "build", "trace", "compile", "warm-up", "steady"]
RunState = Literal["running", "waiting", "paused"]


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
    """The framework is loaded at `at_ns`: its version, and every device that it knows of, usable or not.

    `build` and `clashes` are asked for (see `LaneSpec.describe`): what the framework was built with and how
    it is set, by name; and which libraries of its environment are others than those that it needs.
    """

    framework: str
    version: str
    devices: tuple[Device, ...]
    pid: int
    at_ns: int
    build: tuple[tuple[str, str], ...] = ()
    clashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Built:
    """The network stands on its device, ready for the first step.

    Attributes:
        weights_sha256: hash of the first weights as NumPy made them, before any cast to `dtype`.
        data_sha256: the same of the first batches (`fwtui.workloads.hashes.HASHED_BATCHES` of them).
        parameters: count of trained scalars.
        threads: CPU threads that the framework really uses.
        cores: CPU cores that the process may really run on; None where the system does not tell.
        at_ns: when that was so; the lane may then wait for others.
        pci_bus_id: the slot of its GPU, such as `0000:1e:00.0`; None on other devices, or if it is unknown.
    """

    device: str
    dtype: str
    weights_sha256: str
    data_sha256: str
    parameters: int
    threads: int
    cores: tuple[int, ...] | None
    at_ns: int
    pci_bus_id: str | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """A run of consecutive steps as columns of bytes.

    Attributes:
        first: number of the first step in the columns, counted from 0.
        started_ns: int64 column: when each step was called.
        step_ns: int64 column: wall time from the call until the loss was on the host.
        metrics: (name, float64 column) of everything that the network returns, `loss` first.
        digests: (name, float64 column) of the batch, and of the weights and gradients after each step, where
            that was asked for (`fwtui.lane.digests`).
    """

    first: int
    started_ns: bytes
    step_ns: bytes
    metrics: tuple[tuple[str, bytes], ...]
    digests: tuple[tuple[str, bytes], ...] = ()

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
class GraphsCaptured:
    """The graphs that the backend has of its step, as they were before step `step`."""

    step: int
    graphs: tuple[Graph | NoGraph, ...]

    @property
    def captured(self) -> tuple[Graph, ...]:
        """The graphs, without those that are missing."""
        return tuple(graph for graph in self.graphs if isinstance(graph, Graph))

    def node(self, kind: str, index: int) -> Node | None:
        """A node of the graph of that kind, by its place there; None where there is none such."""
        nodes = next((graph.nodes for graph in self.captured if graph.kind == kind), ())
        return nodes[index] if index < len(nodes) else None


@dataclass(frozen=True, slots=True)
class Compiled:
    """The backend built, traced or compiled its step once more.

    Attributes:
        step: the step in whose call it happened, counted from 0.
        kind: `build` (a session's graph), `trace` or `compile`; with `re` before it from the second time on.
        cost_ns: what it took, or the whole call in which it happened; None where it is unknown.
        reason: why it was needed, in one line: the first call, or the signature or guard that changed.
    """

    step: int
    kind: str
    cost_ns: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class GraphBroken:
    """A compiler could not take in the whole step as one graph: what it made of it has a gap here.

    Attributes:
        step: the step in whose call it was found, counted from 0.
        reason: why, in one line.
        where: file and line of the source that it could not take in; None where the framework does not tell.
    """

    step: int
    reason: str
    where: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Rounding:
    """How far a metric, gradient or part of the state is from float64's at the very same weights.

    Attributes:
        kind: `metric`, `state`, `gradient` or `evaluation`.
        error: largest |lane − float64|.
        blur: how far float64's own figure moves where the weights are nudged by as much as rounding does; 0
            where no error of the probe was large enough to ask.
        magnitude: largest magnitude in float64's figure.
        single_blur: the same as `blur` by float32's rounding, where that was asked for.
    """

    kind: str
    name: str
    error: float
    blur: float
    magnitude: float
    single_blur: float = 0.0


@dataclass(frozen=True, slots=True)
class Probed:
    """The network as it stands before step `step`, and what the step's batch makes of it, outside any step.

    Attributes:
        step: how many updates the parameters have had.
        metrics: everything that the network returns for the batch of step `step`, `loss` first.
        gradients: each parameter's gradient of the loss; None where the loss does not depend on it.
        parameters: each parameter.
        rounding: the metrics and gradients against float64 at these parameters, where that was asked for.
        state: what besides the parameters the step begins with, such as a running mean; of models alone.
        updated_state: what the forward pass on the step's batch makes of it.
        evaluation: the metrics of that batch in evaluation mode; of models alone.
    """

    step: int
    metrics: tuple[tuple[str, float], ...]
    gradients: tuple[tuple[str, Array | None], ...]
    parameters: tuple[tuple[str, Array], ...]
    rounding: tuple[Rounding, ...] = ()
    state: tuple[tuple[str, Array], ...] = ()
    updated_state: tuple[tuple[str, Array], ...] = ()
    evaluation: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class NetInspected:
    """What the network uses and does besides computing its metrics from the parameters and the batch.

    Two calls of the loss from the same weights, with the same batch, tell whether it is deterministic.

    Attributes:
        own_weights: names of trained tensors that are none of the workload's parameters.
        changed_state: names of the buffers or variables that a call of the loss changes.
        is_random: the two calls differ, and random numbers were drawn.
        is_stateful: the two calls differ, and no random numbers were drawn.
        reason: why the network could not be inspected; "" where it was.
        draws: the sizes of each array of random numbers that it is given, see `RandomNumbers`.
        draws_in_python: a call draws from the generators of Python or NumPy.
        changed_batch: names of the batch's arrays that a call of the loss changes in place.
        ignored: what the model says of its training, and this training does not do, such as `a constraint of
            dense/kernel`.
    """

    own_weights: tuple[str, ...] = ()
    changed_state: tuple[str, ...] = ()
    is_random: bool = False
    is_stateful: bool = False
    reason: str = ""
    draws: tuple[tuple[int, ...], ...] = ()
    draws_in_python: bool = False
    changed_batch: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoReference:
    """From the probe of step `step` on, the lane's figures are not held against float64 any more."""

    step: int
    reason: str


@dataclass(frozen=True, slots=True)
class NotProbed:
    """The lane was asked to probe, and does not."""

    reason: str


@dataclass(frozen=True, slots=True)
class OpsLogged:
    """What the batch of step `step` makes the backend do before that step is taken.

    Attributes:
        left_out: number of ops logged since the last log that was emitted, but not emitted: too many to read.
        not_finite_inputs: the parameters and batch arrays that held NaN or infinite numbers before the step,
            such as `parameter w1`; looked for only where the log holds a fault and was asked for.
    """

    step: int
    log: OpLog
    left_out: int = 0
    not_finite_inputs: tuple[str, ...] = ()

    @property
    def ops(self) -> tuple[LoggedOp, ...]:
        """The ops of the log."""
        return self.log.ops


@dataclass(frozen=True, slots=True)
class OptimizerSettings:
    """The settings of an optimizer of the user's file, by names that all frameworks' have; 0 for none.

    Attributes:
        values: without learning rates, which may change.
    """

    values: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class NotLogged:
    """The lane was asked to log the ops of step `step`, and could not; it trains on."""

    step: int
    reason: str


@dataclass(frozen=True, slots=True)
class GraphRan:
    """Which graph step `step` ran: two steps ran the same one if `graph` is the same.

    Attributes:
        graph: a short hash of its ops, shapes and edges.
        nodes: how many nodes it has; None where that is not known.
    """

    step: int
    graph: str
    nodes: int | None = None


@dataclass(frozen=True, slots=True)
class NotSampled:
    """The lane cannot tell which graph step `step` ran, and from then on does not; it trains on."""

    step: int
    reason: str


@dataclass(frozen=True, slots=True)
class RunStateChanged:
    """Whether the step loop runs, waits for its turn, or is paused."""

    standing: RunState
    step: int


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The lane has used its granted steps, or cannot (paused, ended); the next lane may have the turn."""


@dataclass(frozen=True, slots=True)
class Alive:
    """The lane's process answers.

    Attributes:
        busy_since_ns: start of what it is busy with; None while it waits for a command.
        in_step: whether that is a step, and not a network that is built or a batch that is waited for.
    """

    step: int
    busy_since_ns: int | None
    in_step: bool = True


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line that the lane's process wrote to its standard output or error."""

    text: str


Record = (
    Greeting
    | PhaseEntered
    | Imported
    | Built
    | Steps
    | Evaluated
    | FrameworkMemory
    | ProcessMemory
    | ProcessorUse
    | GpuUse
    | Compiled
    | GraphBroken
    | NetInspected
    | Probed
    | NoReference
    | NotProbed
    | OpsLogged
    | NotLogged
    | OptimizerSettings
    | GraphsCaptured
    | GraphRan
    | NotSampled
    | RunStateChanged
    | TurnEnded
    | Alive
    | LogLine
    | Ended
)

HostRecord = ProcessMemory | ProcessorUse | GpuUse
"""What a lane's host measures: it is no sign of life of the lane."""
