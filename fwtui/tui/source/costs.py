"""What each line of source asked for in a logged step: how many ops, and how long they took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fwtui.core.oplog import LoggedOp, OpPhase
from fwtui.core.records import OpsLogged
from fwtui.tui.source.sections import Source


@dataclass
class Cost:
    """Some ops of a log.

    Attributes:
        ops: their numbers, in the order of the log.
        ns: for how long they kept the host, without the ops inside of them; None where that is not known.
    """

    ops: list[int] = field(default_factory=list)
    ns: int | None = 0

    def add(self, number: int, ns: int | None) -> None:
        """One op more."""
        self.ops.append(number)
        self.ns = None if ns is None or self.ns is None else self.ns + ns


@dataclass(frozen=True)
class Costs:
    """A log by lines of source.

    Attributes:
        total: of all ops.
        lines: of those that a line asked for.
        phases: of those that a line asked for in one phase.
        nowhere: of those whose line is unknown.
        calls: those that others ran inside of. Their own cost on top of that is mostly the profiler's.
        call_ns: for how long these kept the host, with all that ran inside; None where that is not known.
        work: of all the others.
    """

    total: Cost
    lines: dict[Source, Cost]
    phases: dict[tuple[Source, OpPhase], Cost]
    nowhere: Cost
    calls: frozenset[int]
    call_ns: int | None
    work: Cost

    @staticmethod
    def of(logged: OpsLogged | None, call: Source | None = None) -> Costs:
        """The costs of a log; none where there is none.

        Args:
            call: the line that makes a step's one call, see `asked_by`.
        """
        ops = () if logged is None else logged.ops
        within = _within(ops)
        outermost = [op.host_ns for op in ops if op.number in within and op.within is None]
        call_ns = None if None in outermost else sum(ns for ns in outermost if ns is not None)
        costs = Costs(Cost(), {}, {}, Cost(), frozenset(within), call_ns, Cost())
        for op in ops:
            ns = None if op.host_ns is None else max(op.host_ns - within.get(op.number, 0), 0)
            costs.total.add(op.number, ns)
            if op.number not in costs.calls:
                costs.work.add(op.number, ns)
            source = asked_by(op, call)
            if source is None:
                costs.nowhere.add(op.number, ns)
                continue
            costs.lines.setdefault(source, Cost()).add(op.number, ns)
            if op.phase is not None:
                costs.phases.setdefault((source, op.phase), Cost()).add(op.number, ns)
        return costs

    def share(self, cost: Cost) -> float | None:
        """Which part of the time of all ops but calls it is, from 0 to 1; None where a call is in it."""
        if cost.ns is None or not self.work.ns or not self.calls.isdisjoint(cost.ops):
            return None
        return cost.ns / self.work.ns


def asked_by(op: LoggedOp, call: Source | None) -> Source | None:
    """Return the line that asked for an op; None where it is unknown.

    A call that is the whole step was logged by itself, outside of any step: its line is the step's own.
    """
    return call if op.source is None and op.phase is None and op.within is None else op.source


def _within(ops: Iterable[LoggedOp]) -> dict[int, int]:
    """Return how long ops ran inside of each op, in ns; kernels may run concurrently."""
    inside: dict[int, int] = {}
    for op in ops:
        if op.within is not None:
            inside[op.within] = inside.get(op.within, 0) + (op.host_ns or 0)
    return inside
