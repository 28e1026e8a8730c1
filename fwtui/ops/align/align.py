"""Alignment of two logs or graphs, of any frameworks: which ops match one to one, which match several,
and which have no match.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fwtui.ops.align.items import Item, of_graph, of_log
from fwtui.ops.align.matching import Counterparts
from fwtui.ops.align.pipeline import link
from fwtui.ops.vocabulary.canonical import canonical

Sides = tuple[Sequence[Item], Sequence[Item]]

__all__ = ["Alignment", "Item", "Match", "align", "of_graph", "of_log"]


@dataclass(frozen=True, slots=True)
class Match:
    """Ops of both sides that do the same, or an op without a match.

    Attributes:
        canonical: what it does, in a word; "" where the table has none, or it computes nothing.
        left, right: places of items, in order; one side is empty where the other has no match.
    """

    canonical: str
    left: tuple[int, ...]
    right: tuple[int, ...]

    @property
    def alone(self) -> bool:
        """Whether one side is empty."""
        return not (self.left and self.right)


@dataclass(frozen=True)
class Alignment:
    """Every item of both sides, in one match each.

    Attributes:
        matches: in an order to show them in, which keeps both sides' own as far as it can.
        whole: whether each item was looked for on the whole other side. Otherwise the sides are so long that
            they were aligned in pieces, and what has no counterpart may have one.
    """

    matches: tuple[Match, ...]
    whole: bool
    _of: tuple[dict[int, int], dict[int, int]] = field(repr=False)

    def counterparts(self, side: int, item: int) -> tuple[int, ...]:
        """The other side's items that are what item `item` of side 0 or 1 is."""
        match = self.matches[self.match_of(side, item)]
        return match.right if side == 0 else match.left

    def match_of(self, side: int, item: int) -> int:
        """The place of the match in which the item is."""
        return self._of[side][item]


def unaligned(left: Sequence[Item], right: Sequence[Item]) -> Alignment:
    """Return an alignment that matches nothing, each side in its own order."""
    matches = [Match("", (item,), ()) for item in range(len(left))]
    matches += [Match("", (), (item,)) for item in range(len(right))]
    of = {item: item for item in range(len(left))}, {item: len(left) + item for item in range(len(right))}
    return Alignment(tuple(matches), False, of)


def align(left: Sequence[Item], right: Sequence[Item]) -> Alignment:
    """Find the matches of all items.

    An item without a word, or without a neighbour that has a match, gets no match.
    """
    sides, linked = (left, right), link(left, right)
    groups = _groups(sides, linked.of)
    in_group: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for number, group in enumerate(groups):
        for side in (0, 1):
            in_group[side].update(dict.fromkeys(group[side], number))
    order = _order(groups, in_group, len(right))
    matches = tuple(Match(_word(sides, groups[n]), *map(tuple, groups[n])) for n in order)
    place = {number: at for at, number in enumerate(order)}
    of = tuple({item: place[number] for item, number in side.items()} for side in in_group)
    return Alignment(matches, linked.whole, (of[0], of[1]))


def _groups(sides: Sides, of: Counterparts) -> list[tuple[list[int], list[int]]]:
    """What hangs together, in the left side's order, then what is on the right alone."""
    groups: list[tuple[list[int], list[int]]] = []
    seen: set[tuple[int, int]] = set()
    for side in (0, 1):
        for item in range(len(sides[side])):
            group: tuple[set[int], set[int]] = (set(), set())
            left = [(side, item)]
            while left:
                at = left.pop()
                if at not in seen:
                    seen.add(at)
                    group[at[0]].add(at[1])
                    left += [(1 - at[0], other) for other in of[at[0]].get(at[1], ())]
            if group[0] or group[1]:
                groups.append((sorted(group[0]), sorted(group[1])))
    return groups


def _order(
    groups: list[tuple[list[int], list[int]]], in_group: tuple[dict[int, int], dict[int, int]], right: int
) -> list[int]:
    """Return the groups in the left side's order; each group of the right alone follows its predecessor."""
    behind: dict[int, list[int]] = {}
    before = -1
    for item in range(right):
        number = in_group[1][item]
        if groups[number][0]:
            before = number
        else:
            behind.setdefault(before, []).append(number)
    order = list(behind.get(-1, ()))
    for number, group in enumerate(groups):
        if group[0]:
            order += [number, *behind.get(number, ())]
    return order


def _word(sides: Sides, group: tuple[list[int], list[int]]) -> str:
    """That of the item which does most in one."""
    words = [canonical(sides[side][item].op) or () for side in (0, 1) for item in group[side]]
    most = max(words, key=len)
    return most[0] if most else ""
