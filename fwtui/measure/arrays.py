"""How far two arrays that should be equal are apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.core.numerical_policy import MAX_SUM_ROUNDINGS, MIN_PLAIN_GAP

Scalar = float | complex
"""One element of an array."""


@dataclass(frozen=True, slots=True)
class ArrayGap:
    """The difference between two arrays, measured at the worst element.

    Attributes:
        absolute: largest |a − b|.
        relative: that, divided by the largest magnitude in either array, or by `floor` where that is larger.
            Not element by element: one that is nearly zero is mostly a difference of large ones, and of its
            own figures none need be right.
        ulps: |a − b| at the worst element, in units in the last place of the larger of the two there.
        index: where the worst element is.
        a, b: its two values, complex where one of the arrays is.
        problem: why no numbers describe the difference, such as another shape; "" where they do.
        relative_to: what `absolute` was divided by; NaN where it was not, or both are all zero.
        is_floor: whether that is the floor, as rounding alone decides arrays so small.
        is_small_element: whether it is that of a small element, see `small_element_gap`.
    """

    absolute: float
    relative: float
    ulps: float
    index: tuple[int, ...] = ()
    a: Scalar = math.nan
    b: Scalar = math.nan
    problem: str = ""
    relative_to: float = math.nan
    is_floor: bool = False
    is_small_element: bool = False


def unlike(problem: str) -> ArrayGap:
    """Arrays that differ in more than their values."""
    return ArrayGap(math.inf, math.inf, math.inf, problem=problem)


def array_gap(a: NDArray[Any], b: NDArray[Any], dtype: str, floor: float = 0.0) -> ArrayGap | None:
    """Compares `a` with `b`; None where nothing can be compared: no elements, or none that is finite.

    An element that is not finite in both, and not in the same way, is infinitely far apart.

    Args:
        dtype: the floating-point type whose last place the difference is counted in; of a complex type, that
            of its components.
        floor: least denominator of the relative gap, for arrays that rounding alone decides.
    """
    if a.shape != b.shape:
        return unlike(f"shape {a.shape} against {b.shape}")
    a, b = widened(a), widened(b)
    finite = np.isfinite(a) & np.isfinite(b)
    alike = (a == b) | (np.isnan(a) & np.isnan(b))
    if not (finite | ~alike).any():
        return None
    with np.errstate(invalid="ignore"):
        distance = np.where(alike, 0.0, np.where(finite, np.abs(a - b), np.inf))
    worst = np.unravel_index(int(distance.argmax()), distance.shape)
    absolute, at_a, at_b = float(distance[worst]), a[worst].item(), b[worst].item()
    if not math.isfinite(absolute):
        return ArrayGap(math.inf, math.inf, math.inf, tuple(map(int, worst)), at_a, at_b)
    magnitude = float(np.maximum(np.abs(a), np.abs(b))[finite].max())
    scale = max(magnitude, floor, float(np.finfo(np.float64).tiny))
    component = np.finfo(dtype).dtype.type
    last_place = float(np.spacing(component(max(abs(at_a), abs(at_b)))))
    index = tuple(map(int, worst))
    return ArrayGap(
        absolute,
        absolute / scale,
        absolute / last_place,
        index,
        at_a,
        at_b,
        relative_to=scale if max(magnitude, floor) > 0 else math.nan,
        is_floor=magnitude < floor,
    )


def small_element_gap(a: NDArray[Any], b: NDArray[Any], scale: float) -> ArrayGap | None:
    """Return the gap of a small element that is plainly another number, which `array_gap` does not see.

    Larger elements hide it there. But what differs by more than a tenth of itself, and by more than sums of
    `scale`'s size can round to in float64, is no rounding.

    Args:
        a: as for `array_gap`, of float64 and of one shape with `b`.
        scale: the largest magnitude that either may have been computed from.

    Returns:
        The gap of the worst such element, relative to that element; None where there is none.
    """
    a, b = widened(a), widened(b)
    with np.errstate(invalid="ignore", over="ignore"):
        distance, size = np.abs(a - b), np.maximum(np.abs(a), np.abs(b))
        known = np.isfinite(distance) & (distance > MAX_SUM_ROUNDINGS * np.finfo(np.float64).eps * scale)
        relative = np.divide(distance, size, out=np.zeros_like(distance), where=known & (size > 0))
    if not relative.size or relative.max() <= MIN_PLAIN_GAP:
        return None
    worst = np.unravel_index(int(relative.argmax()), relative.shape)
    ulps = float(distance[worst] / np.spacing(size[worst]))
    index = tuple(map(int, worst))
    at = a[worst].item(), b[worst].item()
    own, gap = float(size[worst]), float(relative[worst])
    return ArrayGap(float(distance[worst]), gap, ulps, index, *at, relative_to=own, is_small_element=True)


def widened(array: NDArray[Any]) -> NDArray[Any]:
    """`array` in float64, or in complex128 where it is complex: no imaginary part is dropped."""
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
