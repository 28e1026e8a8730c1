"""Check that the fields of a lane's records are consistent; the codec has checked their types.

A lane may run another version's code, or a user's file may write into its pipe: what makes no sense ends the
lane, before a history or a screen relies on it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import singledispatch
from typing import Any

import numpy as np

from fwtui.core.codec import NotAMessageError
from fwtui.core.device_memory import FrameworkMemory, GpuUse, ProcessMemory
from fwtui.core.graph import Graph
from fwtui.core.ndarray import Array
from fwtui.core.oplog import LoggedOp
from fwtui.core.records import (
    Built,
    Compiled,
    Evaluated,
    GraphBroken,
    GraphRan,
    GraphsCaptured,
    Imported,
    NoReference,
    NotLogged,
    NotSampled,
    OpsLogged,
    PhaseEntered,
    Probed,
    Record,
    RunStateChanged,
    Steps,
)

_DTYPE = re.compile(r"[<>|=]?[biufcV]\d{1,3}")
_MAX_DIMENSIONS = 64


def validated(record: Record, step: int) -> Record:
    """The record.

    Args:
        step: number of steps received from the lane so far.

    Raises:
        NotAMessageError: it makes no sense.
    """
    if isinstance(record, Steps):
        _require(record.first == step, f"steps from {record.first} on behind {step}")
    _check(record)
    return record


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise NotAMessageError(what)


def _counted(*numbers: int | None) -> None:
    for number in numbers:
        _require(number is None or number >= 0, f"{number}, where something is counted")


@singledispatch
def _check(record: Any) -> None:
    """Nothing, for records whose fields say nothing together."""


@_check.register
def _(record: Steps) -> None:
    size = len(record.step_ns)
    columns = [record.started_ns, *(data for _, data in (*record.metrics, *record.digests))]
    _require(size % 8 == 0 and all(len(one) == size for one in columns), "columns of other lengths")
    _names(record.metrics)
    _names(record.digests)
    _require(next((name for name, _ in record.metrics), "") == "loss", "steps without a loss")
    _require(not size or int(np.frombuffer(record.step_ns, np.int64).min()) >= 0, "a step of negative time")


@_check.register
def _(record: Evaluated) -> None:
    _counted(record.step)
    _names(record.metrics)


@_check.register(PhaseEntered)
@_check.register(RunStateChanged)
@_check.register(NoReference)
@_check.register(NotLogged)
@_check.register(NotSampled)
def _(record: Any) -> None:
    _counted(record.step)


@_check.register
def _(record: Imported) -> None:
    names = [device.name for device in record.devices]
    _require(len(set(names)) == len(names), "one device twice")
    _counted(record.pid)


@_check.register
def _(record: Built) -> None:
    _counted(record.parameters, record.threads)


@_check.register
def _(record: FrameworkMemory) -> None:
    _counted(record.in_use_bytes, record.reserved_bytes, record.peak_bytes)


@_check.register
def _(record: ProcessMemory) -> None:
    _counted(record.rss_bytes, record.rss_peak_bytes, record.gpu_bytes)


@_check.register
def _(record: GpuUse) -> None:
    _counted(record.process_bytes)
    if (card := record.card) is not None:
        _counted(card.total_bytes, card.used_bytes, card.free_bytes, card.clock_mhz, card.max_clock_mhz)
        figures = card.utilization, card.power_w, card.power_limit_w, card.energy_j
        _require(all(one is None or 0 <= one < math.inf for one in figures), "a figure of a GPU")


@_check.register
def _(record: Compiled) -> None:
    _counted(record.step, record.cost_ns)


@_check.register
def _(record: GraphBroken) -> None:
    _counted(record.step, record.where[1] if record.where else None)


@_check.register
def _(record: GraphRan) -> None:
    _counted(record.step, record.nodes)


@_check.register
def _(record: Probed) -> None:
    _counted(record.step)
    _names(record.metrics)
    _names(record.evaluation)
    for arrays in (record.gradients, record.parameters, record.state, record.updated_state):
        _names(arrays)
        for _, array in arrays:
            if array is not None:
                _array(array)


@_check.register
def _(record: OpsLogged) -> None:
    _counted(record.step, record.left_out, record.log.took_ns)
    ops = record.ops
    for number, op in enumerate(ops):
        _require(op.number == number, f"op {op.number} in the place of op {number}")
        _op(op, ops)


@_check.register
def _(record: GraphsCaptured) -> None:
    _counted(record.step)
    kinds = [graph.kind for graph in record.graphs]
    _require(len(set(kinds)) == len(kinds), "two graphs of one kind")
    for graph in record.captured:
        _graph(graph)


def _names(pairs: Iterable[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    _require(len(set(names)) == len(names), "one name twice")


def _array(array: Array) -> None:
    _require(bool(_DTYPE.fullmatch(array.dtype)), f"an array of {array.dtype}")
    _require(len(array.shape) <= _MAX_DIMENSIONS, f"{len(array.shape)} dimensions")
    _counted(*array.shape)
    try:
        itemsize = np.dtype(array.dtype).itemsize
    except TypeError as error:
        raise NotAMessageError(f"an array of {array.dtype}") from error
    _require(math.prod(array.shape) * itemsize == len(array.data), "an array of another size")


def _op(op: LoggedOp, ops: Sequence[LoggedOp]) -> None:
    _counted(op.started_ns, op.host_ns, op.nbytes)
    _within(op.within, ops, "an op that another one runs in")
    for taken in op.inputs:
        if isinstance(taken.origin, int):
            _within(taken.origin, ops, "an op that made an input")
        _counted(taken.output)
    for _, place in op.results:
        _within(place, op.outputs, "an output that is a result")
    for values in (op.values, op.fingerprints):
        _require(len(values) in (0, len(op.outputs)), "values of other outputs")
    for array in op.values:
        _array(array)


def _graph(graph: Graph) -> None:
    for node in graph.nodes:
        for number, output in node.inputs:
            _within(number, graph.nodes, "a node that is an input")
            _counted(output)


def _within(place: int | None, among: Sequence[Any], what: str) -> None:
    _require(place is None or 0 <= place < len(among), f"there is none such: {what}")
