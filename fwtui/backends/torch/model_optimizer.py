"""The optimizer that a user's file gives for its module, with the schedule that goes with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from fwtui.backends.base import ModelError
from fwtui.backends.torch.optimizers import Gradients
from fwtui.core.known_differences import ADAM_EPSILON
from fwtui.core.optimizers import GROUP

_ADAMS = torch.optim.Adam, torch.optim.AdamW
_NAMES = {
    "eps": "ε",
    "alpha": "ρ",
    "weight_decay": "weight decay",
    "momentum": "momentum",
    "dampening": "dampening",
    "nesterov": "nesterov",
    "amsgrad": "amsgrad",
    "centered": "centered",
}
"""What settings are called in all frameworks."""
_OF_KERAS = (
    *("clipping by norm", "clipping by the global norm", "clipping by value"),
    *("gradient accumulation", "averaging of weights", "constraints"),
)
"""Settings of Keras's optimizers that are none of PyTorch's."""
_SETTINGS = "lr", "eps", "weight_decay"


def _as_keras(group: dict[str, Any], count: int) -> dict[str, Any]:
    """The settings with which PyTorch's update number `count` is Keras's.

    PyTorch: w ← w − lr/c₁ · m / (√v/√c₂ + ε), cᵢ = 1 − βᵢᵗ. Keras: w ← w − lr·√c₂/c₁ · m / (√v + ε), where
    the βs in c are rounded to float32 whatever the dtype.
    """
    exact = [1 - beta**count for beta in group["betas"]]
    rounded = [1 - float(np.float32(beta)) ** count for beta in group["betas"]]
    share = math.sqrt(rounded[1] / exact[1]) * exact[0] / rounded[0]
    found = {"lr": group["lr"] * share, "eps": group["eps"] / math.sqrt(exact[1])}
    return found | {"weight_decay": group["weight_decay"] / share}


class OwnOptimizer:
    """An optimizer of PyTorch's, or of another package, as it is; its hooks run, its parameter groups hold.

    Args:
        make: (module) -> an optimizer, or (optimizer, scheduler), whose `step` is called after each update.
        module: whose parameters it updates.
        weights: those that gradients are given for, in that order.
        expected: names of `KNOWN_DIFFERENCES` that are corrected for.

    Raises:
        ModelError: `make` gives something else, or an optimizer that evaluates the loss itself.
    """

    def __init__(
        self,
        make: Callable[[nn.Module], Any],
        module: nn.Module,
        weights: Sequence[Tensor],
        expected: Sequence[str] = (),
    ) -> None:
        self._make, self._weights, self._expected = make, weights, expected
        self._updates = 0
        given = make(module)
        if isinstance(given, tuple) and len(given) != 2:
            raise _refused(f"{len(given)} things", "return the optimizer, or (optimizer, scheduler)")
        self._optimizer, self._scheduler = given if isinstance(given, tuple) else (given, None)
        if not isinstance(self._optimizer, torch.optim.Optimizer):
            what = f"a {type(self._optimizer).__name__}, no torch.optim.Optimizer"
            raise _refused(what, "return the optimizer, or (optimizer, scheduler)")
        if isinstance(self._optimizer, torch.optim.LBFGS):
            raise ModelError(
                "LBFGS, which evaluates the loss more than once a step",
                "take another optimizer",
                of_optimizer=True,
            )
        own = {id(one) for one in module.parameters()}
        updated = {id(one) for group in self._optimizer.param_groups for one in group["params"]}
        if not updated <= own:
            what = "an optimizer of parameters that are none of the model's"
            raise _refused(what, "make it of model.parameters(), where model is what the function is given")
        if isinstance(self._scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
            raise _refused("ReduceLROnPlateau, which needs a metric", "take a scheduler of steps")
        if self._scheduler is not None and not hasattr(self._scheduler, "state_dict"):
            what = f"a {type(self._scheduler).__name__} as its scheduler"
            raise ModelError(
                what, "return (optimizer, scheduler) with one of torch.optim.lr_scheduler", of_optimizer=True
            )

    def __call__(self, gradients: Gradients) -> None:
        """Change the weights, and then the schedule."""
        for weight, gradient in zip(self._weights, gradients, strict=True):
            weight.grad = gradient
        self._updates += 1
        with self._corrected():
            self._optimizer.step()
        self._optimizer.zero_grad()
        if self._scheduler is not None:
            self._scheduler.step()

    @contextmanager
    def _corrected(self) -> Iterator[None]:
        """Have Adam do what Keras's does, where that is expected."""
        groups = self._optimizer.param_groups
        before = [dict(group) for group in groups]
        if ADAM_EPSILON in self._expected and isinstance(self._optimizer, _ADAMS):
            for group in groups:
                group.update(_as_keras(group, self._updates))
        yield
        for group, settings in zip(groups, before, strict=True):
            group.update({name: settings[name] for name in _SETTINGS if name in settings})

    def continued(self, module: nn.Module, weights: Sequence[Tensor]) -> Self:
        """The same for a copy of the module, with a copy of what this one remembers."""
        other = type(self)(self._make, module, weights, self._expected)
        other._updates = self._updates
        other._optimizer.load_state_dict(deepcopy(self._optimizer.state_dict()))
        if self._scheduler is not None:
            other._scheduler.load_state_dict(deepcopy(self._scheduler.state_dict()))
        return other

    @property
    def learning_rates(self) -> tuple[float, ...]:
        """That of each parameter group, for the coming update."""
        return tuple(float(group["lr"]) for group in self._optimizer.param_groups if "lr" in group)

    @property
    def settings(self) -> dict[str, float]:
        """By the names that all frameworks' have; those of a further parameter group where they are others.

        A hook may clip gradients: where there is one, clipping is left out, as unknown.
        """
        first, *others = map(_settings_of, self._optimizer.param_groups)
        found = first | {
            f"{name}{GROUP}{number}": value
            for number, group in enumerate(others, 2)
            for name, value in group.items()
            if value != first.get(name)
        }
        has_hook = bool(self._optimizer._optimizer_step_pre_hooks)
        return found | ({} if has_hook else dict.fromkeys(_OF_KERAS, 0.0))


def _settings_of(group: dict[str, Any]) -> dict[str, float]:
    found = {f"β{number}": float(beta) for number, beta in enumerate(group.get("betas", ()), 1)}
    for own, name in _NAMES.items():
        if isinstance(value := group.get(own), int | float):  # a switch is 0 or 1
            found[name] = float(value)
    return found


def _refused(what: str, hint: str) -> ModelError:
    return ModelError(what, hint, of_optimizer=True)
