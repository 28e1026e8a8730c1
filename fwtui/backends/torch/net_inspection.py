"""What a PyTorch network uses besides the workload's parameters, and whether it is deterministic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_pre_hook

from fwtui.backends.determinism import differ, python_random_numbers
from fwtui.backends.torch.net import Net
from fwtui.core.records import NetInspected
from fwtui.core.workload import Loss

_Place = tuple[int, str]
"""The id of a module, and the name of its buffer there."""


def inspect(net: Net, batch: Mapping[str, Any]) -> NetInspected:
    """Runs `net` three times: once for what its autograd graph ends in, twice to compare the metrics.

    What the network is known to train and to change, a module's own parameters and buffers, is not reported.
    """
    modules: dict[int, nn.Module] = {}
    buffers: dict[_Place, _Buffer] = {}
    ours = {id(tensor) for tensor in (*net.trained.values(), *net.state.values(), *batch.values())}
    with python_random_numbers():
        with _running_modules(modules, buffers):
            metrics = net.metrics(_copied(batch))
        foreign = [leaf for leaf in _leaves(metrics["loss"]) if id(leaf) not in ours]
        names = _names(net.function, list(modules.values()))
        # A buffer that only the first call creates or changes does not count: later calls must change it too.
        before = {
            place: (one.now, one.now.detach().clone())
            for place, one in buffers.items()
            if id(one.tensor) not in ours
        }
        with python_random_numbers() as drew_in_python:
            generators = _generators(metrics["loss"].device)
            again, given = [], _copied(batch)
            for _ in range(2):
                given = _copied(batch)
                with net.put_back():
                    again.append(net.metrics(given))
            in_python = drew_in_python()
            drew = in_python or not _equal(generators, _generators(metrics["loss"].device))
        changed = [place for place in before if not torch.equal(buffers[place].now, before[place][1])]
        for place in changed:
            buffers[place].put_back()
    # What a call makes for itself, such as inputs that it differentiates by, is not trained.
    lasting = set.intersection(*({id(leaf) for leaf in _leaves(one["loss"])} for one in again))
    first, second = map(_values, again)
    unequal = differ(first, second, str(metrics["loss"].dtype).removeprefix("torch."))
    return NetInspected(
        own_weights=tuple(dict.fromkeys(_name(leaf, names) for leaf in foreign if id(leaf) in lasting)),
        changed_state=tuple(dict.fromkeys(_name(before[place][0], names) for place in changed)),
        is_random=in_python or (unequal and drew),
        is_stateful=unequal and not drew,
        draws_in_python=in_python,
        changed_batch=tuple(name for name, one in batch.items() if not _is_same(one, given[name])),
    )


def _copied(batch: Mapping[str, Any]) -> dict[str, Any]:
    """The batch, with tensors that may be changed."""
    return {name: one.clone() if isinstance(one, Tensor) else one for name, one in batch.items()}


def _is_same(one: Any, other: Any) -> bool:
    if not isinstance(one, Tensor):
        return True
    return bool(((one == other) | ((one != one) & (other != other))).all())


@dataclass(frozen=True)
class _Buffer:
    """A module's buffer: the tensor that it was, and what that held."""

    owner: nn.Module
    name: str
    tensor: Tensor
    value: Tensor

    @property
    def now(self) -> Tensor:
        """The tensor that it is now, where the module has put another one in its place."""
        now = self.owner._buffers.get(self.name)
        return self.tensor if now is None else now

    def put_back(self) -> None:
        """The tensor, and what that held, is the module's buffer again."""
        with torch.no_grad():
            self.tensor.copy_(self.value)
        self.owner._buffers[self.name] = self.tensor


@contextmanager
def _running_modules(seen: dict[int, nn.Module], buffers: dict[_Place, _Buffer]) -> Iterator[None]:
    """Adds each module that runs meanwhile to `seen`, the outermost first, and its buffers to `buffers`."""

    def note(module: nn.Module, _: Any) -> None:
        if id(module) in seen:
            return
        seen[id(module)] = module
        for owner in module.modules():
            for name, tensor in owner.named_buffers(recurse=False):
                if (place := (id(owner), name)) not in buffers:
                    buffers[place] = _Buffer(owner, name, tensor, tensor.detach().clone())

    hook = register_module_forward_pre_hook(note)
    try:
        yield
    finally:
        hook.remove()


def _leaves(loss: Tensor) -> Iterator[Tensor]:
    """The tensors in which the autograd graph of `loss` accumulates gradients."""
    seen, ahead = set(), [loss.grad_fn]
    while ahead:
        node = ahead.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if (leaf := getattr(node, "variable", None)) is not None:
            yield leaf
        ahead += [following for following, _ in node.next_functions]


def _names(loss: Loss, modules: list[nn.Module]) -> dict[int, str]:
    """By id: what each tensor of the modules, and of the variables that `loss` closes over, is called."""
    names: dict[int, str] = {}
    inner = {id(child) for module in modules for child in module.modules() if child is not module}
    for module in modules:
        if id(module) not in inner:
            tensors = (*module.named_parameters(), *module.named_buffers())
            names |= {id(tensor): f"{type(module).__name__}.{name}" for name, tensor in tensors}
    for name, value in _closed_over(loss):
        for path, tensor in _tensors(name, value):
            names.setdefault(id(tensor), path)
    return names


def _closed_over(loss: Loss) -> Iterator[tuple[str, Any]]:
    code = getattr(loss, "__code__", None)
    for name, cell in zip(
        getattr(code, "co_freevars", ()), getattr(loss, "__closure__", None) or (), strict=True
    ):
        try:
            yield name, cell.cell_contents
        except ValueError:  # assigned later than now
            continue
    everywhere = getattr(loss, "__globals__", {})
    for name in getattr(code, "co_names", ()):
        if name in everywhere:
            yield name, everywhere[name]


def _tensors(name: str, value: Any) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield name, value
    elif isinstance(value, nn.Module):
        for path, tensor in (*value.named_parameters(), *value.named_buffers()):
            yield f"{name}.{path}", tensor
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _tensors(f"{name}[{key!r}]", item)
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            yield from _tensors(f"{name}[{place}]", item)


def _name(tensor: Tensor, names: Mapping[int, str]) -> str:
    return names.get(id(tensor), f"a tensor of shape {tuple(tensor.shape)}")


def _generators(device: torch.device) -> list[Tensor]:
    """The states of the generators that a network on `device` draws from by default."""
    states = [torch.get_rng_state()]
    if device.type == "cuda":
        states.append(torch.cuda.get_rng_state(device))
    if device.type == "mps":
        states.append(torch.mps.get_rng_state())
    return states


def _equal(states: list[Tensor], others: list[Tensor]) -> bool:
    return all(torch.equal(one, other) for one, other in zip(states, others, strict=True))


def _values(metrics: Mapping[str, Tensor]) -> dict[str, float]:
    return {name: value.item() for name, value in metrics.items()}
