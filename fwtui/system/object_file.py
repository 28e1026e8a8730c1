"""Objects of the user's own process on their way into another one: their structure as JSON, and arrays.

Written are an object's class, by name, and its state, as the class itself gives it to `copy`. Reading creates
objects of such classes without calling anything but `__new__`, `__setstate__` and the few functions in
`_CALLED`: a file can name no function to be called. What needs more than that cannot be written.
"""

from __future__ import annotations

import copyreg
import enum
import functools
import importlib
import inspect
import json
import operator
import pathlib
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CALLED: tuple[type, ...] = (
    *(OrderedDict, defaultdict, deque, Counter, functools.partial, slice, range, set, frozenset),
    *(pathlib.PosixPath, pathlib.PurePosixPath, np.dtype, operator.itemgetter, operator.attrgetter),
)
"""What an object may be made by besides its class's `__new__`; a member of an enumeration by its class."""
_NEW = copyreg.__newobj__  # type: ignore[attr-defined]
_AS_IS = (type(None), bool, int, float, str)
_STRUCTURE = "structure"

Arrays = list[NDArray[Any]]


class CannotWriteError(Exception):
    """An object holds something that another process cannot be given."""


class Kinds:
    """What a framework's own objects are written as: here, of none."""

    called: tuple[type, ...] = ()
    """What they may be made by besides `__new__`."""

    def written(self, value: Any, arrays: Arrays) -> Any:
        """A value as JSON, with arrays that were added; None where it is none of these objects."""
        return None

    def read(self, data: Any, arrays: Arrays) -> Any:
        """The value that was written."""
        raise NotImplementedError


def write(thing: Any, path: Path, kinds: Kinds) -> None:
    """Write an object, and the folders that modules are imported from here.

    Raises:
        CannotWriteError: something in it cannot be written.
    """
    writer = _Writer(kinds)
    structure = {"folders": [str(Path(folder).resolve()) for folder in sys.path], "thing": writer.node(thing)}
    text = np.frombuffer(json.dumps(structure).encode(), np.uint8)
    arrays = {str(number): array for number, array in enumerate(writer.arrays)}
    with path.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **{_STRUCTURE: text, **arrays})


def read(path: str, kinds: Kinds) -> Any:
    """The object; modules are also imported from the folders that its own process imports from."""
    with np.load(path, allow_pickle=False) as stored:
        structure = json.loads(stored[_STRUCTURE].tobytes())
        arrays = [stored[str(number)] for number in range(len(stored.files) - 1)]
    sys.path += [folder for folder in structure["folders"] if folder not in sys.path]
    return _Reader(kinds, arrays).value(structure["thing"])


class _Writer:
    def __init__(self, kinds: Kinds) -> None:
        self.arrays: Arrays = []
        self._kinds = kinds
        # The objects themselves are kept, so that no other one gets an id that is known.
        self._seen: dict[int, tuple[int, Any]] = {}

    def node(self, value: Any) -> Any:
        """A value as JSON. What is the same object in two places is written once."""
        if type(value) in _AS_IS:
            return value
        if id(value) in self._seen:
            return {"again": self._seen[id(value)][0]}
        number = len(self._seen)
        self._seen[id(value)] = number, value
        kind, data = self._described(value)
        return {kind: [number, data]}

    def _described(self, value: Any) -> tuple[str, Any]:
        if (data := self._kinds.written(value, self.arrays)) is not None:
            return "framework", data
        if isinstance(value, bytes | bytearray):
            return "bytes" if isinstance(value, bytes) else "bytearray", value.hex()
        if isinstance(value, np.ndarray | np.generic):
            return "array" if isinstance(value, np.ndarray) else "scalar", self._array(np.asarray(value))
        if type(value) in (list, tuple):
            return type(value).__name__, [self.node(one) for one in value]
        if type(value) is dict:
            return "dict", [[self.node(key), self.node(one)] for key, one in value.items()]
        if inspect.ismethod(value):
            return "method", [self.node(value.__self__), value.__name__]
        if inspect.isclass(value) or inspect.isroutine(value):
            return "named", _name(value)
        return "object", self._object(value)

    def _array(self, array: NDArray[Any]) -> int:
        if array.dtype.hasobject:
            raise CannotWriteError("an array of objects")
        self.arrays.append(array)
        return len(self.arrays) - 1

    def _object(self, value: Any) -> list[Any]:
        kind = type(value)
        try:
            reduced = value.__reduce_ex__(2)
        except Exception as error:  # of an open file, a lock, or whatever the user's class thinks of
            raise CannotWriteError(f"a {kind.__name__}") from error
        if isinstance(reduced, str):
            raise CannotWriteError(f"a {kind.__name__}")
        made_by, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
        if made_by is _NEW:
            made_by, arguments = arguments[0], arguments[1:]
            is_new = True
        elif made_by in (*_CALLED, *self._kinds.called) or isinstance(value, enum.Enum):
            is_new = False
        else:
            raise CannotWriteError(f"a {kind.__name__}")
        return [
            _name(made_by),
            is_new,
            [self.node(one) for one in arguments],
            self.node(state),
            None if items is None else [self.node(one) for one in items],
            None if pairs is None else [[self.node(key), self.node(one)] for key, one in pairs],
        ]


class _Reader:
    def __init__(self, kinds: Kinds, arrays: Arrays) -> None:
        self._kinds, self._arrays = kinds, arrays
        self._made: dict[int, Any] = {}

    def value(self, node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        [(kind, content)] = node.items()
        if kind == "again":
            return self._made[content]
        number, data = content
        made = getattr(self, f"_{kind}")(number, data)
        self._made[number] = made
        return made

    def _framework(self, number: int, data: Any) -> Any:
        return self._kinds.read(data, self._arrays)

    def _bytes(self, number: int, data: str) -> bytes:
        return bytes.fromhex(data)

    def _bytearray(self, number: int, data: str) -> bytearray:
        return bytearray.fromhex(data)

    def _array(self, number: int, data: int) -> NDArray[Any]:
        return self._arrays[data]

    def _scalar(self, number: int, data: int) -> Any:
        return self._arrays[data][()]

    def _list(self, number: int, data: list[Any]) -> list[Any]:
        made = self._made[number] = []
        made += map(self.value, data)
        return made

    def _tuple(self, number: int, data: list[Any]) -> tuple[Any, ...]:
        return tuple(map(self.value, data))

    def _dict(self, number: int, data: list[Any]) -> dict[Any, Any]:
        made = self._made[number] = {}
        made.update((self.value(key), self.value(one)) for key, one in data)
        return made

    def _method(self, number: int, data: list[Any]) -> Any:
        return getattr(self.value(data[0]), data[1])

    def _named(self, number: int, data: str) -> Any:
        return _by_name(data)

    def _object(self, number: int, data: list[Any]) -> Any:
        name, is_new, arguments, state, items, pairs = data
        kind = _by_name(name)
        values = [self.value(one) for one in arguments]
        if not is_new and kind not in (*_CALLED, *self._kinds.called) and not isinstance(kind, enum.EnumType):
            raise ValueError(f"{name} is not to be called")
        made = self._made[number] = kind.__new__(kind, *values) if is_new else kind(*values)
        if (given := self.value(state)) is not None:
            _set_state(made, given)
        if items is not None:
            for one in items:
                made.append(self.value(one))
        if pairs is not None:
            for key, one in pairs:
                made[self.value(key)] = self.value(one)
        return made


def _set_state(thing: Any, state: Any) -> None:
    """As `copy` does."""
    if hasattr(thing, "__setstate__"):
        thing.__setstate__(state)
        return
    attributes, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if attributes:
        thing.__dict__.update(attributes)
    for name, value in (slots or {}).items():
        setattr(thing, name, value)


def _name(thing: Any) -> str:
    """The name by which a class or function is found.

    Raises:
        CannotWriteError: it is not found by its name, as a lambda is not.
    """
    module = getattr(thing, "__module__", None) or "builtins"
    name = f"{module}:{getattr(thing, '__qualname__', '?')}"
    try:
        found = _by_name(name)
    except (ImportError, AttributeError):
        found = None
    if found is not thing:
        raise CannotWriteError(f"{name.rpartition(':')[2]}, which is not at the top of a module")
    return name


def _by_name(name: str) -> Any:
    module, _, path = name.partition(":")
    return functools.reduce(getattr, path.split("."), importlib.import_module(module))
