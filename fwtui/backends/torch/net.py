"""What a step in PyTorch trains: a function of named tensors, or a module as it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fwtui.backends.base import Gradients, Job
from fwtui.backends.logbook import Views
from fwtui.backends.torch.modes import FRAMEWORK
from fwtui.core.metrics import named_metrics
from fwtui.core.random_numbers import RandomNumbers
from fwtui.core.workload import Arrays, Batch, Loss

Metrics = dict[str, Tensor]
Forward = Callable[[Mapping[str, Any]], Metrics]
"""Takes a batch on the device, and gives its metrics."""


class Net(ABC):
    """A network with its loss.

    Attributes:
        trained: what an optimizer updates, by the name that all lanes have for it where it is one whole
            weight in each, else by the framework's.
        views: how each of them becomes what all lanes have; None where they are that already.
        numbers: what it gets where it draws random numbers; None: its own, or it draws none.
    """

    trained: dict[str, Tensor]
    views: Views | None = None
    numbers: RandomNumbers | None = None

    @property
    @abstractmethod
    def state(self) -> Mapping[str, Tensor]:
        """What a forward pass may change besides, such as a running mean, by the framework's name."""

    @abstractmethod
    def metrics(self, batch: Mapping[str, Any]) -> Metrics:
        """The metrics of a batch on the device, `loss` first, as in a training step."""

    @property
    @abstractmethod
    def has_modes(self) -> bool:
        """Whether evaluation may come to something else than training."""

    @abstractmethod
    def evaluated(self, batch: Mapping[str, Any]) -> Metrics:
        """The same as where nothing is trained: without dropout, with running statistics."""

    def optimizer(self, otherwise: Callable[[list[Tensor]], Any]) -> Any:
        """The network's own optimizer where it has one; else what `otherwise` makes for what is trained."""
        return otherwise(list(self.trained.values()))

    @property
    def parameters(self) -> Mapping[str, Tensor]:
        """What is trained, and what only another lane trains, by the names that logs have."""
        return self.trained

    def continued(self, update: Any) -> Any:
        """An optimizer of a network that this one is a copy of, as far on, for this one."""
        return update.continued(list(self.trained.values()))

    @abstractmethod
    def copied(self) -> Self:
        """Another one with the same values, for what must leave this one alone."""

    @abstractmethod
    def weights(self) -> Arrays:
        """A copy of the present weights, by the name that all lanes have for them."""

    @abstractmethod
    def own_state(self) -> Arrays:
        """A copy of the present state that other lanes have too, by its common name."""

    @abstractmethod
    def load(self, arrays: Arrays) -> None:
        """Put weights and state in the place of the present ones."""

    @abstractmethod
    def latest(self, gradients: Sequence[Tensor | None]) -> Arrays:
        """Weights and gradients where they lie, such as `parameter w`; valid until the next step."""

    @abstractmethod
    def named(self, gradients: Sequence[Tensor | None]) -> Gradients:
        """A copy of the gradients of what is trained, in that order, by the weights' common names."""

    @abstractmethod
    def own_gradients(self, gradients: Gradients) -> list[Tensor | None]:
        """Gradients by common names as those of what is trained, in that order."""

    @property
    def module(self) -> nn.Module | None:
        """The module that it is; None where it is a function."""
        return None

    @property
    @abstractmethod
    def function(self) -> Loss:
        """The user's function, whose lines are the network's."""

    @contextmanager
    def put_back(self, with_weights: bool = False) -> Iterator[None]:
        """Whatever is done meanwhile, the state is what it was afterwards; so are weights where asked for."""
        weights = self.trained if with_weights else {}
        before = {name: tensor.detach().clone() for name, tensor in {**self.state, **weights}.items()}
        try:
            yield
        finally:
            with torch.no_grad():
                for name, tensor in {**self.state, **weights}.items():
                    if name in before:
                        tensor.copy_(before[name])


def build(job: Job) -> Net:
    """The network of a job, on its device, with its first weights.

    Raises:
        ModelError: what a user's file gives is no module, or none that trains.
    """
    if job.model is not None:
        from fwtui.backends.torch.model_net import ModelNet  # which is made of this file

        return ModelNet.built(job, job.model)
    device = torch.device(job.device)
    # torch.tensor copies: training must not write into the arrays that the job came with.
    params = {
        name: torch.tensor(array, device=device, requires_grad=True) for name, array in job.parameters.items()
    }
    return FunctionNet(job.loss(FRAMEWORK.key), params)


def tensors_of(batch: Batch, device: torch.device) -> dict[str, Any]:
    """A batch on the device."""
    return {
        name: value if isinstance(value, int) else torch.tensor(value, device=device)
        for name, value in batch.items()
    }


class FunctionNet(Net):
    """A function of named tensors and a batch; what it keeps besides is its own affair."""

    def __init__(self, loss: Loss, params: dict[str, Tensor]) -> None:
        self._loss, self.trained = loss, params

    @property
    def state(self) -> Mapping[str, Tensor]:
        """None that is known."""
        return {}

    def metrics(self, batch: Mapping[str, Any]) -> Metrics:
        """The metrics of a batch."""
        return named_metrics(self._loss(self.trained, batch))

    @property
    def has_modes(self) -> bool:
        """No: it is one function."""
        return False

    def evaluated(self, batch: Mapping[str, Any]) -> Metrics:
        """The same: such a function has no modes."""
        return self.metrics(batch)

    def copied(self) -> Self:
        """The present weights once more."""
        copies = {name: weight.detach().clone().requires_grad_() for name, weight in self.trained.items()}
        return type(self)(self._loss, copies)

    def weights(self) -> Arrays:
        """The present weights, copied to NumPy."""
        return {name: copy_of(weight) for name, weight in self.trained.items()}

    def own_state(self) -> Arrays:
        """None that is known."""
        return {}

    def load(self, arrays: Arrays) -> None:
        """Put `arrays` in the place of the present weights."""
        with torch.no_grad():
            for name, array in arrays.items():
                self.trained[name].copy_(torch.tensor(array))

    def latest(self, gradients: Sequence[Tensor | None]) -> Arrays:
        """Weights and gradients where they lie."""
        arrays = {f"parameter {name}": weight.detach().numpy() for name, weight in self.trained.items()}
        for name, gradient in zip(self.trained, gradients, strict=False):
            if gradient is not None:
                arrays[f"gradient {name}"] = gradient.detach().numpy()
        return arrays

    def named(self, gradients: Sequence[Tensor | None]) -> Gradients:
        """A copy of the gradients, by weight."""
        arrays = [None if one is None else copy_of(one) for one in gradients]
        return dict(zip(self.trained, arrays, strict=True))

    def own_gradients(self, gradients: Gradients) -> list[Tensor | None]:
        """The same as tensors on the device."""
        given = ((weight, gradients.get(name)) for name, weight in self.trained.items())
        return [None if one is None else torch.tensor(one, device=weight.device) for weight, one in given]

    @property
    def function(self) -> Loss:
        """The function itself."""
        return self._loss


def array_of(tensor: Tensor) -> NDArray[Any]:
    return np.asarray(tensor.detach().cpu().numpy())


def copy_of(tensor: Tensor) -> NDArray[Any]:
    return np.array(array_of(tensor))
