"""Limits, ticks and tick labels of a chart's axes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fwtui.format.numbers import duration, prefixed
from fwtui.tui.charts.raster import Scale

Floats = NDArray[np.float64]

# Limits are kept while the data fills at least this share of the axis: an axis that follows every update
# cannot be read, and makes the terminal repaint the whole chart.
_ENOUGH = 0.35
_MANTISSAS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_PLAIN_MANTISSAS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """The values at the two ends of an axis, `low < high`, and the scale that they were made for."""

    low: float
    high: float
    scale: Scale = "linear"

    @property
    def pair(self) -> tuple[float, float]:
        """Both ends, as the raster wants them."""
        return self.low, self.high

    @classmethod
    def fit(
        cls,
        ranges: Iterable[tuple[Floats, Floats]],
        scale: Scale = "linear",
        previous: Limits | None = None,
    ) -> Limits | None:
        """Round limits around all the data, or `previous` while that still serves.

        Args:
            ranges: one pair of arrays (lowest, highest value of each bucket) a curve, so that several charts
                can share one axis. What is not finite, and on a log scale what is not positive, does not
                count.
            scale: the scale of the axis.
            previous: the limits shown so far. They are kept until the data leaves them or fills much too
                little of them, so that the axis does not jump at every update.

        Returns:
            The limits; None where no value can be drawn.
        """
        extent = _extent(ranges, scale)
        if extent is None:
            return None
        low, high = extent
        fresh = _fit_log(low, high) if scale == "log" else _fit_linear(low, high)
        if previous is None or previous.scale != scale or not (previous.low <= low and high <= previous.high):
            return fresh
        return previous if _length(fresh) >= _ENOUGH * _length(previous) else fresh


def fit_steps(
    last: int, total: int | None = None, previous: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Limits for the axis of steps.

    Args:
        last: number of the newest step in any chart that shares the axis.
        total: count of steps that the race will do; None where it has no end. Then the axis grows by about a
            quarter whenever it is full.
        previous: the limits shown so far.
    """
    if total is not None:
        return 0, max(total, last, 1)
    if previous is not None and previous[0] <= last <= previous[1]:
        return previous
    return 0, max(round(_round_up(max(last, 1) * 1.2, _MANTISSAS)), 100)


def ticks(limits: Limits, most: int) -> list[float]:
    """Where to label an axis: round values, ascending, `most` of them or fewer, both ends if they are round.

    Returns:
        At least one value, all within the limits.
    """
    most = max(most, 2)
    if limits.scale == "log":
        return _log_ticks(limits.low, limits.high, most)
    return _linear_ticks(limits.low, limits.high, most)


class Formatter:
    """How the values of an axis are written: as plain numbers."""

    def labels(self, values: Sequence[float]) -> list[str]:
        """Short labels of one axis's ticks, all in the same style."""
        largest = max((abs(value) for value in values), default=0.0)
        smallest = min((abs(value) for value in values if value), default=largest)
        if largest >= 1e5 or (largest > 0 and smallest < 1e-3):
            return [_power(value) for value in values]
        return [f"{value:,.6g}" for value in values]

    def value(self, value: float) -> str:
        """One value as it is read out at the cursor, with four to six figures; `n/a` if not finite."""
        if not math.isfinite(value):
            return "n/a"
        size = abs(value)
        text = f"{value:.4e}" if size >= 1e6 or 0 < size < 1e-3 else f"{value:,.5g}"
        return f"{value:,.0f}" if 1e5 <= size < 1e6 else text


class _Bytes(Formatter):
    """Bytes with decimal prefixes: `2 MB`."""

    def labels(self, values: Sequence[float]) -> list[str]:
        return [prefixed(value, "B") for value in values]

    def value(self, value: float) -> str:
        return prefixed(value, "B") if math.isfinite(value) else "n/a"


class _Durations(Formatter):
    """Nanoseconds as durations; the ticks of an axis all in one unit."""

    def labels(self, values: Sequence[float]) -> list[str]:
        largest = max((abs(value) for value in values), default=0.0)
        unit, name = next((one for one in _UNITS if largest >= one[0]), _UNITS[-1])
        return [f"{value / unit:,.6g} {name}" if value else "0" for value in values]

    def value(self, value: float) -> str:
        return duration(value) if math.isfinite(value) else "n/a"


_UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns"))

NUMBER = Formatter()
DURATION: Formatter = _Durations()
BYTES: Formatter = _Bytes()


def step_labels(values: Sequence[float]) -> list[str]:
    """Labels of the axis of steps: `500`, `1,250`; from 100,000 on `100k`, `2.5M`."""
    if max(values, default=0) < 100_000:
        return [f"{value:,.0f}" for value in values]
    return [prefixed(value).replace(" ", "") for value in values]


def _extent(ranges: Iterable[tuple[Floats, Floats]], scale: Scale) -> tuple[float, float] | None:
    """Lowest and highest value that can be drawn; None if there is none."""
    low, high = math.inf, -math.inf
    for lows, highs in ranges:
        if len(lows) == 0:
            continue
        lowest, highest = float(np.min(lows)), float(np.max(highs))
        if scale == "log" or not (math.isfinite(lowest) and math.isfinite(highest)):
            drawn_low = lows[np.isfinite(lows) & (lows > 0 if scale == "log" else True)]
            drawn_high = highs[np.isfinite(highs) & (highs > 0 if scale == "log" else True)]
            if drawn_high.size == 0:
                continue
            highest = float(drawn_high.max())
            lowest = float(drawn_low.min()) if drawn_low.size else highest
        low, high = min(low, lowest), max(high, highest)
    return (low, high) if low <= high else None


def _length(limits: Limits) -> float:
    """How long the axis is, in its own scale, so that lengths can be compared."""
    if limits.scale == "log":
        return math.log10(limits.high) - math.log10(limits.low)
    return limits.high - limits.low


def _fit_linear(low: float, high: float) -> Limits:
    """Return round limits, one of them 0 where the data is near enough that bar lengths do not mislead."""
    if 0 <= low <= high / 2:
        low = 0.0
    elif low / 2 <= high <= 0:
        high = 0.0
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        if low == 0:
            return Limits(0.0, 1.0)
        low, high = low - abs(low) * 0.05, high + abs(high) * 0.05
    step = _round_up((high - low) / 5, _PLAIN_MANTISSAS)
    return Limits(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step)


def _fit_log(low: float, high: float) -> Limits:
    """From a power of ten to 1, 2 or 5 times one: a falling loss must not move the axis too often."""
    bottom = 10.0 ** math.floor(math.log10(low) + 1e-9)
    decade = 10.0 ** math.floor(math.log10(high))
    top = next((decade * m for m in (1, 2, 5) if decade * m >= high * (1 - 1e-9)), decade * 10)
    bottom = max(bottom, np.finfo(np.float64).tiny)
    return Limits(bottom, top if top > bottom else bottom * 10, "log")


def _round_up(value: float, mantissas: Sequence[float]) -> float:
    """The smallest mantissa times a power of ten that is not below `value` (> 0)."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((m * power for m in mantissas if m * power >= value * (1 - 1e-9)), 10 * power)


def _linear_ticks(low: float, high: float, most: int) -> list[float]:
    smallest = (high - low) / (most - 1)
    step = _round_up(smallest, _MANTISSAS)
    for _ in range(4):
        # The finest step that labels both ends is preferred over one that is finer but labels only one.
        if _whole((high - low) / step) and _whole(low / step):
            return _multiples(low, high, step)
        step = _round_up(step * 1.01, _MANTISSAS)
    return _multiples(low, high, _round_up(smallest, _PLAIN_MANTISSAS))


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [min(max(n * step, low), high) for n in range(first, last + 1)] or [low]


def _log_ticks(low: float, high: float, most: int) -> list[float]:
    first = math.ceil(math.log10(low) - 1e-9)
    last = math.floor(math.log10(high) + 1e-9)
    powers = list(range(first, last + 1))
    if len(powers) >= 3 or (len(powers) == 2 and most == 2):
        every = math.ceil(len(powers) / most)
        return [10.0**p for p in powers[::-1][::every][::-1]]
    between = [m * 10.0**p for p in range(first - 1, last + 1) for m in (1, 2, 5)]
    inside = [v for v in between if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]
    if len(inside) > most and len(powers) >= 2:
        inside = [10.0**p for p in powers]
    while len(inside) > most:
        inside = _thin(inside)
    return [min(max(v, low), high) for v in inside] or [low]


def _thin(values: list[float]) -> list[float]:
    """Without the upper value of the narrowest pair on a log scale; the lowest one always stays."""
    ratios = [after / before for before, after in pairwise(values)]
    drop = ratios.index(min(ratios)) + 1
    return values[:drop] + values[drop + 1 :]


def _whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-6


def _power(value: float) -> str:
    """`1e+07` or `2.5e+05`; 0 is plain `0`."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{exponent}"
