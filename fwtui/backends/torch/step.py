"""One training step in PyTorch, in each of its execution modes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from fwtui.backends.base import Backend, Computed, Gradients, Job
from fwtui.backends.torch import autograd, net_inspection, optimizers
from fwtui.backends.torch.module_scopes import ModuleScopes
from fwtui.backends.torch.net import Forward, Net, tensors_of
from fwtui.backends.torch.net import build as build_net
from fwtui.backends.torch.oplog import OpWriter
from fwtui.core.graph import Graph, NoGraph
from fwtui.core.oplog import OpLog
from fwtui.core.records import Compiled, GraphBroken, NetInspected, Phase
from fwtui.core.spec import Feed
from fwtui.core.workload import Arrays, Batch


def build(mode: str, job: Job) -> Backend:
    """The backend for `mode`: `eager` or `compile`."""
    return _MODES[mode](job)


class Eager:
    """The graph is dynamic: every step records what it computes, and walks that record backwards."""

    first_phase: Phase = "warm-up"
    _optimizer: Callable[..., optimizers.Optimizer] = staticmethod(optimizers.eager)

    def __init__(self, job: Job) -> None:
        self._step_number = job.first_step
        self._device, self._learning_rate = torch.device(job.device), job.learning_rate
        self._net = build_net(job)
        self._weights = list(self._net.trained.values())
        self._update = self._net.optimizer(
            lambda weights: self._optimizer(job.optimizer, weights, job.learning_rate)
        )
        self._run: Any = step_of(self._net.metrics, self._weights, self._update)
        self._batch, self._held_out = _Resident(self._device), _Resident(self._device)
        self._gradients: Sequence[Tensor | None] = ()
        # Logs and graphs have their own copy of a batch, so that the step's copy stays in the step's time.
        self._looked_at = _Resident(self._device)

    def step(self, batch: Batch) -> Mapping[str, float]:
        """One optimizer update; the metrics before it, when all work is done."""
        self.set_step(self._step_number)
        self._step_number += 1
        metrics, self._gradients = self._run(self._batch.tensors(batch))
        values = {name: value.item() for name, value in metrics.items()}
        synchronize(self._device)
        return values

    def evaluate(self, batch: Batch) -> Mapping[str, float]:
        """The metrics of `batch`, of any size, under the present weights."""
        return self._evaluated(self._held_out.tensors(batch))

    def compute(self, batch: Batch) -> Computed:
        """What a step on `batch` computes before its update, copied to NumPy."""
        tensors = self._batch.tensors(batch)
        evaluation = self._evaluation(tensors)
        with self._net.put_back():
            metrics = self._net.metrics(tensors)
            gradients = gradients_of(metrics["loss"], self._weights)
            return self._computed(metrics, gradients, evaluation)

    def weights(self) -> Arrays:
        """The present weights, copied to NumPy."""
        return self._net.weights()

    def state(self) -> Arrays:
        """The present state that other lanes have too, copied to NumPy."""
        return self._net.own_state()

    def load(self, arrays: Arrays) -> None:
        """Put weights and state in the place of the present ones."""
        self._net.load(arrays)

    @contextmanager
    def at(self, arrays: Arrays) -> Iterator[None]:
        """While entered, `arrays` are loaded."""
        with self._net.put_back(with_weights=True):
            self._net.load(arrays)
            yield

    def latest(self) -> Arrays:
        """The weights after the last step and its gradients, where they lie; nothing of another device's."""
        return self._net.latest(self._gradients) if self._device.type == "cpu" else {}

    def set_step(self, step: int) -> None:
        """Which step's random numbers are drawn next."""
        if self._net.numbers is not None:
            self._net.numbers.step = step

    def update(self, gradients: Gradients) -> None:
        """Update the weights by these gradients."""
        self._update(self._net.own_gradients(gradients))

    def learning_rates(self) -> tuple[float, ...]:
        """Of the coming update."""
        return getattr(self._update, "learning_rates", (self._learning_rate,))

    def optimizer_settings(self) -> Mapping[str, float]:
        """Of an optimizer of the user's file; empty for one of fwtui's own."""
        return getattr(self._update, "settings", {})

    def inspect(self, batch: Batch) -> NetInspected:
        """Return what it uses besides the parameters, and whether it is deterministic; runs eagerly."""
        tensors = self._looked_at.tensors(batch)
        with random_numbers_kept(self._device), self._net.put_back():
            found = net_inspection.inspect(self._net, tensors)
        return replace(found, draws=self._net.numbers.sizes) if self._net.numbers else found

    def log_ops(self, batch: Batch, values: bool = False, feeds: Sequence[Feed] = ()) -> OpLog:
        """Log every op of one step of a copy of the net; changes nothing."""
        tensors = self._looked_at.tensors(batch)
        copy, update = self._copied()
        with (
            random_numbers_kept(self._device),
            ModuleScopes(copy.module) as scopes,
            OpWriter(copy.parameters, tensors, values, feeds, copy.views, scopes) as log,
        ):
            metrics = copy.metrics(tensors)
            log.book.enter("backward", metrics)
            gradients = gradients_of(metrics["loss"], list(copy.trained.values()))
            by_weight = zip(copy.trained, gradients, strict=True)
            log.book.enter("update", {f"gradient {name}": g for name, g in by_weight if g is not None})
            update(gradients)
            synchronize(self._device)
            took_ns = log.recorder.elapsed_ns()
        ops = log.book.build({f"parameter {name}": weight for name, weight in copy.trained.items()})
        how = "each op as PyTorch dispatched it; a copy of the net took the step"
        return OpLog(ops, how, took_ns, is_work_timed=self._device.type == "cpu")

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """What autograd recorded of this step, and the whole of it; a copy of the net takes it."""
        from fwtui.backends.torch import graph

        copy, update = self._copied()
        with random_numbers_kept(self._device):
            return graph.eager(step_of, copy, update, self._looked_at.tensors(batch))

    def graph_ran(self, batch: Batch) -> tuple[str, int | None]:
        """The hash of what autograd records of a step on `batch`; only the forward pass runs."""
        with random_numbers_kept(self._device), self._net.put_back():
            metrics = self._net.metrics(self._looked_at.tensors(batch))
        return autograd.hashed(metrics["loss"])

    def events(self) -> Sequence[Compiled | GraphBroken]:
        """Nothing: nothing is ever compiled."""
        return ()

    def close(self) -> None:
        """Nothing outlives the object."""

    def _copied(self) -> tuple[Net, optimizers.Optimizer]:
        """The present network once more, with an optimizer of its own that is as far on."""
        copy = self._net.copied()
        return copy, copy.continued(self._update)

    def _evaluated(self, tensors: Mapping[str, Any]) -> Mapping[str, float]:
        with torch.no_grad(), self._net.put_back():
            metrics = self._net.evaluated(tensors)
        return {name: value.item() for name, value in metrics.items()}

    def _evaluation(self, tensors: Mapping[str, Any]) -> Mapping[str, float]:
        return self._evaluated(tensors) if self._net.has_modes else {}

    def _computed(
        self,
        metrics: Mapping[str, Tensor],
        gradients: Sequence[Tensor | None],
        evaluation: Mapping[str, float],
    ) -> Computed:
        """What was computed, on the host, with the state as it is now."""
        values = {name: value.item() for name, value in metrics.items()}
        return Computed(values, self._net.named(gradients), self._net.own_state(), evaluation)


def gradients_of(loss: Tensor, weights: Sequence[Tensor]) -> Sequence[Tensor | None]:
    """The gradient of `loss` by each weight; None for one that it does not depend on."""
    if not loss.requires_grad:
        return [None] * len(weights)
    return torch.autograd.grad(loss, weights, allow_unused=True)


def step_of(forward: Forward, weights: Sequence[Tensor], update: optimizers.Update) -> Callable[..., Any]:
    """The step as a function of the batch alone; gives its metrics, and the gradients by weight."""

    def step(batch: Mapping[str, Any]) -> tuple[dict[str, Tensor], Sequence[Tensor | None]]:
        metrics = forward(batch)
        gradients = gradients_of(metrics["loss"], weights)
        update(gradients)
        # A compiler does not take in the backward pass of what leaves it with that still to come.
        return {name: value.detach() for name, value in metrics.items()}, gradients

    return step


class _Resident:
    """The batch that lies on the device. The same object again is not copied there again."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._of: Batch | None = None
        self._tensors: dict[str, Any] = {}

    def tensors(self, batch: Batch) -> dict[str, Any]:
        if batch is not self._of:
            self._tensors = tensors_of(batch, self._device)
            self._of = batch
        return self._tensors


def random_numbers_kept(device: torch.device) -> AbstractContextManager[None]:
    """What is drawn while it is entered is not taken from what steps draw from, but on Apple's GPUs."""
    kept: AbstractContextManager[None] = torch.random.fork_rng([device] if device.type == "cuda" else [])
    return kept


def synchronize(device: torch.device) -> None:
    """Waits for the device: the loss on the host says that the forward pass ran, not that the update did."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def _compile(job: Job) -> Backend:
    # Dynamo takes a second to import, which an eager lane need not wait for.
    from fwtui.backends.torch.compiled import Compile

    return Compile(job)


_MODES: dict[str, Callable[[Job], Backend]] = {"eager": Eager, "compile": _compile}
