"""One log's ops computed from the other log's values, so that each op is judged by itself.

Where an op of one side is known on the other, its output is replaced there by the other side's value. What
an op then gives (its log tells it before it is replaced) differs for its own sake, and not for what it takes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.core.ndarray import Array
from fwtui.core.numerical_policy import (
    BELOW_DOUBLE,
    EPS,
    HALF,
    NUMBER_ROUNDINGS,
    OP_ROUNDINGS,
    RECURSION_ROUNDINGS,
    SINGLE_CONSTANT,
)
from fwtui.core.oplog import LoggedOp
from fwtui.core.spec import Feed
from fwtui.measure.arrays import array_gap
from fwtui.ops.locate.value_flow import Flow
from fwtui.ops.locate.value_index import aligned, mask_as_infinite, nearest
from fwtui.ops.vocabulary.canonical import carries, kind

_RECURSION = ("ctc",)


@dataclass(frozen=True, slots=True)
class OwnGap:
    """How far an op's output is from its counterpart's, where both computed from the same values.

    Attributes:
        op, other: the op that was fed, and its counterpart on the other side.
        relative: largest difference over the largest magnitude.
        precision: the least exact floating-point type that either computes with, such as `float32`; "" where
            that is the step's own.
        roundings: units in that type's last place which it explains.
        is_the_others: whether it is the other side that does.
    """

    op: LoggedOp
    other: LoggedOp
    relative: float
    precision: str
    roundings: float = 0.0
    is_the_others: bool = False

    @property
    def is_rounding(self) -> bool:
        """Whether a number of that precision explains it."""
        return bool(self.precision) and self.relative <= self.roundings * EPS[self.precision]


class Feeding:
    """Which outputs of one log are to be replaced, and by what of the other.

    Args:
        fed: the log of the side whose ops are computed again.
        other: the other side's.
        tolerance: largest difference over largest magnitude of two arrays that are equal.
        also: an op that is thought to be at fault, with the other side's value in its place.
    """

    def __init__(
        self, fed: Flow, other: Flow, tolerance: float, also: tuple[LoggedOp, LoggedOp] | None = None
    ) -> None:
        self._fed, self._other, self._tolerance = fed, other, tolerance
        self.pairs: dict[int, int] = {}
        self._suspect: int | None = None
        for op in fed.ops:
            found = self._counterpart(op)
            if found is not None:
                self.pairs[op.number] = found
        if also is not None and _is_feedable(also[0]) and _size(also[0]) == _size(also[1]):
            self._suspect = also[0].number
            self.pairs[also[0].number] = also[1].number

    def feeds(self, but: Collection[int] = ()) -> tuple[Feed, ...]:
        """What replaces what, without the ops whose numbers are in `but`."""
        return tuple(
            Feed(number, 0, Array.of(self._value(number, other)))
            for number, other in self.pairs.items()
            if number not in but
        )

    def own_gaps(self, again: Sequence[LoggedOp]) -> list[OwnGap]:
        """The pairs that differ by themselves, in the order in which they run.

        Args:
            again: the log of the same step, computed with `feeds`.
        """
        gaps = []
        for number, other in sorted(self.pairs.items()):
            own, others = again[number].values[0].value(), self._value(number, other)
            gap = array_gap(mask_as_infinite(own), mask_as_infinite(others), "float64")
            if gap is not None and gap.relative > self._tolerance:
                op, counterpart = self._fed.ops[number], self._other.ops[other]
                own_ops, fed = _origins(self._fed, op, self.pairs)
                # A value of the other side that this op does not get has a share in the gap.
                other_ops, _ = _origins(self._other, counterpart, {self.pairs[one] for one in fed})
                precisions = _precision(own_ops), _precision(other_ops)
                lowest = min(filter(None, precisions), key=BELOW_DOUBLE.index, default="")
                is_the_others = lowest == precisions[1] != precisions[0]
                limit = _roundings([*own_ops, *other_ops])
                gaps.append(OwnGap(op, counterpart, gap.relative, lowest, limit, is_the_others))
        return gaps

    def _counterpart(self, op: LoggedOp) -> int | None:
        """The op of the other side with the same value; failing that, with nearly the same."""
        if op.phase not in ("forward", "backward") or not _is_feedable(op) or carries(op.op):
            return None
        until = self._other.until(op.phase)
        for near in (self._tolerance, SINGLE_CONSTANT):
            found = self._fed.values.counterparts(op.number, self._other.values, until, near)
            ops = [one for one in map(self._other.ops.__getitem__, found) if not carries(one.op)]
            if ops:
                return min(ops, key=lambda one: self._unlikeness(op, one)).number
        return None

    def _unlikeness(self, op: LoggedOp, other: LoggedOp) -> tuple[bool, bool, float]:
        gap = array_gap(op.values[0].value(), self._value(op.number, other.number), "float64")
        apart = 0.0 if gap is None else gap.relative
        return op.phase != other.phase, kind(op.op) != kind(other.op), apart

    def _value(self, number: int, other: int) -> NDArray[Any]:
        """The other side's value, laid out as the output that it replaces."""
        own = self._fed.ops[number].values[0].value()
        value = self._other.ops[other].values[0].value()
        return (aligned if number == self._suspect else nearest)(own, value)


def with_feeds(again: Sequence[LoggedOp], feeds: Sequence[Feed]) -> tuple[LoggedOp, ...]:
    """The log `again` with the values that replaced its ops' outputs."""
    fed = {feed.number: feed.value for feed in feeds}
    return tuple(
        replace(op, values=(fed[op.number], *op.values[1:])) if op.number in fed else op for op in again
    )


def half_precision(flow: Flow, result: str) -> tuple[str, LoggedOp] | None:
    """The type below float32 that what leads to `result` computes with, and its first op; None for none."""
    if result not in flow.results:
        return None
    seen: set[int] = set()
    ahead = [flow.results[result][0].number]
    while ahead:
        number = ahead.pop()
        if number not in seen:
            seen.add(number)
            ahead += [origin for origin in flow.ops[number].origins if isinstance(origin, int)]
    for number in sorted(seen):
        if found := _dtypes(flow.ops[number]) & set(HALF):
            return min(found, key=BELOW_DOUBLE.index), flow.ops[number]
    return None


def _origins(flow: Flow, op: LoggedOp, known: Collection[int]) -> tuple[list[LoggedOp], set[int]]:
    """`op` and what leads to it from known values, the constants among them included; and those values."""
    found: list[LoggedOp] = []
    seen: set[int] = set()
    reached: set[int] = set()
    ahead = [op.number]
    while ahead:
        number = ahead.pop()
        if number in seen:
            continue
        seen.add(number)
        one = flow.ops[number]
        found.append(one)
        for maker in one.origins:
            if isinstance(maker, int) and maker in known:
                reached.add(maker)
            if isinstance(maker, int) and (maker not in known or flow.constant(flow.ops[maker])):
                ahead.append(maker)
    return found, reached


def _precision(ops: Sequence[LoggedOp]) -> str:
    """The least exact type that any of `ops` computes with; "" for the step's own."""
    found = [dtype for op in ops for dtype in _dtypes(op) if dtype in BELOW_DOUBLE]
    found += ["float32" for op in ops if op.has_float32_attribute or _is_rounded_number(op)]
    return min(found, key=BELOW_DOUBLE.index, default="")


def _is_rounded_number(op: LoggedOp) -> bool:
    """Whether it is a constant in the step's own type that was a float32 number before: all its elements are
    such numbers, and some need all their digits.
    """
    if any(origin is not None for origin in op.origins) or not op.values:
        return False
    if np.dtype(op.values[0].dtype) != np.float64:
        return False
    value = op.values[0].value()
    with np.errstate(over="ignore", invalid="ignore"):
        single = value.astype(np.float32)
    return bool(np.array_equal(single, value) and (single.view(np.uint32) & 0xF).any())


def _roundings(ops: Sequence[LoggedOp]) -> float:
    """Units in the last place by which `ops` together may be off for the type that they compute in."""
    computing = [op for op in ops if _dtypes(op) & set(BELOW_DOUBLE)]
    if not computing:
        return NUMBER_ROUNDINGS
    is_long = any(part in op.op.lower() for op in computing for part in _RECURSION)
    return RECURSION_ROUNDINGS if is_long else OP_ROUNDINGS


def _dtypes(op: LoggedOp) -> set[str]:
    taken = {one.tensor.dtype for one in op.inputs if one.tensor is not None}
    return taken | {one.dtype for one in op.outputs}


def _is_feedable(op: LoggedOp) -> bool:
    return bool(op.values) and np.dtype(op.values[0].dtype).kind in "fc"


def _size(op: LoggedOp) -> int:
    return int(np.prod(op.values[0].shape)) if op.values else -1
