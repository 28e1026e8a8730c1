"""Optimizers by name: the same equations as in `fwtui.backends.tensorflow.optimizers`.

Written out, since the libraries' own differ in their defaults and would be what a small net's step measures:
for the two-layer net on 2 cores, `torch.optim.SGD` adds about 20 µs to an eager step of 0.33 ms, and Keras's
SGD 750 µs to one of 0.8 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Update = Callable[[Sequence[Tensor | None]], None]
"""Takes the weights' gradients, None for a weight that the loss does not use, and changes the weights."""


def sgd(weights: Sequence[Tensor], learning_rate: float) -> Update:
    """Plain gradient descent: `w ← w − lr·∇w`."""

    def update(gradients: Sequence[Tensor | None]) -> None:
        with torch.no_grad():
            for weight, gradient in zip(weights, gradients, strict=True):
                if gradient is not None:
                    # Not `alpha=learning_rate`: that rounds product and difference once, TensorFlow rounds
                    # both, and over 500 steps of two-layer the losses drift apart three times as far.
                    weight.sub_(learning_rate * gradient)

    return update


OPTIMIZERS: dict[str, Callable[[Sequence[Tensor], float], Update]] = {"sgd": sgd}
