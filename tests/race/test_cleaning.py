"""No text in any field of any record reaches the app as something that a terminal acts on."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from fwtui.core.graph import Graph, Tensor
from fwtui.core.ndarray import Array
from fwtui.core.oplog import LoggedOp, OpInput, OpLog
from fwtui.core.records import GraphsCaptured, LogLine, OpsLogged, Record
from fwtui.race.cleaning import cleaned
from tests.core.test_text import HOSTILE

RECORDS = get_args(Record)
VALUES = {str: HOSTILE, int: 1, float: 1.0, bool: True, bytes: b"\x1b[2J", NoneType: None}


def hostile(hint: Any) -> list[Any]:
    """Values of a type with hostile text wherever it can hold text: one for each way of a union."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in VALUES:
        return [VALUES[hint]]
    if origin is Literal:
        return [arguments[0]]
    if origin in (Union, UnionType):
        return [value for one in arguments for value in hostile(one)]
    if origin is tuple and arguments[-1] is Ellipsis:
        return [tuple(hostile(arguments[0]))]
    if origin is tuple:
        return [tuple(hostile(one)[0] for one in arguments)]
    if hint is Array:
        return [Array("float32", (1,), bytes(4))]
    assert is_dataclass(hint), f"no value is known for {hint}"
    hints = get_type_hints(hint)
    ways = {field.name: hostile(hints[field.name]) for field in fields(hint)}
    count = max(map(len, ways.values()), default=1)
    return [hint(**{name: way[min(i, len(way) - 1)] for name, way in ways.items()}) for i in range(count)]


def texts(value: Any):
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one)
    elif is_dataclass(value) and not isinstance(value, Array):
        for field in fields(value):
            yield from texts(getattr(value, field.name))


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_every_text_of_every_record_is_cleaned(kind):
    for record in hostile(kind):
        assert all(text.isprintable() for text in texts(cleaned(record)))
        assert cleaned(cleaned(record)) == cleaned(record)


def test_most_records_hold_text():
    """So that the test above is known to test something."""
    hold = {kind.__name__ for kind in RECORDS if any(HOSTILE in texts(one) for one in hostile(kind))}
    assert hold >= {"Imported", "Built", "Steps", "Compiled", "GraphBroken", "Probed", "OpsLogged", "Ended"}
    assert len(hold) >= 15


def test_what_is_clean_stays_the_same_object():
    op = LoggedOp(0, "forward", "aten.mm", (OpInput("w", 0, Tensor("float32", (1,))),), (), ("net.py", 3))
    record = OpsLogged(0, OpLog((op,), "by hand", 1))
    assert cleaned(record) is record


def test_code_keeps_its_lines():
    graph = Graph("kernels", "Kernels", "by hand", (), (("mm\x07", "a\n\tb\x1b"),))
    (clean,) = cleaned(GraphsCaptured(0, (graph,))).graphs
    assert clean.parts == ((r"mm\x07", "a\n\tb\\x1b"),)


def test_a_line_of_the_log_is_one_line():
    assert cleaned(LogLine("a\nb")).text == "a b"
