"""The arrays inside of what a model gives, each with where it is: `output`, `output[1]`, `output.logits`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

OUTPUT = "output"
One = TypeVar("One")
Named = tuple[str, One]


def flattened(value: Any, is_array: Callable[[Any], bool], name: str = OUTPUT) -> Iterator[Named[Any]]:
    """Each array inside of `value` with its place, in the order of the value."""
    if is_array(value):
        yield name, value
        return
    if isinstance(value, Mapping):
        parts = [(f"{name}.{key}", one) for key, one in value.items()]
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = [(f"{name}.{field.name}", getattr(value, field.name)) for field in dataclasses.fields(value)]
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        parts = [(f"{name}.{key}", one) for key, one in zip(value._fields, value, strict=True)]
    elif isinstance(value, tuple | list):
        parts = [(f"{name}[{place}]", one) for place, one in enumerate(value)]
    else:
        parts = []
    for place, one in parts:
        yield from flattened(one, is_array, place)


def counterparts(first: Sequence[Named[One]], second: Sequence[Named[One]]) -> list[tuple[int, int]]:
    """Which array of one is which of another: by name where both have the same names, else by order."""
    mine, theirs = [name for name, _ in first], [name for name, _ in second]
    if sorted(mine) == sorted(theirs):
        return [(number, theirs.index(name)) for number, name in enumerate(mine)]
    return [(number, number) for number in range(min(len(mine), len(theirs)))]
