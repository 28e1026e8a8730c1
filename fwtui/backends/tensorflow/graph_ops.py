"""A `tf.Graph` as nodes: its ops, and those of the functions that its loops and branches run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf

from fwtui.backends.tensorflow.graph_flops import flops
from fwtui.backends.tensorflow.graph_internals import function
from fwtui.backends.tensorflow.graph_phases import Given
from fwtui.core.graph import Node, NodePhase, Tensor

_CALLS = {
    **{"While": 0, "StatelessWhile": 0, "PartitionedCall": 0, "StatefulPartitionedCall": 0},
    **{"If": 1, "StatelessIf": 1, "Case": 1, "StatelessCase": 1},
}
"""Ops that run functions of the graph, and how many of their inputs are not for those functions."""
_SHOWN = 8
"""A constant with more values than these is summarised."""
_NUMBERS: Any = dict.fromkeys(("float_kind", "complex_kind"), "{:.6g}".format)


def outputs(op: tf.Operation) -> tuple[Tensor, ...]:
    """Return the dtype and static shape of each output; an unknown rank becomes one open dimension."""
    return tuple(Tensor(tensor.dtype.name, shape(tensor)) for tensor in op.outputs)


def shape(tensor: tf.Tensor) -> tuple[int | None, ...]:
    """The shape of a symbolic tensor."""
    return (None,) if tensor.shape.rank is None else tuple(tensor.shape.as_list())


@dataclass(frozen=True, slots=True)
class Level:
    """The ops of a graph or of a function in it, which `caller` in another level calls."""

    ops: Sequence[tf.Operation]
    caller: tuple[int, tf.Operation] | None


@dataclass(slots=True)
class _Draft:
    """A node whose inputs are not resolved yet: a loop may take the output of a later op."""

    op: tf.Operation
    level: int
    scope: str
    results: list[tuple[int, str]] = field(default_factory=list)


class Walk:
    """All ops of a graph, each function's right before the op that calls it.

    A function's inputs are replaced by its caller's inputs, and its outputs become further inputs of its
    caller. The state of a loop is therefore represented by its initial value.
    """

    def __init__(self, ops: Sequence[tf.Operation]) -> None:
        self.levels: list[Level] = []
        self._drafts: list[_Draft] = []
        self._aliases: dict[tuple[int, str], tuple[int, str]] = {}
        self._walk(ops, "", None)

    def _walk(self, ops: Sequence[tf.Operation], scope: str, caller: tuple[int, tf.Operation] | None) -> None:
        level = len(self.levels)
        self.levels.append(Level(ops, caller))
        for op in _runnable(ops):
            draft = _Draft(op, level, _scope(op.name, scope))
            for role, body in _functions(op):
                draft.results += self._inline(op, level, draft.scope, role, body)
            if not any((level, tensor.name) in self._aliases for tensor in op.outputs):
                self._drafts.append(draft)

    def _inline(
        self, caller: tf.Operation, level: int, scope: str, role: str, body: Any
    ) -> list[tuple[int, str]]:
        inner = len(self.levels)
        for outside, inside in zip(caller.inputs[_CALLS[caller.type] :], body.inputs, strict=False):
            self._aliases[inner, inside.name] = level, outside.name
        name = caller.name.rpartition("/")[2]
        self._walk(body.get_operations(), f"{scope}/{name}/{role}".removeprefix("/"), (level, caller))
        return [(inner, tensor.name) for tensor in body.outputs]

    def nodes(
        self,
        given: Mapping[str, Given],
        phase: Callable[[int, tf.Operation], NodePhase],
        source: Callable[[int, tf.Operation], tuple[str, int] | None],
        tensors: Callable[[tf.Operation], tuple[Tensor, ...]] = outputs,
    ) -> tuple[Node, ...]:
        """Every op as a node.

        Args:
            given: what is given to the graph, by the op's name.
            phase: of an op in a level (see `levels`) that is not given.
            source: the line of such an op.
            tensors: what it gives.
        """
        places = {
            (draft.level, tensor.name): (number, place)
            for number, draft in enumerate(self._drafts)
            for place, tensor in enumerate(draft.op.outputs)
        }
        made: list[Node] = []
        givens = [given.get(draft.op.name) if draft.level == 0 else None for draft in self._drafts]
        output_tensors = [
            (known.tensor,) if known else tensors(draft.op)
            for known, draft in zip(givens, self._drafts, strict=True)
        ]
        for number, draft in enumerate(self._drafts):
            op, known = draft.op, givens[number]
            taken = [places[self._origin((draft.level, tensor.name))] for tensor in op.inputs]
            given_back = dict.fromkeys(places[self._origin(key)] for key in draft.results)
            inputs = taken + [one for one in given_back if one not in taken]
            shapes = [output_tensors[node][place].shape for node, place in taken]
            made.append(
                Node(
                    op.type,
                    known.name if known else op.name,
                    known.phase if known else phase(draft.level, op),
                    tuple(inputs),
                    output_tensors[number],
                    "" if known else draft.scope,
                    source(draft.level, op),
                    flops(op.type, shapes, [tensor.shape for tensor in output_tensors[number]]),
                    known.detail if known else _detail(op),
                )
            )
        return tuple(made)

    def place(self, op: tf.Operation) -> int:
        """Return the index among the nodes of an op of the graph itself."""
        return next(n for n, draft in enumerate(self._drafts) if draft.level == 0 and draft.op is op)

    def _origin(self, key: tuple[int, str]) -> tuple[int, str]:
        while key in self._aliases:
            key = self._aliases[key]
        return key


def value_text(value: Any) -> str:
    """A constant in a line: few values as they are, many by their shape, mean and limits, of complex ones
    those of the magnitudes."""
    array = np.asarray(value)
    size = "×".join(map(str, array.shape))
    if array.dtype.kind not in "biufc":
        return f"{size} {array.dtype}".strip()
    if array.size <= _SHOWN:
        return np.array2string(array, separator=", ", formatter=_NUMBERS).replace("\n", "")
    is_complex = array.dtype.kind == "c"
    limits = np.abs(array) if is_complex else array
    of_magnitudes = "magnitudes " if is_complex else ""
    least, most = float(limits.min()), float(limits.max())
    return f"{size}: mean {array.mean():.4g}, {of_magnitudes}from {least:.4g} to {most:.4g}"


def _runnable(ops: Sequence[tf.Operation]) -> list[tf.Operation]:
    """`ops` with each after what it takes: what was made first may take what was added to it later.

    Only where a lowered loop begins again, at `NextIteration`, something takes what stands after it.
    """
    ordered: dict[tf.Operation, None] = {}
    begun: set[tf.Operation] = set()
    kept = set(ops)
    ahead = list(reversed(ops))
    while ahead:
        op = ahead[-1]
        before = [] if op in begun else [tensor.op for tensor in op.inputs]
        begun.add(op)
        before = [one for one in before if one in kept and one not in begun and one.type != "NextIteration"]
        if before:
            ahead += reversed(before)
        else:
            ordered.setdefault(ahead.pop())
    return list(ordered)


def _functions(op: tf.Operation) -> list[tuple[str, Any]]:
    """The functions that an op runs, by the role that each has."""
    if op.type not in _CALLS:
        return []
    names = []
    for attribute in op.op_def.attr:
        if attribute.type == "func":
            names.append((attribute.name, op.get_attr(attribute.name).name))
        elif attribute.type == "list(func)":
            every = op.get_attr(attribute.name)
            names += [(f"{attribute.name} {number}", one.name) for number, one in enumerate(every)]
    bodies = [(role, function(op.graph, name)) for role, name in names]
    return [(role, body) for role, body in bodies if body is not None]


def _scope(name: str, within: str) -> str:
    """The scope of an op: what its name says, less what it repeats of the one that it is called in."""
    parts, outer = name.split("/")[:-1], within.split("/")
    while parts and outer and parts[0] == outer[0]:
        parts, outer = parts[1:], outer[1:]
    return "/".join([within, *parts] if within else parts)


def _detail(op: tf.Operation) -> str:
    if op.type == "Const":
        if op.get_attr("dtype") == tf.variant:
            return ""
        return value_text(tf.make_ndarray(op.get_attr("value")))
    known = {attribute.name for attribute in op.op_def.attr}
    if "fused_ops" in known:
        return f"fused: {', '.join(one.decode() for one in op.get_attr('fused_ops'))}"
    if runs := [role for role, _ in _functions(op)]:
        return f"runs {', '.join(runs)}"
    turned = [
        side for side in ("a", "b") if f"transpose_{side}" in known and op.get_attr(f"transpose_{side}")
    ]
    return f"{' and '.join(turned)} transposed" if turned else ""
