"""The graphs of a training step in each of TensorFlow's execution modes.

Whatever has to be traced or run for it is traced and run on a twin: another backend made from the same job
and the present weights, which is given up afterwards. The step itself is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import tensorflow as tf

from fwtui.backends.capture import attempted
from fwtui.backends.tensorflow import graph_hlo
from fwtui.backends.tensorflow.graph_internals import optimized
from fwtui.backends.tensorflow.graph_phases import Given
from fwtui.backends.tensorflow.graph_step import StepGraph, facts, runtimes, traced_graph
from fwtui.backends.tensorflow.hlo_program import program_nodes
from fwtui.backends.tensorflow.profile import read_program
from fwtui.core.graph import Graph, Node, NoGraph

Captures = Mapping[tuple[str, str], Callable[[], Graph]]
"""How to get at each graph, by its kind and title."""
_HLO = {"hlo": "before optimisation", "optimized": "after optimisation"}
_FED = re.compile(r"_arg_(.+)_\d+_\d+")
"""A session's argument, after the tensor that is fed."""


def captured(captures: Captures) -> tuple[Graph | NoGraph, ...]:
    """Each graph, or why it cannot be had."""
    return tuple(attempted(*names, capture) for names, capture in captures.items())


@dataclass(frozen=True)
class Trace:
    """A step, a `tf.function`, and what it traced for one batch.

    Attributes:
        function: the step, of which `concrete` is the trace.
        tensors: the batch.
        parameters: the step's own.
        metrics: symbolic, as `gradients` are, which come in the order of the parameters.
    """

    function: Any
    concrete: Any
    tensors: Mapping[str, Any]
    parameters: Mapping[str, tf.Variable]
    metrics: Mapping[str, tf.Tensor]
    gradients: Sequence[Any]


class Tracing:
    """The graphs that come of tracing a step, which `make` does when the first of them is asked for."""

    def __init__(self, make: Callable[[], Trace]) -> None:
        self._make = make
        self._program_nodes: Sequence[Node] = ()

    @property
    def nodes(self) -> Sequence[Node]:
        """The graph as it was traced."""
        return self._traced.nodes

    @property
    def function_name(self) -> str:
        """What the runtime calls the trace."""
        return str(self._trace.concrete.name.decode())

    @property
    def ops(self) -> list[tf.Operation]:
        """The ops of the trace itself."""
        return list(self._trace.concrete.graph.get_operations())

    def program_nodes(self, programs: Sequence[bytes]) -> Sequence[Node]:
        """The instructions of what XLA made of the trace, which is the same in each profile."""
        if not self._program_nodes:
            given, known = list(self._step.given.values()), facts(self._traced)
            read = map(read_program, programs)
            self._program_nodes = [node for program in read for node in program_nodes(program, given, known)]
        return self._program_nodes

    def function(self) -> tuple[Graph | NoGraph, ...]:
        """What `tf.function` traces, and what it makes of that before it runs."""
        return captured(
            {
                ("traced", "as traced"): lambda: self._traced,
                ("optimized", "after Grappler"): self._optimized,
            }
        )

    def xla(self) -> tuple[Graph | NoGraph, ...]:
        """XLA's program, before it optimises and after."""
        return captured(
            {
                ("hlo", _HLO["hlo"]): lambda: self._hlo("hlo", "hlo"),
                ("optimized", _HLO["optimized"]): lambda: self._hlo("optimized", "optimized_hlo"),
            }
        )

    @cached_property
    def _trace(self) -> Trace:
        return self._make()

    @cached_property
    def _step(self) -> StepGraph:
        trace = self._trace
        return traced_graph(trace.concrete, trace.tensors, trace.parameters, trace.metrics, trace.gradients)

    @cached_property
    def _traced(self) -> Graph:
        how = "the function that tf.function traces for this batch, traced once more"
        return self._step.graph("traced", "as traced", how)

    def _optimized(self) -> Graph:
        step, arguments = self._traced, list(self._step.given.values())
        every = optimized(lambda: self._trace.function(self._trace.tensors))
        # Others may run functions in this process at the same time.
        names = {node.name for node in step.nodes}
        (*_, own) = sorted(every, key=lambda one: len(names & {node.name for node in one.node}))

        def argument(node: Any) -> Given | None:
            return arguments[node.attr["index"].i] if node.op == "_Arg" else None

        how = "what the runtime made of the traced function, taken from one step of a copy of the net"
        return runtimes("optimized", "after Grappler", how, own, argument, step)

    def _hlo(self, kind: str, stage: str) -> Graph:
        known, given = facts(self._traced), self._step.given.values()
        text = str(self._trace.function.experimental_get_compiler_ir(self._trace.tensors)(stage=stage))
        nodes = graph_hlo.nodes(graph_hlo.program(text), list(given), known)
        title = _HLO[kind]
        how = f"experimental_get_compiler_ir, stage {stage}, of the step traced once more for this batch"
        return Graph(kind, title, how, nodes, ((f"{stage}.txt", text),))


def built(step: StepGraph) -> Graph:
    """A session's graph with everything that is in it."""
    return step.graph("built", "as built", "every op of the tf.Graph, built before the first step")


def fetched(step: StepGraph) -> Graph:
    """What is left of a session's graph for the fetches of a step."""
    kept = step.needed()
    left = len(step.ops) - len(kept)
    how = f"what the metrics and the update need: {len(kept)} ops of {len(step.ops)}, {left} left out"
    return step.graph("fetched", "pruned for a step", how, kept)


def partitioned(step: StepGraph, run: Callable[[Any, Any], object]) -> Graph:
    """What a session's runtime makes of its graph for a step.

    Args:
        run: runs the step of a twin with such options, and keeps such metadata.
    """
    metadata = tf.compat.v1.RunMetadata()
    run(tf.compat.v1.RunOptions(output_partition_graphs=True), metadata)
    definition = tf.compat.v1.GraphDef()
    for part in metadata.partition_graphs:
        definition.MergeFrom(part)

    def argument(node: Any) -> Given | None:
        fed = _FED.fullmatch(node.name)
        return step.given.get(fed[1] if fed and node.op == "_Arg" else node.name)

    how = "what the runtime made of the fetched graph, taken from one step of a copy of the net"
    return runtimes("optimized", "after Grappler and placement", how, definition, argument, fetched(step))
