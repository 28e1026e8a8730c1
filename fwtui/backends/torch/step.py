"""One training step in PyTorch, in each of its execution modes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor

from fwtui.backends.base import Backend, Gradients, Job
from fwtui.backends.torch import autograd, net_inspection, optimizers
from fwtui.backends.torch.modes import FRAMEWORK
from fwtui.backends.torch.oplog import OpWriter
from fwtui.core.graph import Graph, NoGraph
from fwtui.core.metrics import named_metrics
from fwtui.core.oplog import OpLog
from fwtui.core.records import Compiled, GraphBroken, NetInspected, Phase
from fwtui.core.spec import Feed
from fwtui.core.workload import Arrays, Batch, Loss


def build(mode: str, job: Job) -> Backend:
    """The backend for `mode`: `eager` or `compile`."""
    return _MODES[mode](job)


class Eager:
    """The graph is dynamic: every step records what it computes, and walks that record backwards."""

    first_phase: Phase = "warm-up"
    _optimizer: Callable[..., optimizers.Optimizer] = staticmethod(optimizers.eager)

    def __init__(self, job: Job) -> None:
        self._device = torch.device(job.device)
        # torch.tensor copies: training must not write into the arrays that the job came with.
        self._params = {
            name: torch.tensor(array, device=self._device, requires_grad=True)
            for name, array in job.parameters.items()
        }
        self._weights = list(self._params.values())
        self._loss = job.workload.loss(FRAMEWORK.key)
        self._update = self._optimizer(job.optimizer, self._weights, job.learning_rate)
        self._run: Any = step_of(self._loss, self._params, self._update)
        self._batch, self._held_out = _Resident(self._device), _Resident(self._device)
        self._gradients: Sequence[Tensor | None] = ()
        # Logs and graphs have their own copy of a batch, so that the step's copy stays in the step's time.
        self._looked_at = _Resident(self._device)

    def step(self, batch: Batch) -> Mapping[str, float]:
        """One optimizer update; the metrics before it, when all work is done."""
        metrics, self._gradients = self._run(self._batch.tensors(batch))
        values = {name: value.item() for name, value in metrics.items()}
        synchronize(self._device)
        return values

    def evaluate(self, batch: Batch) -> Mapping[str, float]:
        """The metrics of `batch`, of any size, under the present weights."""
        with torch.no_grad():
            metrics = named_metrics(self._loss(self._params, self._held_out.tensors(batch)))
        return {name: value.item() for name, value in metrics.items()}

    def gradients(self, batch: Batch) -> tuple[Mapping[str, float], Gradients]:
        """The metrics of `batch`, and the loss's gradient by each weight, copied to NumPy."""
        metrics = named_metrics(self._loss(self._params, self._batch.tensors(batch)))
        gradients = gradients_of(metrics["loss"], self._weights)
        return self._on_the_host(metrics, gradients)

    def weights(self) -> Arrays:
        """The present weights, copied to NumPy."""
        return {name: weight.detach().cpu().numpy().copy() for name, weight in self._params.items()}

    def load(self, weights: Arrays) -> None:
        """Puts `weights` in the place of the present ones."""
        with torch.no_grad():
            for name, array in weights.items():
                self._params[name].copy_(torch.tensor(array))

    def latest(self) -> Arrays:
        """The weights after the last step and its gradients, where they lie; nothing of another device's."""
        if self._device.type != "cpu":
            return {}
        arrays = {f"parameter {name}": weight.detach().numpy() for name, weight in self._params.items()}
        for name, gradient in zip(self._params, self._gradients, strict=False):
            if gradient is not None:
                arrays[f"gradient {name}"] = gradient.detach().numpy()
        return arrays

    def inspect(self, batch: Batch) -> NetInspected:
        """Return what it uses besides the parameters, and whether it is deterministic; runs eagerly."""
        tensors = self._looked_at.tensors(batch)
        with random_numbers_kept(self._device):
            return net_inspection.inspect(self._loss, self._params, tensors)

    def log_ops(self, batch: Batch, values: bool = False, feeds: Sequence[Feed] = ()) -> OpLog:
        """Log every op of one step of a copy of the net; changes nothing."""
        tensors = self._looked_at.tensors(batch)
        copies, update = self._copied()
        with random_numbers_kept(self._device), OpWriter(copies, tensors, values, feeds) as log:
            metrics = named_metrics(self._loss(copies, tensors))
            log.book.enter("backward", metrics)
            gradients = gradients_of(metrics["loss"], list(copies.values()))
            by_weight = zip(copies, gradients, strict=True)
            log.book.enter("update", {f"gradient {name}": g for name, g in by_weight if g is not None})
            update(gradients)
            synchronize(self._device)
            took_ns = log.recorder.elapsed_ns()
        ops = log.book.build({f"parameter {name}": weight for name, weight in copies.items()})
        how = "each op as PyTorch dispatched it; a copy of the net took the step"
        return OpLog(ops, how, took_ns, is_work_timed=self._device.type == "cpu")

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """What autograd recorded of this step, and the whole of it; a copy of the net takes it."""
        from fwtui.backends.torch import graph

        copies, update = self._copied()
        with random_numbers_kept(self._device):
            net = graph.Net(self._loss, copies, update)
            return graph.eager(step_of, net, self._looked_at.tensors(batch))

    def graph_ran(self, batch: Batch) -> tuple[str, int | None]:
        """The hash of what autograd records of a step on `batch`; only the forward pass runs."""
        with random_numbers_kept(self._device):
            metrics = named_metrics(self._loss(self._params, self._looked_at.tensors(batch)))
        return autograd.hashed(metrics["loss"])

    def events(self) -> Sequence[Compiled | GraphBroken]:
        """Nothing: nothing is ever compiled."""
        return ()

    def close(self) -> None:
        """Nothing outlives the object."""

    def _copied(self) -> tuple[dict[str, Tensor], optimizers.Optimizer]:
        """The present weights once more, with an optimizer of their own that is as far on."""
        copies = {name: weight.detach().clone().requires_grad_() for name, weight in self._params.items()}
        return copies, self._update.continued(list(copies.values()))

    def _on_the_host(
        self, metrics: Mapping[str, Tensor], gradients: Sequence[Tensor | None]
    ) -> tuple[Mapping[str, float], Gradients]:
        arrays = [None if g is None else g.detach().cpu().numpy().copy() for g in gradients]
        values = {name: value.item() for name, value in metrics.items()}
        return values, dict(zip(self._params, arrays, strict=True))


def gradients_of(loss: Tensor, weights: Sequence[Tensor]) -> Sequence[Tensor | None]:
    """The gradient of `loss` by each weight; None for one that it does not depend on."""
    if not loss.requires_grad:
        return [None] * len(weights)
    return torch.autograd.grad(loss, weights, allow_unused=True)


def step_of(loss: Loss, params: Mapping[str, Tensor], update: optimizers.Update) -> Callable[..., Any]:
    """The step as a function of the batch alone; gives its metrics, and the gradients by weight."""
    weights = list(params.values())

    def step(batch: Mapping[str, Any]) -> tuple[dict[str, Tensor], Sequence[Tensor | None]]:
        metrics = named_metrics(loss(params, batch))
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
            self._tensors = {
                name: value if isinstance(value, int) else torch.tensor(value, device=self._device)
                for name, value in batch.items()
            }
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
