"""One side of an alignment: what each item does, and what it takes from whom."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from fwtui.ops.align.items import Item
from fwtui.ops.vocabulary.canonical import canonical, carries, kind

INPUT = ("input",)
_UNKNOWN_SIZE = -1


class FlowIndex:
    """The items of a log or a graph, in their order.

    Attributes:
        words: of each item; its own name where the table has no word for it.
        makers: of each item, the items that made what it takes. What carries values on as they are is passed
            over.
        takers: of each item, the items that take what it made.
        names: of each item, the parameters and batch arrays that it takes.
        order: the places of the items, in the order in which they run.
        carrying: whether an item carries values on, or computes nothing at all.
        sizes: (items,) elements of the first output; −1 where that is not known.
        figures: (items, 4) mean, deviation, largest magnitude, and the mean's imaginary part; NaN where they
            are not known.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.sizes = np.array([_size(item) for item in items], np.int64)
        self.words = [_words(item) for item in items]
        self.carrying = [carries(item.op) or canonical(item.op) in ((), INPUT) for item in items]
        self._carry = [carries(item.op) for item in items]
        self._reached: dict[int, tuple[frozenset[int], frozenset[str]]] = {}
        self.makers: list[frozenset[int]] = [frozenset()] * len(items)
        self.names: list[frozenset[str]] = [frozenset()] * len(items)
        self.takers: list[set[int]] = [set() for _ in items]
        later = sum(1 if one > place else -1 for place, item in enumerate(items) for one in item.inputs)
        self.order = range(len(items)) if later <= 0 else range(len(items) - 1, -1, -1)
        for place in self.order:
            self._enter(place, items[place])
        self.figures = np.array([_figures(item) for item in items], np.float64).reshape(-1, 4)

    def _enter(self, place: int, item: Item) -> None:
        makers, names = self._taken(item)
        if self._is_idle(item, makers):
            self.carrying[place] = self._carry[place] = True
        self.makers[place], self.names[place] = makers, names
        for maker in makers | set(item.inputs):
            self.takers[maker].add(place)
        if item.names and canonical(item.op) == INPUT:
            self._reached[place] = frozenset(), frozenset(item.names)
        elif self._carry[place]:
            self._reached[place] = makers, names
        elif self.carrying[place]:  # a shape, a constant
            self._reached[place] = frozenset(), frozenset()
        else:
            self._reached[place] = frozenset({place}), frozenset()

    def _taken(self, item: Item) -> tuple[frozenset[int], frozenset[str]]:
        """What an item takes, through all that only carries it on."""
        makers: set[int] = set()
        names = set(item.names)
        for one in item.inputs:
            # What comes later is the end of a loop.
            behind, named = self._reached.get(one, (frozenset({one}), frozenset()))
            makers |= behind
            names |= named
        return frozenset(makers), frozenset(names)

    def _is_idle(self, item: Item, makers: frozenset[int]) -> bool:
        """Whether it is a sum over no axis, or over such of one element, as gradients of sums are."""
        if canonical(item.op) != ("sum",):
            return False
        return {self.sizes[maker] for maker in makers} == {_size(item)} != {_UNKNOWN_SIZE}


def _words(item: Item) -> tuple[str, ...]:
    words = canonical(item.op)
    if words == INPUT and item.names:
        return item.names  # it is what has the same name
    return words or (kind(item.op),)


def _size(item: Item) -> int:
    if item.shape is None or None in item.shape:
        return _UNKNOWN_SIZE
    return prod(size for size in item.shape if size is not None)


def _figures(item: Item) -> tuple[float, float, float, float]:
    one = item.fingerprint
    if one is None or one.mean is None or one.std is None or one.largest is None:
        return np.nan, np.nan, np.nan, np.nan
    return one.mean, one.std, one.largest, one.mean_imaginary or 0.0


def telling(stream: FlowIndex) -> NDArray[np.bool_]:
    """Return a mask (items,) of items with distinctive statistics, unlike those of zeros or ones."""
    _, std, largest, _ = stream.figures.T
    mask: NDArray[np.bool_] = (largest > 0) & ((std > 0) | ((stream.sizes == 1) & (largest != 1)))
    return mask
