"""Records as they may be shown: no text in them holds what a terminal would act on.

Names, messages and source come from a user's network and from frameworks. Here, where a record enters the
app, is the one place that cleans them; what shows or prints a record need not.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from fwtui.core.graph import Graph
from fwtui.core.text import printable, printable_lines

_Clean = Callable[[Any], Any]
_Record = TypeVar("_Record")


def cleaned(record: _Record) -> _Record:
    """The record, or one with other texts where it holds any that are not printable."""
    kind: type = type(record)
    clean = _of_class(kind)
    cleaned: _Record = record if clean is None else clean(record)
    return cleaned


@functools.cache
def _of_class(kind: type) -> _Clean | None:
    """What cleans objects of a class; None where they hold no text."""
    if kind is str:
        return printable
    if not is_dataclass(kind):
        return None
    hints = get_type_hints(kind)
    cleaners = {field.name: _of_type(hints[field.name]) for field in fields(kind)}
    if kind is Graph:
        cleaners["parts"] = _parts
    found = [(name, clean) for name, clean in cleaners.items() if clean is not None]

    def clean(value: Any) -> Any:
        new: dict[str, Any] = {}
        for name, clean in found:
            before = getattr(value, name)
            if (after := clean(before)) is not before:
                new[name] = after
        return replace(value, **new) if new else value

    return clean if found else None


def _of_type(hint: Any) -> _Clean | None:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return None
    if origin is tuple:
        return _of_tuple(arguments)
    if origin in (Union, UnionType):
        by_class = {get_origin(one) or one: _of_type(one) for one in arguments}
        if not any(by_class.values()):
            return None

        def clean(value: Any) -> Any:
            clean = by_class.get(type(value))
            return value if clean is None else clean(value)

        return clean
    return _of_class(hint) if isinstance(hint, type) else None


def _of_tuple(arguments: tuple[Any, ...]) -> _Clean | None:
    if arguments[-1:] == (Ellipsis,):
        each = _of_type(arguments[0])
        return None if each is None else lambda value: _same_or(value, tuple(map(each, value)))
    cleaners = [_of_type(one) for one in arguments]
    if not any(cleaners):
        return None

    def clean(value: Any) -> Any:
        pairs = zip(cleaners, value, strict=True)
        return _same_or(value, tuple(one if clean is None else clean(one) for clean, one in pairs))

    return clean


def _parts(parts: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Code, which has lines."""
    return tuple((printable(name), printable_lines(text)) for name, text in parts)


def _same_or(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[Any, ...]:
    return before if all(map(operator.is_, before, after)) else after
