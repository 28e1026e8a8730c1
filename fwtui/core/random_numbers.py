"""Random numbers that every lane's network gets alike, whatever framework draws them, in whatever layout.

A number depends on the seed, on the step, on how many arrays of the same sizes were drawn before in the step,
and on its place: on the pairs of an axis's size and the place along that axis, in no order. So arrays whose
axes are in another order, such as images with channels first and last, hold the same numbers. Axes of size 1
do not count. Where two axes have the same size, an array is symmetric in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_BITS = 24
"""Numbers are multiples of 2⁻²⁴, which are the same in every dtype."""
_INCREMENT, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
"""Of SplitMix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", 2014)."""

Words = NDArray[np.uint64]


class RandomNumbers:
    """The numbers of one lane.

    Args:
        seed: the same in all lanes.
        turned: of axes of these sizes, each outer · inner, that another lane has its places in the order of
            inner · outer, as where images with channels first and last were flattened.

    Attributes:
        step: whose numbers are drawn next.
    """

    def __init__(self, seed: int, turned: Iterable[tuple[int, int]] = ()) -> None:
        self._seed, self.step = seed, 0
        self._turned = {outer * inner: (outer, inner) for outer, inner in turned}
        self.begin()

    def begin(self) -> None:
        """Draw those of the present step from the first on."""
        self._drawn: Counter[tuple[int, ...]] = Counter()

    @property
    def count(self) -> int:
        """How many arrays were drawn since."""
        return self._drawn.total()

    @property
    def sizes(self) -> tuple[tuple[int, ...], ...]:
        """Those of each array drawn since, in no order, without axes of size 1."""
        return tuple(sorted(self._drawn.elements()))

    def uniform(self, shape: Sequence[int]) -> NDArray[np.float64]:
        """Numbers from 0 to 1, without 1."""
        words = self._words(shape)
        return (words >> np.uint64(64 - _BITS)).astype(np.float64) / 2.0**_BITS

    def normal(self, shape: Sequence[int]) -> NDArray[np.float64]:
        """Numbers of mean 0 and variance 1, by the transform of Box and Muller."""
        words = self._words(shape)
        radius = ((words >> np.uint64(64 - _BITS)).astype(np.float64) + 1) / 2.0**_BITS
        angle = (_mixed(words) >> np.uint64(64 - _BITS)).astype(np.float64) / 2.0**_BITS
        return np.asarray(np.sqrt(-2 * np.log(radius)) * np.cos(2 * np.pi * angle))

    def _places(self, size: int) -> Words:
        places = np.arange(size, dtype=np.uint64)
        outer, inner = self._turned.get(size, (1, size))
        return places.reshape(inner, outer).T.ravel()

    def _words(self, shape: Sequence[int]) -> Words:
        sizes = tuple(sorted(size for size in shape if size != 1))
        count = self._drawn[sizes]
        self._drawn[sizes] += 1
        words = np.zeros(tuple(shape), np.uint64)
        for axis, size in enumerate(shape):
            if size != 1:
                places = self._places(size) + np.uint64(size) * np.uint64(2**32)
                along = [1] * len(shape)
                along[axis] = size
                words += _mixed(places).reshape(along)
        start = _mixed(np.array([self._seed, self.step, count], np.uint64) + np.array([1, 2, 3], np.uint64))
        with np.errstate(over="ignore"):
            return _mixed(words + start[0] + _mixed(start[1:2])[0] + _mixed(_mixed(start[2:3]))[0])


def _mixed(words: Words) -> Words:
    with np.errstate(over="ignore"):
        mixed = words + np.uint64(_INCREMENT)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(_FIRST)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(_SECOND)
        return mixed ^ (mixed >> np.uint64(31))
