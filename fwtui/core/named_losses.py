"""What a loss that is given by its name takes of a batch."""

from __future__ import annotations

from collections.abc import Mapping
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
