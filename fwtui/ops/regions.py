"""What one side does in one op and the other in several: one pair of groups."""

from __future__ import annotations

from collections.abc import Iterable

from fwtui.ops.pairing import Pairing

_MOST = 64
"""So many ops may be one op on the other side; an optimizer's update of all weights may be more."""


class Regions:
    """Grows pairs, and makes new ones, where an op holds what the other side does in ops of their own."""

    def __init__(self, pairing: Pairing) -> None:
        self._pairing, self._sides = pairing, pairing.sides

    def complete(self) -> None:
        """Adds to each pair of an op of several parts what of those parts its counterparts lack."""
        for side in (0, 1):
            for item in sorted(self._pairing.of[side]):
                words = self._sides[side].words[item]
                if len(words) > 1:
                    others = self._pairing.of[side][item]
                    done = {word for other in others for word in self._sides[1 - side].words[other]}
                    if lacking := set(words) - done:
                        self._grow(side, item, others, lacking)

    def compose(self) -> None:
        """Pairs each op of several parts that has no counterpart with those that stand in its place."""
        for side in (0, 1):
            for item in self._pairing.free(side):
                words = set(self._sides[side].words[item])
                if len(words) > 1 and item not in self._pairing.of[side]:
                    for other in sorted(self._in_its_place(side, item, words)):
                        self._link(side, item, other)
                    self._grow(side, item, self._pairing.of[side].get(item, set()), words)
                    self._grow_back(side, item)

    def _in_its_place(self, side: int, item: int, words: set[str]) -> set[int]:
        """The free items of the other side that give to the counterparts of its takers, take from those of its
        makers, take the same parameters, or give the same values."""
        here, there = self._sides[side], self._sides[1 - side]
        of = self._pairing.of[side]
        found: set[int] = set()
        for taker in here.takers[item]:
            for other in of.get(taker, ()):
                found |= there.makers[other]
        for maker in here.makers[item]:
            for other in of.get(maker, ()):
                found |= there.takers[other]
        parameters = {name for name in here.names[item] if name.startswith("parameter ")}
        if parameters:
            found |= {i for i, names in enumerate(there.names) if names & parameters}
        return self._fit(side, item, found, words)

    def _fit(self, side: int, item: int, others: Iterable[int], words: set[str]) -> set[int]:
        """Those of `others` that have no counterpart, are of the same phase, and do one of `words`."""
        here, there = self._sides[side].items[item], self._sides[1 - side]
        return {
            other
            for other in others
            if other not in self._pairing.of[1 - side]
            and not there.carrying[other]
            and there.words[other][0] in words
            and (there.items[other].phase == here.phase or None in (there.items[other].phase, here.phase))
        }

    def _grow(self, side: int, item: int, group: set[int], words: set[str]) -> None:
        """Adds free neighbours of `group` that do one of `words` to the counterparts of `item`."""
        there = self._sides[1 - side]
        given = self._given(side, item, group)
        left = sorted(group)
        while left and len(self._pairing.of[side].get(item, ())) < _MOST:
            one = left.pop()
            near = set(there.makers[one]) if one in given else there.makers[one] | there.takers[one]
            for other in sorted(self._fit(side, item, near, words)):
                self._link(side, item, other)
                left.append(other)

    def _given(self, side: int, item: int, group: set[int]) -> set[int]:
        """Those of `group` that give what `item` gives already: what takes from them is not part of it."""
        near = self._pairing.near if side == 0 else self._pairing.near.T
        return {other for other in group if near[item, other]}

    def _grow_back(self, side: int, item: int) -> None:
        """Adds to `item` what on its own side belongs to ops of several parts among its counterparts."""
        group = self._pairing.of[side].get(item, set())
        for other in sorted(group):
            words = set(self._sides[1 - side].words[other])
            if len(words) > 1:
                self._grow(1 - side, other, {item}, words)

    def _link(self, side: int, item: int, other: int) -> None:
        self._pairing.pair(*((item, other) if side == 0 else (other, item)))
