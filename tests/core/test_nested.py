"""What a model gives, taken apart and matched."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass

from fwtui.core.nested import counterparts, flattened


def is_number(value):
    return isinstance(value, float)


@dataclass
class Given:
    logits: float
    hidden: tuple[float, ...]


Pair = namedtuple("Pair", "first second")


def test_each_array_has_its_place():
    value = {"a": 1.0, "b": [2.0, None, (3.0,)], "c": Given(4.0, (5.0,)), "d": Pair(6.0, "text")}
    assert list(flattened(value, is_number)) == [
        ("output.a", 1.0),
        ("output.b[0]", 2.0),
        ("output.b[2][0]", 3.0),
        ("output.c.logits", 4.0),
        ("output.c.hidden[0]", 5.0),
        ("output.d.first", 6.0),
    ]
    assert list(flattened(7.0, is_number)) == [("output", 7.0)]
    assert list(flattened(None, is_number)) == []


def test_counterparts_have_one_name_or_one_place():
    first, second = [("output.a", 1), ("output.b", 2)], [("output.b", 3), ("output.a", 4)]
    assert counterparts(first, second) == [(0, 1), (1, 0)]
    assert counterparts(first, [("output[0]", 3), ("output[1]", 4)]) == [(0, 0), (1, 1)]
    assert counterparts(first, [("output", 3)]) == [(0, 0)]
