"""A step as a TensorFlow graph, traced or built: what of it is given, and which ops belong to which phase."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from fwtui.backends.capture import with_loss
from fwtui.backends.logbook import Source, in_net
from fwtui.backends.tensorflow.graph_internals import variable
from fwtui.backends.tensorflow.graph_ops import Walk, outputs, shape, value_text
from fwtui.backends.tensorflow.graph_phases import Fact, Given, inherited
from fwtui.backends.tensorflow.graph_sources import sources
from fwtui.core.graph import Graph, NodePhase, Tensor

_WRITES = ("Assign", "ResourceApply", "ResourceScatter")
_PASSES = ("Enter", "Exit", "Identity", "Merge", "NextIteration", "Switch")
_INLINED = re.compile(r"^.*/_\d+/")
_GIVEN = ("Placeholder", "VarHandleOp")


@dataclass(frozen=True)
class StepGraph:
    """A step's ops in a graph, and the ends of each phase.

    Attributes:
        ops: all of them, in the order in which they were made.
        given: what the graph is given, by the names of its ops; a function's arguments in order.
        metrics: what the forward pass gives.
        gradients: what the backward pass gives.
        updates: the ops that change weights.
    """

    ops: Sequence[tf.Operation]
    given: Mapping[str, Given]
    metrics: Mapping[str, tf.Tensor]
    gradients: Sequence[tf.Tensor]
    updates: Sequence[tf.Operation]

    def graph(
        self, kind: str, title: str, captured: str, only: Iterable[tf.Operation] | None = None
    ) -> Graph:
        """The graph of all ops, or of some `only`."""
        kept = None if only is None else set(only)
        walk = Walk([op for op in self.ops if kept is None or op in kept])
        lines = sources([level.ops for level in walk.levels])
        phases = self._phases(lines)

        def phase(level: int, op: tf.Operation) -> NodePhase:
            if op.type == "Const":
                return "constant"
            caller = walk.levels[level].caller
            return phases[op] if caller is None else phase(*caller)

        nodes = walk.nodes(self.given, phase, lambda level, op: lines.get((level, op.name)))
        return Graph(kind, title, captured, with_loss(nodes, walk.place(self.metrics["loss"].op)))

    def needed(self) -> set[tf.Operation]:
        """The ops that a step needs."""
        return _needed_by([*(tensor.op for tensor in self.metrics.values()), *self.updates])

    def _phases(self, lines: Mapping[tuple[int, str], Source]) -> dict[tf.Operation, NodePhase]:
        forward = _makes(tensor.op for tensor in self.metrics.values())
        backward = _makes(tensor.op for tensor in self.gradients)
        update = _makes(op for op in _needed_by(self.updates) if op.type.startswith(_WRITES))
        phases: dict[tf.Operation, NodePhase] = {}
        for op in self.ops:
            if op.type == "Const":
                phases[op] = "constant"
            elif op.type in _GIVEN:
                phases[op] = "input"
            elif op in forward:
                phases[op] = "forward"
            elif op in backward:
                phases[op] = "backward"
            elif op in update:
                phases[op] = "update"
            else:
                # Unneeded: it belongs to the phase of what it takes, or only waits for.
                before = [tensor.op for tensor in op.inputs] or op.control_inputs
                phase = inherited(phases.get(one, "constant") for one in before)
                unused = phase in ("input", "constant") and in_net(lines.get((0, op.name)))
                phases[op] = "forward" if unused else phase
        return phases


def facts(graph: Graph) -> dict[str, Fact]:
    """What is known of a graph's ops, by their names, for the graphs that are made from it."""
    return {node.name: Fact(node.phase, node.source) for node in reversed(graph.nodes)}


def traced_graph(
    concrete: Any,
    tensors: Mapping[str, Any],
    parameters: Mapping[str, tf.Variable],
    metrics: Mapping[str, tf.Tensor],
    gradients: Sequence[Any],
) -> StepGraph:
    """The graph of a step that a `tf.function` has traced for the batch `tensors`."""
    ops = concrete.graph.get_operations()
    batch = tf.nest.flatten({name: name for name, value in tensors.items() if tf.is_tensor(value)})
    given = {
        symbol.op.name: Given(f"batch {name}", "input", Tensor(symbol.dtype.name, shape(symbol)))
        for name, symbol in zip(batch, concrete.inputs, strict=False)
    }
    named = {id(variable.handle): name for name, variable in parameters.items()}
    for outside, inside in concrete.graph.captures:
        given[inside.op.name] = _captured(outside, inside, named.get(id(outside)))
    whole = [_whole(gradient) for gradient in gradients if gradient is not None]
    return StepGraph(ops, given, metrics, whole, [op for op in ops if op.type.startswith(_WRITES)])


def _captured(outside: Any, inside: tf.Tensor, parameter: str | None) -> Given:
    if outside.dtype == tf.resource:
        name = inside.op.name if parameter is None else f"parameter {parameter}"
        return Given(name, "input", Tensor(*variable(inside)))
    return Given(
        inside.op.name,
        "constant",
        Tensor(inside.dtype.name, shape(inside)),
        value_text(outside.numpy()) if hasattr(outside, "numpy") else "",
    )


def built_graph(
    graph: tf.Graph,
    batch: Mapping[str, tf.Tensor],
    parameters: Mapping[str, tf.Variable],
    metrics: Mapping[str, tf.Tensor],
    gradients: Mapping[str, tf.Tensor | None],
    update: tf.Operation,
) -> StepGraph:
    """The graph of a step that was built for a session."""
    ops = graph.get_operations()
    given = {
        op.name: Given(op.name, "input", Tensor(*variable(op.outputs[0])))
        for op in ops
        if op.type == "VarHandleOp"
    }
    given |= {
        symbol.op.name: Given(f"batch {name}", "input", Tensor(symbol.dtype.name, shape(symbol)))
        for name, symbol in batch.items()
    }
    for name, weight in parameters.items():
        handle = weight.handle
        given[handle.op.name] = Given(f"parameter {name}", "input", Tensor(*variable(handle)))
    whole = [gradient for gradient in gradients.values() if gradient is not None]
    return StepGraph(ops, given, metrics, whole, [update])


def runtimes(
    kind: str,
    title: str,
    captured: str,
    definition: Any,
    argument: Callable[[Any], Given | None],
    step: Graph,
) -> Graph:
    """A graph that the runtime made of a step's, from its GraphDef.

    Args:
        argument: what a node stands for, where it is something that the graph is given.
        step: the step's own graph, which tells of the ops that are left of it.
    """
    definition, given = _importable(definition, argument)
    graph = tf.Graph()
    with graph.as_default():
        tf.graph_util.import_graph_def(definition, name="")
    walk, known = Walk(graph.get_operations()), facts(step)
    shapes = _Shapes(given, {node.name: node.outputs for node in reversed(step.nodes)})
    phases: dict[str, NodePhase] = {name: one.phase for name, one in given.items()}

    def phase(level: int, op: tf.Operation) -> NodePhase:
        fact = known.get(made_from(op.name))
        if op.type == "Const":
            phases[op.name] = "constant"
        elif fact and fact.phase not in ("input", "constant"):
            phases[op.name] = fact.phase
        else:
            taken = [tensor.op for tensor in op.inputs] or op.control_inputs
            phases[op.name] = inherited(phases[one.name] for one in taken if one.name in phases)
        return phases[op.name]

    def source(level: int, op: tf.Operation) -> tuple[str, int] | None:
        fact = known.get(made_from(op.name))
        return fact.source if fact else None

    return Graph(kind, title, captured, walk.nodes(given, phase, source, shapes.of))


def _importable(definition: Any, argument: Callable[[Any], Given | None]) -> tuple[Any, dict[str, Given]]:
    """The GraphDef as `import_graph_def` takes it, with shapes of arguments, which it has none of."""
    made, given = tf.compat.v1.GraphDef(), {}
    made.CopyFrom(definition)
    for node in made.node:
        known = argument(node)
        # A session's arguments have names that only the runtime may give.
        node.name = node.name.lstrip("_")
        for place, name in enumerate(node.input):
            node.input[place] = f"^{name[1:].lstrip('_')}" if name.startswith("^") else name.lstrip("_")
        if known is None:
            continue
        given[node.name] = known
        if node.op == "_Arg":
            node.op = "VarHandleOp" if node.attr["T"].type == tf.resource.as_datatype_enum else "Placeholder"
            node.ClearField("attr")
            node.attr["dtype"].type = tf.as_dtype(known.tensor.dtype).as_datatype_enum
            node.attr["shape"].shape.CopyFrom(tf.TensorShape(known.tensor.shape).as_proto())
    return made, given


class _Shapes:
    """Output tensors of a runtime's ops: inferred from the inputs' shapes, else those of the op that it was
    made from, else, where the op only passes its input on, that input's.
    """

    def __init__(self, given: Mapping[str, Given], made_from: Mapping[str, tuple[Tensor, ...]]) -> None:
        self._given, self._made_from = given, made_from
        self._tensors: dict[str, tuple[Tensor, ...]] = {name: (one.tensor,) for name, one in given.items()}

    def of(self, op: tf.Operation) -> tuple[Tensor, ...]:
        own = outputs(op)
        if any(None in tensor.shape for tensor in own):
            for other in (self._made_from.get(made_from(op.name)), self._passed(op, own)):
                if other and [one.dtype for one in other] == [one.dtype for one in own]:
                    own = other
                    break
        self._tensors[op.name] = own
        return own

    def _passed(self, op: tf.Operation, own: tuple[Tensor, ...]) -> tuple[Tensor, ...] | None:
        if op.type not in _PASSES or not op.inputs:
            return None
        first = op.inputs[0]
        taken = self._tensors[first.op.name][first.value_index] if first.op.name in self._tensors else own[0]
        return tuple(taken if tensor.dtype == taken.dtype else tensor for tensor in own)


def made_from(name: str) -> str:
    """The op that one of the runtime's was made from: a function's get a number before their names."""
    return _INLINED.sub("", name)


def _whole(gradient: Any) -> tf.Tensor:
    """A gradient that comes as rows of a table, as the table that the update makes of it."""
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    sums = [op for op in gradient.values.consumers() if op.type == "UnsortedSegmentSum"]
    return sums[0].outputs[0] if sums else gradient.values


def _needed_by(ends: Iterable[tf.Operation]) -> set[tf.Operation]:
    """`ends` and everything that runs before them."""
    return _before(ends, lambda op: [*(tensor.op for tensor in op.inputs), *op.control_inputs])


def _makes(ends: Iterable[tf.Operation]) -> set[tf.Operation]:
    """`ends` and everything that their values are made of."""
    return _before(ends, lambda op: [tensor.op for tensor in op.inputs])


def _before(
    ends: Iterable[tf.Operation], taken: Callable[[tf.Operation], list[tf.Operation]]
) -> set[tf.Operation]:
    seen: set[tf.Operation] = set()
    ahead = list(ends)
    while ahead:
        op = ahead.pop()
        if op not in seen:
            seen.add(op)
            ahead += taken(op)
    return seen
