"""The op with which the way to a wrong result begins to differ, found along the flow of two op logs.

Two frameworks name their ops differently, and cut the same mathematics into different ones. So an op is known
in the other log by its output's values (`op_values`), and one that is not known there is no difference yet:
it may be a cut of its own, whose values join the other's again further on. A difference is what reaches a
wrong result without ever joining again; it begins at an op that is not known although all that it takes is.
"""

from __future__ import annotations

from fwtui.measure.arrays import array_gap
from fwtui.measure.op_flow import Flow
from fwtui.measure.op_names import CARRIERS
from fwtui.measure.op_values import aligned
from fwtui.race.records import LoggedOp, OpPhase

_MAX_OPS = 64
"""So many on a side are held against as many on the other."""

Sides = tuple[Flow, Flow]
Ops = tuple[LoggedOp, LoggedOp]


def first_ops(sides: Sides, phase: OpPhase, result: str, tolerance: float) -> Ops:
    """The op on each side with which the way to `result`, wrong in `phase`, begins to differ."""
    goals = sides[0].results[result][0], sides[1].results[result][0]
    ops, took = _beginning(sides, phase, goals, tolerance)
    if phase == "update" and (ops[0] is goals[0]) != (ops[1] is goals[1]):
        # One side updates in a single op: the steps of the other's are not what its result is to be held to.
        return goals
    if phase == "backward" and took is not None:
        # They differ for something that the forward pass left behind, although the loss hardly shows it.
        ops, _ = _beginning(sides, "forward", took, tolerance)
    return ops


def _beginning(sides: Sides, phase: OpPhase, goals: Ops, tolerance: float) -> tuple[Ops, Ops | None]:
    """The op on each side with which the ways to two `goals` begin to differ in `phase`.

    There may be several on a side, where one cuts its ops otherwise: those two are taken that share most of
    what they take, of these the first.

    Returns:
        Both ops, and what they take that the forward pass made unlike; None where that is all alike.
    """
    ways = (
        _Way(sides[0], sides[1], phase, goals[0], tolerance),
        _Way(sides[1], sides[0], phase, goals[1], tolerance),
    )
    pairs = [(a, b) for a in ways[0].beginnings() for b in ways[1].beginnings()]
    a, b = max(pairs, key=lambda pair: (_shared(ways, pair), -pair[0].number, -pair[1].number))
    if _shared(ways, (a, b)) == 1.0:
        return _nearest(ways, (a, b)), None
    left = ways[0].took_alone(a, ways[1].origins(b)), ways[1].took_alone(b, ways[0].origins(a))
    if any(len(one) != 1 or one[0].phase != "forward" for one in left):
        return (a, b), None
    took = left[0][0], left[1][0]
    return (a, b), took if _size(took[0]) == _size(took[1]) else None


def _shared(ways: tuple[_Way, _Way], ops: Ops) -> float:
    """The share of what two ops come from that both come from, up to layout; 0 where that is nothing."""
    took = ways[0].origins(ops[0]), ways[1].origins(ops[1])
    pairs = [(one, other) for one in took[0] for other in took[1] if ways[0].same(one, other)]
    matched = len({one for one, _ in pairs}) + len({other for _, other in pairs})
    return matched / max(1, len(took[0]) + len(took[1]))


def _nearest(ways: tuple[_Way, _Way], first: Ops) -> Ops:
    """Of the ops in the lines of the `first` two that come from the same, those with the nearest outputs.

    One side may do in several ops what the other does in one: then its last is to be held to that one.
    """
    alike = [
        (a, b)
        for a in ways[0].unknown(first[0])
        for b in ways[1].unknown(first[1])
        if _size(a) == _size(b) and _shared(ways, (a, first[1])) == _shared(ways, (first[0], b)) == 1.0
    ]
    return min(alike, key=_apart, default=first)


def _apart(ops: Ops) -> float:
    a, b = (op.outputs[0].value() for op in ops)
    gap = array_gap(a, aligned(a, b), "float64")
    return 0.0 if gap is None else gap.relative


def _size(op: LoggedOp) -> int | None:
    return op.outputs[0].value().size if op.outputs else None


class _Way:
    """One side's ops on the way to a wrong result, and which of them the other side knows."""

    def __init__(self, flow: Flow, other: Flow, phase: OpPhase, goal: LoggedOp, tolerance: float) -> None:
        self._flow, self._other, self._goal = flow, other, goal
        self._tolerance, self._until = tolerance, other.until(phase)
        self._counterparts: dict[int, list[int]] = {}
        self._unknown: set[int] = set()
        self._origins: dict[int, set[int | str]] = {}
        for op in flow.behind([goal], phase):
            if op is goal or not self._is_known(op):
                self._unknown.add(op.number)
        self._reached = self._reach()

    def unknown(self, first: LoggedOp) -> list[LoggedOp]:
        """`first`, and those of its line that lead to the goal through unknown ones alone, and compute."""
        return [
            op
            for op in self._reached
            if op is first or (op.source == first.source is not None and op.op not in CARRIERS and op.outputs)
        ][:_MAX_OPS]

    def beginnings(self) -> list[LoggedOp]:
        """The ops that lead to the goal through unknown ones alone, and take only what is known, in order."""
        return [op for op in self._reached if not self._unknown_makers(op)][:_MAX_OPS]

    def origins(self, op: LoggedOp) -> set[int | str]:
        """The known things that `op` comes from: names, and the numbers of ops."""
        if op.number not in self._origins:
            self._origins[op.number] = set(self._flow.origins(op))
        return self._origins[op.number]

    def same(self, origin: int | str, others: int | str) -> bool:
        """Whether something that is known here is that which is known on the other side."""
        if isinstance(origin, str) or isinstance(others, str):
            return origin == others
        return others in self._known_as(origin)

    def took_alone(self, op: LoggedOp, others: set[int | str]) -> list[LoggedOp]:
        """The makers of what `op` comes from that is none of `others`, of the other side."""
        alone = (one for one in self.origins(op) if not any(self.same(one, other) for other in others))
        return [self._flow.ops[one] for one in alone if isinstance(one, int)]

    def _reach(self) -> list[LoggedOp]:
        reached, left = set(), [self._goal]
        while left:
            op = left.pop()
            if op.number not in reached:
                reached.add(op.number)
                left += self._unknown_makers(op)
        ordered = [self._flow.ops[number] for number in sorted(reached)]
        for op in ordered:
            self._origins[op.number] = {
                origin
                for one in self._flow.origins(op)
                for origin in (self._origins[one] if one in reached else {one})
            }
        return ordered

    def _is_known(self, op: LoggedOp) -> bool:
        if self._flow.constant(op) or self._known_as(op.number):
            return True
        if op.op in CARRIERS or not self._flow.values.telling(op.number):
            return not self._unknown_makers(op)
        return False

    def _known_as(self, number: int) -> list[int]:
        if number not in self._counterparts:
            self._counterparts[number] = self._flow.values.counterparts(
                number, self._other.values, self._until, self._tolerance
            )
        return self._counterparts[number]

    def _unknown_makers(self, op: LoggedOp) -> list[LoggedOp]:
        return [maker for maker in self._flow.makers(op) if maker.number in self._unknown]
