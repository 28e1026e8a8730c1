"""A `torch.nn.Module` as it is, as what a lane trains."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.parameter import UninitializedParameter

from fwtui.backends.base import Gradients, Job, JobModel, ModelError
from fwtui.backends.torch.corrections import correct
from fwtui.backends.torch.model_optimizer import OwnOptimizer
from fwtui.backends.torch.model_watch import evaluating
from fwtui.backends.torch.net import Metrics, Net, array_of, copy_of, tensors_of
from fwtui.backends.torch.random_ops import GivenNumbers
from fwtui.core.lane_model import LaneWeight
from fwtui.core.metrics import named_metrics
from fwtui.core.random_numbers import RandomNumbers
from fwtui.core.workload import Arrays


class ModelNet(Net):
    """A module as it is, and a loss of module and batch.

    Args:
        model: of which job it is.
        module: on the device, in the dtype to train in.
    """

    def __init__(self, model: JobModel, module: nn.Module) -> None:
        self._model, self._module = model, module
        whole = [one for one in model.weights if one.kind == "parameter" and one.is_whole]
        names, self.views = {one.own: one.name for one in whole}, {one.name: one.view for one in whole}
        trained = {name: one for name, one in module.named_parameters() if one.requires_grad}
        self.trained = {names.get(name, name): one for name, one in trained.items()}
        self._own_names = tuple(trained)

    @property
    def state(self) -> dict[str, Tensor]:
        """Frozen parameters and buffers: a module may put another tensor in the place of a buffer."""
        untrained = {name: one for name, one in self._module.named_parameters() if not one.requires_grad}
        return {**untrained, **dict(self._module.named_buffers())}

    @classmethod
    def built(cls, job: Job, model: JobModel) -> Self:
        """The module of a job, with its first weights and state.

        Raises:
            ModelError: what the file gives is no module, or none that trains.
        """
        module = checked(model.make())
        if not module.training:
            hint = "remove .eval(): what is held out is evaluated in evaluation mode anyway"
            raise ModelError(f"a {type(module).__name__} in evaluation mode", hint)
        module = module.to(device=job.device, dtype=getattr(torch, job.dtype))
        if any(isinstance(one, UninitializedParameter) for one in module.parameters()):
            with torch.no_grad(), evaluating(module):
                model.loss(module, tensors_of(job.batch, torch.device(job.device)))
        correct(module, model.expected, model.weights)
        net = cls(model, module)
        net.load({**model.state, **job.parameters})
        if job.random_numbers is not None:
            net.give(job.random_numbers, tensors_of(job.batch, torch.device(job.device)))
        return net

    def give(self, numbers: RandomNumbers, batch: Mapping[str, Any]) -> None:
        """Give these random numbers, if it draws any for a batch: that takes time.

        Raises:
            NotImplementedError: it draws numbers that cannot be given.
        """
        self.numbers = numbers
        with self.put_back(), torch.no_grad():
            self.metrics(batch)
        if not numbers.count:
            self.numbers = None

    def metrics(self, batch: Mapping[str, Any]) -> Metrics:
        """The metrics of a batch, each module in the mode that the file gave it."""
        if self.numbers is None:
            return named_metrics(self._model.loss(self._module, batch))
        self.numbers.begin()
        with GivenNumbers(self.numbers):
            return named_metrics(self._model.loss(self._module, batch))

    @property
    def has_modes(self) -> bool:
        """As every module and layer may have."""
        return True

    def evaluated(self, batch: Mapping[str, Any]) -> Metrics:
        """The metrics of a batch in evaluation mode."""
        with evaluating(self._module):
            return self.metrics(batch)

    def optimizer(self, otherwise: Callable[[list[Tensor]], Any]) -> Any:
        """The file's, where it gives one."""
        weights = list(self.trained.values())
        make = self._model.optimizer
        return (
            otherwise(weights)
            if make is None
            else OwnOptimizer(make, self._module, weights, self._model.expected)
        )

    @property
    def parameters(self) -> Mapping[str, Tensor]:
        """What is trained, and what is frozen here."""
        tensors = self._tensors
        frozen = (one for one in self._of("parameter") if one.is_whole and one.name not in self.trained)
        return {**self.trained, **{one.name: tensors[one.own] for one in frozen}}

    def continued(self, update: Any) -> Any:
        """The same for this one, as far on."""
        if isinstance(update, OwnOptimizer):
            return update.continued(self._module, list(self.trained.values()))
        return super().continued(update)

    def copied(self) -> Self:
        """The module once more: copied, or made again where it holds what cannot be copied."""
        try:
            module = deepcopy(self._module)
        except RuntimeError:  # a tensor of an autograd graph, kept by the module
            first = next(iter(self.trained.values()))
            module = self._model.make().to(device=first.device, dtype=first.dtype)
            correct(module, self._model.expected, self._model.weights)
            module.load_state_dict(self._module.state_dict())
        copy = type(self)(self._model, module)
        copy.numbers = self.numbers
        return copy

    def weights(self) -> Arrays:
        """The present weights that all lanes have, copied to NumPy."""
        return self._common("parameter")

    def own_state(self) -> Arrays:
        """The present state that all lanes have, copied to NumPy."""
        return self._common("state")

    def load(self, arrays: Arrays) -> None:
        """Put weights and state in the place of the present ones; of two that are added, the second is 0.

        Raises:
            ValueError: an array has another shape.
        """
        tensors = self._tensors
        for one in self._model.weights:
            if (array := arrays.get(one.name)) is not None:
                own = copy_of(tensors[one.own])
                one.view.write(array, own)
                with torch.no_grad():
                    tensors[one.own].copy_(torch.from_numpy(own))
                    if one.added:
                        tensors[one.added].zero_()

    def latest(self, gradients: Sequence[Tensor | None]) -> Arrays:
        """Weights and gradients where they lie, as far as their layout is the common one."""
        arrays = {f"parameter {name}": array for name, array in self._views("parameter")}
        named = dict(zip(self._own_names, gradients, strict=False))
        for one in self._of("parameter"):
            if (gradient := named.get(one.own)) is not None:
                arrays[f"gradient {one.name}"] = one.view.common(gradient.detach().numpy())
        return arrays

    def named(self, gradients: Sequence[Tensor | None]) -> Gradients:
        """A copy of the gradients by weight; None for one that this side does not train."""
        own = dict(zip(self._own_names, gradients, strict=True))
        found: Gradients = {}
        for one in self._of("parameter"):
            gradient = own.get(one.own)
            found[one.name] = None if gradient is None else np.array(one.view.common(array_of(gradient)))
        return found

    def own_gradients(self, gradients: Gradients) -> list[Tensor | None]:
        """Each parameter's, put together from those of its parts; None where no part has one."""
        found: dict[str, NDArray[Any]] = {}
        parameters = dict(self._module.named_parameters())
        for one in self._of("parameter"):
            if (gradient := gradients.get(one.name)) is not None:
                for own in filter(None, (one.own, one.added)):
                    array = found.setdefault(own, np.zeros_like(array_of(parameters[own])))
                    one.view.write(gradient, array)
        return [
            torch.from_numpy(found[own]).to(parameters[own].device) if own in found else None
            for own in self._own_names
        ]

    @property
    def module(self) -> nn.Module:
        """The module itself."""
        return self._module

    @property
    def function(self) -> Any:
        """The loss of module and batch."""
        return self._model.loss

    def _of(self, kind: str) -> Iterator[LaneWeight]:
        return (one for one in self._model.weights if one.kind == kind)

    @property
    def _tensors(self) -> dict[str, Tensor]:
        return {**dict(self._module.named_parameters()), **self.state}

    def _views(self, kind: str) -> Iterator[tuple[str, NDArray[Any]]]:
        tensors = self._tensors
        for one in self._of(kind):
            array = one.view.common(array_of(tensors[one.own]))
            if one.added:
                array = array + one.view.common(array_of(tensors[one.added]))
            yield one.name, array

    def _common(self, kind: str) -> Arrays:
        return {name: np.array(array) for name, array in self._views(kind)}


def checked(module: Any) -> nn.Module:
    """What a user's file gives as a module; of a compiled one the module itself: a backend compiles.

    Raises:
        ModelError: it is none, or has no parameters.
    """
    module = getattr(module, "_orig_mod", module)
    if not isinstance(module, nn.Module):
        raise ModelError(f"a {type(module).__name__}, no torch.nn.Module", "return the module itself")
    if not any(True for _ in module.parameters()):
        raise ModelError(f"{type(module).__name__} without parameters", "there is nothing to train")
    return module
