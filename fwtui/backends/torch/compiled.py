"""One training step in PyTorch, compiled by `torch.compile`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fwtui.backends.base import Computed, Job, NotYetError
from fwtui.backends.logbook import in_library
from fwtui.backends.torch import dynamo, oplog, optimizers
from fwtui.backends.torch.module_scopes import ModuleScopes
from fwtui.backends.torch.step import Eager, random_numbers_kept, step_of, synchronize
from fwtui.core.graph import Graph, NoGraph
from fwtui.core.oplog import OpLog
from fwtui.core.records import Compiled, GraphBroken, Phase
from fwtui.core.spec import Feed
from fwtui.core.workload import Batch

_NOT_COMPILED = "nothing is compiled for a batch like this one before the step is taken"


class Compile(Eager):
    """The graph is static: forward pass, backward pass and update are traced and compiled as one function.

    The usual two, the loss (whose backward pass is compiled with it) and the update, are slower: for the
    two-layer net on 2 cores, in parts of an eager step, the one function takes 0.88 and the two 1.15. It
    needs Dynamo to take in `torch.autograd.grad`. Where the net itself breaks the graph, the step becomes
    several functions, and `events` reports it.

    What is evaluated runs eagerly: it trains nothing, and its batch size would have to be compiled for.
    """

    first_phase: Phase = "compile"
    _optimizer = optimizers.Written

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        if self._net.numbers is not None:
            raise NotImplementedError("torch.compile draws random numbers that cannot be made equal")
        self._updates_itself = isinstance(self._update, optimizers.Written)
        if (
            not self._updates_itself
        ):  # a file's optimizer runs as it is: what it reads of itself is no constant
            self._run = step_of(self._net.metrics, self._weights, lambda gradients: None)
        self._name = dynamo.own_name(self._run)
        sources = dynamo.Sources(_files(self._net.function))
        options = {"post_grad_custom_post_pass": sources}
        self._run = dynamo.compiled(self._run, self._name, options=options)
        self._watch = dynamo.Watch()

    def step(self, batch: Batch) -> Mapping[str, float]:
        """One optimizer update; the metrics before it, when all work is done.

        Raises:
            RuntimeError: something that compiling needs is not installed.
        """
        self._watch.begin(batch)
        values = super().step(batch)
        if not self._updates_itself:
            self._update(self._gradients)
            synchronize(self._device)
        return values

    def compute(self, batch: Batch) -> Computed:
        """What a step on `batch` computes before its update, copied to NumPy.

        The compiled step gives them, and what it changed is put back. Where it would have to be compiled for
        this batch, an eager one does, so that it is the coming step that compiles, and takes the time.
        """
        tensors = self._batch.tensors(batch)
        evaluation = self._evaluation(tensors)
        with self._put_back():
            metrics, gradients = self._run(tensors)
            return self._computed(metrics, gradients, evaluation)

    def log_ops(self, batch: Batch, values: bool = False, feeds: Sequence[Feed] = ()) -> OpLog:
        """The host's one call, and what runs inside of it; what the call changes is put back.

        Raises:
            NotYetError: nothing has been compiled for a batch like this one.
        """
        from fwtui.backends.torch import inductor, kernel_log

        tensors = self._looked_at.tensors(batch)
        named = _named(self._net.trained, self._update, tensors)
        log = kernel_log.KernelLog(named, values, partial(synchronize, self._device))
        with self._put_back(), inductor.heard(log):
            log.begin()
            metrics, gradients = self._run(tensors)
            synchronize(self._device)
            log.end()
        if not (log.is_compiled or self._watch.gave_up):
            raise NotYetError(_NOT_COMPILED)
        by_weight = zip(self._net.trained, gradients, strict=True)
        results = {f"parameter {name}": weight for name, weight in self._net.trained.items()}
        results |= {f"gradient {name}": g for name, g in by_weight if g is not None}
        return log.build(metrics, results)

    def graph_ran(self, batch: Batch) -> tuple[str, int | None]:
        """A hash of the compiled graphs that a step runs and of the ops between them, and how many those are.

        Raises:
            NotYetError: nothing has been compiled for a batch like this one.
        """
        from fwtui.backends.torch import inductor, kernel_log

        ran, tensors = kernel_log.Ran(), self._looked_at.tensors(batch)
        with self._put_back(), inductor.heard(ran):
            self._run(tensors)
        if not (ran.is_compiled or self._watch.gave_up):
            raise NotYetError(_NOT_COMPILED)
        return ran.hash(), ran.nodes

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """What Dynamo captured, what AOTAutograd made of it, and Inductor's kernels; compiles once more.

        Another compilation tells them, since the first keeps none, and should cost nothing beyond itself.
        """
        from fwtui.backends.torch import graph_compiled

        copy, update = self._copied()
        step = step_of(
            copy.metrics,
            list(copy.trained.values()),
            update if self._updates_itself else lambda gradients: None,
        )
        tensors = self._looked_at.tensors(batch)
        named = _named(copy.trained, update, tensors)
        modules = ModuleScopes(copy.module).names
        with random_numbers_kept(self._device):
            return graph_compiled.compiled(step, self._name, named, tensors, modules)

    def events(self) -> Sequence[Compiled | GraphBroken]:
        """Each step in which something was compiled, and each place that breaks the graph, once."""
        return self._watch.events()

    @contextmanager
    def _put_back(self) -> Iterator[None]:
        """What runs while it is entered compiles nothing, and changes neither the net nor the optimizer."""
        changed = [tensor for state in _state(self._update) for tensor in state]
        before = [tensor.detach().clone() for tensor in changed]
        try:
            with (
                dynamo.without_compiling(),
                random_numbers_kept(self._device),
                self._net.put_back(with_weights=True),
            ):
                yield
        finally:
            with torch.no_grad():
                for tensor, value in zip(changed, before, strict=True):
                    tensor.copy_(value)


def _state(update: Any) -> Sequence[Sequence[Tensor]]:
    """What a compiled update keeps of each weight; that of a file's optimizer is not compiled."""
    return update.state if isinstance(update, optimizers.Written) else ()


def _named(parameters: Mapping[str, Tensor], update: Any, batch: Mapping[str, Any]) -> dict[str, Tensor]:
    """Every tensor that a step takes, by the name that it has in logs and graphs."""
    state = (tensor for of_weight in _state(update) for tensor in of_weight)
    return {f"state {number}": one for number, one in enumerate(state, 1)} | oplog.named(parameters, batch)


def _files(loss: Any) -> set[str]:
    """Every file that a line of the step may be in: the net's, what it imports that is no library, ours."""
    modules = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    files = {file for file in modules if not in_library(file)}
    if code := getattr(loss, "__code__", None):
        files.add(code.co_filename)
    return {file for file in files if Path(file).is_file()}
