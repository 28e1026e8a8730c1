"""The values in an op log, and which of them are equal to one of another log's, in whatever layout.

Frameworks name and cut their ops differently, and one keeps images as NCHW where another keeps them as NHWC.
So what two logs have in common is found by the values themselves: equal one after another, or with the axes
in another order. Some numbers that no order of the elements changes (`_summary`) say cheaply that most pairs
are not equal.

A masked place is held to be −∞, whether the net says −1e9 or −∞: what comes of it is zero either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.core.ndarray import Array
from fwtui.core.oplog import LoggedOp
from fwtui.measure.arrays import array_gap, widened

Floats = NDArray[np.float64]

_MAX_AXES = 5
_GLANCE = 32
_MASKED, _FAR = -1e4, 1e2
"""A masked element is at most the first, and this many times as far from zero as elements not masked."""
_LAYOUTS = {(0, 2, 3, 1), (0, 3, 1, 2), (2, 3, 1, 0), (3, 2, 0, 1)}
"""NCHW and NHWC, OIHW and HWIO: the orders of axes that are another layout even where the shape stays."""


class Values:
    """The first output of each op of a log, by the op's number, and those among them that tell ops apart."""

    def __init__(self, ops: Sequence[LoggedOp]) -> None:
        self._ops = ops
        self._summaries: dict[int, Floats | None] = {}
        self._values: dict[int, NDArray[Any]] = {}
        self._by_size: dict[int, list[int]] = {}
        for op in ops:
            if op.values:
                self._by_size.setdefault(_size(op.values[0]), []).append(op.number)

    def telling(self, number: int) -> bool:
        """Whether the output is more than a number over and over, or a round number such as a count."""
        return self._summary(number) is not None

    def masked(self, number: int) -> bool:
        """Whether some places of the output are masked and others are not; complex numbers have no −∞."""
        if not self._ops[number].values:
            return False
        value = self._value(number)
        return value.dtype.kind != "c" and bool(np.isneginf(value).any())

    def equal(self, number: int, other: int) -> bool:
        """Whether two ops' outputs are the same, one element after another."""
        if not (self._ops[number].values and self._ops[other].values):
            return False
        return np.array_equal(self._value(number).ravel(), self._value(other).ravel())

    def counterparts(
        self, number: int, other: Values, among: int, tolerance: float, derived: bool = False
    ) -> list[int]:
        """The ops of `other`, before its number `among`, whose output has the values of op `number` here.

        Args:
            derived: whether also those that have them with the other sign, or their reciprocals.
        """
        if not self.telling(number):
            return []
        value = self._value(number)
        found = other._equal(value, self._summary(number), among, tolerance)
        for form in _derived(value) if derived else ():
            found += other._equal(form, _summary(form), among, tolerance)
        return found

    def _equal(self, value: NDArray[Any], summary: Floats | None, among: int, tolerance: float) -> list[int]:
        if summary is None:
            return []
        likely = self._likely(value.size, summary, among, tolerance)
        return [n for n in likely if same_values(value, self._value(n), tolerance)]

    def _likely(self, size: int, summary: Floats, among: int, tolerance: float) -> list[int]:
        numbers, rows = [], []
        for number in self._by_size.get(size, ()):
            row = self._summary(number)
            if number < among and row is not None:
                numbers.append(number)
                rows.append(row)
        if not rows:
            return []
        known = np.stack(rows)
        scale = np.maximum(known[:, -1], summary[-1])
        near = np.abs(known - summary).max(axis=1) <= tolerance * scale
        return [number for number, is_near in zip(numbers, near, strict=True) if is_near]

    def _summary(self, number: int) -> Floats | None:
        if number not in self._summaries:
            outputs = self._ops[number].values
            self._summaries[number] = _summary(self._value(number)) if outputs else None
        return self._summaries[number]

    def _value(self, number: int) -> NDArray[Any]:
        if number not in self._values:
            self._values[number] = mask_as_infinite(self._ops[number].values[0].value())
        return self._values[number]


def close(a: NDArray[Any], b: NDArray[Any], tolerance: float) -> bool:
    """Whether two arrays of one shape are equal: max|a − b| ≤ tolerance · the largest magnitude in either."""
    gap = array_gap(a, b, "float64")
    return gap is None or gap.relative <= tolerance


def same_values(a: NDArray[Any], b: NDArray[Any], tolerance: float) -> bool:
    """Whether two arrays of one size are equal in order, or with the axes of `a` in another order."""
    flat = b.ravel()
    margin = tolerance * max(float(np.abs(x[np.isfinite(x)]).max(initial=0.0)) for x in (a, flat))
    glance = widened(flat[:_GLANCE])
    for one in _orders(a):
        # Most orders are seen to be wrong in the first few elements. What is not finite stays undecided here.
        with np.errstate(invalid="ignore"):
            wrong = np.abs(one.flat[:_GLANCE] - glance) > margin
        if not wrong.any() and close(one.ravel(), flat, tolerance):
            return True
    return False


def aligned(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """`b` in the shape of `a`, which has as many elements: in the order of axes that brings it nearest."""
    return b if a.shape == b.shape else nearest(a, b)


def nearest(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """The same also where the shapes are equal, for arrays that hold the same values in some order."""

    def distance(one: NDArray[Any]) -> float:
        gap = array_gap(a, one, "float64")
        return 0.0 if gap is None else gap.absolute

    return min((one.reshape(a.shape) for one in _orders(b)), key=distance)


def _orders(a: NDArray[Any]) -> Iterable[NDArray[Any]]:
    """`a` as it is, then in other orders of its axes.

    An order that leaves the shape as it is, such as the transpose of a square matrix, is another value and
    not another layout of the same, unless it is a usual one.
    """
    yield a
    a = a.squeeze()
    if 2 <= a.ndim <= _MAX_AXES:
        for order in permutations(range(a.ndim)):
            turned = a.transpose(order)
            if turned.shape != a.shape or order in _LAYOUTS:
                yield turned


def mask_as_infinite(a: NDArray[Any]) -> NDArray[Any]:
    """`a` with −∞ for what is so far below all the rest that it can only be a mask."""
    if a.dtype.kind != "f":
        return a
    low = a <= _MASKED
    rest = a[~low]
    if not low.any() or not rest.size or not a[low].max() < -_FAR * np.abs(rest).max():
        return a
    return np.where(low, -np.inf, a)


def _derived(a: NDArray[Any]) -> list[NDArray[Any]]:
    """What a net may go on with in place of `a`, to the same end: −a, 1/a where that is finite, and the
    conjugate of a complex one."""
    if a.dtype.kind not in "fc" or not np.isfinite(a).all():
        return []
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        forms = [-a, 1 / a, *([a.conj()] if a.dtype.kind == "c" else [])]
    return [form for form in forms if np.isfinite(form).all()]


def _summary(value: NDArray[Any]) -> Floats | None:
    """Means, root mean square, least and largest of both components, and the largest magnitude, of the finite
    elements only. The imaginary components of real numbers are zeros.

    Where two arrays differ by at most d anywhere, in any order of elements, none of these differs by more.
    None for what does not tell ops apart.
    """
    flat = widened(value.ravel())
    finite = np.isfinite(flat)
    flat = flat if finite.all() else flat[finite]
    if not flat.size:
        return None
    real, imaginary = _limits(flat.real), _limits(flat.imag) if flat.dtype.kind == "c" else (0.0, 0.0, 0.0)
    is_constant = real[1] == real[2] and imaginary[1] == imaginary[2]
    if is_constant and (flat.size > 1 or (_round(real[1]) and _round(imaginary[1]))):
        return None
    magnitudes = np.abs(flat)
    largest = magnitudes.max()
    rms = np.sqrt(np.square(magnitudes, out=magnitudes).mean())  # not `dot`, which takes all cores for it
    return np.array([*real, *imaginary, rms, largest])


def _limits(numbers: Floats) -> tuple[float, float, float]:
    """Mean, least and largest."""
    return float(numbers.mean()), float(numbers.min()), float(numbers.max())


def _round(number: float) -> bool:
    """Whether it is a number as programs hold it in themselves or count it: of few binary digits."""
    return abs(number) < 1024 and number * 1024 == round(number * 1024)


def _size(array: Array) -> int:
    return int(np.prod(array.shape))
