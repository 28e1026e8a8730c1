"""Parts of a card's memory that add up, and what is unknown of them."""

from __future__ import annotations

from dataclasses import replace

from fwtui.core.device_memory import FrameworkMemory, GpuUse
from fwtui.measure.device_memory import LaneShare, card_memory
from fwtui.measure.history import History
from tests.scripted.gpus import H200


def history(memory=None, process=None, card=H200):
    made = History()
    made.apply(memory or FrameworkMemory())
    made.apply(GpuUse(card, process))
    return made


def test_all_parts_make_the_whole():
    torch = history(FrameworkMemory(2_000, 5_000, 3_000), 5_600)
    tensorflow = history(FrameworkMemory(1_000, None, 1_500), 4_000)
    memory = card_memory([(0, torch), (1, tensorflow)])
    assert memory.lanes == (
        LaneShare(0, in_use=2_000, cached=3_000, context=600, process=5_600),
        LaneShare(1, in_use=1_000, cached=None, context=3_000, process=4_000),
    )
    assert memory.others == H200.used_bytes - 9_600
    assert (memory.total, memory.free) == (H200.total_bytes, H200.free_bytes)


def test_what_is_unknown_of_one_is_unknown_of_what_is_left():
    memory = card_memory([(0, history(FrameworkMemory(1, 2, 3), 10)), (1, history())])
    assert memory.others is None
    assert memory.lanes[1] == LaneShare(1, None, None, None, None)


def test_readings_of_two_moments_are_never_below_nothing():
    (share,) = card_memory([(0, history(FrameworkMemory(5, 4, 6), 3))]).lanes
    assert (share.cached, share.context) == (0, 0)


def test_no_card():
    memory = card_memory([(0, history(card=None))])
    assert (memory.total, memory.free, memory.others) == (None, None, None)
    assert card_memory([(0, history(card=replace(H200, used_bytes=None), process=1))]).others is None
