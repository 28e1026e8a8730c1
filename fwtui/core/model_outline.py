"""What a model consists of, in words that every framework's models have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from fwtui.core.forward_pass import ForwardPass
from fwtui.core.moments import Moments
from fwtui.core.ndarray import Array
from fwtui.core.nested import Named
from fwtui.core.weight_layout import AS_IS, WeightLayout
from fwtui.core.workload import Batch

ModelWeights = dict[tuple[str, str], NDArray[Any]]
"""Arrays in the common layout, by layer and role."""

Kind = Literal[
    "dense",
    "conv",
    "conv-transpose",
    "embedding",
    "batch-norm",
    "norm",
    "lstm",
    "gru",
    "gru-reset-before",
    "rnn",
    "prelu",
    "parameters",
]
"""`norm` is a layer, group, instance or root-mean-square norm; `parameters` are those of any other module."""


@dataclass(frozen=True)
class WeightOutline:
    """One weight of a layer.

    Attributes:
        role: what it is in the layer, such as `kernel`.
        own: the framework's name of the variable that holds it.
        shape: in the common layout.
        own_shape: of the variable, of which the weight may be a part.
        layout: how the variable's elements become the common array.
        trained: whether an optimizer updates it, in contrast to state such as a running mean.
        added: the name of a second variable added to the first, as an LSTM's biases in PyTorch; else "".
    """

    role: str
    own: str
    shape: tuple[int, ...]
    own_shape: tuple[int, ...] = ()
    layout: WeightLayout = AS_IS
    trained: bool = True
    added: str = ""


@dataclass(frozen=True)
class LayerOutline:
    """One layer with weights, or a part of one that other frameworks have as a layer of its own.

    Attributes:
        name: the framework's own, such as `encoder.0` or `encoder/dense_1`.
        kind: what it does, as far as its weights' layouts are concerned.
        made_by: the class, such as `Linear`.
        weights: those that no layer before has already.
        is_used: whether the loss calls it, or depends on a weight of it.
    """

    name: str
    kind: Kind
    made_by: str
    weights: tuple[WeightOutline, ...]
    is_used: bool = True

    @property
    def is_constant(self) -> bool:
        """Whether it holds nothing but what is not trained, in a module of no known kind."""
        return self.kind == "parameters" and not any(one.trained for one in self.weights)

    @property
    def gives_its_own(self) -> bool:
        """Whether what it gives is the same in every framework; a recurrent layer may give its last step."""
        return self.kind in ("dense", "conv", "conv-transpose", "embedding", "batch-norm", "norm", "prelu")

    @property
    def form(self) -> tuple[str, tuple[tuple[str, tuple[int, ...]], ...]]:
        """What two layers have in common that may be each other's counterparts: kind, roles and shapes."""
        return self.kind, tuple(sorted((one.role, one.shape) for one in self.weights))


@dataclass(frozen=True)
class LayerCall:
    """What went into a layer and came out at its first call.

    Attributes:
        layer: the layer's name.
        given: of the first input; None where that is no array, or cannot be seen.
        gave: of the first output.
        sample: the first example of a dense layer's input, where that is a vector: its order tells how what
            came before was flattened.
    """

    layer: str
    given: Moments | None
    gave: Moments | None
    sample: Array | None = None


@dataclass(frozen=True)
class ModelOutline:
    """A model's layers in the order of use, and behind them those that are not used."""

    layers: tuple[LayerOutline, ...]

    def used_by(
        self, gradients: Iterable[tuple[tuple[str, str], GradientSize | None]], before: ModelOutline
    ) -> ModelOutline:
        """The same, with each layer used that a gradient reaches: a weight may be used without a call.

        Args:
            before: the outline until now, whose used layers stay used.
        """
        reached = {layer for (layer, _), gradient in gradients if gradient is not None}
        reached |= {layer.name for layer in before.layers if layer.is_used}
        return ModelOutline(
            tuple(replace(one, is_used=one.is_used or one.name in reached) for one in self.layers)
        )

    def weights(self) -> Iterator[tuple[LayerOutline, WeightOutline]]:
        """Each weight with its layer."""
        for layer in self.layers:
            for one in layer.weights:
                yield layer, one


@dataclass(frozen=True)
class GradientSize:
    """What is known of a gradient before it is asked for.

    Attributes:
        count: of its elements.
        largest: magnitude of one.
    """

    count: int
    largest: float

    @staticmethod
    def of(array: NDArray[Any]) -> GradientSize:
        """That of a gradient."""
        return GradientSize(array.size, float(np.abs(array).max(initial=0)))


@dataclass(frozen=True)
class ModelTrace:
    """One evaluation of the loss.

    Attributes:
        calls: by layer, in the order of use.
        outputs: of the model's own call, by name; empty where the loss does not call it.
        metrics: `loss` first.
        gradients: by layer and role, see `Model.gradient`; None where the loss does not depend on it.
    """

    calls: tuple[LayerCall, ...]
    outputs: tuple[Named[Moments], ...]
    metrics: tuple[tuple[str, float], ...]
    gradients: tuple[tuple[tuple[str, str], GradientSize | None], ...]


class Model(Protocol):
    """A model as it is, on the CPU in float64, with the loss that it is trained with."""

    @property
    def outline(self) -> ModelOutline:
        """Its layers, as the traces until now have found them."""

    def trace(
        self, batch: Batch, training: bool = False, turned: Sequence[tuple[int, int]] = ()
    ) -> ModelTrace:
        """Evaluate the loss of `batch` and its gradients, in evaluation mode or in `training` mode; changes
        no weight, and no state.

        Args:
            turned: of the random numbers that it gets, see `RandomNumbers`.
        """

    def gradient(self, layer: str, role: str) -> NDArray[Any]:
        """One that the last trace found, in the common layout."""

    def forward(self, batch: Batch) -> ForwardPass:
        """One forward pass in evaluation mode, of the present weights."""

    def gave(self, place: int) -> list[Named[NDArray[Any]]]:
        """What the last forward pass gave: 0 for its outputs, from 1 on for its calls."""

    def weights(self) -> ModelWeights:
        """A copy of the present weights and states, in the common layout."""

    def restore(self, path: str) -> None:
        """Load the weights of a file in the framework's form."""

    def save(self, path: str) -> None:
        """Write the present weights into a file in the framework's form."""

    def load(self, weights: ModelWeights) -> None:
        """Put weights and states into it; those that are not named stay. ValueError for another shape."""
