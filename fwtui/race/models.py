"""The models of a user's file, each in a process of its own, and the proof that their weights are paired."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from numpy.typing import NDArray

from fwtui.backends.catalogue import frameworks
from fwtui.core import model_requests as protocol
from fwtui.core.codec import NotAMessageError
from fwtui.core.forward_pass import ForwardPass
from fwtui.core.lane_model import LaneModel
from fwtui.core.model_outline import LayerOutline, ModelOutline, ModelTrace, ModelWeights
from fwtui.core.ndarray import Array
from fwtui.core.nested import Named
from fwtui.core.spec import WorkloadSpec
from fwtui.core.text import plain
from fwtui.core.workload import Batch
from fwtui.lane.messages import from_model
from fwtui.lane.pipes import Sender
from fwtui.lane.wire import Frames
from fwtui.pairing.lane_models import lane_models
from fwtui.pairing.pairs import CannotPairError, UnknownNameError
from fwtui.pairing.proof import Proof, prove
from fwtui.workloads.user.description import Description
from fwtui.workloads.user.errors import UserFileError
from fwtui.workloads.user.file_process import FileProcess
from fwtui.workloads.user.models import Side

_MOST_LISTED = 3
_Answer = TypeVar("_Answer", bound=protocol.Answer)
LIMIT_S = 600.0
"""How long a model may take to be built, or to be evaluated once."""
Waiting = Callable[[str, float], None]
"""Receives what is being done and for how many seconds, a few times a second."""


def pair_models(
    file: Description, spec: WorkloadSpec, seed: int, waiting: Waiting
) -> tuple[LaneModel, LaneModel]:
    """A file's two models as lanes hold them, which begin with the first one's weights.

    Raises:
        UserFileError: one of them cannot be evaluated, or weights cannot be paired.
    """
    try:
        proof = prove_weights(file, spec, seed, waiting)
    except CannotPairError as error:
        raise without_counterpart(file, error) from None
    first, second = file.models
    return lane_models(proof, (first.function, second.function))


def without_counterpart(file: Description, error: CannotPairError) -> UserFileError:
    """What is wrong with a file of models in which weights are left over."""
    sides = zip(file.models, (error.first, error.second), strict=True)
    left = [f"{side.function}'s {_listed(layers)}" for side, layers in sides if layers]
    what = f"weights without a counterpart: {'; '.join(left)}"
    hint = f"`fwtui weights {Path(file.path).name}` shows both lists, and PAIRS names counterparts"
    return UserFileError(Path(file.path).name, what, hint)


def titles(sides: Sequence[Side]) -> tuple[str, str]:
    """How two models are called: by their frameworks, or by their functions where these are one."""
    known = {framework.key: framework.title for framework in frameworks()}
    names = [known.get(side.framework, side.framework) for side in sides]
    if names[0] == names[1]:
        names = [side.function for side in sides]
    return names[0], names[1]


def _listed(layers: Sequence[LayerOutline]) -> str:
    """The first weights of layers, with their shapes."""
    weights = [one for layer in layers for one in layer.weights]
    texts = [f"{one.own} {'×'.join(map(str, one.shape)) or 'scalar'}" for one in weights[:_MOST_LISTED]]
    more = [f"{len(weights) - _MOST_LISTED} more"] if len(weights) > _MOST_LISTED else []
    return ", ".join([*texts, *more])


def prove_weights(file: Description, spec: WorkloadSpec, seed: int, waiting: Waiting) -> Proof:
    """Pair the weights of a file's two models, and prove it with the first batch.

    Raises:
        UserFileError: the file has no models, or one of them cannot be evaluated.
        CannotPairError: weights are left over.
    """
    with paired_models(file, spec, seed, waiting) as paired:
        return paired.proof


@dataclass(frozen=True)
class PairedModels:
    """Two models, each in a process of its own, whose weights are paired.

    Attributes:
        batch: the first one of the file's data, in float64.
    """

    first: ModelProcess
    second: ModelProcess
    batch: Batch
    proof: Proof


@contextlib.contextmanager
def paired_models(
    file: Description, spec: WorkloadSpec, seed: int, waiting: Waiting
) -> Iterator[PairedModels]:
    """The models of a file, for as long as it is entered.

    Raises:
        UserFileError: the file has no models, or one of them cannot be evaluated.
        CannotPairError: weights are left over.
    """
    if not file.models:
        hint = "add torch_model and tensorflow_model: `fwtui weights --help` says how"
        raise UserFileError(Path(file.path).name, "has no models", hint)
    with ExitStack() as stack:
        first, second = (stack.enter_context(ModelProcess(spec, side, seed, waiting)) for side in file.models)
        for model in (first, second):  # both import their framework meanwhile
            model.build()
        batch = first.batch()
        try:
            proof = prove(first, second, batch, file.pairs, file.checkpoint, first.batch)
        except UnknownNameError as error:
            hint = "use the names that `fwtui weights` shows without PAIRS"
            raise UserFileError(Path(file.path).name, f"in PAIRS, {error}", hint) from None
        yield PairedModels(first, second, batch, proof)


class ModelProcess:
    """A model in a process of its own.

    Attributes:
        outline: its layers, as the traces until now have found them.
    """

    def __init__(
        self, spec: WorkloadSpec, side: Side, seed: int, waiting: Waiting, dtype: str = "float64"
    ) -> None:
        threads = max(1, (os.cpu_count() or 1) // 2)
        self.outline = ModelOutline(())
        self._path, self._side, self._waiting = Path(spec.name), side, waiting
        self._frames = Frames(from_model())
        stage = f"in {side.function}()"
        self._process = FileProcess(self._path, "fwtui.lane.model_child", stage, side.python)
        self._requests = Sender(os.dup(self._process.requests.fileno()))
        self._send(protocol.ModelSpec(spec, side.framework, side.function, threads, seed, dtype))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *end: object) -> None:
        self._requests.close()
        self._process.__exit__(*end)

    def build(self) -> None:
        """Wait until it is built. UserFileError where it cannot be."""
        self._answer(protocol.Done)

    def batch(self) -> Batch:
        """The next batch of the file's data, in float64."""
        return self._ask("in batches()", protocol.NextBatch(), protocol.BatchMessage).value()

    def trace(
        self, batch: Batch, training: bool = False, turned: Sequence[tuple[int, int]] = ()
    ) -> ModelTrace:
        """Evaluate the loss of `batch` and its gradients; changes no weight, and no state."""
        request = protocol.Trace(protocol.BatchMessage.of(batch), training, tuple(turned))
        found = self._ask(self._in_loss, request, protocol.Traced)
        self.outline = found.outline
        return found.trace

    def gradient(self, layer: str, role: str) -> NDArray[Any]:
        """One that the last trace found, in the common layout."""
        return self._ask("when a gradient is read", protocol.Gradient(layer, role), Array).value()

    def forward(self, batch: Batch) -> ForwardPass:
        """One forward pass in evaluation mode, of the present weights, see `gave`."""
        return self._ask(self._in_loss, protocol.Forward(protocol.BatchMessage.of(batch)), ForwardPass)

    def gave(self, place: int) -> list[Named[NDArray[Any]]]:
        """What the last forward pass gave: 0 for its outputs, from 1 on for its calls."""
        found = self._ask("when its outputs are read", protocol.Given(place), protocol.Outputs)
        return [(name, array.value()) for name, array in found.arrays]

    def weights(self) -> ModelWeights:
        """A copy of the present weights and states, in the common layout."""
        return self._ask("when its weights are read", protocol.Weights(), protocol.WeightsMessage).value()

    def restore(self, path: str) -> None:
        """Load the weights of a file."""
        self._ask("when a checkpoint is loaded", protocol.Restore(path), protocol.Done)

    def save(self, path: str) -> None:
        """Write the present weights into a file."""
        self._ask("when a checkpoint is written", protocol.Save(path), protocol.Done)

    def load(self, weights: ModelWeights) -> None:
        """Put weights and states into it; those that are not named stay."""
        self._ask(
            "when its weights are replaced", protocol.Load(protocol.WeightsMessage.of(weights)), protocol.Done
        )

    @property
    def _in_loss(self) -> str:
        return f"in {self._side.loss}()" if self._side.loss else f"when {self._side.function}() is called"

    def _ask(self, stage: str, request: protocol.Request, kind: type[_Answer]) -> _Answer:
        self._process.stage = stage
        self._send(request)
        return self._answer(kind)

    def _send(self, request: protocol.ModelSpec | protocol.Request) -> None:
        with contextlib.suppress(OSError):  # it is over: the answer says why
            self._requests.send(request)

    def _answer(self, kind: type[_Answer]) -> _Answer:
        """Wait for the answer. UserFileError where there is none."""
        answers: list[protocol.Answer | protocol.Refused] = []

        def take(data: bytes) -> bool:
            answers.extend(self._frames.feed(data))
            return bool(answers)

        stage = self._process.stage
        try:
            self._process.listen(
                take, lambda seconds: self._waiting(f"{self._path.name} {stage}", seconds), LIMIT_S
            )
        except NotAMessageError as error:
            what = f"writes into a pipe that is not its own {stage} ({plain(str(error))[:200]})"
            raise UserFileError(self._path.name, what, "write to files it opened") from None
        answer = answers[0]
        if isinstance(answer, kind):
            return answer
        assert isinstance(answer, protocol.Refused)
        raise UserFileError(
            answer.where or self._path.name, answer.what, answer.hint or f"it happens {stage}"
        )
