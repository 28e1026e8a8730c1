"""Records on their way: whole, of any size, and never taken for what is none."""

import pickle
import struct
import tracemalloc

import numpy as np
import pytest

from fwtui.core.ndarray import Array
from fwtui.core.records import Alive, Probed
from fwtui.lane.wire import Frames, NoRecordError, framed


def probe(*sizes):
    arrays = [(f"w{size}", Array.of(np.arange(size, dtype="float32"))) for size in sizes]
    return Probed(3, (("loss", 0.5),), (*arrays, ("unused", None)), tuple(arrays))


@pytest.mark.parametrize("piece", [1, 7, 1 << 16])
def test_arrays_arrive_as_they_were_in_whatever_pieces(piece):
    sent = [Alive(1, None), probe(), probe(0, 5, 1000, 0), Alive(2, 3)]
    stream, frames, came = b"".join(part for record in sent for part in framed(record)), Frames(), []
    for at in range(0, len(stream), piece):
        came += frames.feed(stream[at : at + piece])
    assert came == sent
    assert [type(array.data) for _, array in came[2].parameters] == [bytes] * 4


def test_an_array_is_sent_from_where_it_is():
    array = probe(1000).parameters[0][1]
    head, sent = framed(array)
    assert len(head) < 200
    assert np.shares_memory(np.frombuffer(sent, "uint8"), np.frombuffer(array.data, "uint8"))


def test_no_size_is_too_large_and_memory_is_taken_as_bytes_come():
    head, _ = framed(probe(1000).parameters[0][1])
    size = struct.pack("!Q", 4000)
    assert head.count(size) == 1
    frames = Frames()
    tracemalloc.start()
    try:
        assert frames.feed(head.replace(size, struct.pack("!Q", 1 << 40))) == []
        assert frames.feed(bytes(1000)) == []
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_mark_before_what_is_no_record():
    head, *_ = framed("text")
    with pytest.raises(NoRecordError):
        Frames().feed(head.replace(b"text", b"t\xffxt"))


def test_arrays_travel_with_older_protocols_as_well():
    array = probe(10).parameters[0][1]
    assert pickle.loads(pickle.dumps(array, 4)) == array
