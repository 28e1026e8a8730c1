"""First weights that several workloads draw. The inputs of one output are all dimensions but the last."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def he_normal(rng: np.random.Generator, *shape: int) -> NDArray[np.float64]:
    """Normal with variance 2 / inputs, which keeps the signal's size through a ReLU.

    He et al. 2015, arXiv:1502.01852, equation 10.
    """
    return rng.normal(0, math.sqrt(2 / math.prod(shape[:-1])), shape)


def lecun_normal(rng: np.random.Generator, *shape: int) -> NDArray[np.float64]:
    """Normal with variance 1 / inputs, which keeps the signal's size where nothing is cut off.

    LeCun et al. 1998, Efficient BackProp, equation 16.
    """
    return rng.normal(0, math.sqrt(1 / math.prod(shape[:-1])), shape)
