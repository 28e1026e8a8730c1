"""Which modules a forward pass calls, in which order, and what goes in and comes out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from fwtui.core.model_outline import LayerCall, LayerOutline, Moments
from fwtui.core.ndarray import Array

_INPUTS = {"query": 0, "key": 1, "value": 2}
"""Of an attention's parts, which argument of the module each gets."""


class Watch:
    """While entered, notes the first call of each module inside of `model`.

    Attributes:
        order: the modules in the order in which their calls began.
        outputs: what the model itself gave at its first call.
    """

    def __init__(self, model: nn.Module) -> None:
        self._model, self._modules = model, {id(one) for one in model.modules()}
        self.order: list[nn.Module] = []
        self.outputs: tuple[Moments, ...] = ()
        self._inputs: dict[int, tuple[Any, ...]] = {}
        self._gave: dict[int, Any] = {}

    def __enter__(self) -> Watch:
        self._hooks = [
            register_module_forward_pre_hook(self._begins),
            register_module_forward_hook(self._ends),
        ]
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def call(self, module: nn.Module, layer: LayerOutline, is_only_part: bool) -> LayerCall:
        """What went into the module's first call and came out, as far as `layer` has a part in that."""
        given = self._inputs[id(module)]
        part = layer.name.rpartition("[")[2].rstrip("]")
        number = 0 if is_only_part else _INPUTS.get(part, -1)
        first = given[number] if 0 <= number < len(given) else None
        array = _array(first)
        gave = _array(self._gave.get(id(module))) if is_only_part and layer.gives_its_own else None
        sample = None
        if layer.kind == "dense" and array is not None and array.ndim == 2:
            sample = Array.of(array[0])
        return LayerCall(
            layer.name,
            None if array is None else Moments.of(array),
            None if gave is None else Moments.of(gave),
            sample,
        )

    def _begins(self, module: nn.Module, given: tuple[Any, ...]) -> None:
        if id(module) in self._modules and id(module) not in self._inputs:
            self.order.append(module)
            self._inputs[id(module)] = given

    def _ends(self, module: nn.Module, given: tuple[Any, ...], gave: Any) -> None:
        if id(module) in self._modules:
            self._gave.setdefault(id(module), gave)
        if module is self._model and not self.outputs:
            self.outputs = tuple(
                Moments.of(array) for one in _flat(gave) if (array := _array(one)) is not None
            )


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Put every module into evaluation mode, and back into the one that it was in.

    Attention's fast path is off meanwhile: it uses weights of modules that it does not call.
    """
    modes = {module: module.training for module in model.modules()}
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    model.eval()
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        for module, mode in modes.items():
            module.training = mode


def _array(value: Any) -> np.ndarray[Any, Any] | None:
    """The first array in what a module was given or gave."""
    first = next(_flat(value), None)
    if first is None or first.is_complex():
        return None
    return np.asarray(first.detach().cpu().double().numpy())


def _flat(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _flat(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _flat(one)
