"""Single numbers as text and as JSON, real or complex."""

from __future__ import annotations

import cmath
import math

from fwtui.measure.arrays import Scalar

_MAX_DIGITS = 17
"""Digits with which any two different float64 numbers have different text."""


def distinct_texts(a: Scalar, b: Scalar, digits: int) -> tuple[str, str]:
    """Both numbers with at least `digits` digits, and as many more as it takes to see that they differ."""
    if not (cmath.isfinite(a) and cmath.isfinite(b)):
        return f"{a:.{digits}g}", f"{b:.{digits}g}"
    # Of complex numbers the component that differs more must show it: the other one may be rounding alone.
    of_imaginary = abs(a.imag - b.imag) > abs(a.real - b.real)
    x, y = (a.imag, b.imag) if of_imaginary else (a.real, b.real)
    while x != y and digits < _MAX_DIGITS and f"{x:.{digits}g}" == f"{y:.{digits}g}":
        digits += 1
    return f"{a:.{digits}g}", f"{b:.{digits}g}"


def real_json(value: Scalar | None) -> float | None:
    """`value`, or its real part, where JSON has a number for it."""
    return value.real if value is not None and math.isfinite(value.real) else None


def imaginary_json(value: Scalar | None) -> float | None:
    """The imaginary part of a complex number, where JSON has a number for it; None for a real number."""
    return value.imag if isinstance(value, complex) and math.isfinite(value.imag) else None
