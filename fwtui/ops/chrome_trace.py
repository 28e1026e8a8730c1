"""Op logs in the Trace Event Format, which Perfetto and chrome://tracing open.

Source: "Trace Event Format", Google, docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
(complete events `X` with `ts` and `dur` in microseconds, metadata events `M`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fwtui.core.oplog import LoggedOp, OpLog

HOST = 1
"""The row of the host's calls; ops inside of a call are in rows below, as many as run at once."""


def as_chrome_trace(logs: Mapping[str, OpLog]) -> dict[str, Any]:
    """Return a trace with a process for each log, by its title, without ops whose time was not measured."""
    events = [
        event
        for process, (title, log) in enumerate(logs.items(), 1)
        for event in (_title(process, None, title), *_events(process, log))
    ]
    return {"traceEvents": events, "displayTimeUnit": "ns"}


def _events(process: int, log: OpLog) -> Iterator[dict[str, Any]]:
    rows: list[int] = []  # when the last kernel of each row ends
    yield _title(process, HOST, "host")
    for op in sorted(log.ops, key=lambda op: op.started_ns or 0):
        if op.started_ns is None or op.host_ns is None:
            continue
        row = HOST
        if op.within is not None:
            place = next((n for n, end in enumerate(rows) if end <= op.started_ns), len(rows))
            row = HOST + 1 + place
            if place == len(rows):
                rows.append(0)
                yield _title(process, row, f"inside, {place + 1}")
            rows[place] = op.started_ns + op.host_ns
        yield {
            "ph": "X",
            "name": op.op,
            "cat": op.phase or "call",
            "pid": process,
            "tid": row,
            "ts": op.started_ns / 1e3,
            "dur": op.host_ns / 1e3,
            "args": _arguments(op),
        }


def _title(process: int, thread: int | None, title: str) -> dict[str, Any]:
    event = {"ph": "M", "pid": process, "args": {"name": title}}
    if thread is None:
        return {**event, "name": "process_name"}
    return {**event, "name": "thread_name", "tid": thread}


def _arguments(op: LoggedOp) -> dict[str, Any]:
    """What the viewer shows of an op that is clicked on."""
    return {
        "number": op.number,
        "inputs": [
            None if one.tensor is None else [one.tensor.dtype, *one.tensor.shape] for one in op.inputs
        ],
        "outputs": [[one.dtype, *one.shape] for one in op.outputs],
        **({"source": f"{op.source[0]}:{op.source[1]}"} if op.source else {}),
        **({"module": op.scope} if op.scope else {}),
        **({"name": op.name} if op.name else {}),
        **({"bytes": op.nbytes} if op.nbytes is not None else {}),
        **({"device": op.device} if op.device else {}),
    }
