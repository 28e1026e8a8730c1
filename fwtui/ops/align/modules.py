"""Which module of one model is which of the other, by the weights that its ops take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fwtui.ops.align.flow_index import FlowIndex

_UNKNOWN = -1
_PARAMETER = "parameter "


class Modules:
    """Modules that take the same weights are each other's counterparts; other weights are left aside."""

    def __init__(self, left: FlowIndex, right: FlowIndex) -> None:
        weights = [_weights(side) for side in (left, right)]
        shared = frozenset.intersection(*(frozenset().union(*found.values()) for found in weights))
        known = [{path: frozenset(names & shared) for path, names in found.items()} for found in weights]
        common = (set(known[0].values()) & set(known[1].values())) - {frozenset()}
        numbers = {names: number for number, names in enumerate(common)}
        self._of = [
            np.array([_number(item.scope, paths, numbers) for item in side.items], int)
            for side, paths in zip((left, right), known, strict=True)
        ]

    def same(self, rows: list[int], columns: list[int]) -> NDArray[np.bool_]:
        """(rows, columns) whether two items are in counterparts."""
        a, b = self._of[0][rows][:, None], self._of[1][columns][None, :]
        found: NDArray[np.bool_] = (a == b) & (a != _UNKNOWN)
        return found


def _weights(side: FlowIndex) -> dict[str, set[str]]:
    """The weights that each module takes, with those inside of it."""
    found: dict[str, set[str]] = defaultdict(set)
    for item, names in zip(side.items, side.names, strict=True):
        for path in _around(item.scope):
            found[path].update(name for name in names if name.startswith(_PARAMETER))
    return found


def _number(scope: str, paths: dict[str, frozenset[str]], numbers: dict[frozenset[str], int]) -> int:
    """That of the innermost module that has a counterpart."""
    known = (numbers.get(paths[path], _UNKNOWN) for path in _around(scope))
    return next((number for number in known if number != _UNKNOWN), _UNKNOWN)


def _around(scope: str) -> Iterator[str]:
    """The modules that an item is in, the innermost first."""
    while scope:
        yield scope
        scope = scope.rpartition("/")[0]
