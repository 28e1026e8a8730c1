"""Optimizers by name, after the equations in `fwtui.core.optimizers`, by TensorFlow's own kernels.

Not by Keras's classes, whose equations differ (ε stands elsewhere in Adam and RMSprop), which a session
cannot run, and which would be what a small net's step measures. The kernels are the same in every mode, and
take one call a weight.

For the two-layer net on 2 cores an eager step's update by kernels takes, as a part of the same written out op
by op: 0.60 (sgd), 0.43 (rmsprop), 0.33–0.35 (momentum, adam, adamw).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

from fwtui.core.optimizers import BETA_1, BETA_2, DECAY, EPSILON, MOMENTUM, WEIGHT_DECAY

raw = tf.raw_ops

Update = Callable[[Sequence[tf.Tensor | None]], list[tf.Operation]]
"""Takes the weights' gradients, None for a weight that the loss does not use, and changes the weights.

In a graph nothing has happened yet when it returns; running the operations that it gives does it.
"""


def sgd(weights: Sequence[tf.Variable], learning_rate: float) -> Update:
    """Plain gradient descent."""
    rate = tf.constant(learning_rate, weights[0].dtype)

    def update(gradients: Sequence[tf.Tensor | None]) -> list[tf.Operation]:
        return [
            raw.ResourceApplyGradientDescent(var=weights[i].handle, alpha=rate, delta=gradient)
            for i, gradient in _dense(gradients)
        ]

    return update


def momentum(weights: Sequence[tf.Variable], learning_rate: float) -> Update:
    """Gradient descent with momentum."""
    rate, share = (tf.constant(number, weights[0].dtype) for number in (learning_rate, MOMENTUM))
    buffers = _zeros(weights)

    def update(gradients: Sequence[tf.Tensor | None]) -> list[tf.Operation]:
        return [
            raw.ResourceApplyMomentum(
                var=weights[i].handle, accum=buffers[i].handle, lr=rate, grad=gradient, momentum=share
            )
            for i, gradient in _dense(gradients)
        ]

    return update


def rmsprop(weights: Sequence[tf.Variable], learning_rate: float) -> Update:
    """RMSprop, by another kernel than the one of that name, which has ε inside the root.

    Adagrad's has it outside, and divides by whatever squares it is given: here the decaying ones.
    """
    rate, share, epsilon = (
        tf.constant(number, weights[0].dtype) for number in (learning_rate, 1 - DECAY, EPSILON)
    )
    squares = _zeros(weights)

    def update(gradients: Sequence[tf.Tensor | None]) -> list[tf.Operation]:
        operations = []
        for i, gradient in _dense(gradients):
            # ρ·v + (1 − ρ)·g² as a step of descent from v towards g².
            delta = raw.Sub(x=_read(squares[i]), y=raw.Square(x=gradient))
            decayed = raw.ResourceApplyGradientDescent(var=squares[i].handle, alpha=share, delta=delta)
            with tf.control_dependencies([decayed]):
                apply = raw.ResourceApplyAdagradV2(
                    var=weights[i].handle,
                    accum=squares[i].handle,
                    lr=rate,
                    epsilon=epsilon,
                    grad=gradient,
                    update_slots=False,
                )
            operations.append(apply)
        return operations

    return update


def adam(weights: Sequence[tf.Variable], learning_rate: float) -> Update:
    """Adam, by its kernel: Kingma & Ba's second form, at the end of section 2, with an ε of its own.

    There `w ← w − lr·c·m / (√v + ε̂)` with `c = √(1 − β₂ᵗ) / (1 − β₁ᵗ)`, which is the first form where
    `ε̂ = ε·√(1 − β₂ᵗ)`.
    """
    means, squares = _zeros(weights), _zeros(weights)
    scales = _corrections(weights, learning_rate)
    none, beta_1, beta_2 = (tf.constant(number, weights[0].dtype) for number in (0, BETA_1, BETA_2))

    def update(gradients: Sequence[tf.Tensor | None]) -> list[tf.Operation]:
        rates, epsilons = scales([gradient is not None for gradient in gradients])
        return [
            raw.ResourceApplyAdam(
                var=weights[i].handle,
                m=means[i].handle,
                v=squares[i].handle,
                # The kernel's own correction is left out: its powers of β would have to be in the weight's
                # dtype, and in float32 `1 − β₂ᵗ` would lose four figures of seven.
                beta1_power=none,
                beta2_power=none,
                lr=rates[i],
                beta1=beta_1,
                beta2=beta_2,
                epsilon=epsilons[i],
                grad=gradient,
            )
            for i, gradient in _dense(gradients)
        ]

    return update


def adamw(weights: Sequence[tf.Variable], learning_rate: float) -> Update:
    """Adam with decoupled weight decay."""
    share = tf.constant(learning_rate * WEIGHT_DECAY, weights[0].dtype)
    adam_update = adam(weights, learning_rate)

    def update(gradients: Sequence[tf.Tensor | None]) -> list[tf.Operation]:
        decayed = [
            raw.ResourceApplyGradientDescent(var=weight.handle, alpha=share, delta=_read(weight))
            for weight, gradient in zip(weights, gradients, strict=True)
            if gradient is not None
        ]
        with tf.control_dependencies(decayed):
            return adam_update(gradients)

    return update


def _corrections(
    weights: Sequence[tf.Variable], learning_rate: float
) -> Callable[[Sequence[bool]], tuple[list[tf.Tensor], list[tf.Tensor]]]:
    """Counts updates, and gives each weight's `lr·c` and `ε̂` (see `adam`) for the present one.

    What is given takes whether each weight is updated: a weight that the loss does not use in some step has
    one update less than the others.
    """
    dtype = weights[0].dtype
    one, rate, epsilon = (tf.constant(number, tf.float64) for number in (1, learning_rate, EPSILON))
    # β as the kernel sees it, so that the moments and their corrections belong together.
    beta_1, beta_2 = (tf.cast(tf.constant(beta, dtype), tf.float64) for beta in (BETA_1, BETA_2))
    counts = tf.Variable(tf.zeros(len(weights), tf.float64), trainable=False)

    def scales(updated: Sequence[bool]) -> tuple[list[tf.Tensor], list[tf.Tensor]]:
        count = raw.AddV2(x=_read(counts), y=tf.constant([float(has) for has in updated], tf.float64))
        counted = raw.AssignVariableOp(resource=counts.handle, value=count)
        with tf.control_dependencies([counted]):
            root = raw.Sqrt(x=raw.Sub(x=one, y=raw.Pow(x=beta_2, y=count)))
        correction = raw.Div(x=root, y=raw.Sub(x=one, y=raw.Pow(x=beta_1, y=count)))
        rates, epsilons = (
            raw.Unpack(value=raw.Cast(x=scale, DstT=dtype), num=len(weights))
            for scale in (raw.Mul(x=rate, y=correction), raw.Mul(x=epsilon, y=root))
        )
        return rates, epsilons

    return scales


def _zeros(weights: Sequence[tf.Variable]) -> list[tf.Variable]:
    return [tf.Variable(tf.zeros(w.shape, w.dtype), trainable=False) for w in weights]


def _read(variable: tf.Variable) -> tf.Tensor:
    return raw.ReadVariableOp(resource=variable.handle, dtype=variable.dtype)


def _dense(gradients: Sequence[tf.Tensor | None]) -> list[tuple[int, tf.Tensor]]:
    """Each gradient that there is, whole, with its weight's number: the moments of all rows decay."""
    return [(i, tf.convert_to_tensor(g)) for i, g in enumerate(gradients) if g is not None]


OPTIMIZERS: dict[str, Callable[[Sequence[tf.Variable], float], Update]] = {
    "sgd": sgd,
    "momentum": momentum,
    "adam": adam,
    "adamw": adamw,
    "rmsprop": rmsprop,
}
