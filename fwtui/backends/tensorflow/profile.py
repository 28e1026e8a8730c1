"""What ran inside of one call, as TensorFlow's profiler tells it.

The profiler is public, and writes what it saw to a folder. What it writes has two formats, which stand in
private modules and are read here only: `XSpace` (planes of lines of events) and, within it, XLA's programs.
They are imported where they are needed, so that without them only this is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from time import perf_counter_ns
from typing import Any

import tensorflow as tf

_CALL = "fwtui's logged call"
_RUNS = ("FunctionRun", "SessionRun")
"""They begin a run of a graph, whose number each stretch of the executor's work on it has."""
_WORKS = "ExecutorState::Process"
_PS_A_NS = 1000
_profiling = Lock()
"""A process has one profiler."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """Something that ran inside of the call.

    Attributes:
        name: the node's name in the graph, or the instruction's in XLA's program.
        op: the node's op; "" for an instruction.
        started_ns: counted from the begin of the call.
        ran_ns: how long it ran.
    """

    name: str
    op: str
    started_ns: int
    ran_ns: int


@dataclass(frozen=True, slots=True)
class Profile:
    """One call.

    Attributes:
        took_ns: how long it took.
        kernels: in the order in which they began.
        programs: XLA's programs that ran, see `read_program`.
    """

    took_ns: int
    kernels: tuple[Kernel, ...]
    programs: tuple[bytes, ...]


def profiled(call: Callable[[], object], jitted: str | None = None) -> Profile:
    """Runs `call`.

    Args:
        jitted: the name of the function that XLA has compiled; None where TensorFlow's executor runs a graph.
    """
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    with _profiling, TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        try:
            with tf.profiler.experimental.Trace(_CALL):
                began = perf_counter_ns()
                call()
                took_ns = perf_counter_ns() - began
        finally:
            tf.profiler.experimental.stop()
        (file,) = Path(folder).rglob("*.xplane.pb")
        space = xplane_pb2.XSpace.FromString(file.read_bytes())
    lines = [list(_events(plane, line)) for plane in space.planes for line in plane.lines]
    own, called = next((line, event) for line in lines for event in line if event.name == _CALL)
    if jitted is None:
        numbers = {event.stats.get("id") for event in own if event.name in _RUNS and event.within(called)}
        ran = [kernel for line in lines for kernel in _executed(line, numbers)]
    else:
        module = f"{jitted.lstrip('_')}__"
        ran = [kernel for line in lines for kernel in _instructions(line, module)]
    kernels = (
        Kernel(one.name, one.op, (one.start - called.start) // _PS_A_NS, one.took // _PS_A_NS)
        for one in sorted(ran, key=lambda one: one.start)
        if one.within(called)
    )
    return Profile(took_ns, tuple(kernels), () if jitted is None else tuple(_programs(space, module)))


def read_program(program: bytes) -> Any:
    """One of XLA's programs as an `HloModuleProto`."""
    from tensorflow.compiler.xla.service import hlo_pb2

    return hlo_pb2.HloProto.FromString(program).hlo_module


@dataclass(frozen=True, slots=True)
class _Event:
    """Something with a begin and an end, in picoseconds of one clock."""

    name: str
    op: str
    start: int
    took: int
    stats: Mapping[str, Any]

    def within(self, other: _Event) -> bool:
        return other.start <= self.start and self.start + self.took <= other.start + other.took


def _events(plane: Any, line: Any) -> Iterator[_Event]:
    """A thread's events in the order in which they began, each before what happened within it."""
    for event in sorted(line.events, key=lambda event: (event.offset_ps, -event.duration_ps)):
        kind = plane.event_metadata[event.metadata_id]
        start = line.timestamp_ns * _PS_A_NS + event.offset_ps
        stats = {plane.stat_metadata[stat.metadata_id].name: _value(plane, stat) for stat in event.stats}
        # Of a node the name says what it is called and its op, `matmul:_MklMatMul`.
        name = kind.name.removesuffix(f":{kind.display_name}")
        yield _Event(name, kind.display_name, start, event.duration_ps, stats)


def _value(plane: Any, stat: Any) -> Any:
    field = stat.WhichOneof("value") or "str_value"
    value = getattr(stat, field)
    return plane.stat_metadata[value].name if field == "ref_value" else value


def _executed(line: list[_Event], numbers: set[Any]) -> Iterator[_Event]:
    """The nodes that a thread ran, less those of graph runs with other numbers.

    Of the executor's last stretch of work the profiler may not see the end, and so nothing.
    """
    work: _Event | None = None
    for event in line:
        if event.name == _WORKS:
            work = event
        elif event.op and not (work and event.within(work) and work.stats.get("id") not in numbers):
            yield event


def _instructions(line: list[_Event], module: str) -> Iterator[_Event]:
    """The instructions that a thread ran of XLA's program for a function, less those that only run others."""
    events = [event for event in line if module in str(event.stats.get("hlo_module", ""))]
    for event, following in zip(events, [*events[1:], None], strict=False):
        if following is None or not following.within(event):
            yield event


def _programs(space: Any, module: str) -> Iterator[bytes]:
    for plane in space.planes:
        for kind in plane.event_metadata.values():
            for stat in kind.stats:
                if module in kind.name and plane.stat_metadata[stat.metadata_id].name == "Hlo Proto":
                    yield stat.bytes_value
