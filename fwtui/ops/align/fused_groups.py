"""What one side does in one op and the other in several: one pair of groups."""

from __future__ import annotations

from collections.abc import Iterable, Set

from fwtui.ops.align.matching import Matching
from fwtui.ops.vocabulary.words import HELD_WHOLE

BACKWARD = ("whole backward pass",)


class Regions:
    """Grows pairs, and makes new ones, where an op holds what the other side does in ops of their own."""

    def __init__(self, matching: Matching) -> None:
        self._matching, self._sides = matching, matching.sides

    def complete(self) -> None:
        """Adds to each pair of an op of several parts the rest of what they are on the other side."""
        for side in (0, 1):
            for item in sorted(self._matching.of[side]):
                if len(self._sides[side].words[item]) > 1:
                    self._complete(side, item)

    def compose(self) -> None:
        """Match each unmatched op of several parts with the ops in its place on the other side."""
        for side in (0, 1):
            for item in self._matching.free(side):
                words = self._sides[side].words[item]
                if words == BACKWARD:
                    for other in self._matching.free(1 - side):
                        if self._sides[1 - side].items[other].phase == "backward":
                            self._link(side, item, other)
                elif len(words) > 1 and item not in self._matching.of[side]:
                    for other in sorted(self._in_its_place(side, item, set(words))):
                        self._link(side, item, other)
                    self._complete(side, item)

    def updates(self) -> None:
        """Pairs an op that is an update, or several of them, with all that updates the same parameters."""
        for side in (0, 1):
            for item in self._matching.free(side):
                words = self._sides[side].words[item]
                phase = self._sides[side].items[item].phase
                updates = len(words) > 1 and ("assign" in words or phase == "update")
                if updates and item not in self._matching.of[side]:
                    for other in sorted(self._with_its_parameters(side, item, set(words))):
                        self._link(side, item, other)
                    self._complete(side, item)

    def _complete(self, side: int, item: int) -> None:
        """Adds to an op and its counterparts the rest of what they are, on both sides."""
        self._extend(side, item)
        parts = HELD_WHOLE.intersection(self._sides[side].words[item][1:])
        for other in sorted(self._matching.of[side].get(item, ())):
            if len(self._sides[1 - side].words[other]) > 1:
                self._extend(1 - side, other)
            self._grow(1 - side, other, parts)  # its own side may hold parts of it, too

    def _extend(self, side: int, item: int) -> None:
        """Adds to an op's counterparts those of its parts that none of them does."""
        words = self._sides[side].words[item]
        others = [self._sides[1 - side].words[other] for other in self._matching.of[side].get(item, ())]
        if not others:
            return
        whole = all(held[0] != words[0] for held in others)
        twice = words[0] in words[1:]
        done = {word for held in others for word in held} - ({words[0]} if twice else set())
        # What an update needs besides, such as its step size, is computed for it somewhere.
        lacking = set(words) if whole or "assign" in words else set(words) - done
        if words[0].endswith("gradient") or twice:  # it may give more than one gradient
            for other in sorted(self._fit(side, item, self._after_its_makers(side, item), lacking)):
                self._link(side, item, other)
        self._grow(side, item, lacking)
        if whole:
            self._take_parts(side, item, HELD_WHOLE.intersection(words[1:]))

    def _in_its_place(self, side: int, item: int, words: Set[str]) -> set[int]:
        """Return the free items of the other side before the matches of its takers, or after those of its
        makers."""
        here, there = self._sides[side], self._sides[1 - side]
        of = self._matching.of[side]
        found = self._after_its_makers(side, item)
        for taker in here.takers[item]:
            # Where another maker of the same is unmatched too, which of them is which is unknown.
            if all(maker in of or maker == item for maker in here.makers[taker]):
                for other in of.get(taker, ()):
                    found |= there.makers[other]
        return self._fit(side, item, found, words)

    def _after_its_makers(self, side: int, item: int) -> set[int]:
        """What takes from the counterparts of an item's makers, in its own phase."""
        here, there = self._sides[side], self._sides[1 - side]
        return {
            taker
            for maker in here.makers[item]
            if here.items[maker].phase in (here.items[item].phase, None)
            for other in self._matching.of[side].get(maker, ())
            for taker in there.takers[other]
        }

    def _with_its_parameters(self, side: int, item: int, words: Set[str]) -> set[int]:
        """What takes one of the parameters that an item takes, and does a part of it or is an update too."""
        here, there = self._sides[side], self._sides[1 - side]
        parameters = {name for name in here.names[item] if name.startswith("parameter ")}
        takers = [i for i, names in enumerate(there.names) if names & parameters]
        updates = {there.words[i][0] for i in takers if "assign" in there.words[i]}
        return self._fit(side, item, takers, words | updates)

    def _fit(self, side: int, item: int, others: Iterable[int], words: Set[str]) -> set[int]:
        """Those of `others` that have no counterpart, are of the same phase, and do one of `words`."""
        here, there = self._sides[side].items[item], self._sides[1 - side]
        return {
            other
            for other in others
            if other not in self._matching.of[1 - side]
            and not there.carrying[other]
            and there.words[other][0] in words
            and (there.items[other].phase == here.phase or None in (there.items[other].phase, here.phase))
        }

    def _grow(self, side: int, item: int, words: Set[str]) -> None:
        """Adds free neighbours of an item's counterparts that do one of `words` to them."""
        there = self._sides[1 - side]
        near = self._matching.near if side == 0 else self._matching.near.T
        left = sorted(self._matching.of[side].get(item, ()))
        updates = "assign" in self._sides[side].words[item]
        while words and left:
            one = left.pop()
            # What takes from that which gives the item's values already is not part of it. What an update
            # takes may serve others too, such as a step size that is the same for all parameters.
            takers = set() if updates else there.takers[one]
            takers = {i for i in takers if near[item, i]} if near[item, one] else takers
            for other in sorted(self._fit(side, item, there.makers[one] | takers, words)):
                self._link(side, item, other)
                left.append(other)

    def _take_parts(self, side: int, item: int, words: Set[str]) -> None:
        """Adds neighbours of an item's counterparts that do one of `words` to them, with what those are
        counterparts of: it is all one op on the item's side, or nearly."""
        there = self._sides[1 - side]
        for other in sorted(self._matching.of[side][item]):
            for near in sorted(there.makers[other] | there.takers[other]):
                if there.words[near][0] in words:
                    self._link(side, item, near)

    def _link(self, side: int, item: int, other: int) -> None:
        self._matching.pair(*((item, other) if side == 0 else (other, item)))
