"""Two long sides cut into pieces that surely correspond, so that aligning them takes time in proportion."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from fwtui.ops.align.flow_index import FlowIndex, telling
from fwtui.ops.align.items import Item
from fwtui.ops.align.matching import PLAIN

Cut = tuple[int, int]
Span = tuple[range, range]
Key = tuple[object, ...]


def spans(left: FlowIndex, right: FlowIndex, most: int) -> Iterator[Span]:
    """The pieces of both sides, in order, from landmark to landmark.

    Args:
        most: pairs of items that a piece may have, where there are landmarks enough.
    """
    ends = [*_landmarks(left, right), (len(left.items), len(right.items))]
    begin, last = (0, 0), (0, 0)
    for end in ends:
        if (end[0] - begin[0]) * (end[1] - begin[1]) > most and last != begin:
            yield range(begin[0], last[0]), range(begin[1], last[1])
            begin = last
        last = end
    yield range(begin[0], last[0]), range(begin[1], last[1])


def taken_before(items: Sequence[Item], span: range, stream: FlowIndex) -> set[int]:
    """The items before a span whose outputs it takes, through all that only carries them on."""
    found: set[int] = set()
    left = list(span)
    while left:
        for maker in items[left.pop()].inputs:
            if maker < span.start and maker not in found:
                found.add(maker)
                if stream.carrying[maker]:
                    left.append(maker)
    return found


class Part:
    """Some items of a side.

    Attributes:
        places: of each item on the whole side, ascending.
        items: the same items, which take from each other alone.
        local: where in `items` each of `places` is.
    """

    def __init__(self, items: Sequence[Item], places: Iterable[int]) -> None:
        self.places = sorted(places)
        self.local = local = {place: at for at, place in enumerate(self.places)}
        self.items = [
            replace(items[place], inputs=tuple(local[one] for one in items[place].inputs if one in local))
            for place in self.places
        ]


def _landmarks(left: FlowIndex, right: FlowIndex) -> list[Cut]:
    """Places that surely correspond, ascending on both sides."""
    known = _once(left), _once(right)
    cuts = {(known[0][key], known[1][key]) for key in known[0].keys() & known[1].keys()}
    return _ascending(sorted(cuts, key=lambda cut: (cut[0], -cut[1])))


def _once(side: FlowIndex) -> dict[Key, int]:
    """The items that alone give their values, or of the forward pass alone take a parameter for what they do.

    Items without values are excluded: kernels whose values are unknown run in no fixed order. Nor
    does the backward pass order what it does for one parameter alike in all frameworks.
    """
    mean, std, largest, mean_imaginary = side.figures.T
    tell, known = telling(side), np.isfinite(largest)
    places: dict[Key, list[int]] = {}
    for place, item in enumerate(side.items):
        if side.carrying[place] or not known[place]:
            continue
        word, scale = side.words[place][0], largest[place]
        if tell[place]:
            # A mean is rounded as what it is the mean of.
            shares = (round(one[place] / scale, 3) for one in (mean, std, mean_imaginary))
            key = (word, item.phase, int(side.sizes[place]), f"{scale:.3e}", *shares)
            places.setdefault(key, []).append(place)
        if item.phase == "forward" and word not in PLAIN:
            for name in side.names[place]:
                places.setdefault((word, name), []).append(place)
    return {key: found[0] for key, found in places.items() if len(found) == 1}


def _ascending(cuts: Sequence[Cut]) -> list[Cut]:
    """The most of them that ascend on both sides: those that cross others are chance.

    Args:
        cuts: ascending on the left, and where they are one there, descending on the right.
    """
    # By length of a chain: where the chain of that length that ends first ends, and its last cut.
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for at, (_, right) in enumerate(cuts):
        length = bisect_left(ends, right)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1], last[length : length + 1] = [right], [at]
    chain = []
    at = last[-1] if last else -1
    while at >= 0:
        chain.append(cuts[at])
        at = before[at]
    return chain[::-1]
