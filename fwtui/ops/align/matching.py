"""Which item of one side is which of the other: by values, by flow, and by order, in this order of trust."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from fwtui.core.numerical_policy import NEAR
from fwtui.ops.align.flow_index import FlowIndex, telling
from fwtui.ops.align.modules import Modules
from fwtui.ops.align.needleman_wunsch import ordered_pairs

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
Counterparts = tuple[dict[int, set[int]], dict[int, set[int]]]
"""By side, the other side's items that an item is."""

_TRUSTED = 0.3
"""Share of the items with distinctive statistics that have a match with near ones, from which statistics that
are not near prove two items different: the lanes are at the same step with the same weights."""
_DOUBTED = 0.1
_MOST_LINKS = 4096
_PASSES = 12

_SAME_WORD, _PART, _VALUE, _SIZE, _FLOW, _MODULE = 4.0, 2.0, 4.0, 1.0, 3.0, 1.0
_NEVER = -1000.0

PLAIN = frozenset(
    {
        *("add", "subtract", "multiply", "divide", "negate", "power", "sum", "mean", "where", "compare"),
        *("logic", "maximum", "minimum", "exponential", "largest", "square root", "reduction", "logarithm"),
    }
)
"""Words of ops that occur everywhere: on their own they identify nothing."""


class Matching:
    """Pairs that were found so far.

    Args:
        known: pairs to begin with.

    Attributes:
        of: by side, an item's counterparts.
        near: (left, right) whether two items give values that look the same.
        values_tell: whether those that do not are surely not counterparts.
    """

    def __init__(self, left: FlowIndex, right: FlowIndex, known: Counterparts) -> None:
        self.sides = left, right
        self.of = known
        self._words = _Words(left, right)
        self._modules = Modules(left, right)
        self.near = _near(left, right)
        self.values_tell = False
        self._has_figures = [np.isfinite(side.figures[:, 0]) for side in self.sides]

    def pair(self, left: int, right: int) -> None:
        """Makes the two counterparts."""
        self.of[0].setdefault(left, set()).add(right)
        self.of[1].setdefault(right, set()).add(left)

    def free(self, side: int) -> list[int]:
        """The items of a side that have no counterpart, but those that only carry values on."""
        carrying = self.sides[side].carrying
        return [i for i in self._all_free(side) if not carrying[i]]

    def by_names(self) -> None:
        """Pairs what comes in: the parameters and the batch."""
        for name, (lefts, rights) in self._named().items():
            here, there = (
                [i for i in items if side.words[i] == (name,)]
                for side, items in zip(self.sides, (lefts, rights), strict=True)
            )
            for left, right in zip(here, there, strict=False):
                self.pair(left, right)

    def by_values(self) -> None:
        """Pairs what gives the same values and may be the same op."""
        tell = telling(self.sides[0]), telling(self.sides[1])
        for _ in range(_PASSES):
            rows, columns = self.free(0), self.free(1)
            scores = self._words.scores(rows, columns, parts=True)
            near = self.near[np.ix_(rows, columns)] & tell[0][rows][:, None] & tell[1][columns][None, :]
            found = self._take(rows, columns, np.where(near & (scores > 0), scores + _VALUE, _NEVER))
            if not found:
                break
        known = sum(bool(tell[0][i] and self.near[i, list(j)].any()) for i, j in self.of[0].items())
        self.values_tell = known >= _TRUSTED * min(side.sum() for side in tell)

    def by_landmarks(self) -> None:
        """Match, in order, the ops that do not occur everywhere."""
        for _ in range(_PASSES):
            rows, columns = ([i for i in self.free(side) if self._is_landmark(side, i)] for side in (0, 1))
            if not self._take(rows, columns, self._scores(rows, columns)):
                break

    def by_flow(self, carrying: bool = False) -> None:
        """Pairs what takes from counterparts, or gives to them, until there is nothing more."""
        for _ in range(_PASSES):
            self._spread()
            rows, columns = (self._all_free(side) if carrying else self.free(side) for side in (0, 1))
            flow = self._flow(rows, columns)
            scores = self._scores(rows, columns, flow)
            if not self._take(rows, columns, np.where(flow > 0, scores, _NEVER)):
                break

    def by_inputs(self) -> bool:
        """Pairs ops that take the same, all of it, whatever they gave: where a fault begins, values differ
        from there on, and the ops are each other's counterparts still.

        Returns:
            Whether any were found.
        """
        left, right = self.sides
        found = False
        for item in self.free(0):
            makers = {other for maker in left.makers[item] for other in self.of[0].get(maker, ())}
            for other in sorted({taker for maker in makers for taker in right.takers[maker]}):
                if (
                    self._words.fit(item, other)
                    and self._open(1, (other,))
                    and self._take_the_same(item, other)
                ):
                    self.pair(item, other)
                    found = True
                    break
        return found

    def _take_the_same(self, left: int, right: int) -> bool:
        a, b = self.sides[0].makers[left], self.sides[1].makers[right]
        return (
            self.sides[0].names[left] == self.sides[1].names[right]
            and all(not b.isdisjoint(self.of[0].get(maker, ())) for maker in a)
            and all(not a.isdisjoint(self.of[1].get(maker, ())) for maker in b)
        )

    def doubt_values(self) -> bool:
        """Stop rejecting matches because of different values, if values alone keep many ops that do not occur
        everywhere from having a match: something is wrong on one side, and so is all that follows it.

        Returns:
            Whether it did.
        """
        left, right = ([i for i in self.free(side) if self._is_landmark(side, i)] for side in (0, 1))
        could = ((self._words.scores(left, right, parts=False) > 0).any(1)).sum() if left and right else 0
        landmarks = min(
            sum(self._is_landmark(side, i) for i in stream.order if not stream.carrying[i])
            for side, stream in enumerate(self.sides)
        )
        if not self.values_tell or could <= _DOUBTED * landmarks:
            return False
        self.values_tell = False
        return True

    def by_order(self) -> None:
        """Match ops by the order of their neighbours, the last resort: all other evidence has been used."""
        rows, columns = self.free(0), self.free(1)
        around = self._around(0), self._around(1)
        beside = np.zeros((len(rows), len(columns)), bool)
        for way in (0, 1):
            a, b = (
                np.array([around[s][i][way] for i in items], int) for s, items in ((0, rows), (1, columns))
            )
            beside |= (a[:, None] == b[None, :]) & (a[:, None] >= 0)
        self._take(rows, columns, np.where(beside, self._fit_scores(rows, columns), _NEVER))

    def _around(self, side: int) -> list[tuple[int, int]]:
        """By item, the nearest item before it and behind it that has a counterpart, by one name on both
        sides; −1 where there is none."""
        order = [i for i in self.sides[side].order if not self.sides[side].carrying[i]]
        around = [[-1, -1] for _ in self.sides[side].items]
        for way, items in enumerate((order, order[::-1])):
            nearest = -1
            for item in items:
                around[item][way] = nearest
                if others := self.of[side].get(item):
                    nearest = item if side == 0 else min(others)
        return [(before, behind) for before, behind in around]

    def _spread(self) -> None:
        """Pairs takers of counterparts, and makers, where only one of each side fits the other."""
        left = [(one, other) for one, others in self.of[0].items() for other in others]
        while left:
            one, other = left.pop()
            for towards in ("takers", "makers"):
                here, there = (getattr(s, towards)[i] for s, i in zip(self.sides, (one, other), strict=True))
                rows, columns = self._open(0, here), self._open(1, there)
                if len(rows) * len(columns) > _MOST_LINKS:
                    continue
                fits = {row: [column for column in columns if self._fit(row, column)] for row in rows}
                counted = Counter(column for found in fits.values() for column in found)
                for row, found in fits.items():
                    if len(found) == 1 and counted[found[0]] == 1:
                        self.pair(row, found[0])
                        left.append((row, found[0]))

    def _open(self, side: int, items: Iterable[int]) -> list[int]:
        carrying = self.sides[side].carrying
        return [i for i in sorted(items) if i not in self.of[side] and not carrying[i]]

    def _fit(self, left: int, right: int) -> bool:
        """Whether two may be counterparts, whatever is next to them."""
        return self._words.fit(left, right) and not (
            self.values_tell
            and self._has_figures[0][left]
            and self._has_figures[1][right]
            and not self.near[left, right]
        )

    def _all_free(self, side: int) -> list[int]:
        return [i for i in self.sides[side].order if i not in self.of[side]]

    def _is_landmark(self, side: int, item: int) -> bool:
        return self.sides[side].words[item][0] not in PLAIN

    def _take(self, rows: list[int], columns: list[int], scores: Scores) -> bool:
        found = ordered_pairs(scores) if rows and columns else []
        for row, column in found:
            self.pair(rows[row], columns[column])
        return bool(found)

    def _scores(self, rows: list[int], columns: list[int], flow: Scores | None = None) -> Scores:
        """(rows, columns) how much speaks for each pair."""
        scores = self._fit_scores(rows, columns)
        scores += _FLOW * np.minimum(self._flow(rows, columns) if flow is None else flow, 2)
        return scores

    def _fit_scores(self, rows: list[int], columns: list[int]) -> Scores:
        scores = self._words.scores(rows, columns, parts=False)
        scores += _MODULE * self._modules.same(rows, columns)
        if self.values_tell:
            both = self._has_figures[0][rows][:, None] & self._has_figures[1][columns][None, :]
            scores[both & ~self.near[np.ix_(rows, columns)]] = _NEVER
        return scores

    def _flow(self, rows: list[int], columns: list[int]) -> Scores:
        """(rows, columns) how much of what a pair takes and gives is paired already."""
        flow = np.zeros((len(rows), len(columns)), np.float32)
        row_of = {item: row for row, item in enumerate(rows)}
        column_of = {item: column for column, item in enumerate(columns)}

        def link(lefts: Iterable[int], rights: Iterable[int]) -> None:
            here = [row_of[i] for i in lefts if i in row_of]
            there = [column_of[i] for i in rights if i in column_of]
            if here and there and len(here) * len(there) <= _MOST_LINKS:
                flow[np.ix_(here, there)] += 1 / max(len(here), len(there))

        left, right = self.sides
        for one, others in self.of[0].items():
            for other in others:
                link(left.takers[one], right.takers[other])
                link(left.makers[one], right.makers[other])
        for lefts, rights in self._named().values():
            link(lefts, rights)
        return flow

    def _named(self) -> dict[str, tuple[list[int], list[int]]]:
        takers: dict[str, tuple[list[int], list[int]]] = {}
        for side, stream in enumerate(self.sides):
            for item, names in enumerate(stream.names):
                for name in names:
                    takers.setdefault(name, ([], []))[side].append(item)
        return takers


class _Words:
    """How well the words, phases and sizes of two sides go together."""

    def __init__(self, left: FlowIndex, right: FlowIndex) -> None:
        counted = Counter(word for side in (left, right) for words in side.words for word in words)
        self._number = {word: number for number, word in enumerate(counted)}
        self._main = [np.array([self._number[words[0]] for words in s.words], int) for s in (left, right)]
        self._parts = [self._members(side) for side in (left, right)]
        phases = {phase: n for n, phase in enumerate(("input", "constant", "forward", "backward", "update"))}
        self._phases = [
            np.array([-1 if i.phase is None else phases[i.phase] for i in side.items], int)
            for side in (left, right)
        ]
        self._sizes = [left.sizes, right.sizes]
        self._listed = [
            list(zip(main.tolist(), phases.tolist(), sizes.tolist(), strict=True))
            for main, phases, sizes in zip(self._main, self._phases, self._sizes, strict=True)
        ]
        # Lanes with batches of other sizes have hardly a size in common.
        self._sizes_tell = bool(np.isin(left.sizes, right.sizes).mean() > 0.5) if len(left.sizes) else False

    def _members(self, side: FlowIndex) -> Mask:
        members = np.zeros((len(side.items), len(self._number)), bool)
        for item, words in enumerate(side.words):
            members[item, [self._number[word] for word in words]] = True
        return members

    def fit(self, left: int, right: int) -> bool:
        """Whether two do the same, as far as words, phases and sizes tell."""
        (word, phase, size), (other, others_phase, others_size) = (
            self._listed[0][left],
            self._listed[1][right],
        )
        in_phase = phase == others_phase or phase < 0 or others_phase < 0
        sized = size == others_size or size < 0 or others_size < 0 or not self._sizes_tell
        return word == other and in_phase and sized

    def scores(self, rows: list[int], columns: list[int], parts: bool) -> Scores:
        """(rows, columns) above 0 where a pair may be one.

        Args:
            parts: also where one does what is a part of the other.
        """
        if not rows or not columns:
            return np.zeros((len(rows), len(columns)), np.float32)
        a, b = self._main[0][rows], self._main[1][columns]
        same = a[:, None] == b[None, :]
        scores = np.where(same, _SAME_WORD, _NEVER).astype(np.float32)
        if parts:
            scores[~same & (self._parts[0][rows][:, b] | self._parts[1][columns][:, a].T)] = _PART
        a, b = self._phases[0][rows][:, None], self._phases[1][columns][None, :]
        scores[(a != b) & (a >= 0) & (b >= 0)] = _NEVER
        a, b = self._sizes[0][rows][:, None], self._sizes[1][columns][None, :]
        known = (a >= 0) & (b >= 0)
        scores += np.where(known, np.where(a == b, _SIZE, -_SIZE), 0).astype(np.float32)
        if self._sizes_tell:
            scores[same & known & (a != b)] = _NEVER
        return scores


def _near(left: FlowIndex, right: FlowIndex) -> Mask:
    """(left, right) whether two items of one size have the same figures."""
    near = np.zeros((len(left.items), len(right.items)), bool)
    known = [np.isfinite(side.figures[:, 0]) for side in (left, right)]
    for size in np.intersect1d(left.sizes[known[0]], right.sizes[known[1]]):
        rows = np.flatnonzero(known[0] & (left.sizes == size))
        columns = np.flatnonzero(known[1] & (right.sizes == size))
        a, b = left.figures[rows][:, None], right.figures[columns][None, :]
        scale = NEAR * np.maximum(a[:, :, 2], b[:, :, 2])
        close = np.ones(scale.shape, bool)
        for figure in range(a.shape[2]):  # one at a time takes a third of the memory
            close &= np.abs(a[:, :, figure] - b[:, :, figure]) <= scale
        near[np.ix_(rows, columns)] = close
    return near
