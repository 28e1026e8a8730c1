"""Whether counterparts gave the same values, and where they did not, whether rounding explains it.

Two lanes drift apart by rounding, by far less than `NEAR` of a tensor's largest element. But once a net gives
nearly what it should, the loss takes two tensors from each other that are all but equal. What is left is no
larger than what the lanes are apart by, and so is everything that is computed from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Literal

from fwtui.ops.align import Alignment, Match
from fwtui.ops.figures import apart, fingerprint
from fwtui.ops.matching import NEAR
from fwtui.ops.names import canonical, carries, kind
from fwtui.race.oplog import Fingerprint, LoggedOp

Difference = Literal["same", "rounding", "other"]

MOST_COMPARED = 3
"""Ops of a match on both sides together, the last of which give what it gives."""
_CANCELLING = frozenset({"add", "subtract", "sum", "mean", "mean squared error", "cross entropy"})
"""What may give far less than it takes, and as much rounding."""
_AMPLIFIED = 16.0
"""By how much an op may make the gap between its inputs larger: the terms of a product cancel too. Where that
gap is a few hundredths, a gradient that is twice too large is still told from it."""
_ROUNDINGS = 80.0
"""How many roundings of the largest input the inputs may be apart by, whatever their figures tell."""
_EPSILON = {"float64": 2.0**-52, "float16": 2.0**-10, "bfloat16": 2.0**-7}
_FLOAT32 = 2.0**-23


def differences(
    alignment: Alignment, left: Sequence[LoggedOp], right: Sequence[LoggedOp]
) -> Mapping[int, Difference]:
    """What can be said of each match of two logs of the same step, by its place in the alignment.

    A match is left out whose values nobody knows, or of which nobody knows which op gives what it gives.
    """
    sides = _Side(left), _Side(right)
    said: dict[int, Difference] = {}
    for place, match in enumerate(alignment.matches):
        for side, numbers in zip(sides, (match.left, match.right), strict=True):
            side.follow(numbers)
        if not match.alone and len(match.left) + len(match.right) <= MOST_COMPARED:
            difference = _judged(sides, match)
            if difference is not None:
                said[place] = difference
    return said


@dataclass
class _Side:
    """One log, followed along the flow of its data.

    Attributes:
        gap: by op, how far what it gave is from what the other side gave, relative to the largest element; of
            an op that is not compared, what it took. `inf` where rounding does not explain it.
        given: by op, the largest magnitude of what it gave; of what it took, where that is not known.
        taken: by op, the largest magnitude of what it took; 0 where that is not known.
    """

    ops: Sequence[LoggedOp]
    gap: dict[int, float] = field(default_factory=dict)
    given: dict[int, float] = field(default_factory=dict)
    taken: dict[int, float] = field(default_factory=dict)

    def follow(self, numbers: Sequence[int]) -> None:
        """These ops take what ops before them gave."""
        for number in numbers:
            op = self.ops[number]
            # What looks at a shape alone, such as `ones_like`, takes no values.
            takes = carries(op.op) or canonical(op.op) != ()
            makers = [one for one in op.origins if takes and isinstance(one, int) and one in self.gap]
            self.gap[number] = max((self.gap[one] for one in makers), default=0.0)
            self.taken[number] = max((self.given[one] for one in makers), default=0.0)
            known = fingerprint(op)
            largest = None if known is None else known.largest
            self.given[number] = self.taken[number] if largest is None else largest


def _judged(sides: tuple[_Side, _Side], match: Match) -> Difference | None:
    """What is to be said of a match; what takes from it is told how far it is apart."""
    last = match.left[-1], match.right[-1]
    a, b = (fingerprint(side.ops[number]) for side, number in zip(sides, last, strict=True))
    gap = None if a is None or b is None else inf if _faulty(a) != _faulty(b) else apart(a, b)
    if gap is None:
        return None
    before = max(side.gap[number] for side, number in zip(sides, last, strict=True))
    rounding = NEAR if before == inf else max(NEAR, _AMPLIFIED * before, _left_over(sides, match, before))
    difference: Difference = "same" if gap <= NEAR else "rounding" if gap <= rounding else "other"
    for side, number in zip(sides, last, strict=True):
        side.gap[number] = inf if difference == "other" else gap
    return difference


def _left_over(sides: tuple[_Side, _Side], match: Match, before: float) -> float:
    """How far what is left may be apart where ops take away from what is `before` apart; 0 for other ops."""
    members = [(side, n) for side, ns in zip(sides, (match.left, match.right), strict=True) for n in ns]
    taken, given = max(side.taken[n] for side, n in members), max(side.given[n] for side, n in members)
    if not given or not any(kind(side.ops[n].op) in _CANCELLING for side, n in members):
        return 0.0
    output = sides[0].ops[match.left[-1]].outputs
    epsilon = _EPSILON.get(output[0].dtype, _FLOAT32) if output else _FLOAT32
    return max(_AMPLIFIED * before, _ROUNDINGS * epsilon) * taken / given


def _faulty(one: Fingerprint) -> tuple[bool, bool]:
    return one.nans > 0, one.infinities > 0
