"""Whether two calls of one loss function gave the same, whatever the framework."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROUNDINGS = 32
"""Units in the last place by which two calls may differ: kernels that add in any order round differently."""
_ARRAY_ROUNDINGS = 1024
"""The same for all elements of arrays."""


def differ(first: Mapping[str, float], second: Mapping[str, float], dtype: str) -> bool:
    """Whether any metric of two calls differs by more than rounding in `dtype`."""
    eps = float(np.finfo(dtype).eps)
    return any(_apart(value, second[name], eps) for name, value in first.items())


def arrays_differ(
    first: Mapping[str, NDArray[Any] | None], second: Mapping[str, NDArray[Any] | None], dtype: str
) -> bool:
    """Whether arrays of two calls differ by more than rounding in `dtype` makes of the largest of all.

    Sums in any order round differently at every element, so more is allowed than for one number.
    """
    known = [(name, one, second[name]) for name, one in first.items() if name in second]
    scale = max((_largest(one) for _, one, _ in known if one is not None), default=0.0)
    limit = _ARRAY_ROUNDINGS * float(np.finfo(dtype).eps) * scale
    return any(
        (a is None) != (b is None) or (a is not None and b is not None and not _near(a, b, limit))
        for _, a, b in known
    )


def _near(a: NDArray[Any], b: NDArray[Any], limit: float) -> bool:
    with np.errstate(invalid="ignore"):
        return bool(np.all((np.abs(a - b) <= limit) | (a == b) | (np.isnan(a) & np.isnan(b))))


def _largest(array: NDArray[Any]) -> float:
    return float(np.abs(array[np.isfinite(array)]).max(initial=0.0))


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
        yield random_numbers_watched()
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


def random_numbers_watched() -> Callable[[], bool]:
    """Gives whether Python or NumPy have drawn random numbers since."""
    python, numpy = random.getstate(), np.random.get_state()
    return lambda: random.getstate() != python or not _same_state(np.random.get_state(), numpy)


def _same_state(a: object, b: object) -> bool:
    assert isinstance(a, tuple)
    assert isinstance(b, tuple)
    return all(np.array_equal(one, other) for one, other in zip(a, b, strict=True))
