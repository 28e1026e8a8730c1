"""A `torch.nn.Module` as it is: its layers in the order of use, its weights in the common layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fwtui.backends.torch import checkpoints
from fwtui.backends.torch.losses import outputs_loss
from fwtui.backends.torch.model_layers import OPAQUE, outlines
from fwtui.backends.torch.model_net import checked
from fwtui.backends.torch.model_watch import Watch, evaluating, numpy_of
from fwtui.backends.torch.random_ops import GivenNumbers
from fwtui.core.forward_pass import ForwardPass, ModuleCall
from fwtui.core.metrics import named_metrics
from fwtui.core.model_outline import (
    GradientSize,
    LayerCall,
    LayerOutline,
    ModelOutline,
    ModelTrace,
    ModelWeights,
    WeightOutline,
)
from fwtui.core.ndarray import Array
from fwtui.core.nested import Named
from fwtui.core.random_numbers import RandomNumbers
from fwtui.core.workload import Batch


def seed(number: int) -> None:
    """Seed PyTorch's generator of random numbers, which first weights are drawn from."""
    torch.manual_seed(number)


def build(
    make: Callable[[], Any], loss: Callable[[Any, Mapping[str, Any]], Any] | None, dtype: str = "float64"
) -> TorchModel:
    """Make a model as a user's file gives it, in this dtype.

    Args:
        loss: None for a scalar of all that the model gives.

    Raises:
        ModelError: it is no module, or has no parameters.
    """
    return TorchModel(checked(make()).cpu().to(getattr(torch, dtype)), loss or outputs_loss)


class TorchModel:
    """A module, and the loss that it is trained with.

    Args:
        module: built already; lazy modules in it get their shapes by the first batch.
        loss: (module, tensors of a batch) -> a scalar, or a dict of scalars with `loss` first.

    Attributes:
        outline: the layers that traces have found by now.
    """

    def __init__(self, module: nn.Module, loss: Callable[[nn.Module, Mapping[str, Any]], Any]) -> None:
        self._module, self._loss = module, loss
        self.outline = ModelOutline(())
        self._called: list[nn.Module] = []
        self._gave: list[list[Named[NDArray[Any]]]] = []
        self._found: dict[tuple[str, str], tuple[WeightOutline, Tensor | None]] = {}

    def trace(
        self, batch: Batch, training: bool = False, turned: Sequence[tuple[int, int]] = ()
    ) -> ModelTrace:
        """Evaluate the loss of `batch` and its gradients, in evaluation mode or in `training` mode.

        Random numbers are given ones, see `RandomNumbers`; no weight and no state changes.
        """
        tensors = _tensors(batch)
        numbers = GivenNumbers(RandomNumbers(0, turned), refuses=False)
        mode = nullcontext() if training else evaluating(self._module)
        state = {name: one.detach().clone() for name, one in self._module.named_buffers()}
        with mode, numbers, Watch(self._module) as watch:
            metrics = named_metrics(self._loss(self._module, tensors))
        before = self.outline
        new = [one for one in watch.order if one not in self._called]
        if new or not before.layers:
            self._called += new
            self.outline = self._outlined(self._called)
        gradients = tuple(self._gradients(metrics["loss"]))
        self.outline = self.outline.used_by(gradients, before)
        values = tuple((name, float(value.item())) for name, value in metrics.items())
        for name, one in self._module.named_buffers():
            if name in state:
                one.copy_(state[name])
        return ModelTrace(tuple(self._calls(watch)), watch.outputs, values, gradients)

    def gradient(self, layer: str, role: str) -> NDArray[Any]:
        """One that the last trace found, in the common layout."""
        one, gradient = self._found[layer, role]
        assert gradient is not None
        return one.layout.common(numpy_of(gradient))

    def forward(self, batch: Batch) -> ForwardPass:
        """One forward pass in evaluation mode, see `gave`."""
        numbers = GivenNumbers(RandomNumbers(0), refuses=False)
        module = self._module
        with torch.no_grad(), evaluating(module), numbers, Watch(module, keeps=True) as watch:
            metrics = named_metrics(self._loss(module, _tensors(batch)))
        inside = [one for one in watch.order if one is not module]
        values = tuple((name, Array.of(numpy_of(one))) for name, one in metrics.items())
        outputs = watch.kept(module)
        self._gave = [outputs, *map(watch.kept, inside)]
        names = {id(self._variable(one.own)): one.own for _, one in self.outline.weights()}
        known = {one: name for name, one in module.named_modules()}
        calls = tuple(
            ModuleCall(
                known[one], type(one).__name__, _own_weights(one, names), watch.given(one), watch.gave(one)
            )
            for one in inside
        )
        return ForwardPass(bool(outputs), values, calls)

    def gave(self, place: int) -> list[Named[NDArray[Any]]]:
        """What the last forward pass gave: 0 for its outputs, from 1 on for its calls."""
        return self._gave[place]

    def weights(self) -> ModelWeights:
        """A copy of the present weights and states."""
        found: ModelWeights = {}
        for layer, one in self.outline.weights():
            array = one.layout.common(numpy_of(self._variable(one.own)))
            if one.added:
                array = array + one.layout.common(numpy_of(self._variable(one.added)))
            found[layer.name, one.role] = np.array(array)
        return found

    def restore(self, path: str) -> None:
        """Load the weights of a file. CheckpointError where it cannot be used."""
        checkpoints.restore(self._module, Path(path))

    def save(self, path: str) -> None:
        """Write the present weights into a file."""
        checkpoints.save(self._module, Path(path))

    def load(self, weights: ModelWeights) -> None:
        """Put `weights` into the module; of two variables that are added, the second becomes 0.

        Raises:
            ValueError: an array has another shape than the module's.
        """
        for layer, one in self.outline.weights():
            if (array := weights.get((layer.name, one.role))) is not None:
                self._write(one, one.own, array)
                if one.added:
                    self._write(one, one.added, np.zeros_like(array))

    def _write(self, one: WeightOutline, name: str, array: NDArray[Any]) -> None:
        variable = self._variable(name)
        own = numpy_of(variable).copy()
        one.layout.write(array, own)
        with torch.no_grad():
            variable.copy_(torch.from_numpy(own))

    def _outlined(self, order: list[nn.Module]) -> ModelOutline:
        """The layers by first use; behind them those that are not called, in the order of definition."""
        names = {module: name for name, module in self._module.named_modules()}
        inside = {
            part
            for module in names
            if isinstance(module, OPAQUE)
            for part in module.modules()
            if part is not module
        }
        called = set(order)
        uncalled = [module for module in names if module not in called and module not in inside]
        layers: list[LayerOutline] = []
        taken: set[tuple[int, Any]] = set()
        for module in (*(one for one in order if one not in inside), *uncalled):
            for layer in outlines(names[module], module):
                weights = [one for one in layer.weights if self._key(one) not in taken]
                taken |= set(map(self._key, weights))
                if weights:
                    is_used = module in called or module is self._module
                    layers.append(replace(layer, weights=tuple(weights), is_used=is_used))
        return ModelOutline(tuple(layers))

    def _key(self, one: WeightOutline) -> tuple[int, Any]:
        """What two names of one tied weight have in common, and two parts of a packed one do not."""
        return id(self._variable(one.own)), one.layout.rows

    def _calls(self, watch: Watch) -> Iterator[LayerCall]:
        known = {layer.name: layer for layer in self.outline.layers}
        names = {module: name for name, module in self._module.named_modules()}
        for module in watch.order:
            parts = [known[one.name] for one in outlines(names[module], module) if one.name in known]
            for layer in parts:
                yield watch.call(module, layer, len(parts) == 1)

    def _gradients(self, loss: Tensor) -> Iterator[tuple[tuple[str, str], GradientSize | None]]:
        trained = [(layer, one) for layer, one in self.outline.weights() if one.trained]
        names = list(dict.fromkeys(one.own for _, one in trained))
        found: dict[str, Tensor | None] = dict.fromkeys(names)
        if loss.requires_grad and names:
            variables = [self._variable(name) for name in names]
            gradients = torch.autograd.grad(loss, variables, allow_unused=True)
            found = dict(zip(names, gradients, strict=True))
        self._found = {(layer.name, one.role): (one, found[one.own]) for layer, one in trained}
        for key, (one, gradient) in self._found.items():
            array = None if gradient is None else one.layout.common(numpy_of(gradient))
            yield key, None if array is None else GradientSize.of(array)

    def _variable(self, name: str) -> Tensor:
        found: Any = self._module
        for part in name.split("."):
            found = getattr(found, part)
        assert isinstance(found, Tensor)
        return found


def _tensors(batch: Batch) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else torch.tensor(value) for name, value in batch.items()}


def _own_weights(module: nn.Module, names: Mapping[int, str]) -> tuple[str, ...]:
    """The names of the variables in a module, each once, whoever else has them too."""
    variables = (*module.parameters(), *module.buffers())
    return tuple(dict.fromkeys(names[id(one)] for one in variables if id(one) in names))
