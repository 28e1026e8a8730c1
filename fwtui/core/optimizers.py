"""The optimizers' equations, once for all frameworks; each framework's `optimizers.py` follows them.

`w` is a weight, `g` the loss's gradient by it, `t` the number of the update from 1, `lr` the learning rate;
all states begin at zero. Where libraries differ (where Adam's and RMSprop's ε stands, what momentum
multiplies, which defaults) these are PyTorch's, whose documentation writes them out:
https://docs.pytorch.org/docs/stable/optim.html

`sgd`       w ← w − lr·g
`momentum`  b ← μ·b + g;  w ← w − lr·b
            (Polyak 1964 in the form of Sutskever et al. 2013, learning rate outside the buffer)
`adam`      m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²
            w ← w − lr · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
            (Kingma & Ba 2015, arXiv:1412.6980, algorithm 1)
`adamw`     w ← w − lr·λ·w, then as `adam`
            (Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2, with its schedule factor 1 and λ
            multiplied by lr, as PyTorch and Keras both do)
`rmsprop`   v ← ρ·v + (1 − ρ)·g²;  w ← w − lr · g / (√v + ε)
            (Hinton 2012, lecture 6e)

A weight that the loss does not depend on has no gradient and stays as it is.
"""

from __future__ import annotations

GROUP = " of group "
"""Between the name of a setting and the number of the parameter group that has another one than the first."""
MOMENTUM = 0.9
BETA_1 = 0.9
BETA_2 = 0.999
EPSILON = 1e-8
WEIGHT_DECAY = 0.01
DECAY = 0.99
"""RMSprop's ρ."""

_ADAPTIVE = ("adam", "adamw", "rmsprop")
_USUAL = {"sgd": 0.1, "momentum": 0.1 * (1 - MOMENTUM), "adam": 1e-3, "adamw": 1e-3, "rmsprop": 1e-3}


def learning_rate(optimizer: str, workloads_own: str, workloads_rate: float) -> float:
    """The rate to train at with `optimizer`, where a workload says only what suits `workloads_own`.

    Momentum goes 1 / (1 − μ) times as far as plain descent in the long run, so its rate is that much less;
    the adaptive ones divide the gradient's size away, so that one rate suits them all. Between the two kinds
    neither rate says anything about the other, and the usual rate is taken.
    """
    if optimizer == workloads_own or {optimizer, workloads_own} <= set(_ADAPTIVE):
        return workloads_rate
    if (workloads_own, optimizer) == ("sgd", "momentum"):
        return workloads_rate * (1 - MOMENTUM)
    if (workloads_own, optimizer) == ("momentum", "sgd"):
        return workloads_rate / (1 - MOMENTUM)
    return _USUAL[optimizer]
