"""From a graph of `torch.fx`, however it was captured, to the nodes of fwtui's."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, fx

from fwtui.backends.torch.graph_flops import flops
from fwtui.backends.torch.graph_lines import Frame, origin
from fwtui.core import graph as model
from fwtui.core.graph import Node, NodePhase

_VALUES = ("val", "example_value")
"""Where a node says what it gives: in graphs of ATen's ops, and in those of Dynamo."""

_LONGEST = 200
"""Maximum length of a node's settings in characters, the ellipsis included."""


@dataclass(frozen=True)
class Facts:
    """What is known of a graph in addition to its nodes.

    Attributes:
        phase: of each node that computes; one of an input is not asked for.
        name: of a placeholder, such as `parameter w1`; None where it is not known by name.
        frames: what asked for a node, outermost first.
        scope: the module that a node is in; None where the net has no modules, and functions are scopes.
    """

    phase: Callable[[fx.Node], NodePhase]
    name: Callable[[fx.Node], str | None]
    frames: Callable[[fx.Node], list[Frame]]
    scope: Callable[[fx.Node], str | None] = lambda one: None


Places = Mapping[fx.Node, tuple[int, int]]
"""Where each fx node's value is: the place of a node, and which of its outputs."""


def nodes_of(graph: fx.Graph, facts: Facts) -> tuple[list[Node], Places]:
    """The nodes of `graph`, in its order, without those that only take one of many outputs, or do nothing."""
    nodes: list[Node] = []
    places: dict[fx.Node, tuple[int, int]] = {}
    attributes: dict[Any, tuple[int, int]] = {}
    for one in graph.nodes:
        if one.op == "output":
            continue
        if one.op == "get_attr" and one.target in attributes:
            places[one] = attributes[one.target]
            continue
        taken = _item(one)
        if taken is not None:
            source, index = taken
            if source in places:
                places[one] = places[source][0], _output(source, index)
            continue
        inputs = tuple(places[other] for other in _taken(one) if other in places)
        outputs = tuple(_tensor(value) for value in _values(one) if _is_output(value))
        if one.op == "placeholder" or one.op == "get_attr":
            nodes.append(_given(one, facts, outputs, nodes))
        elif inputs or outputs:
            node = _computed(one, facts, inputs, outputs)
            nodes.append(replace(node, phase="forward") if _hands_over(node, nodes) else node)
        else:  # a mark for the profiler, or a switch
            continue
        places[one] = len(nodes) - 1, 0
        if one.op == "get_attr":
            attributes[one.target] = places[one]
    return nodes, places


def _given(one: fx.Node, facts: Facts, outputs: tuple[model.Tensor, ...], before: list[Node]) -> Node:
    """An input: a parameter, an array of the batch, the optimizer's state; or a constant of the net's."""
    name = facts.name(one)
    if one.op == "placeholder":
        return Node(one.op, name or one.name, "input", (), outputs)
    if all(facts.phase(user) == "update" for user in one.users):
        number = 1 + sum(node.name.startswith("state ") for node in before)
        return Node(one.op, f"state {number}", "input", (), outputs)
    return Node(one.op, one.name, "constant", (), outputs)


def _computed(
    one: fx.Node, facts: Facts, inputs: tuple[tuple[int, int], ...], outputs: tuple[model.Tensor, ...]
) -> Node:
    source, function = origin(facts.frames(one))
    scope = facts.scope(one)
    return Node(
        op=_op(one),
        name=one.name,
        phase=facts.phase(one),
        inputs=inputs,
        outputs=outputs,
        scope=function if scope is None else scope,
        source=source,
        flops=flops(one),
        detail=_settings(one),
    )


def _hands_over(node: Node, before: list[Node]) -> bool:
    """Whether it only passes a metric on, when all is done."""
    return node.phase == "update" and all(before[place].phase == "forward" for place, _ in node.inputs)


def _op(one: fx.Node) -> str:
    if isinstance(one.target, torch._ops.OpOverload):
        return str(one.target.overloadpacket)
    if isinstance(one.target, str):
        return f"Tensor.{one.target}"
    module = getattr(one.target, "__module__", None) or "torch"
    return f"{module.removeprefix('_')}.{getattr(one.target, '__name__', one.target)}"


def _item(one: fx.Node) -> tuple[fx.Node, int] | None:
    """The node and the index, where `one` only takes one of a node's outputs."""
    if one.target is not operator.getitem or not isinstance(one.args[0], fx.Node):
        return None
    many = isinstance(_value(one.args[0]), (tuple, list))
    return (one.args[0], one.args[1]) if many and isinstance(one.args[1], int) else None


def _output(source: fx.Node, index: int) -> int:
    """Which output an index is: what is None in a tuple of gradients is none."""
    return sum(_is_output(value) for value in _values(source)[:index])


def _taken(one: fx.Node) -> Iterator[fx.Node]:
    """The nodes that `one` takes, in order, as often as it takes them."""
    yield from _nodes_in(one.args)
    yield from _nodes_in(tuple(one.kwargs.values()))


def _nodes_in(argument: Any) -> Iterator[fx.Node]:
    if isinstance(argument, fx.Node):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for item in argument:
            yield from _nodes_in(item)


def _value(one: fx.Node) -> Any:
    return next((one.meta[key] for key in _VALUES if key in one.meta), None)


def _values(one: fx.Node) -> list[Any]:
    value = _value(one)
    return list(value) if isinstance(value, (tuple, list)) else [value]


def _is_output(value: Any) -> bool:
    return isinstance(value, (Tensor, torch.SymInt, torch.SymFloat, torch.SymBool))


def _tensor(value: Any) -> model.Tensor:
    if not isinstance(value, Tensor):
        return model.Tensor({torch.SymInt: "int64", torch.SymFloat: "float64"}.get(type(value), "bool"), ())
    shape = tuple(size if isinstance(size, int) else None for size in value.shape)
    return model.Tensor(str(value.dtype).removeprefix("torch."), shape)


def _settings(one: fx.Node) -> str:
    """Return its arguments that are no tensors, such as a learning rate or the dimension that is summed."""
    plain = [str(a) for a in one.args if not any(_nodes_in(a)) and a is not None]
    named = [f"{key}={v}" for key, v in one.kwargs.items() if not any(_nodes_in(v)) and v is not None]
    text = ", ".join((*plain, *named))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
