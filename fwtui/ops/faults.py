"""Where a NaN or an infinite result of a logged step comes from, in words."""

from __future__ import annotations

from pathlib import Path

from fwtui.race.nonfinite import first_fault, infinite_results, infinities, nans
from fwtui.race.oplog import LoggedOp, OpLog
from fwtui.workloads.own_errors import place, plain


def told_fault(log: OpLog) -> tuple[LoggedOp, str] | None:
    """The op that the first fault of a step comes from, and what is to be said of it; None without a fault.

    A NaN comes from the first op that gave one. An infinite result comes from the first op of those through
    which the infinity went; others that gave one may be masks.
    """
    fault = first_fault(log)
    if fault is None:
        return None
    if nans(fault):
        return fault, f"the first NaN is from {_named(fault)}"
    origin = _origin(log, fault)
    return origin, f"the {plain(infinite_results(fault)[0])} is infinite, which begins at {_named(origin)}"


def _named(op: LoggedOp) -> str:
    line = f", {plain(place(Path(op.source[0]), op.source[1]))}" if op.source else ""
    return f"op {op.number} {plain(op.op)}{line}"


def _origin(log: OpLog, fault: LoggedOp) -> LoggedOp:
    """The first op from which infinities came to this one through nothing but ops that gave some."""
    reached, left = {fault.number}, [fault]
    while left:
        for taken in left.pop().inputs:
            if not isinstance(taken.origin, int) or taken.origin in reached:
                continue
            if taken.output in infinities(log.ops[taken.origin]):
                reached.add(taken.origin)
                left.append(log.ops[taken.origin])
    return log.ops[min(reached)]
