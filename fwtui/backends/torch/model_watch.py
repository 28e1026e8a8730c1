"""Which modules a forward pass calls, in which order, and what goes in and comes out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from fwtui.backends.torch.model_layers import OPAQUE
from fwtui.core.model_outline import LayerCall, LayerOutline
from fwtui.core.moments import Moments
from fwtui.core.ndarray import Array
from fwtui.core.nested import Named, flattened

_INPUTS = {"query": 0, "key": 1, "value": 2}
"""Of an attention's parts, which argument of the module each gets."""


class Watch:
    """While entered, notes the first call of each module inside of `model`.

    What is noted is noted at once: a module may write into what another one gave.

    Args:
        keeps: whether what modules gave is kept.

    Attributes:
        order: the modules in the order in which their calls began.
        outputs: what the model itself gave at its first call.
    """

    def __init__(self, model: nn.Module, keeps: bool = False) -> None:
        self._model, self._keeps = model, keeps
        self._modules = {id(one) for one in model.modules()}
        self.order: list[nn.Module] = []
        self.outputs: tuple[Named[Moments], ...] = ()
        self._kept: dict[int, list[Named[NDArray[Any]]]] = {}
        self._given: dict[int, list[Moments | None]] = {}
        self._gave: dict[int, Moments | None] = {}
        self._samples: dict[int, Array] = {}

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
        given = self._given[id(module)]
        part = layer.name.rpartition("[")[2].rstrip("]")
        number = 0 if is_only_part else _INPUTS.get(part, -1)
        is_known = 0 <= number < len(given)
        return LayerCall(
            layer.name,
            given[number] if is_known else None,
            self._gave.get(id(module)) if is_only_part and layer.gives_its_own else None,
            self._samples.get(id(module)) if layer.kind == "dense" and is_known else None,
        )

    def given(self, module: nn.Module) -> Moments | None:
        """Of the first input of the module's first call."""
        return next(iter(self._given[id(module)]), None)

    def gave(self, module: nn.Module) -> Moments | None:
        """Of the first output of the module's first call."""
        return self._gave.get(id(module))

    def kept(self, module: nn.Module) -> list[Named[NDArray[Any]]]:
        """All that the module's first call gave."""
        return self._kept.get(id(module), [])

    def _begins(self, module: nn.Module, given: tuple[Any, ...]) -> None:
        if id(module) not in self._modules or id(module) in self._given:
            return
        self.order.append(module)
        count = len(_INPUTS) if isinstance(module, OPAQUE) else 1
        arrays = [_first(one) for one in given[:count]]
        self._given[id(module)] = [None if one is None else Moments.of(one) for one in arrays]
        if arrays and arrays[0] is not None and arrays[0].ndim == 2:
            self._samples[id(module)] = Array.of(arrays[0][0])

    def _ends(self, module: nn.Module, given: tuple[Any, ...], gave: Any) -> None:
        if id(module) not in self._modules or id(module) in self._gave:
            return
        array = _first(gave)
        self._gave[id(module)] = None if array is None else Moments.of(array)
        if self._keeps:
            self._kept[id(module)] = [(name, numpy_of(one).copy()) for name, one in _tensors(gave)]
        if module is self._model:
            arrays = [(name, _real(one)) for name, one in _tensors(gave)]
            self.outputs = tuple((name, Moments.of(one)) for name, one in arrays if one is not None)


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


def numpy_of(tensor: Tensor) -> NDArray[Any]:
    """A tensor as an array, which may share its memory; bfloat16, which NumPy has not, as float32."""
    plain = tensor.detach().cpu().resolve_conj().resolve_neg()
    return np.asarray((plain.float() if plain.dtype == torch.bfloat16 else plain).numpy())


def _first(value: Any) -> NDArray[Any] | None:
    """The first array in what a module was given or gave."""
    return next((_real(one) for _, one in _tensors(value)), None)


def _real(tensor: Tensor) -> NDArray[Any] | None:
    return None if tensor.is_complex() else numpy_of(tensor)


def _tensors(value: Any) -> Iterator[Named[Tensor]]:
    return flattened(value, lambda one: isinstance(one, Tensor))
