"""The op logs of one or two lanes, and which op of one is which of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from fwtui.core.oplog import LoggedOp, OpPhase
from fwtui.core.records import OpsLogged
from fwtui.ops.align.align import Alignment, Item, Match, align, of_log, unaligned
from fwtui.ops.align.value_differences import Difference, Differences, differences, draws

MOST_AT_ONCE = 500
"""Number of ops on both sides together that are aligned fast enough to do so while handling a key press."""


@dataclass(frozen=True, eq=False)
class Pairing:
    """Two op logs and the matches between them.

    Attributes:
        logs: one for each side; None where that lane has no log.
        items: what was aligned, item i being op i of the log.
        alignment: of the two sides; where a log is missing, no op has a match.
        calls: the ops of each log that others ran inside of.
        is_matched: False where matching failed, so that nothing is compared.
    """

    logs: tuple[OpsLogged | None, OpsLogged | None]
    items: tuple[Sequence[Item], Sequence[Item]]
    alignment: Alignment
    calls: tuple[frozenset[int], frozenset[int]]
    is_matched: bool = True

    @property
    def compares(self) -> bool:
        """Whether there are two logs, so that an op without a match is known to have none."""
        return None not in self.logs

    @property
    def same_step(self) -> bool:
        """Whether both logs are of the same step, so that counterparts should give the same values."""
        left, right = self.logs
        return left is not None and right is not None and left.step == right.step

    @cached_property
    def differences(self) -> Differences:
        """Whether matched ops gave the same values, as far as that can be determined.

        For lanes that draw random numbers it is determined at step 0 only: each lane draws different ones, so
        that their weights differ from then on.
        """
        left, right = self.logs
        if not self.is_matched or left is None or right is None or left.step != right.step:
            return Differences()
        if left.step and self.draws:
            return Differences()
        return differences(self.alignment, left.ops, right.ops)

    @property
    def draws(self) -> bool:
        """Whether a side draws random numbers."""
        return draws(self.ops(0)) or draws(self.ops(1))

    def difference(self, match: Match) -> Difference | None:
        """That of one match."""
        side, op = members(match)[0]
        return self.differences.matches.get(self.alignment.match_of(side, op))

    def ops(self, side: int) -> tuple[LoggedOp, ...]:
        """Return the ops of a side; none where it has no log."""
        log = self.logs[side]
        return () if log is None else log.ops

    def match(self, side: int, op: int) -> Match:
        """Return the match that contains an op."""
        return self.alignment.matches[self.alignment.match_of(side, op)]

    def across(self, side: int, op: int) -> tuple[LoggedOp, ...]:
        """Return the ops on the other side that match an op."""
        other = self.ops(1 - side)
        return tuple(other[number] for number in self.alignment.counterparts(side, op))

    def phase(self, match: Match) -> OpPhase | None:
        """The first phase that an op of a match is known to run in."""
        phases = (self.ops(side)[op].phase for side, op in members(match))
        return next((phase for phase in phases if phase is not None), None)

    def depth(self, side: int, op: int) -> int:
        """How many calls an op ran inside of."""
        ops, depth = self.ops(side), 0
        within = ops[op].within
        while within is not None and depth < len(ops):
            depth, within = depth + 1, ops[within].within
        return depth


def members(match: Match) -> list[tuple[int, int]]:
    """The ops of a match, as (side, op)."""
    return [(side, op) for side, ops in enumerate((match.left, match.right)) for op in ops]


Logs = tuple[OpsLogged | None, OpsLogged | None]


def pair(logs: Logs, before: Pairing | None = None) -> Pairing:
    """Aligns two logs, or takes the alignment of `before` where the ops are the same again."""
    items = (_items(logs[0]), _items(logs[1]))
    known = before is not None and before.is_matched and _same(items, before.items)
    alignment = before.alignment if before is not None and known else align(*items)
    return Pairing(logs, items, alignment, (_calls(logs[0]), _calls(logs[1])))


def unmatched(logs: Logs) -> Pairing:
    """Return a pairing of two logs without any matches."""
    items = (_items(logs[0]), _items(logs[1]))
    return Pairing(logs, items, unaligned(*items), (_calls(logs[0]), _calls(logs[1])), is_matched=False)


def is_quick(logs: Logs) -> bool:
    """Whether two logs are short enough to be aligned without a noticeable delay."""
    return None in logs or sum(len(log.ops) for log in logs if log is not None) <= MOST_AT_ONCE


def _items(log: OpsLogged | None) -> Sequence[Item]:
    return [] if log is None else of_log(log.log)


def _same(new: tuple[Sequence[Item], Sequence[Item]], old: tuple[Sequence[Item], Sequence[Item]]) -> bool:
    """Whether the same ops ran on tensors of the same shapes, whatever their values were."""
    return all(
        len(ours) == len(theirs)
        and all(
            (a.op, a.phase, a.shape, a.inputs) == (b.op, b.phase, b.shape, b.inputs)
            for a, b in zip(ours, theirs, strict=True)
        )
        for ours, theirs in zip(new, old, strict=True)
    )


def _calls(log: OpsLogged | None) -> frozenset[int]:
    return frozenset() if log is None else frozenset(op.within for op in log.ops if op.within is not None)
