"""What a logged step comes to in figures: time in ops, the rest of a step, how far two outputs are apart."""

from __future__ import annotations

from collections.abc import Iterable

from fwtui.core.oplog import LoggedOp, OpLog, TensorStats


def leaves(log: OpLog) -> tuple[LoggedOp, ...]:
    """The ops that no other ran inside of: together they are the work, and none is counted twice."""
    calls = {op.within for op in log.ops}
    return tuple(op for op in log.ops if op.number not in calls)


def span_ns(op: LoggedOp) -> tuple[int, int] | None:
    """Return when an op began and ended, in ns since the step began; None where it was not measured."""
    if op.started_ns is None or op.host_ns is None:
        return None
    return op.started_ns, op.started_ns + op.host_ns


def spans_ns(ops: Iterable[LoggedOp]) -> list[tuple[int, int]]:
    """Begin and end of each op that was measured."""
    return [span for op in ops if (span := span_ns(op)) is not None]


def busy_ns(ops: Iterable[LoggedOp]) -> int | None:
    """Return for how many ns at least one of these ops ran; None where none was measured."""
    spans = spans_ns(ops)
    busy, until = 0, 0
    for start, end in sorted(spans):
        busy += max(end - max(start, until), 0)
        until = max(until, end)
    return busy if spans else None


def overhead(log: OpLog, step_ns: float | None) -> tuple[float | None, float] | None:
    """Between which two shares of a step no op ran.

    The lower one is what ops leave over of a steady step, which runs faster than one that is logged; None
    where they leave nothing, since then they too ran faster in it, by an unknown amount. The upper
    one is what they leave over of the logged step, in which logging makes the time between ops longer. Ops
    have their dispatch in their time, so that the framework's whole cost is higher.

    Args:
        step_ns: the median time of the steady steps, in which nothing was logged.

    Returns:
        Both from 0 to 1. None where it is unknown: nothing was measured, what ran inside of a call was not
        logged, or ops' times are not those of their work (see `OpLog.is_work_timed`).
    """
    ops = leaves(log)
    busy = busy_ns(ops)
    tells_no_kernels = any(op.within is None and op.phase is None for op in ops)
    if busy is None or tells_no_kernels or not (log.is_work_timed and step_ns and log.took_ns):
        return None
    steady, logged = 1 - busy / step_ns, max(1 - busy / log.took_ns, 0.0)
    return (None, logged) if steady <= 0 else (min(steady, logged), max(steady, logged))


def not_finite(op: LoggedOp) -> tuple[int, int]:
    """How many elements of the outputs are NaN, and how many infinite."""
    known = [one for one in op.fingerprints if one is not None]
    return sum(one.nans for one in known), sum(one.infinities for one in known)


def fingerprint(op: LoggedOp) -> TensorStats | None:
    """That of the first output that is not finite, else of the first that has one."""
    known = [one for one in op.fingerprints if one is not None]
    faulty = (one for one in known if one.nans or one.infinities)
    return next(faulty, known[0] if known else None)


def apart(a: TensorStats, b: TensorStats) -> float | None:
    """Largest difference of mean, deviation and largest magnitude, relative to the largest magnitude.

    None where one of them has no finite element.
    """
    if a.center is None or a.std is None or a.largest is None:
        return None
    if b.center is None or b.std is None or b.largest is None:
        return None
    size = max(a.largest, b.largest)
    furthest = max(abs(a.center - b.center), abs(a.std - b.std), abs(a.largest - b.largest))
    return furthest / size if size else 0.0
