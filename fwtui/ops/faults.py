"""Where a NaN or an infinite result of a logged step comes from, in words."""

from __future__ import annotations

from pathlib import Path

from fwtui.core.nonfinite import first_fault, infinite_results, infinities, nans
from fwtui.core.oplog import LoggedOp, OpLog
from fwtui.core.records import OpsLogged
from fwtui.core.text import place, plain


def describe_fault(record: OpsLogged) -> tuple[LoggedOp, str] | None:
    """The op that the first fault of a step comes from, and a description of it; None without a fault.

    A NaN comes from the first op that gave one, or from an infinity that it took. An infinite result comes
    from the first op of those through which the infinity went; others that gave one may be masks. What such
    an op took may have been not finite before the step.
    """
    log = record.log
    fault = first_fault(log)
    if fault is None:
        return None
    origin = _origin(log, fault)
    if nans(fault):
        words = f"the first NaN is from {_named(fault)}"
        if origin is not fault:
            words += f", which takes an infinity that begins at {_named(origin)}"
        return fault, words + _given(record, origin)
    words = f"the {plain(infinite_results(fault)[0])} is infinite, which begins at {_named(origin)}"
    return origin, words + _given(record, origin)


def made_before(record: OpsLogged) -> bool:
    """Whether a parameter was not finite before the step, so that an earlier one is at fault."""
    return any(name.startswith("parameter ") for name in record.not_finite_inputs)


def _named(op: LoggedOp) -> str:
    where = f" in {plain(op.scope)}" if op.scope else ""
    if op.source is not None:
        # The backward pass has the lines of what it differentiates.
        of = "the gradient of " if op.phase == "backward" else ""
        where += f", {of}{plain(place(Path(op.source[0]), op.source[1]))}"
    return f"op {op.number} {plain(op.op)}{where}"


def _given(record: OpsLogged, op: LoggedOp) -> str:
    """What `op` took that was not finite before the step."""
    took = [name for name in record.not_finite_inputs if name in op.origins]
    if not took:
        return ""
    if before := [name for name in took if name.startswith("parameter ")]:
        return f"; it takes {plain(before[0])}, which an earlier step has made not finite"
    return f"; it takes {plain(took[0])}, which is not finite itself"


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
