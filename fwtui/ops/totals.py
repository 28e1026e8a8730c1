"""The ops of a log by what they are called: how many, how long, which share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fwtui.core.oplog import LoggedOp


@dataclass(frozen=True, slots=True)
class Total:
    """All ops of one name.

    Attributes:
        host_ns: their times together; None where none was measured.
        share: of the times of all ops together, from 0 to 1; they may have run side by side.
        nbytes: what was allocated for their outputs together; None where unknown.
    """

    op: str
    count: int
    host_ns: int | None
    share: float | None
    nbytes: int | None


def totals(ops: Iterable[LoggedOp]) -> list[Total]:
    """A total for each name, the longest first, then the most frequent."""
    by_name: dict[str, list[LoggedOp]] = {}
    for op in ops:
        by_name.setdefault(op.op, []).append(op)
    times = {name: _sum(op.host_ns for op in named) for name, named in by_name.items()}
    whole = _sum(times.values())
    found = [
        Total(name, len(named), time, _share(time, whole), _sum(op.nbytes for op in named))
        for (name, named), time in zip(by_name.items(), times.values(), strict=True)
    ]
    return sorted(found, key=lambda one: (-(one.host_ns or 0), -one.count, one.op))


def _share(time: int | None, whole: int | None) -> float | None:
    return time / whole if time is not None and whole else None


def _sum(figures: Iterable[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
