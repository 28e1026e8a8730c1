"""What a loss that is given by its name takes of a batch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

LOSSES = ("cross-entropy", "binary-cross-entropy", "mse", "mae", "huber")
TARGET = "y"


def inputs_and_target(batch: Mapping[str, Any]) -> tuple[tuple[Any, ...], Any]:
    """The model's inputs, which are all arrays but the target, in the order of the data; and the target, `y`.

    Raises:
        ValueError: there is no target, or nothing else.
    """
    if TARGET not in batch:
        raise ValueError(f"the data has {', '.join(batch)}: it needs the model's inputs, and the target as y")
    return inputs_of(batch), batch[TARGET]


def inputs_of(batch: Mapping[str, Any]) -> tuple[Any, ...]:
    """The model's inputs, in the order of the data; a target may be there or not.

    Raises:
        ValueError: there are none.
    """
    inputs = tuple(value for name, value in batch.items() if name != TARGET)
    if not inputs:
        raise ValueError(f"the data has {', '.join(batch) or 'nothing'}: it needs the model's inputs")
    return inputs


def check_target(name: str, target: Sequence[int | None], output: Sequence[int | None]) -> None:
    """Check the shapes of `y` and of what a model gives, as far as they are known.

    Raises:
        ValueError: the loss cannot be computed of them.
    """
    known = [one for one in (*target, *output) if one is not None]
    if len(known) < len(target) + len(output):
        return
    labels = known[len(target) : -1] if name == "cross-entropy" else known[len(target) :]
    if not output or math.prod(labels) != math.prod(known[: len(target)]):
        shapes = f"y has the shape {tuple(target)} and the model gives {tuple(output)}"
        raise ValueError(f"{shapes}: no {name} of them")
