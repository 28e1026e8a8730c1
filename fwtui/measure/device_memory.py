"""Where the memory of a GPU, or of the machine, has gone: parts that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fwtui.measure.history import History


@dataclass(frozen=True, slots=True)
class LaneShare:
    """What one lane has of a card, in bytes; None is unknown.

    Attributes:
        lane: its place among the lanes.
        in_use: by tensors, as the framework's allocator counts.
        cached: what the allocator has reserved beyond that.
        context: what the driver counts beyond what is reserved: CUDA's context and libraries; where a
            framework does not tell what it has reserved, what it keeps for later as well.
        process: all of it, as the driver counts.
    """

    lane: int
    in_use: int | None
    cached: int | None
    context: int | None
    process: int | None


@dataclass(frozen=True, slots=True)
class CardMemory:
    """A card's memory, in bytes; None is unknown.

    Attributes:
        lanes: what each lane on it has.
        others: other processes and the driver itself: what is used and no lane's.
    """

    total: int | None
    free: int | None
    lanes: tuple[LaneShare, ...]
    others: int | None


def lane_share(number: int, history: History) -> LaneShare:
    """What a lane has of its card."""
    memory = history.memory
    process = history.gpu.process_bytes if history.gpu else None
    counted = memory.in_use_bytes if memory.reserved_bytes is None else memory.reserved_bytes
    return LaneShare(
        number,
        memory.in_use_bytes,
        _less(memory.reserved_bytes, memory.in_use_bytes),
        _less(process, counted),
        process,
    )


def card_memory(lanes: Sequence[tuple[int, History]]) -> CardMemory:
    """The memory of the card that these lanes, by their places, are on."""
    shares = tuple(lane_share(number, history) for number, history in lanes)
    card = next((h.gpu.card for _, h in lanes if h.gpu and h.gpu.card), None)
    if card is None:
        return CardMemory(None, None, shares, None)
    known = [share.process for share in shares]
    own = None if None in known else sum(one for one in known if one is not None)
    return CardMemory(card.total_bytes, card.free_bytes, shares, _less(card.used_bytes, own))


def _less(whole: int | None, part: int | None) -> int | None:
    """What is left of a whole; readings of two moments may have it a little below nothing."""
    return None if whole is None or part is None else max(0, whole - part)
