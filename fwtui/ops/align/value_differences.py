"""Whether counterparts gave the same values, and where they did not, whether rounding explains it.

Two lanes drift apart by rounding, by far less than `near` of a tensor's largest element. But once a net gives
nearly what it should, the loss takes two tensors from each other that are all but equal. What is left is no
larger than what the lanes are apart by, and so is everything that is computed from it. So a gap is judged by
the flow of data: by what an op took, and how far that was apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, isnan, nan
from typing import Literal

from fwtui.core.numerical_policy import AMPLIFIED, INPUT_ROUNDINGS, NEAR, NEAR_FLOAT64
from fwtui.core.op_stats import apart, fingerprint
from fwtui.core.oplog import LoggedOp, TensorStats
from fwtui.ops.align.align import Alignment, Match
from fwtui.ops.vocabulary.canonical import canonical, carries, kind

Difference = Literal["same", "rounding", "other"]

_MOST_COMPARED = 3
"""Ops of a match on both sides together, the last of which give what it gives."""
_DOUBLES = frozenset({"float64", "complex128"})
_EPSILON = {**dict.fromkeys(_DOUBLES, 2.0**-52), "float16": 2.0**-10, "bfloat16": 2.0**-7}
_FLOAT32 = 2.0**-23
_CANCELLING = frozenset({"add", "subtract", "sum", "mean", "mean squared error", "cross entropy"})
"""What may give far less than it takes, and as much rounding."""
_STEPWISE = frozenset({"argmax", "top k", "compare", "logic", "sign", "floor", "round"})
"""What gives another whole value for an input that is another by a rounding."""
_CALLS = frozenset({"step call"})
_RANDOM = frozenset({"random", "dropout"})


def near(dtype: str) -> float:
    """How far apart, in parts of the largest element, two tensors are that are the same but for rounding."""
    return NEAR_FLOAT64 if dtype in _DOUBLES else NEAR


def draws(ops: Sequence[LoggedOp]) -> bool:
    """Whether a step draws random numbers, which are others in the other framework."""
    return any(not _RANDOM.isdisjoint(canonical(op.op) or ()) for op in ops)


@dataclass(frozen=True)
class Differences:
    """What two logs of the same step gave.

    Attributes:
        matches: the difference of each match, by its place in the alignment. A match is left out where its
            values are unknown, where it is unknown which op gives them, or where its ops may have taken
            different inputs.
        results: the results of the step that differ beyond rounding, where no match shows it, as (name, the
            left op that gave it, the right one).
    """

    matches: Mapping[int, Difference] = field(default_factory=dict)
    results: tuple[tuple[str, int, int], ...] = ()


def differences(alignment: Alignment, left: Sequence[LoggedOp], right: Sequence[LoggedOp]) -> Differences:
    """Compares two logs of the same step."""
    sides = _Side(alignment, 0, left), _Side(alignment, 1, right)
    said: dict[int, Difference] = {}
    for place, match in enumerate(alignment.matches):
        for side, numbers in zip(sides, (match.left, match.right), strict=True):
            side.follow(numbers)
        if not match.alone:
            judged = _judged(sides, place, match)
            if judged is not None:
                said[place] = judged
    return Differences(said, tuple(_results_apart(sides)))


@dataclass
class _Side:
    """One log, followed along the flow of its data.

    Attributes:
        gap: by op, how far what it gave is from what the other side gave, relative to the largest element; of
            an op that is not compared, what it took. `inf` where rounding does not explain it, NaN where it
            is not known what does.
        given: by op, the largest magnitude of what it gave; of what it took, where that is not known.
        taken: by op, the largest magnitude of what it took; 0 where that is not known.
        roots: by op, the matches and the names that what it took comes from, through all that only carries
            values on or that the other side does not have.
    """

    alignment: Alignment
    side: int
    ops: Sequence[LoggedOp]
    gap: dict[int, float] = field(default_factory=dict)
    given: dict[int, float] = field(default_factory=dict)
    taken: dict[int, float] = field(default_factory=dict)
    roots: dict[int, frozenset[int | str]] = field(default_factory=dict)
    takers: dict[int, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for op in self.ops:
            for origin in op.origins:
                if isinstance(origin, int):
                    self.takers.setdefault(origin, set()).add(op.number)

    def follow(self, numbers: Sequence[int]) -> None:
        """These ops take what ops before them gave."""
        for number in numbers:
            op = self.ops[number]
            # What looks at a shape alone, such as `ones_like`, takes no values.
            origins = op.origins if carries(op.op) or canonical(op.op) != () else ()
            makers = [one for one in origins if isinstance(one, int) and one in self.gap]
            gaps = [self.gap[one] for one in makers]
            is_random = not _RANDOM.isdisjoint(canonical(op.op) or ())
            self.gap[number] = nan if is_random or any(map(isnan, gaps)) else max(gaps, default=0.0)
            self.taken[number] = max((self.given[one] for one in makers), default=0.0)
            known = fingerprint(op)
            largest = None if known is None else known.largest
            self.given[number] = self.taken[number] if largest is None else largest
            self.roots[number] = frozenset(self._roots(origins))

    def _roots(self, origins: Sequence[int | str | None]) -> Iterator[int | str]:
        for origin in origins:
            if isinstance(origin, str):
                yield origin
            elif origin is not None and origin in self.roots:
                match = self.match_of(origin)
                if self.alignment.matches[match].alone or carries(self.ops[origin].op):
                    yield from self.roots[origin]
                else:
                    yield match

    def match_of(self, number: int) -> int:
        """Return the place of the match that contains an op."""
        return self.alignment.match_of(self.side, number)

    def leaving(self, numbers: Sequence[int]) -> list[int]:
        """Return those of these ops whose output is taken by ops outside of them, or by none."""
        return [one for one in numbers if not self.takers.get(one) or self.takers[one] - set(numbers)]


Sides = tuple[_Side, _Side]


def _judged(sides: Sides, place: int, match: Match) -> Difference | None:
    """Return how the values of a match differ, None if unknown; record the gap for their takers."""
    members = match.left, match.right
    if any(kind(sides[0].ops[number].op) in _CALLS for number in match.left):
        return None  # what it gives comes from the kernels inside
    named = list(_results(sides, match))
    compared = named or _outputs(sides, match)
    gaps = [gap for a, b in compared if not isnan(gap := _gap(a, b))]
    if not gaps:
        return None
    gap = max(gaps)
    before = max(side.gap[n] for side, ns in zip(sides, members, strict=True) for n in ns)
    unknown = any(isnan(side.gap[n]) for side, ns in zip(sides, members, strict=True) for n in ns)
    output = sides[0].ops[match.left[-1]].outputs
    dtype = output[0].dtype if output else ""
    difference: Difference | None = "other"
    if gap <= near(dtype):
        difference = "same"
    elif unknown or kind(sides[0].ops[match.left[-1]].op) in _STEPWISE:
        difference = None
    elif gap <= _rounding(sides, match, before, dtype):
        difference = "rounding"
    elif not named and not _take_the_same(sides, place, match):
        difference = None
    carried = gap if difference in ("same", "rounding") else inf if difference == "other" else nan
    for side, numbers in zip(sides, members, strict=True):
        for number in numbers:
            side.gap[number] = carried
    return difference


def _results_apart(sides: Sides) -> Iterator[tuple[str, int, int]]:
    """The results of the step that are no counterparts of each other, and should be."""
    left, right = sides
    givers = {name: (op.number, at) for op in right.ops for name, at in op.results}
    for op in left.ops:
        for name, at in op.results:
            number, place = givers.get(name, (None, 0))
            if number is None or left.match_of(op.number) == right.match_of(number):
                continue
            if _CALLS.intersection((kind(op.op), kind(right.ops[number].op))):
                continue
            ours, theirs = _output(op, at), _output(right.ops[number], place)
            if ours is None or theirs is None:
                continue
            before = max(left.gap[op.number], right.gap[number])
            dtype = op.outputs[at].dtype if at < len(op.outputs) else ""
            if _gap(ours, theirs) > max(near(dtype), AMPLIFIED * before if before < inf else 0.0):
                yield name, op.number, number


def _results(sides: Sides, match: Match) -> Iterator[tuple[TensorStats, TensorStats]]:
    """Yield both sides' statistics of each result of the step, such as `gradient w1`, that both give."""
    by_name = []
    for side, numbers in zip(sides, (match.left, match.right), strict=True):
        ops = [side.ops[number] for number in numbers]
        by_name.append({name: _output(op, at) for op in ops for name, at in op.results})
    for name, ours in by_name[0].items():
        theirs = by_name[1].get(name)
        if ours is not None and theirs is not None:
            yield ours, theirs


def _output(op: LoggedOp, place: int) -> TensorStats | None:
    return op.fingerprints[place] if place < len(op.fingerprints) else None


def _outputs(sides: Sides, match: Match) -> list[tuple[TensorStats, TensorStats]]:
    """What the last ops of a small match give, or the only ones of a larger one that others take from."""
    last = [[match.left[-1]], [match.right[-1]]]
    if len(match.left) + len(match.right) > _MOST_COMPARED:
        last = [side.leaving(ns) for side, ns in zip(sides, (match.left, match.right), strict=True)]
        if any(len(ops) != 1 for ops in last):
            return []
    ours, theirs = (sides[side].ops[ops[0]] for side, ops in enumerate(last))
    stats = [[one for one in op.fingerprints if one is not None] for op in (ours, theirs)]
    if len(stats[0]) == len(stats[1]) > 1:
        # One framework may give them in another order.
        return list(zip(*(sorted(one, key=_size) for one in stats), strict=True))
    a, b = fingerprint(ours), fingerprint(theirs)
    return [] if a is None or b is None else [(a, b)]


def _size(one: TensorStats) -> tuple[float, float]:
    return one.largest or 0.0, one.std or 0.0


def _gap(a: TensorStats, b: TensorStats) -> float:
    """Return the gap relative to the largest magnitude; NaN where it is unknown."""
    if ((a.nans > 0), (a.infinities > 0)) != ((b.nans > 0), (b.infinities > 0)):
        return inf
    gap = apart(a, b)
    return nan if gap is None else gap


def _rounding(sides: Sides, match: Match, before: float, dtype: str) -> float:
    """How far outputs may be apart by rounding alone where inputs are `before` apart."""
    if before == inf:
        return 0.0
    members = [(side, n) for side, ns in zip(sides, (match.left, match.right), strict=True) for n in ns]
    taken, given = max(side.taken[n] for side, n in members), max(side.given[n] for side, n in members)
    if not given or not any(kind(side.ops[n].op) in _CANCELLING for side, n in members):
        return AMPLIFIED * before
    roundings = INPUT_ROUNDINGS * _EPSILON.get(dtype, _FLOAT32)
    return max(AMPLIFIED * before, roundings) * max(1.0, taken / given)


def _take_the_same(sides: Sides, place: int, match: Match) -> bool:
    """Whether what both sides took comes from counterparts, and from the same parameters and arrays."""
    left, right = (
        frozenset().union(*(side.roots[n] for n in ns)) - {place}
        for side, ns in zip(sides, (match.left, match.right), strict=True)
    )
    return left == right
