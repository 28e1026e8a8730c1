"""Objects on their way into another process."""

from __future__ import annotations

import enum
import functools
import json
import operator
import subprocess
import sys
import textwrap
import threading
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from fwtui.system import object_file
from fwtui.system.object_file import CannotWriteError, Kinds

Point = namedtuple("Point", "x y")


class Colour(enum.Enum):
    RED = "red"


@dataclass(frozen=True)
class Frozen:
    size: int


@dataclass
class Config:
    size: int = 3
    names: list[str] = field(default_factory=list)


class Slots:
    __slots__ = ("a", "b")
    a: int


class Stateful:
    def __init__(self):
        self.value = 1

    def __getstate__(self):
        return {"kept": self.value}

    def __setstate__(self, state):
        self.value = state["kept"] + 1

    def method(self):
        return self.value


class Numbers(list):
    name = ""


class Evil:
    def __reduce__(self):
        return print, ("called",)


def came(thing, tmp_path):
    path = tmp_path / "thing.npz"
    object_file.write(thing, path, Kinds())
    return object_file.read(str(path), Kinds())


@pytest.mark.parametrize(
    "thing",
    [
        None,
        True,
        3,
        10**40,
        0.1,
        float("inf"),
        1 + 2j,
        "ü\ud800",
        b"\x00\xff",
        bytearray(b"ab"),
        [1, [2, (3, "x")]],
        {1: "a", "b": 2.0, (1, 2): None},
        {1, 2},
        frozenset({"a"}),
        OrderedDict(b=1, a=2),
        Counter("aab"),
        deque([1, 2], maxlen=3),
        range(1, 9, 2),
        slice(1, None, 2),
        Point(1, [2]),
        Colour.RED,
        Frozen(3),
        Config(2, ["a"]),
        Path("/tmp/x"),
        np.dtype("float32"),
        int,
        Config,
        operator.add,
        len,
    ],
    ids=repr,
)
def test_things_arrive_as_they_were(thing, tmp_path):
    assert came(thing, tmp_path) == thing
    assert type(came(thing, tmp_path)) is type(thing)


def test_arrays_and_scalars(tmp_path):
    array = np.arange(6, dtype=">f4").reshape(2, 3)
    found = came({"array": array, "scalar": np.float32(0.1), "text": np.array(["a"])}, tmp_path)
    np.testing.assert_array_equal(found["array"], array)
    assert found["array"].dtype == array.dtype
    assert (type(found["scalar"]), found["scalar"]) == (np.float32, np.float32(0.1))
    assert found["text"].tolist() == ["a"]


def test_what_is_the_same_object_stays_so(tmp_path):
    shared, loop = [1], {}
    loop["self"] = loop
    thing = came([shared, shared, loop, (shared,)], tmp_path)
    assert thing[0] is thing[1] is thing[3][0]
    assert thing[2]["self"] is thing[2]


def test_state_goes_by_the_classes_own_methods(tmp_path):
    slots, stateful = Slots(), Stateful()
    slots.a = 1
    numbers = Numbers([1, 2])
    numbers.name = "n"
    found = came([slots, stateful, numbers, stateful.method, functools.partial(int, base=2)], tmp_path)
    assert found[0].a == 1
    assert not hasattr(found[0], "b")
    assert found[1].value == 2
    assert (found[2], found[2].name) == ([1, 2], "n")
    assert found[3].__self__ is found[1]
    assert found[4]("11") == 3
    assert came(defaultdict(list, a=[1]), tmp_path)["b"] == []


@pytest.mark.parametrize(
    "thing",
    [lambda: None, threading.Lock(), sys, Evil(), open, iter([1]), np.array([{}]), type("Local", (), {})()],
    ids=lambda thing: type(thing).__name__,
)
def test_what_cannot_be_written(thing, tmp_path):
    if thing is open:
        with Path(__file__).open(encoding="utf-8") as thing, pytest.raises(CannotWriteError):
            came([thing], tmp_path)
    else:
        with pytest.raises(CannotWriteError):
            came([thing], tmp_path)


def test_a_file_can_name_no_function_that_is_called(tmp_path):
    structure = {
        "folders": [],
        "thing": {"object": [0, ["builtins:print", False, ["called"], None, None, None]]},
    }
    path = tmp_path / "thing.npz"
    np.savez(path, structure=np.frombuffer(json.dumps(structure).encode(), np.uint8))
    with pytest.raises(ValueError, match="not to be called"):
        object_file.read(str(path), Kinds())


def test_an_object_and_where_its_class_is_imported_from(tmp_path, monkeypatch):
    (tmp_path / "shapes.py").write_text("class Shape:\n    sides = 3\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / "elsewhere" / "shape.npz"
    path.parent.mkdir()
    object_file.write(import_module("shapes").Shape(), path, Kinds())
    reads = f"""
        from fwtui.system import object_file

        print(object_file.read({str(path)!r}, object_file.Kinds()).sides)
    """
    command = [sys.executable, "-c", textwrap.dedent(reads)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "3\n"
