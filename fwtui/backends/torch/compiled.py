"""One training step in PyTorch, compiled by `torch.compile`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from fwtui.backends.base import Gradients, Job
from fwtui.backends.torch import dynamo, oplog, optimizers
from fwtui.backends.torch.step import Eager, random_numbers_kept, step_of
from fwtui.race.graph import Graph, NoGraph
from fwtui.race.records import Compiled, GraphBroken, Phase
from fwtui.workloads.base import Batch


class Compile(Eager):
    """The graph is static: forward pass, backward pass and update are traced and compiled as one function.

    The usual two, the loss (whose backward pass is compiled with it) and the update, are slower: for the
    two-layer net on 2 cores, in parts of an eager step, the one function takes 0.88 and the two 1.15. It
    needs Dynamo to take in `torch.autograd.grad`, which it offers since PyTorch 2.11; before that, and where
    the net itself breaks the graph, the step becomes several functions, and that is told.

    What is evaluated runs eagerly: it trains nothing, and its batch size would have to be compiled for.
    """

    first_phase: Phase = "compile"
    _optimizer = optimizers.Written
    _update: optimizers.Written

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._name = dynamo.own_name(self._run)
        self._run = dynamo.compiled(self._run, self._name)
        self._watch = dynamo.Watch()

    def step(self, batch: Batch) -> Mapping[str, float]:
        """One optimizer update; the metrics before it, when all work is done.

        Raises:
            RuntimeError: something that compiling needs is not installed.
        """
        self._watch.begin(batch)
        return super().step(batch)

    def gradients(self, batch: Batch) -> tuple[Mapping[str, float], Gradients]:
        """The metrics of `batch`, and the loss's gradient by each weight, copied to NumPy.

        The compiled step gives them, and what it changed is put back. Where it would have to be compiled for
        this batch, an eager one does, so that it is the coming step that compiles, and takes the time.
        """
        changed = [*self._weights, *(tensor for state in self._update.state for tensor in state)]
        with torch.no_grad(), dynamo.without_compiling():
            before = [tensor.clone() for tensor in changed]
            with torch.enable_grad():
                told = self._on_the_host(*self._run(self._batch.tensors(batch)))
            for tensor, value in zip(changed, before, strict=True):
                tensor.copy_(value)
        return told

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """What Dynamo captured, what AOTAutograd made of it, and Inductor's kernels; compiles once more.

        Another compilation tells them, since the first keeps none, and should cost nothing beyond itself.
        """
        from fwtui.backends.torch import graph_compiled

        copies, update = self._copied()
        assert isinstance(update, optimizers.Written)
        step, tensors = step_of(self._loss, copies, update), self._batch.tensors(batch)
        state = (tensor for of_weight in update.state for tensor in of_weight)
        named = {f"state {number}": tensor for number, tensor in enumerate(state, 1)}
        named |= oplog.named(copies, tensors)
        with random_numbers_kept(self._device):
            return graph_compiled.compiled(step, self._name, named, tensors)

    def events(self) -> Sequence[Compiled | GraphBroken]:
        """Each step in which something was compiled, and each place that breaks the graph, once."""
        return self._watch.events()
