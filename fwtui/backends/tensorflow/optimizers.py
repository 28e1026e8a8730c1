"""Optimizers by name: the same equations as in `fwtui.backends.torch.optimizers`.

Written out, since the libraries' own differ in their defaults and would be what a small net's step measures:
for the two-layer net on 2 cores, `torch.optim.SGD` adds about 20 µs to an eager step of 0.33 ms, and Keras's
SGD 750 µs to one of 0.8 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

Update = Callable[[Sequence[tf.Tensor | None]], list[tf.Operation]]
"""Takes the weights' gradients, None for a weight that the loss does not use, and changes the weights.

In a graph nothing has happened yet when it returns; running the operations that it gives does it.
"""


def sgd(weights: Sequence[tf.Variable], learning_rate: float) -> Update:
    """Plain gradient descent: `w ← w − lr·∇w`."""

    def update(gradients: Sequence[tf.Tensor | None]) -> list[tf.Operation]:
        return [
            # tf.multiply and not `*`, which does not take the gradient of a table that is looked up in.
            # Nobody reads the new value here, and reading it back takes an eager step 40 µs longer.
            weight.assign_sub(tf.multiply(gradient, learning_rate), read_value=False)
            for weight, gradient in zip(weights, gradients, strict=True)
            if gradient is not None
        ]

    return update


OPTIMIZERS: dict[str, Callable[[Sequence[tf.Variable], float], Update]] = {"sgd": sgd}
