"""What a backend offers to the runner. Each framework's folder holds the same files with the same functions:

`step.py`    `build(mode, job) -> Backend`: the step in each execution mode of the framework.
`device.py`  `version()`, `devices()`, `configure(...)`, `threads()`: what the framework can reach.
`memory.py`  `read(device) -> FrameworkMemory`: what its allocator counts.
`oplog.py`   what an eager step does, op by op.
`model.py`   `build(make, loss) -> Model`: a model in the framework's own form; `seed(number)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from numpy.typing import NDArray

from fwtui.core.device_memory import FrameworkMemory
from fwtui.core.graph import Graph, NoGraph
from fwtui.core.lane_model import LaneWeight
from fwtui.core.model_outline import Model
from fwtui.core.oplog import OpLog
from fwtui.core.random_numbers import RandomNumbers
from fwtui.core.records import Compiled, Device, GraphBroken, NetInspected, Phase
from fwtui.core.spec import DeviceSettings, Feed
from fwtui.core.workload import Arrays, Batch, Loss, Workload

Gradients = dict[str, NDArray[Any] | None]
"""By parameter; None for one that the loss does not depend on."""


@dataclass(frozen=True)
class Computed:
    """What one batch comes to at the present weights, without an update.

    Attributes:
        metrics: `loss` first.
        gradients: the loss's, by each of the weights.
        state: what the forward pass makes of the present state.
        evaluation: the metrics in evaluation mode; nothing where a network has no modes.
    """

    metrics: Mapping[str, float]
    gradients: Gradients
    state: Arrays = field(default_factory=dict)
    evaluation: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class JobModel:
    """A model as its framework has it, in place of a function of named weights.

    Attributes:
        make: gives the model, a new one at each call.
        loss: (model, batch) -> a scalar tensor, or a dict of scalar tensors with `loss` first.
        weights: which of its variables all lanes have, as parameters or as state.
        state: first values of the state, by the name that all lanes have for it, in the dtype to train in.
        expected: names of `KNOWN_DIFFERENCES` that are corrected for.
        optimizer: (model) -> an optimizer as the framework has it; None: the job's.
        exact_numbers: whether that computes with its own numbers as they are, where the framework would round
            them to float32.
        function: the name of the function of the user's file that `make` calls.
    """

    make: Callable[[], Any]
    loss: Callable[[Any, Mapping[str, Any]], Any]
    weights: Sequence[LaneWeight]
    state: Arrays
    expected: Sequence[str] = ()
    optimizer: Callable[[Any], Any] | None = None
    exact_numbers: bool = False
    function: str = ""


@dataclass(frozen=True)
class Job:
    """What to build a backend from.

    Attributes:
        workload: gives the framework's loss function; None where there is a model.
        parameters: first weights, already in the dtype to train in.
        batch: one batch in the dtype to train in, for shapes and dtypes.
        shapes: the shape of each array in the batches, None where it is not the same in all of them, or in
            the held-out data.
        device: a usable device's name, such as `cpu` or `cuda:0`.
        optimizer: a name from `fwtui.core.spec.OPTIMIZERS`, but where the model has its own.
        learning_rate: the optimizer's step size; 0 where the model has its own.
        model: has the parameters as variables of its own, and another loss.
        random_numbers: what a model that draws random numbers gets, as in all other lanes; None: its own.
        first_step: how many steps were taken before, by another lane.
    """

    workload: Workload | None
    parameters: Arrays
    batch: Batch
    shapes: Mapping[str, tuple[int | None, ...]]
    device: str
    optimizer: str
    learning_rate: float
    model: JobModel | None = None
    random_numbers: RandomNumbers | None = None
    first_step: int = 0

    def loss(self, framework: str) -> Loss:
        """The workload's loss function for the framework with this key."""
        assert self.workload is not None, "a model has a loss of its own"
        return self.workload.loss(framework)

    @property
    def dtype(self) -> str:
        """The dtype to train in."""
        return next(iter(self.parameters.values())).dtype.name


class NotYetError(NotImplementedError):
    """Raised where a request needs a compilation that the next step will do: requests never compile."""


class Backend(Protocol):
    """One framework in one execution mode, with one network on one device."""

    first_phase: Phase
    """What the first step does in addition to training: `trace`, `compile`, or only `warm-up`."""

    def step(self, batch: Batch) -> Mapping[str, float]:
        """One optimizer update; returns the metrics before it, `loss` first, when all work is done."""

    def evaluate(self, batch: Batch) -> Mapping[str, float]:
        """The metrics of `batch` under the present weights, which stay as they are."""

    def compute(self, batch: Batch) -> Computed:
        """What a step on `batch` computes before its update; weights and state stay as they are."""

    def weights(self) -> Arrays:
        """The present weights as NumPy arrays."""

    def state(self) -> Arrays:
        """What a step changes besides the weights, such as running means, as far as other lanes have it."""

    def load(self, arrays: Arrays) -> None:
        """Put weights, and state, in the place of the present ones, bit for bit."""

    def at(self, arrays: Arrays) -> AbstractContextManager[None]:
        """While entered, `arrays` are loaded; weights and state are afterwards what they were."""

    def set_step(self, step: int) -> None:
        """Which step's random numbers, where they are given, are drawn by what is computed from now on."""

    def update(self, gradients: Gradients) -> None:
        """Update the weights by these gradients in place of the network's, as the optimizer does.

        Raises:
            NotImplementedError: the mode cannot.
        """

    def learning_rates(self) -> tuple[float, ...]:
        """Of the coming update, one for each of the optimizer's groups."""

    def optimizer_settings(self) -> Mapping[str, float]:
        """Of an optimizer of the user's file, see `OptimizerSettings`; empty for one of fwtui's own."""

    def latest(self) -> Arrays:
        """The weights after the last step, and its gradients where the mode gives them out, by name, such as
        `parameter w`: without a copy, valid until the next call, and nothing where the host has no access.
        """

    def inspect(self, batch: Batch) -> NetInspected:
        """Return what the network uses besides the parameters, and whether it is deterministic on `batch`.

        Variables, buffers and random number generators that the framework knows of are left as they were.
        """

    def log_ops(self, batch: Batch, values: bool = False, feeds: Sequence[Feed] = ()) -> OpLog:
        """Return the op log of a step on `batch`. Weights, optimizer state and random number generators are
        afterwards what they were.

        An eager mode logs each op. A static one makes one call, and logs that call and the kernels in it.

        Args:
            values: log every output as a whole array, and no fingerprints.
            feeds: outputs that are replaced once they are logged; only `torch.eager` can.

        Raises:
            NotYetError: the step on `batch` would have to be compiled.
            NotImplementedError: the mode has no op log; the message says why.
        """

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """Every graph that the mode has of the step on `batch`, or why one cannot be had; changes nothing."""

    def graph_ran(self, batch: Batch) -> tuple[str, int | None]:
        """A short hash of the graph that a step on `batch` runs, and how many nodes it has; changes nothing,
        and compiles nothing.

        Raises:
            NotYetError: the graph would have to be compiled.
        """

    def events(self) -> Sequence[Compiled | GraphBroken]:
        """What was built, traced, compiled or broken since the last call; steps count from 0."""

    def close(self) -> None:
        """Gives back what outlives the object, such as a session."""


class ModelError(Exception):
    """Raised where what should be a framework's model is none.

    Attributes:
        what: what it is, such as `a dict, no torch.nn.Module`.
        hint: what mends it.
        of_optimizer: whether it is the model's optimizer that is none.
    """

    def __init__(self, what: str, hint: str, of_optimizer: bool = False) -> None:
        super().__init__(what)
        self.what, self.hint, self.of_optimizer = what, hint, of_optimizer


class CheckpointError(Exception):
    """Raised where a file of weights cannot be used.

    Attributes:
        name: the file's.
        what: what is wrong with it.
    """

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} {what}")
        self.name, self.what = name, what


class ModelModule(Protocol):
    """A framework's `model.py`."""

    def seed(self, number: int) -> None:
        """Seed the framework's generator of random numbers, which first weights are drawn from."""

    def build(
        self, make: Callable[[], Any], loss: Callable[[Any, Mapping[str, Any]], Any] | None, dtype: str
    ) -> Model:
        """Take what `make` gives, a model in the framework's own form. ModelError where it is none.

        Args:
            loss: None for a scalar of all that the model gives.
        """


class StepModule(Protocol):
    """A framework's `step.py`."""

    def build(self, mode: str, job: Job) -> Backend:
        """The backend for `mode` (the part of its name after the dot)."""


class DeviceModule(Protocol):
    """A framework's `device.py`."""

    def version(self) -> str:
        """The framework's version."""

    def devices(self) -> tuple[Device, ...]:
        """Every device that the machine has, with the reason where this framework cannot use it."""

    def configure(self, device: str, threads: int, settings: DeviceSettings) -> None:
        """Sets what is process-wide, before anything runs on a device."""

    def build(self) -> dict[str, str]:
        """What the framework was built with, and how it is set, by name."""

    def default_dtype(self, name: str) -> AbstractContextManager[None]:
        """While entered, `name` is the dtype of what is made without one, in the whole process."""

    def threads(self) -> int:
        """CPU threads that one op may use, as the framework tells."""


class MemoryModule(Protocol):
    """A framework's `memory.py`."""

    def read(self, device: str) -> FrameworkMemory:
        """What the allocator of `device` counts now."""


@dataclass(frozen=True)
class Framework:
    """A framework's three modules, loaded."""

    step: StepModule | Any
    device: DeviceModule | Any
    memory: MemoryModule | Any
