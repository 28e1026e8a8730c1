"""Whether what another package has put into a dataclass is of the types that its fields have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


def mistyped(instance: Any) -> str:
    """The first field of a dataclass that is of another type, such as `mode is an int`; "" where none is."""
    hints = get_type_hints(type(instance))
    for field in fields(instance):
        value = getattr(instance, field.name)
        if not _is_of(value, hints[field.name]):
            return f"{field.name} is a value of type {type(value).__name__}"
        if is_dataclass(value) and (inner := mistyped(value)):
            return f"{field.name}.{inner}"
    return ""


def _is_of(value: Any, hint: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return value in arguments
    if origin in (Union, UnionType):
        return any(_is_of(value, one) for one in arguments)
    if origin is tuple and arguments[-1:] == (Ellipsis,):
        return isinstance(value, tuple) and all(
            _is_of(one, arguments[0]) and not (is_dataclass(one) and mistyped(one)) for one in value
        )
    if origin is Mapping:
        return isinstance(value, Mapping) and all(
            _is_of(key, arguments[0]) and _is_of(one, arguments[1]) for key, one in value.items()
        )
    if hint in (int, float) and isinstance(value, bool):
        return False
    if hint is float:
        return isinstance(value, int | float)
    return isinstance(value, origin or hint)
