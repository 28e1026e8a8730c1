"""The graphs of a compiled step in PyTorch: Dynamo's, AOTAutograd's, and the kernels of Inductor."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, fx

from fwtui.backends.capture import attempted, failed, with_loss
from fwtui.backends.torch import dynamo, optimizers
from fwtui.backends.torch.graph_fx import Facts, nodes_of
from fwtui.backends.torch.graph_kernels import kernels_of
from fwtui.backends.torch.graph_lines import Frame, written
from fwtui.core.graph import PHASES, Graph, Node, NodePhase, NoGraph

_TITLES = {
    "dynamo": "what Dynamo captured",
    "aot": "what AOTAutograd made of it",
    "inductor": "the kernels that Inductor made",
}
_INPUTS = ("placeholder", "get_attr", "output")
_CAPTURED = {
    "dynamo": "the calls that the step makes, as Dynamo read them from its bytecode",
    "aot": "simpler ops of ATen's that are the same; what is written in place is written at the end",
    "inductor": "the code that Inductor wrote; one kernel may run many of AOTAutograd's ops",
}
_AGAIN = "; a copy of the step was compiled once more"


def compiled(
    step: Callable[..., Any],
    name: str,
    named: Mapping[str, Tensor],
    batch: Mapping[str, Any],
    modules: Mapping[int, str],
) -> tuple[Graph | NoGraph, ...]:
    """The graphs of `step` on `batch`, which is taken once: by a copy of what is trained.

    Where the compiler could not take in the whole step, each piece has graphs of its own, and each break
    says why.

    Args:
        name: under which the lane's own step is compiled.
        named: every tensor that the step takes, by the name that its node is to have.
        modules: the path of each module of the net, by its identity; empty where it has none.
    """
    pieces = _Pieces(named, modules)
    breaks: list[NoGraph] = []
    try:
        for number, found in enumerate(dynamo.tell(pieces, step, name, batch), 1):
            where = "" if found.where is None else f", at {found.where[0]}:{found.where[1]}"
            breaks.append(NoGraph(f"break {number}", "a break in the graph", found.reason + where))
    except Exception as error:  # whatever the compiler may raise
        traceback.print_exc()  # into the lane's log
        pieces.fail(error)
    return (*pieces.graphs("dynamo"), *breaks, *pieces.graphs("aot"), *pieces.graphs("inductor"))


class _Pieces:
    """Hears of each piece that is compiled, and turns what it hears into graphs at once: they are changed."""

    def __init__(self, named: Mapping[str, Tensor], modules: Mapping[int, str]) -> None:
        self._modules = modules
        self._names = {id(tensor): name for name, tensor in named.items()}
        self._graphs: dict[str, list[tuple[str, Graph | NoGraph]]] = {kind: [] for kind in _TITLES}
        self._inputs: list[str] = []
        self._loss: str | None = None
        self._taken: dict[str, str] = {}
        self._is_backward = False

    def dynamo(self, graph: fx.Graph, inputs: Sequence[Any]) -> None:
        """One node for each call in Python; the whole backward pass is one."""
        placeholders = graph.find_nodes(op="placeholder")
        known = {one: self._names.get(id(i)) for one, i in zip(placeholders, inputs, strict=True)}
        self._is_backward = False
        self._loss = next((_differentiated(one) for one in graph.nodes if _differentiated(one)), None)

        def capture() -> Graph:
            nodes, places = nodes_of(graph, self._facts(_phases(graph), known.get))
            self._inputs = [nodes[places[one][0]].name for one in placeholders]
            loss = [places[one][0] for one in graph.nodes if one.name == self._loss]
            return _graph("dynamo", with_loss(nodes, loss[-1]) if loss else nodes)

        self._hear("dynamo", "", capture)

    def aot(self, graph: fx.Graph, is_backward: bool) -> None:
        """One node for each of ATen's ops."""
        self._is_backward = is_backward
        self._hear("aot", "backward" if is_backward else "", lambda: _graph("aot", self._aot_nodes(graph)[0]))

    def inductor(self, graph: fx.Graph, code: str, made_of: Mapping[str, Sequence[str]]) -> None:
        """One node for each call of a kernel."""

        def capture() -> Graph:
            nodes, places = self._aot_nodes(graph)
            by_name = {one.name: nodes[place] for one, (place, _) in places.items()}
            inputs = [by_name[one.name] for one in graph.find_nodes(op="placeholder")]
            runs = {
                handle: [by_name[name] for name in names if name in by_name]
                for handle, names in made_of.items()
            }
            kernels, parts = kernels_of(code, inputs, runs)
            return _graph("inductor", kernels, parts)

        self._hear("inductor", "backward" if self._is_backward else "", capture)

    def fail(self, error: Exception) -> None:
        """The compilation failed: what was not heard of will not be."""
        for kind, heard in self._graphs.items():
            if not heard or len(heard) < len(self._graphs["dynamo"]):
                heard.append(("", failed(kind, _TITLES[kind], error)))

    def graphs(self, kind: str) -> list[Graph | NoGraph]:
        """Return every graph of `kind`, numbered where there is more than one."""
        heard = self._graphs[kind]
        if len(heard) == 1:
            return [heard[0][1]]
        numbered = []
        for number, (way, graph) in enumerate(heard, 1):
            title = f"{graph.title}, piece {number} of {len(heard)}{', ' * bool(way)}{way}"
            numbered.append(replace(graph, kind=f"{kind} {number}", title=title))
        return numbered

    def _hear(self, kind: str, way: str, capture: Callable[[], Graph]) -> None:
        self._graphs[kind].append((way, attempted(kind, _TITLES[kind], capture)))

    def _aot_nodes(self, graph: fx.Graph) -> tuple[Sequence[Node], Mapping[fx.Node, tuple[int, int]]]:
        phases = _phases(graph, "backward" if self._is_backward else None)
        nodes, places = nodes_of(graph, self._facts(phases, self._inputs_name))
        if not self._is_backward:
            self._taken = {one.name: nodes[places[one][0]].name for one in graph.find_nodes(op="placeholder")}
        losses = [
            places[one][0]
            for one in graph.nodes
            if one in places and phases[one] == "forward" and _made_from(one) == self._loss is not None
        ]
        return (with_loss(nodes, losses[-1]) if losses else nodes), places

    def _facts(self, phases: Mapping[fx.Node, NodePhase], name: Callable[[fx.Node], str | None]) -> Facts:
        return Facts(phases.__getitem__, name, _frames, self._scope if self._modules else lambda one: None)

    def _scope(self, one: fx.Node) -> str:
        """The innermost module that the node was called in; "" where that is not known."""
        stack = one.meta.get("nn_module_stack") or one.meta.get("fwd_nn_module_stack") or {}
        paths = (self._modules.get(int(key)) for key in reversed(stack) if key.isdecimal())
        return next(filter(None, paths), "")

    def _inputs_name(self, one: fx.Node) -> str | None:
        """As Dynamo's graph has it; what the backward pass takes over, as the forward pass has it."""
        place = getattr(one.meta.get("desc"), "idx", None)
        if not self._is_backward and isinstance(place, int) and place < len(self._inputs):
            return self._inputs[place]
        return self._taken.get(one.name)


def _phases(graph: fx.Graph, every: NodePhase | None = None) -> dict[fx.Node, NodePhase]:
    """The phase of each node that computes, by who asked for it: `every`, where all have the same.

    None is in an earlier phase than what it takes. What a pass of the compiler put in, takes nothing and was
    asked for by no line, is in the phase of what takes it.
    """
    phases: dict[fx.Node, NodePhase] = {}
    for one in graph.nodes:
        known = [phases[other] for other in one.all_input_nodes if other in phases]
        own = every or _asked_in(one)
        if one.op not in _INPUTS and (own or known):
            phases[one] = max([*known, *([own] if own else [])], key=PHASES.index)
    for one in reversed(graph.nodes):
        taking = [phases[user] for user in one.users if user in phases]
        phases.setdefault(one, min(taking, key=PHASES.index, default="forward"))
    return phases


def _asked_in(one: fx.Node) -> NodePhase | None:
    if one.meta.get("autograd_backward"):
        return "backward"
    frames = _frames(one)
    if any(file == optimizers.__file__ for file, _, _ in frames):
        return "update"
    return "forward" if frames else None


def _frames(one: fx.Node) -> list[Frame]:
    return written(one.meta.get("stack_trace") or "")


def _differentiated(one: fx.Node) -> str | None:
    """The name of the node whose gradient `one` asks for."""
    if one.target is not torch.autograd.grad or not isinstance(one.args[0], fx.Node):
        return None
    return one.args[0].name


def _made_from(one: fx.Node) -> str | None:
    """The name of the node in Dynamo's graph that `one` was made from."""
    sources = one.meta.get("from_node") or ()
    return sources[0].name if sources else None


def _graph(kind: str, nodes: Sequence[Node], parts: tuple[tuple[str, str], ...] = ()) -> Graph:
    return Graph(kind, _TITLES[kind], _CAPTURED[kind] + _AGAIN, tuple(nodes), parts)
