"""XLA's program as it ran, from the profiler's copy of it, to the nodes that its kernels are named after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fwtui.backends.tensorflow.graph_hlo import dtype_name
from fwtui.backends.tensorflow.graph_phases import Fact, Given, inherited
from fwtui.core.graph import Node, NodePhase, Tensor

_GIVEN = {"parameter": "input", "constant": "constant", "iota": "constant"}


def program_nodes(program: Any, inputs: Sequence[Given], facts: Mapping[str, Fact]) -> tuple[Node, ...]:
    """Every instruction of an `HloModuleProto`, the inner ones of fusions and reductions too.

    A fusion is called after what is fused in it, as XLA names it: `multiply_subtract_fusion`.

    Args:
        inputs: the arguments of the step, in order.
        facts: what is known of the ops that the program was made from, by their names.
    """
    instructions = [
        (one, computation.name == program.entry_computation_name)
        for computation in program.computations
        for one in computation.instructions
    ]
    places = {one.id: place for place, (one, _) in enumerate(instructions)}
    bodies = {one.id: one.instructions for one in program.computations}
    entry = {one.parameter_number: one for one, own in instructions if own and one.opcode == "parameter"}
    shapes = {number: _tensors(one.shape)[0].shape for number, one in entry.items()}
    # XLA numbers the step's arguments as they come; where it does not, names would be wrong ones.
    same = shapes == {number: one.tensor.shape for number, one in enumerate(inputs)}
    nodes: list[Node] = []
    for one, is_entry in instructions:
        taken = [places[operand] for operand in one.operand_ids]
        before = [nodes[place] for place in taken if place < len(nodes)]
        fact = facts.get(one.metadata.op_name)
        known = inputs[one.parameter_number] if one.opcode == "parameter" and is_entry and same else None
        nodes.append(
            Node(
                _op(one, bodies),
                known.name if known else one.name,
                known.phase if known else _phase(one, fact, before),
                tuple((place, 0) for place in taken),
                _tensors(one.shape),
                source=fact.source if fact else None,
            )
        )
    return tuple(nodes)


def _op(one: Any, bodies: Mapping[int, Any]) -> str:
    if one.opcode != "fusion":
        return str(one.opcode)
    inside = [inner.opcode for called in one.called_computation_ids for inner in bodies[called]]
    made = {opcode for opcode in inside if opcode not in _GIVEN}
    return str(made.pop()) if len(made) == 1 else str(one.name).rstrip("0123456789").rstrip(".")


def _phase(one: Any, fact: Fact | None, taken: Sequence[Node]) -> NodePhase:
    if one.opcode in _GIVEN:
        return "input" if one.opcode == "parameter" else "constant"
    if fact and fact.phase not in ("input", "constant"):
        return fact.phase
    return inherited(node.phase for node in taken)


def _tensors(shape: Any) -> tuple[Tensor, ...]:
    """Every array in a shape, which may be a tuple of shapes."""
    if shape.tuple_shapes:
        return tuple(tensor for inner in shape.tuple_shapes for tensor in _tensors(inner))
    names = shape.DESCRIPTOR.fields_by_name["element_type"].enum_type.values_by_number
    return (Tensor(dtype_name(names[shape.element_type].name.lower()), tuple(shape.dimensions)),)
