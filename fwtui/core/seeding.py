"""One seed, two independent streams of random numbers: one for the first weights, one for the data."""

from __future__ import annotations

import numpy as np


def parameters_rng(seed: int) -> np.random.Generator:
    """The stream that first weights are drawn from."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))


def data_rng(seed: int) -> np.random.Generator:
    """The stream that data, its split and its order are drawn from; each call restarts it."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
