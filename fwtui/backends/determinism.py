"""Whether two calls of one loss function gave the same, whatever the framework."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np

_ROUNDINGS = 32
"""Units in the last place by which two calls may differ: kernels that add in any order round differently."""


def differ(first: Mapping[str, float], second: Mapping[str, float], dtype: str) -> bool:
    """Whether any metric of two calls differs by more than rounding in `dtype`."""
    eps = float(np.finfo(dtype).eps)
    return any(_apart(value, second[name], eps) for name, value in first.items())


def _apart(a: float, b: float, eps: float) -> bool:
    if np.isnan(a) and np.isnan(b):
        return False
    if not (np.isfinite(a) and np.isfinite(b)):
        return a != b
    return not abs(a - b) <= _ROUNDINGS * eps * max(abs(a), abs(b))


@contextmanager
def python_random_numbers() -> Iterator[Callable[[], bool]]:
    """Gives whether Python or NumPy have drawn random numbers since; resets their generators at the end."""
    python, numpy = random.getstate(), np.random.get_state()
    try:
        yield lambda: random.getstate() != python or not _same_state(np.random.get_state(), numpy)
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


def _same_state(a: object, b: object) -> bool:
    assert isinstance(a, tuple)
    assert isinstance(b, tuple)
    return all(np.array_equal(one, other) for one, other in zip(a, b, strict=True))
