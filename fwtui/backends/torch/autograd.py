"""The graph that autograd recorded of a forward pass.

Where autograd keeps the sizes of what a node stands for (`_input_metadata`) is private, and used here only.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from torch import Tensor

from fwtui.core import graph


def inputs_first(root: Any) -> Iterator[Any]:
    """Every node from `root` on, each after those that it passes gradients on to."""
    seen = set()
    stack = [(root, False)] if root is not None else []
    while stack:
        function, is_done = stack.pop()
        if is_done:
            yield function
        elif function not in seen:
            seen.add(function)
            stack.append((function, True))
            stack += [(before, False) for before, _ in reversed(function.next_functions) if before]


def op(function: Any) -> str:
    """What a node stands for, such as `MmBackward0`."""
    return str(function.name()).rpartition("::")[2]


def given(function: Any) -> tuple[graph.Tensor, ...]:
    """What the op gave in the forward pass that the node stands for."""
    return tuple(
        graph.Tensor(str(one.dtype).removeprefix("torch."), tuple(one.shape))
        for one in function._input_metadata
    )


def hashed(loss: Tensor) -> tuple[str, int]:
    """A hash of the ops, shapes and edges behind `loss`, the same in every process; and how many nodes."""
    places: dict[Any, int] = {}
    digest = blake2b(digest_size=8)
    for function in inputs_first(loss.grad_fn):
        edges = [(places[before], which) for before, which in function.next_functions if before]
        sizes = [(one.dtype, tuple(one.shape)) for one in function._input_metadata]
        digest.update(repr((function.name(), sizes, edges)).encode())
        places[function] = len(places)
    return digest.hexdigest(), len(places)
