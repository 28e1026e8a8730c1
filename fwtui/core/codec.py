"""How a message becomes bytes and back: JSON for its structure, and the arrays in it as bytes of their own.

Messages are frozen dataclasses. One is a JSON object with one key, its class's name, and the fields' values
in their order: `{"Alive": [3, null, true]}`. A tuple is a JSON array, `bytes` are `{"bytes": N}`, the N-th of
the parts that travel behind the text. Numbers that are not finite are written as Python's `json` writes them.

What comes is data alone: only classes that were announced are built, and each field is checked against its
annotation. Only the standard library is needed, so that a lane can run where nothing else is installed.
"""

from __future__ import annotations

import functools
import json
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_BYTES = "bytes"
_Check = Callable[[Any], Any]
"""Returns a value as a field has it, or raises `NotAMessageError`."""


class NotAMessageError(Exception):
    """What came is none of the expected messages."""


def encode(message: Any) -> tuple[bytes, list[bytes]]:
    """A message as JSON text, and the parts that travel behind it.

    Raises:
        TypeError: something in it is no message, text, number, tuple or bytes.
    """
    parts: list[bytes] = []

    def default(value: Any) -> Any:
        if is_dataclass(value):
            kind: type = type(value)
            return {kind.__name__: _field_values(kind)(value)}
        if isinstance(value, bytes | memoryview):
            parts.append(bytes(value))
            return {_BYTES: len(parts) - 1}
        if hasattr(value, "item"):  # a NumPy scalar
            return value.item()
        raise TypeError(f"{type(value).__name__} cannot be sent")

    return json.dumps(message, default=default, separators=(",", ":")).encode(), parts


class Decoder:
    """Builds messages of announced classes.

    Attributes:
        classes: those that a whole message may be of; what their fields hold is found by their annotations.

    Args:
        names: further classes that annotations name which their modules import for type checkers alone.
    """

    def __init__(self, classes: Iterable[type], names: Iterable[type] = ()) -> None:
        self.classes = frozenset(classes)
        known = {one.__name__: one for one in names}
        self._makers: dict[str, Callable[[list[Any]], Any]] = {}
        for one in _reachable(self.classes, known):
            if one.__name__ in self._makers:
                raise ValueError(f"two classes of messages have the name {one.__name__}")
            self._makers[one.__name__] = _maker(one, known)

    def decode(self, text: bytes, parts: list[bytes]) -> Any:
        """The message.

        Raises:
            NotAMessageError: it is none.
            MemoryError: there is none for it.
        """

        def made(pairs: dict[str, Any]) -> Any:
            if len(pairs) != 1:
                raise NotAMessageError("an object of several keys")
            [(name, value)] = pairs.items()
            if name == _BYTES:
                return parts[value]
            return self._makers[name](value)

        try:
            message = json.loads(text, object_hook=made)
        except (NotAMessageError, MemoryError):
            raise
        except Exception as error:  # whatever somebody has thought of, such as arrays 10,000 deep
            raise NotAMessageError(f"{type(error).__name__}: {error}") from error
        if type(message) not in self.classes:
            raise NotAMessageError(f"{type(message).__name__} is no message")
        return message


@functools.cache
def _field_values(kind: type) -> Callable[[Any], Any]:
    names = [field.name for field in fields(kind)]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda message: [getattr(message, name) for name in names]


def _reachable(classes: Iterable[type], known: dict[str, type]) -> Iterator[type]:
    """The classes, and those that their fields hold."""
    seen: set[type] = set()
    open_ = list(classes)
    while open_:
        kind = open_.pop()
        if kind in seen:
            continue
        seen.add(kind)
        yield kind
        for hint in get_type_hints(kind, localns=known).values():
            open_ += _dataclasses_in(hint)


def _dataclasses_in(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for part in get_args(hint):
        yield from _dataclasses_in(part)


def _maker(kind: type, known: dict[str, type]) -> Callable[[list[Any]], Any]:
    hints = get_type_hints(kind, localns=known)
    # The usual class of each field besides: an op log has a hundred thousand fields, and calls cost most.
    expected = [(hints[field.name], _check(hints[field.name])) for field in fields(kind)]

    def make(values: list[Any]) -> Any:
        if type(values) is not list or len(values) != len(expected):
            raise NotAMessageError(f"{kind.__name__} of {len(expected)} fields is {_shown(values)}")
        pairs = zip(values, expected, strict=True)
        return kind(*[value if type(value) is usual else check(value) for value, (usual, check) in pairs])

    return make


def _check(hint: Any) -> _Check:
    """What checks values of an annotation.

    Raises:
        TypeError: no message can hold such a thing.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _literal(arguments)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is tuple:
        if arguments[-1:] == (Ellipsis,):
            return _tuple_of(_check(arguments[0]))
        return _fixed_tuple([_check(one) for one in arguments])
    if hint is float:
        return _float
    if (
        hint is type(None)
        or hint in (int, str, bool, bytes)
        or (isinstance(hint, type) and is_dataclass(hint))
    ):
        return _exactly(hint)
    raise TypeError(f"a message cannot hold {hint}")


def _exactly(kind: type) -> _Check:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise NotAMessageError(f"{_shown(value)} is no {kind.__name__}")
        return value

    return check


def _float(value: Any) -> float:
    if type(value) is float:
        return value
    if type(value) is int:
        return float(value)
    raise NotAMessageError(f"{_shown(value)} is no float")


def _literal(values: tuple[Any, ...]) -> _Check:
    accepted = {(type(one), one) for one in values}

    def check(value: Any) -> Any:
        if (type(value), value) not in accepted:
            raise NotAMessageError(f"{_shown(value)} is none of {values}")
        return value

    return check


def _union(arguments: tuple[Any, ...]) -> _Check:
    exact = {one for one in arguments if isinstance(one, type) and one is not float}
    others = [_check(one) for one in arguments if one not in exact]

    def check(value: Any) -> Any:
        if type(value) in exact:
            return value
        for one in others:
            try:
                return one(value)
            except NotAMessageError:
                continue
        raise NotAMessageError(f"{_shown(value)} is none of {arguments}")

    return check


def _tuple_of(check: _Check) -> _Check:
    def check_all(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise NotAMessageError(f"{_shown(value)} is no array")
        return tuple(map(check, value)) if value else ()

    return check_all


def _fixed_tuple(checks: list[_Check]) -> _Check:
    def check_each(value: Any) -> tuple[Any, ...]:
        if type(value) is not list or len(value) != len(checks):
            raise NotAMessageError(f"{_shown(value)} is no array of {len(checks)}")
        return tuple(check(one) for check, one in zip(checks, value, strict=True))

    return check_each


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
