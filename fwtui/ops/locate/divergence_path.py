"""One side's ops on the way to a wrong result, and which of them the other side knows."""

from __future__ import annotations

from fwtui.core.oplog import LoggedOp, OpPhase
from fwtui.ops.locate.value_flow import Flow
from fwtui.ops.vocabulary.canonical import carries, kind

_MAX_OPS = 96
"""So many on a side are held against as many on the other."""
_STEPS_BACK = 3
"""So far back two origins may lie apart, where one side fuses what the other has in several ops."""

MASK = "mask"
"""The kind of what puts a mask on, by whatever op."""

Origin = int | str


class DivergencePath:
    """The ops that lead to `goals` through unknown ones alone.

    Args:
        derived: whether an op is known whose output is the other side's with another sign, or its reciprocal.
    """

    def __init__(
        self,
        flow: Flow,
        other: Flow,
        phase: OpPhase,
        goals: list[LoggedOp],
        tolerance: float,
        derived: bool = False,
    ) -> None:
        self.flow, self._other, self.goals = flow, other, goals
        self._tolerance, self._until, self._derived = tolerance, other.until(phase), derived
        self._counterparts: dict[int, list[int]] = {}
        self._kinds: dict[int, str] = {}
        self._unknown: set[int] = set()
        self._origins: dict[int, set[Origin]] = {}
        on_the_way = flow.behind(goals, phase)
        for op in on_the_way:
            if op in goals or not self.is_known(op):
                self._unknown.add(op.number)
        self._reached = self._reach()
        self._takers = self._find_takers(on_the_way)

    def ops(self) -> list[LoggedOp]:
        """Those that compute something, in order."""
        return [op for op in self._reached if op in self.goals or (not carries(op.op) and op.values)][
            :_MAX_OPS
        ]

    def is_unknown(self, origin: Origin) -> bool:
        """Whether it is an op that the other side does not know."""
        return isinstance(origin, int) and origin in self._unknown

    def direct(self, op: LoggedOp) -> set[Origin]:
        """What `op` takes, up to layout, known or not; no constants."""
        return {
            one
            for one in self.flow.origins(op)
            if isinstance(one, str) or not self.flow.constant(self.flow.ops[one])
        }

    def origins(self, op: LoggedOp) -> set[Origin]:
        """The known things that `op` comes from: names, and the numbers of ops."""
        if op.number not in self._origins:
            self._origins[op.number] = self.direct(op)
        return self._origins[op.number]

    def chain(self, op: LoggedOp) -> list[LoggedOp]:
        """`op` and the unknown ones that it depends on, which change something, in order."""
        found, left = {op.number: op}, [op]
        while left:
            for maker in self._unknown_makers(left.pop()):
                if maker.number not in found:
                    found[maker.number] = maker
                    left.append(maker)
        return [found[number] for number in sorted(found) if self._changes(found[number])]

    def kind(self, op: LoggedOp) -> str:
        """What `op` does, by whatever name."""
        if op.number not in self._kinds:
            self._kinds[op.number] = self._find_kind(op)
        return self._kinds[op.number]

    def taker_kinds(self, op: LoggedOp) -> set[str]:
        """What is done next with the output of `op`."""
        return {self.kind(taker) for taker in self._takers.get(op.number, ())}

    def same(self, origin: Origin, others: Origin) -> bool:
        """Whether something that is known here is that which is known on the other side."""
        if isinstance(origin, str) or isinstance(others, str):
            return origin == others
        return others in self._known_as(origin)

    def only_derived(self, origin: Origin, others: Origin) -> bool:
        """Whether it is that up to its sign, or as its reciprocal."""
        if isinstance(origin, str) or isinstance(others, str):
            return False
        exact = self.flow.values.counterparts(origin, self._other.values, self._until, self._tolerance)
        return others in self._known_as(origin) and others not in exact

    def lead_back(self, origin: Origin, goals: set[Origin], steps: int = _STEPS_BACK) -> set[Origin] | None:
        """Those of the other side's `goals` that `origin` is made of alone; None where more is needed."""
        if here := {goal for goal in goals if self.same(origin, goal)}:
            return here
        makers = self.direct(self.flow.ops[origin]) if isinstance(origin, int) else set()
        if not makers or not steps:
            return None
        found: set[Origin] = set()
        for maker in makers:
            behind = self.lead_back(maker, goals, steps - 1)
            if behind is None:
                return None
            found |= behind
        return found

    def _changes(self, op: LoggedOp) -> bool:
        """Whether it gives other values than those that it takes; adding a bias of zeros does not."""
        taken = [one for one in self.direct(op) if isinstance(one, int)]
        return not carries(op.op) and not any(self.flow.values.equal(op.number, one) for one in taken)

    def _reach(self) -> list[LoggedOp]:
        reached, left = set(), list(self.goals)
        while left:
            op = left.pop()
            if op.number not in reached:
                reached.add(op.number)
                left += self._unknown_makers(op)
        ordered = [self.flow.ops[number] for number in sorted(reached)]
        for op in ordered:
            self._origins[op.number] = {
                origin
                for one in self.direct(op)
                for origin in (self._origins[one] if one in reached and isinstance(one, int) else {one})
            }
        return ordered

    def _find_takers(self, ops: list[LoggedOp]) -> dict[int, list[LoggedOp]]:
        takers: dict[int, list[LoggedOp]] = {}
        for op in ops:
            if not carries(op.op) and not self.flow.constant(op):
                for one in self.direct(op):
                    if isinstance(one, int):
                        takers.setdefault(one, []).append(op)
        return takers

    def is_known(self, op: LoggedOp) -> bool:
        if self.flow.constant(op) or self._known_as(op.number):
            return True
        if carries(op.op) or not self.flow.values.telling(op.number):
            return not self._unknown_makers(op)
        return False

    def _known_as(self, number: int) -> list[int]:
        if number not in self._counterparts:
            self._counterparts[number] = self.flow.values.counterparts(
                number, self._other.values, self._until, self._tolerance, self._derived
            )
        return self._counterparts[number]

    def _find_kind(self, op: LoggedOp) -> str:
        values = self.flow.values
        if values.masked(op.number) and not any(
            values.masked(one) for one in self.direct(op) if isinstance(one, int)
        ):
            return MASK
        return kind(op.op)

    def _unknown_makers(self, op: LoggedOp) -> list[LoggedOp]:
        return [maker for maker in self.flow.makers(op) if maker.number in self._unknown]
