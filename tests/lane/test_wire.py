"""Messages on their way: whole, of any size, and never taken for what is none."""

import random
import struct
import tracemalloc

import numpy as np
import pytest

from fwtui.core.codec import NotAMessageError
from fwtui.core.ndarray import Array
from fwtui.core.records import Alive, LogLine, Probed
from fwtui.lane import wire
from fwtui.lane.messages import from_lane
from fwtui.lane.wire import MAX_MESSAGE_BYTES, MAX_PARTS, Frames, framed


def probe(*sizes):
    arrays = [(f"w{size}", Array.of(np.arange(size, dtype="float32"))) for size in sizes]
    return Probed(3, (("loss", 0.5),), (*arrays, ("unused", None)), tuple(arrays))


def frames():
    return Frames(from_lane())


@pytest.mark.parametrize("piece", [1, 7, 1 << 16])
def test_arrays_arrive_as_they_were_in_whatever_pieces(piece):
    sent = [Alive(1, None), probe(), probe(0, 5, 1000, 0), Alive(2, 3)]
    stream, reader, came = b"".join(part for record in sent for part in framed(record)), frames(), []
    for at in range(0, len(stream), piece):
        came += reader.feed(stream[at : at + piece])
    assert came == sent
    assert [type(array.data) for _, array in came[2].parameters] == [bytes] * 4


def test_memory_is_taken_as_bytes_come():
    head, *_ = framed(probe(1000))
    size = struct.pack("!Q", 4000)
    assert head.count(size) == 2  # the array is among the gradients and the parameters
    reader = frames()
    tracemalloc.start()
    try:
        assert reader.feed(head.replace(size, struct.pack("!Q", 1 << 34))) == []
        assert reader.feed(bytes(1000)) == []
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (0, []),
        (MAX_PARTS + 1, []),
        (2**32 - 1, []),
        (1, [MAX_MESSAGE_BYTES + 1]),
        (2, [1, MAX_MESSAGE_BYTES]),
    ],
)
def test_sizes_that_no_message_has(count, sizes):
    head = wire._HEAD.pack(wire._MARK, count) + struct.pack(f"!{len(sizes)}Q", *sizes)
    with pytest.raises(NotAMessageError):
        frames().feed(head)


def test_a_mark_before_what_is_no_message():
    head, *_ = framed(LogLine("text"))
    with pytest.raises(NotAMessageError):
        frames().feed(head.replace(b"text", b"t\xffxt"))


def test_whatever_comes_is_a_message_or_refused():
    """10,000 messages of which bytes were changed, left out or doubled."""
    rng = random.Random(1)
    sent = Alive(1, None), probe(3, 5), LogLine("x")
    whole = b"".join(part for record in sent for part in framed(record))
    refused = 0
    for _ in range(10_000):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(data))
            match rng.randrange(3):
                case 0:
                    data[at] = rng.randrange(256)
                case 1:
                    del data[at : at + rng.randrange(1, 9)]
                case 2:
                    data[at:at] = data[at : at + rng.randrange(1, 9)]
        try:
            frames().feed(bytes(data))
        except NotAMessageError:
            refused += 1
    assert refused > 5_000
