"""Messages as bytes and back: every class of them, nothing but them, whatever somebody sends."""

import json
import math
import random
from dataclasses import dataclass, fields, is_dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import pytest

from fwtui.core.codec import Decoder, NotAMessageError, encode
from fwtui.core.lane_model import LaneModel
from fwtui.core.ndarray import Array
from fwtui.core.records import Alive, Probed, Rounding, Steps
from fwtui.lane import messages

NAMES = {one.__name__: one for one in (Array, LaneModel, Probed)}
DECODERS = [messages.to_lane, messages.from_lane, messages.to_model, messages.from_model]
CLASSES = [
    pytest.param(decoder, kind, id=f"{decoder.__name__}-{kind.__name__}")
    for decoder in DECODERS
    for kind in sorted(decoder().classes, key=lambda one: one.__name__)
]


def example(hint, rng) -> Any:
    """A value that an annotation allows."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return rng.choice(arguments)
    if origin in (Union, UnionType):
        return example(rng.choice(arguments), rng)
    if origin is tuple:
        if arguments[-1:] == (Ellipsis,):
            return tuple(example(arguments[0], rng) for _ in range(rng.randrange(4)))
        return tuple(example(one, rng) for one in arguments)
    if is_dataclass(hint):
        hints = get_type_hints(hint, localns=NAMES)
        return hint(*(example(hints[field.name], rng) for field in fields(hint)))
    return {
        int: lambda: rng.choice([0, -1, 2**63, 10**30]),
        float: lambda: rng.choice([0.0, -0.0, 0.1, 5e-324, math.inf, -math.inf]),
        str: lambda: rng.choice(["", "loss", 'a "b" \\ \n ü 🐍 \x00 \ud800']),
        bool: lambda: rng.random() < 0.5,
        bytes: lambda: rng.randbytes(rng.randrange(20)),
        type(None): lambda: None,
    }[hint]()


@pytest.mark.parametrize(("decoder", "kind"), CLASSES)
def test_a_message_of_each_class_arrives_as_it_was(decoder, kind):
    rng = random.Random(kind.__name__)
    for _ in range(20):
        message = example(kind, rng)
        assert repr(decoder().decode(*encode(message))) == repr(message)


def test_a_message_is_json_with_its_arrays_behind_it():
    text, parts = encode(Steps(3, b"12345678", b"abcdefgh", (("loss", b"ABCDEFGH"),)))
    assert json.loads(text) == {
        "Steps": [3, {"bytes": 0}, {"bytes": 1}, [["loss", {"bytes": 2}]], []],
    }
    assert parts == [b"12345678", b"abcdefgh", b"ABCDEFGH"]


def test_numbers_that_are_none_and_numpys():
    decoder = messages.from_lane()
    probe = Probed(np.int64(3), (("loss", np.float32(0.5)), ("other", math.nan)), (), ())
    came = decoder.decode(*encode(probe))
    assert (came.step, type(came.step), came.metrics[0]) == (3, int, ("loss", 0.5))
    assert math.isnan(came.metrics[1][1])


def test_an_int_may_be_sent_where_a_float_is_expected():
    [rounding] = [messages.from_lane().decode(*encode(Probed(0, (("loss", 1),), (), ()))).metrics]
    assert rounding == (("loss", 1.0),)
    assert type(rounding[0][1]) is float


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "null",
        '"Alive"',
        "[3, null, true]",
        "{}",
        '{"Alive": [3, null]}',
        '{"Alive": [3, null, true, 4]}',
        '{"Alive": {"step": 3}}',
        '{"Alive": [3, null, 1]}',
        '{"Alive": [3.0, null, true]}',
        '{"Alive": [true, null, true]}',
        '{"Alive": ["3", null, true]}',
        '{"Alive": [{"bytes": 0}, null, true]}',
        '{"Alive": [3, null, true], "LogLine": ["x"]}',
        '{"LaneSpec": []}',
        '{"eval": ["1"]}',
        '{"__class__": ["1"]}',
        '{"Rounding": ["metric", "loss", 1.0, 1.0, 1.0, 1.0]}',
        '{"Steps": [0, {"bytes": 0}, {"bytes": 7}, [], []]}',
        '{"Steps": [0, {"bytes": 0}, {"bytes": "0"}, [], []]}',
        '{"Steps": [0, "text", {"bytes": 0}, [], []]}',
        '{"RunStateChanged": ["asleep", 3]}',
        '{"PhaseEntered": ["steady", "1", 2]}',
        '{"LogLine": [["x"]]}',
        "[" * 100_000,
        '{"LogLine": [' * 50_000,
        '{"Alive": [' + "1" * 10_000 + ", null, true]}",
        "\ufeff{}",
    ],
)
def test_what_is_no_message_is_refused(text):
    with pytest.raises(NotAMessageError):
        messages.from_lane().decode(text.encode(), [b""])


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(NotAMessageError):
        messages.from_lane().decode(b'{"LogLine": ["\xff"]}', [])


def test_a_part_of_a_message_is_none_by_itself():
    with pytest.raises(NotAMessageError):
        messages.from_lane().decode(*encode(Rounding("metric", "loss", 0.1, 0.1, 1.0)))


def test_what_cannot_be_sent_is_an_error_of_the_sender():
    with pytest.raises(TypeError):
        encode(Alive(object(), None))


def test_classes_that_no_message_can_hold():
    @dataclass(frozen=True)
    class Loose:
        values: dict[str, int]

    with pytest.raises(TypeError, match="cannot hold"):
        Decoder((Loose,))


def test_two_classes_of_one_name():
    @dataclass(frozen=True)
    class Alive:
        step: int

    from fwtui.core.records import Alive as RecordAlive

    with pytest.raises(ValueError, match="Alive"):
        Decoder((Alive, RecordAlive))
