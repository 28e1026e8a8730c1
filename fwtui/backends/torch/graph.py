"""The graphs of an eager step in PyTorch: what the forward pass recorded, and the whole step, traced."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, fx
from torch.fx.experimental.proxy_tensor import make_fx
from torch.fx.traceback import annotate, preserve_node_meta

from fwtui.backends.capture import attempted, with_loss
from fwtui.backends.torch import autograd
from fwtui.backends.torch.graph_fx import Facts, nodes_of
from fwtui.backends.torch.graph_lines import Frame, live, origin, written
from fwtui.backends.torch.module_scopes import ModuleScopes, ScopeNumbers
from fwtui.backends.torch.net import Forward, Metrics, Net
from fwtui.backends.torch.oplog import Dispatched, current_node, named
from fwtui.backends.torch.optimizers import Gradients, Update
from fwtui.core.graph import Graph, Node, NodePhase, NoGraph

StepOf = Callable[[Forward, Sequence[Tensor], Update], Callable[..., Any]]
"""(forward pass, weights, update) -> a step, as a function of the batch."""
_ASKED = "fwtui"
"""Under which name a traced node keeps what asked for it."""


def eager(step_of: StepOf, net: Net, update: Update, batch: Mapping[str, Any]) -> tuple[Graph | NoGraph, ...]:
    """The graphs of a step on `batch`, which `net` takes twice: it is to be a copy of what is trained."""
    recorded, step = ("autograd", "autograd graph"), ("step", "whole step")
    return (
        attempted(*recorded, lambda: _autograd(*recorded, net, batch)),
        attempted(*step, lambda: _step(*step, step_of, net, update, batch)),
    )


def _autograd(kind: str, title: str, net: Net, batch: Mapping[str, Any]) -> Graph:
    """What autograd recorded, in the order of the forward pass: a node for each op that has a gradient."""
    scopes = ModuleScopes(net.module)
    with torch.autograd.set_detect_anomaly(True, check_nan=False), scopes, _Numbered(scopes) as numbered:
        root = net.metrics(batch)["loss"].grad_fn
    names = {id(tensor): name for name, tensor in named(net.trained, batch).items()}
    places: dict[Any, int] = {}
    nodes: list[Node] = []
    counts: dict[str, int] = {}
    for function in autograd.inputs_first(root):
        op = autograd.op(function)
        count = counts[op] = counts.get(op, -1) + 1
        known = names.get(id(getattr(function, "variable", None)))
        source, scope = origin(_recorded_frames(function))
        if net.module is not None:
            scope = "" if known else numbered.scope(function)
        nodes.append(
            Node(
                op=op,
                name=known or (f"{op}_{count}" if count else op),
                phase="input" if known else "backward",
                inputs=tuple((places[before], n) for before, n in function.next_functions if before),
                outputs=autograd.given(function),
                scope=scope,
                source=source,
                detail="" if known else _saved(function),
            )
        )
        places[function] = len(nodes) - 1
    how = "walked from the loss's grad_fn; the backward pass runs it from the last node to the first"
    return Graph(kind, title, how, tuple(nodes))


def _saved(function: Any) -> str:
    """What the forward pass left for the gradient, such as `saves self 64×100, mat2 100×10`."""
    kept = {key[7:]: getattr(function, key) for key in dir(function) if key.startswith("_saved_")}
    saved = [f"{key} {_size(value.shape)}" for key, value in kept.items() if isinstance(value, Tensor)]
    return f"saves {', '.join(saved)}" if saved else ""


def _size(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "scalar"


def _step(
    kind: str, title: str, step_of: StepOf, net: Net, update: Update, batch: Mapping[str, Any]
) -> Graph:
    """Forward pass, backward pass and update as ATen's ops, in the order in which they ran."""
    scopes = ModuleScopes(net.module)
    asked, taken = _Asked(scopes), named(net.trained, batch)
    metrics: Metrics = {}

    def forward(batch: Mapping[str, Any]) -> Metrics:
        metrics.update(net.metrics(batch))
        asked.phase = "backward"
        return metrics

    def updated(gradients: Gradients) -> None:
        asked.phase = "update"
        update(gradients)

    def traced(*_: Tensor) -> list[Tensor]:
        asked.phase = "forward"
        with scopes, asked:
            step(batch)
        return list(metrics.values())

    step = step_of(forward, list(net.trained.values()), updated)
    # The optimizer makes its state in the first step, which is not what any other step is like.
    step(batch)
    with torch.autograd.set_detect_anomaly(True, check_nan=False):
        graph = make_fx(traced, _error_on_data_dependent_ops=False)(*taken.values()).graph
    inputs = dict(zip(graph.find_nodes(op="placeholder"), taken, strict=True))
    nodes, places = nodes_of(graph, _facts(inputs, net.module is not None))
    returned: Any = graph.output_node().args[0]
    how = "torch.fx's make_fx, while a copy of the net took a step"
    return Graph(kind, title, how, with_loss(nodes, places[returned[0]][0]))


def _facts(inputs: Mapping[fx.Node, str], has_modules: bool) -> Facts:
    return Facts(
        lambda one: _said(one)[0],
        inputs.get,
        lambda one: _said(one)[1],
        lambda one: _said(one)[2] if has_modules else None,
    )


def _said(one: fx.Node) -> tuple[NodePhase, list[Frame], str]:
    said: tuple[NodePhase, list[Frame], str] = one.meta["custom"][_ASKED]
    return said


def _recorded_frames(node: Any) -> list[Frame]:
    """What asked in the forward pass for what `node` of the backward pass differentiates, outermost first.

    Nothing without anomaly mode in the forward pass, and where no node runs.
    """
    return written("".join(node.metadata.get("traceback_", ()))) if node is not None else []


class _Asked(Dispatched):  # type: ignore[no-untyped-call]
    """While it is entered, each traced node keeps its phase, the frames that asked for it, and its module."""

    phase: NodePhase = "forward"

    def __init__(self, scopes: ModuleScopes) -> None:
        super().__init__(self._traced)
        self._scopes, self._numbers = scopes, ScopeNumbers(scopes)

    def _traced(self, func: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """Hands the op on to the tracer."""
        frames, scope = live(sys._getframe(2)), self._scopes.path
        self._numbers.note()
        if self.phase == "backward" and (recorded := _recorded_frames(node := current_node())):
            frames, scope = recorded, self._numbers.scope(node)
        # Entered for the op alone, since anomaly mode keeps no lines while nodes keep what is known of them.
        with preserve_node_meta(), annotate({_ASKED: (self.phase, frames, scope)}):
            return func(*args, **kwargs)


class _Numbered(Dispatched):  # type: ignore[no-untyped-call]
    """While it is entered, the module of each node that autograd records is noted."""

    def __init__(self, scopes: ModuleScopes) -> None:
        super().__init__(self._noted)
        self._numbers = ScopeNumbers(scopes)

    def scope(self, node: Any) -> str:
        """The module whose forward pass recorded `node`."""
        return self._numbers.scope(node)

    def _noted(self, func: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        self._numbers.note()
        return func(*args, **kwargs)
