"""What the process that holds a user's model is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fwtui.core.forward_pass import ForwardPass
from fwtui.core.model_outline import ModelOutline, ModelTrace, ModelWeights
from fwtui.core.ndarray import Array
from fwtui.core.nested import Named
from fwtui.core.spec import WorkloadSpec
from fwtui.core.workload import Batch


@dataclass(frozen=True)
class ModelSpec:
    """Which model a process holds: the first request.

    Attributes:
        workload: names the user's file.
        framework: the model's, by its key.
        function: the function of the file that gives the model.
        threads: CPU threads of an op.
        seed: of the first weights, and of the batch.
        dtype: of the model, and of the batch.
    """

    workload: WorkloadSpec
    framework: str
    function: str
    threads: int
    seed: int
    dtype: str = "float64"


@dataclass(frozen=True)
class BatchMessage:
    """A batch on its way."""

    entries: tuple[tuple[str, Array | int], ...]

    @staticmethod
    def of(batch: Batch) -> BatchMessage:
        """A copy of a batch."""
        return BatchMessage(
            tuple(
                (name, Array.of(value) if isinstance(value, np.ndarray) else value)
                for name, value in batch.items()
            )
        )

    def value(self) -> Batch:
        """The batch, with arrays that may be written to, as the file's own may."""
        return {
            name: value.value().copy() if isinstance(value, Array) else value for name, value in self.entries
        }


@dataclass(frozen=True)
class WeightsMessage:
    """Weights on their way."""

    entries: tuple[tuple[tuple[str, str], Array], ...]

    @staticmethod
    def of(weights: ModelWeights) -> WeightsMessage:
        """A copy of weights."""
        return WeightsMessage(tuple((key, Array.of(array)) for key, array in weights.items()))

    def value(self) -> ModelWeights:
        """The weights, read-only."""
        return {key: array.value() for key, array in self.entries}


@dataclass(frozen=True)
class NextBatch:
    """Asks for the next batch of the file's data: a `BatchMessage`."""


@dataclass(frozen=True)
class Trace:
    """Asks for a trace of a batch: `Traced`.

    Attributes:
        training: whether in training mode.
        turned: of the model's random numbers, see `RandomNumbers`.
    """

    batch: BatchMessage
    training: bool = False
    turned: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Gradient:
    """Asks for a gradient of the last trace: an `Array`."""

    layer: str
    role: str


@dataclass(frozen=True)
class Forward:
    """Asks for a forward pass of a batch: a `ForwardPass`."""

    batch: BatchMessage


@dataclass(frozen=True)
class Given:
    """Asks for what the last forward pass gave, see `Model.gave`: `Outputs`."""

    place: int


@dataclass(frozen=True)
class Weights:
    """Asks for the present weights: a `WeightsMessage`."""


@dataclass(frozen=True)
class Load:
    """Asks to load weights."""

    weights: WeightsMessage


@dataclass(frozen=True)
class Restore:
    """Asks to load the weights of a file."""

    path: str


@dataclass(frozen=True)
class Save:
    """Asks to write the weights into a file."""

    path: str


Request = NextBatch | Trace | Gradient | Forward | Given | Weights | Load | Restore | Save


@dataclass(frozen=True)
class Done:
    """The model is built, or what was asked is done."""


@dataclass(frozen=True)
class Traced:
    """A trace, and the model's layers as it found them."""

    outline: ModelOutline
    trace: ModelTrace


@dataclass(frozen=True)
class Outputs:
    """Arrays that a forward pass gave, by name."""

    arrays: tuple[Named[Array], ...]


@dataclass(frozen=True)
class Refused:
    """Why there is no answer, and will be none: the arguments of a `UserFileError`."""

    where: str
    what: str
    hint: str


Answer = Done | BatchMessage | Traced | Array | ForwardPass | Outputs | WeightsMessage
