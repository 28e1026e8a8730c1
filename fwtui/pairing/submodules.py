"""Which submodule of one model is which of the other: those whose weights are each other's counterparts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from fwtui.core.forward_pass import ModuleCall
from fwtui.core.numerical_policy import PAIRED
from fwtui.pairing.pairs import Pairing

MOST_NESTED = 8
"""How many modules around the same weights are tried with each other."""


def submodules(
    pairing: Pairing, first: Sequence[ModuleCall], second: Sequence[ModuleCall]
) -> list[tuple[int, int]]:
    """The calls of submodules that have counterparts, in the first model's order of use.

    Several modules may be around the same weights, such as a layer and a block of it and an activation, and
    what is one module in one framework may be two in the other. So of those around the same weights, the ones
    that give the same are each other's counterparts, or else the innermost ones.
    """
    to_second, to_first = _names(pairing)
    firsts, seconds = (
        defaultdict[frozenset[str], list[int]](list),
        defaultdict[frozenset[str], list[int]](list),
    )
    for number, call in enumerate(second):
        if own := frozenset(name for name in call.weights if name in to_first):
            seconds[own].append(number)
    for number, call in enumerate(first):
        own = frozenset(name for name in call.weights if name in to_second)
        theirs = frozenset(name for one in own for name in to_second[one])
        if own and frozenset(name for one in theirs for name in to_first[one]) == own:
            firsts[theirs].append(number)
    found = [
        pair
        for weights, numbers in firsts.items()
        for pair in _matched(numbers[-MOST_NESTED:], seconds[weights][-MOST_NESTED:], first, second)
    ]
    return sorted(found)


def _matched(
    firsts: Sequence[int], seconds: Sequence[int], first: Sequence[ModuleCall], second: Sequence[ModuleCall]
) -> Iterator[tuple[int, int]]:
    left = list(seconds)
    none_is_alike = True
    for number in firsts:
        alike = next((other for other in left if _gives_the_same(first[number], second[other])), None)
        if alike is not None:
            none_is_alike = False
            left.remove(alike)
            yield number, alike
    if none_is_alike and firsts and seconds:
        yield firsts[-1], seconds[-1]


def _gives_the_same(one: ModuleCall, other: ModuleCall) -> bool:
    if one.gave is None or other.gave is None or one.gave.size != other.gave.size:
        return False
    return one.gave.gap(other.gave) <= PAIRED


def _names(pairing: Pairing) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    """Each variable's counterparts, both ways: of a packed one there are several."""
    to_second, to_first = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for layers in pairing.layers:
        for pair in layers.weights:
            to_second[pair.first.own].add(pair.second.own)
            to_first[pair.second.own].add(pair.first.own)
    return to_second, to_first
