"""How far what two models gave is apart, whatever the order of its axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.core.forward_pass import ForwardPass
from fwtui.core.nested import Named, counterparts
from fwtui.measure.arrays import ArrayGap, array_gap, small_element_gap
from fwtui.parity.forward.axes import Order, fitting, order_between
from fwtui.parity.forward.finding import Compared

Arrays = Sequence[Named[NDArray[Any]]]


@dataclass(frozen=True)
class Gaps:
    """Compares arrays of one kind.

    Attributes:
        order: of the first one's axes, see `order_between`.
        scale: the largest magnitude that they may have been computed from; 0: small elements are not looked
            at by themselves.
        is_module: whether they are what submodules gave.
    """

    order: Order | None = None
    scale: float = 0.0
    is_module: bool = False

    @staticmethod
    def of_outputs(passes: tuple[ForwardPass, ForwardPass]) -> Gaps:
        """For the outputs of two passes."""
        return Gaps(order_between(*passes), max(map(_largest, passes)))

    def matched(self, first: Arrays, second: Arrays) -> list[tuple[int, int]]:
        """Which output is which: by name, or else in order, as far as shapes allow."""
        by_name = counterparts(first, second)
        if len(by_name) == len(first) == len(second):
            return by_name
        left, found = list(range(len(second))), []
        for number, (_, array) in enumerate(first):
            fits = (one for one in left if fitting(array, second[one][1], self.order, self.is_module))
            if (other := next(fits, None)) is not None:
                left.remove(other)
                found.append((number, other))
        return found

    def compared(self, names: tuple[str, str], values: Sequence[NDArray[Any]]) -> Compared:
        """One row: the two in float64, and in float32 where there are four arrays."""
        double, is_turned = self.gap(values[0], values[1], "float64")
        if len(values) == 2:
            return Compared(*names, double, None, (None, None), is_turned=is_turned)
        single, _ = self.gap(values[2], values[3], "float32")
        rounding = _off(values[2], values[0]), _off(values[3], values[1])
        return Compared(*names, double, single, rounding, is_turned=is_turned)

    def gap(self, one: NDArray[Any], other: NDArray[Any], dtype: str) -> tuple[ArrayGap | None, bool]:
        """The gap, and whether the first one's axes were put into another order for it."""
        ways = fitting(one, other, self.order, self.is_module)
        if not ways:
            return array_gap(one, other, dtype), False
        gaps = [(array_gap(way, other, dtype), way, is_turned) for way, is_turned in ways]
        known = [(gap, way, is_turned) for gap, way, is_turned in gaps if gap is not None]
        if not known:
            return None, False
        gap, way, is_turned = min(known, key=lambda found: found[0].relative)
        if self.scale and dtype == "float64" and np.issubdtype(way.dtype, np.inexact):
            gap = small_element_gap(way, other, self.scale) or gap
        return gap, is_turned


def _off(single: NDArray[Any], double: NDArray[Any]) -> float | None:
    gap = array_gap(single, double, "float32")
    return None if gap is None else gap.relative


def _largest(done: ForwardPass) -> float:
    """No number in a forward pass is larger: the cube root of the largest sum of cubes."""
    cubes = [one.sums[3] for call in done.calls for one in (call.given, call.gave) if one is not None]
    return max((cube ** (1 / 3) for cube in cubes if math.isfinite(cube)), default=0.0)
