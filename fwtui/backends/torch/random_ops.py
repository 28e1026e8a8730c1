"""PyTorch's random ops, given numbers that other lanes get too, in place of those of its generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fwtui.backends.logbook import WRAPPERS
from fwtui.backends.torch.oplog import Dispatched
from fwtui.core.random_numbers import RandomNumbers

WRAPPERS.add(__file__)

_aten: Any = torch.ops.aten


class GivenNumbers(Dispatched):  # type: ignore[no-untyped-call]
    """While it is entered, random ops take `numbers`.

    What draws nothing, such as dropout with probability 0, runs as it is.

    Args:
        refuses: whether it is an error to draw numbers that cannot be given.
    """

    def __init__(self, numbers: RandomNumbers, refuses: bool = True) -> None:
        super().__init__(self._called)
        self._numbers, self._refuses = numbers, refuses

    def _called(self, func: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """Run an op.

        Raises:
            NotImplementedError: it draws random numbers in a way that is not known here.
        """
        if torch.Tag.nondeterministic_seeded not in func.tags:
            return func(*args, **kwargs)
        given = {one.name: one.default_value for one in func._schema.arguments if one.has_default_value()}
        given |= {one.name: value for one, value in zip(func._schema.arguments, args, strict=False)}
        given |= kwargs
        known = _RULES.get(func.overloadpacket)
        if known is not None:
            return known(self._numbers, func, given)
        if not self._refuses or not given.get("dropout_p", 1) or not given.get("dropout", 1):
            return func(*args, **kwargs)
        raise NotImplementedError(f"random numbers of {func.overloadpacket} cannot be made equal")


def _like(array: NDArray[Any], tensor: Tensor) -> Tensor:
    given = torch.as_tensor(np.asarray(array, order="C"), device=tensor.device)
    return given.to(tensor.dtype)


def _bernoulli_(numbers: RandomNumbers, func: Any, given: Mapping[str, Any]) -> Tensor:
    tensor: Tensor = given["self"]
    chance = given.get("p", 0.5)
    chance = chance.detach().cpu().numpy() if isinstance(chance, Tensor) else chance
    tensor.copy_(_like(numbers.uniform(tensor.shape) >= 1 - chance, tensor))
    return tensor


def _bernoulli(numbers: RandomNumbers, func: Any, given: Mapping[str, Any]) -> Tensor:
    tensor = given["self"]
    chance = given["p"] if "p" in given else tensor.detach().cpu().numpy()
    return _like(numbers.uniform(tensor.shape) >= 1 - chance, tensor)


def _dropout(numbers: RandomNumbers, func: Any, given: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    tensor, chance = given["input"], given["p"]
    if given.get("train") is False:
        return tensor.clone(), torch.ones_like(tensor, dtype=torch.bool)
    kept = torch.as_tensor(numbers.uniform(tensor.shape) >= chance, device=tensor.device)
    return tensor * kept / (1 - chance), kept


def _uniform_(numbers: RandomNumbers, func: Any, given: Mapping[str, Any]) -> Tensor:
    tensor: Tensor = given["self"]
    low, high = given["from"], given["to"]
    tensor.copy_(_like(low + (high - low) * numbers.uniform(tensor.shape), tensor))
    return tensor


def _normal_(numbers: RandomNumbers, func: Any, given: Mapping[str, Any]) -> Tensor:
    tensor: Tensor = given["self"]
    tensor.copy_(_like(given["mean"] + given["std"] * numbers.normal(tensor.shape), tensor))
    return tensor


def _rand(numbers: RandomNumbers, func: Any, given: Mapping[str, Any]) -> Tensor:
    made = _made(func, given)
    made.copy_(_like(numbers.uniform(made.shape), made))
    return made


def _randn(numbers: RandomNumbers, func: Any, given: Mapping[str, Any]) -> Tensor:
    made = _made(func, given)
    made.copy_(_like(numbers.normal(made.shape), made))
    return made


def _made(func: Any, given: Mapping[str, Any]) -> Tensor:
    """What the op itself makes, whose numbers are replaced."""
    first, *_ = [one.name for one in func._schema.arguments]
    named = {name: value for name, value in given.items() if name != first and value is not None}
    made: Tensor = func(given[first], **named)
    return made


_RULES: dict[Any, Any] = {
    _aten.bernoulli_: _bernoulli_,
    _aten.bernoulli: _bernoulli,
    _aten.native_dropout: _dropout,
    _aten.uniform_: _uniform_,
    _aten.normal_: _normal_,
    _aten.rand: _rand,
    _aten.randn: _randn,
    _aten.rand_like: _rand,
    _aten.randn_like: _randn,
}
