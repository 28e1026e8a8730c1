"""Optimizers by name, after the equations in `fwtui.core.optimizers`, for eager and for compiled steps.

Most are written out, since PyTorch's own would be what a small net's step measures: for the two-layer net on
2 cores an eager step with them takes 1.05 (sgd), 1.02 (momentum) and 1.08 (rmsprop) times as long. Adam and
AdamW are PyTorch's own in eager steps: fused, they make one pass over the memory instead of seven, and a step
takes 0.94 times as long.

A compiler fuses what is written out just as well. It must not be given PyTorch's own Adam, which counts its
updates in float32 there, whatever dtype the weights have, and so loses four figures of `1 − β₂ᵗ`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Protocol

import torch
from torch import Tensor

from fwtui.core.optimizers import BETA_1, BETA_2, DECAY, EPSILON, MOMENTUM, WEIGHT_DECAY

Gradients = Sequence[Tensor | None]
"""By weight; None for a weight that the loss does not use, which then stays as it is, like its state."""
Update = Callable[[Gradients], None]
"""Takes the weights' gradients, and changes the weights."""
Rule = Callable[[Tensor, Tensor, Sequence[Tensor], float], None]
"""(weight, gradient, state, learning rate) -> None: changes one weight and its state in place."""


class Optimizer(Protocol):
    """An update with what it remembers of the steps before."""

    def __call__(self, gradients: Gradients) -> None:
        """Changes the weights, and what is remembered."""

    def continued(self, weights: Sequence[Tensor]) -> Optimizer:
        """Another one for `weights`, copies of this one's, with a copy of what this one remembers."""


def sgd(weight: Tensor, gradient: Tensor, state: Sequence[Tensor], learning_rate: float) -> None:
    """Plain gradient descent."""
    # Not `alpha=learning_rate`: that rounds product and difference once, TensorFlow rounds both, and over
    # 500 steps of two-layer the losses drift apart three times as far.
    weight.sub_(learning_rate * gradient)


def momentum(weight: Tensor, gradient: Tensor, state: Sequence[Tensor], learning_rate: float) -> None:
    """Gradient descent with momentum."""
    (buffer,) = state
    buffer.mul_(MOMENTUM).add_(gradient)
    weight.sub_(learning_rate * buffer)


def adam(weight: Tensor, gradient: Tensor, state: Sequence[Tensor], learning_rate: float) -> None:
    """Adam; of its count it keeps the powers β₁ᵗ and β₂ᵗ, which a compiler does not compute per element."""
    mean, square, power_1, power_2 = state
    power_1.mul_(BETA_1)
    power_2.mul_(BETA_2)
    mean.mul_(BETA_1).add_(gradient, alpha=1 - BETA_1)
    square.mul_(BETA_2).addcmul_(gradient, gradient, value=1 - BETA_2)
    root = (square / (1 - power_2[0])).sqrt_()
    weight.sub_(learning_rate * (mean / (1 - power_1[0])) / root.add_(EPSILON))


def adamw(weight: Tensor, gradient: Tensor, state: Sequence[Tensor], learning_rate: float) -> None:
    """Adam with decoupled weight decay."""
    weight.mul_(1 - learning_rate * WEIGHT_DECAY)
    adam(weight, gradient, state, learning_rate)


def rmsprop(weight: Tensor, gradient: Tensor, state: Sequence[Tensor], learning_rate: float) -> None:
    """RMSprop, ε outside the root."""
    (square,) = state
    square.mul_(DECAY).addcmul_(gradient, gradient, value=1 - DECAY)
    weight.addcdiv_(gradient, square.sqrt().add_(EPSILON), value=-learning_rate)


class Written:
    """The update of optimizer `name` after the rule above: for an eager step, and for a compiler to trace.

    Attributes:
        state: what the rule keeps of each weight, by weight.
    """

    def __init__(self, name: str, weights: Sequence[Tensor], learning_rate: float) -> None:
        self._rule, first_state = _RULES[name]
        self._name, self._weights, self._learning_rate = name, weights, learning_rate
        self.state = [first_state(weight) for weight in weights]

    def __call__(self, gradients: Gradients) -> None:
        """Changes the weights, and their state."""
        with torch.no_grad():
            for weight, gradient, state in zip(self._weights, gradients, self.state, strict=True):
                if gradient is not None:
                    self._rule(weight, gradient, state, self._learning_rate)

    def continued(self, weights: Sequence[Tensor]) -> Written:
        """The same rule for copies of the weights, with copies of their state."""
        other = Written(self._name, weights, self._learning_rate)
        other.state = [tuple(tensor.clone() for tensor in state) for state in self.state]
        return other


class LibraryOptimizer:
    """The update by one of PyTorch's own optimizers, which `make` makes for weights."""

    def __init__(
        self, make: Callable[[Sequence[Tensor]], torch.optim.Optimizer], weights: Sequence[Tensor]
    ) -> None:
        self._make, self._optimizer = make, make(weights)
        (self._group,) = self._optimizer.param_groups

    def __call__(self, gradients: Gradients) -> None:
        """Changes the weights, and PyTorch's state of them."""
        for weight, gradient in zip(self._group["params"], gradients, strict=True):
            weight.grad = None if gradient is None else _laid_out(gradient, weight)
        self._optimizer.step()
        # Or else the next step's gradients would lie in memory beside these.
        self._optimizer.zero_grad()

    def continued(self, weights: Sequence[Tensor]) -> LibraryOptimizer:
        """PyTorch's optimizer once more, for copies of the weights, with a copy of its state."""
        other = LibraryOptimizer(self._make, weights)
        other._optimizer.load_state_dict(deepcopy(self._optimizer.state_dict()))
        (other._group,) = other._optimizer.param_groups  # loading makes another
        return other


def eager(name: str, weights: Sequence[Tensor], learning_rate: float) -> Optimizer:
    """The update of optimizer `name` for an eager step."""
    if name not in _OWN:
        return Written(name, weights, learning_rate)
    return LibraryOptimizer(lambda weights: _OWN[name](weights, learning_rate), weights)


def _laid_out(gradient: Tensor, weight: Tensor) -> Tensor:
    """The gradient, in memory as its weight, which it is not where the net permutes the weight.

    A fused kernel on a GPU refuses any other, and on a CPU PyTorch 2.13 reads it wrongly. It is not enough
    that both are contiguous: that leaves open the strides of dimensions of size 1.
    """
    return gradient if gradient.stride() == weight.stride() else torch.empty_like(weight).copy_(gradient)


def _moments(weight: Tensor) -> tuple[Tensor, ...]:
    # In float32 `1 − β₂ᵗ` would lose four figures of seven; Apple's GPUs know no float64.
    exact = torch.float32 if weight.device.type == "mps" else torch.float64
    # Of one dimension: PyTorch 2.13 loses what a compiled graph writes into a float64 scalar on the CPU.
    powers = (torch.ones(1, dtype=exact, device=weight.device) for _ in range(2))
    return torch.zeros_like(weight), torch.zeros_like(weight), *powers


def _one_buffer(weight: Tensor) -> tuple[Tensor, ...]:
    return (torch.zeros_like(weight),)


_RULES: dict[str, tuple[Rule, Callable[[Tensor], tuple[Tensor, ...]]]] = {
    "sgd": (sgd, lambda weight: ()),
    "momentum": (momentum, _one_buffer),
    "adam": (adam, _moments),
    "adamw": (adamw, _moments),
    "rmsprop": (rmsprop, _one_buffer),
}
_OWN: dict[str, Callable[[Sequence[Tensor], float], torch.optim.Optimizer]] = {
    "adam": lambda weights, rate: torch.optim.Adam(weights, rate, (BETA_1, BETA_2), EPSILON, fused=True),
    "adamw": lambda weights, rate: torch.optim.AdamW(
        weights, rate, (BETA_1, BETA_2), EPSILON, WEIGHT_DECAY, fused=True
    ),
}
