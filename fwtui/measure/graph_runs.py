"""Which graph ran, sampled over a run of any length, in memory that does not grow without bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from fwtui.core.records import GraphRan

CAPACITY = 4_096
MOST_KINDS = 1_000


class GraphRuns(Sequence[GraphRan]):
    """The samples in their order: all of them until there are too many, then every second one, and so on.

    Where two samples are merged into one, the one whose graph ran less often is kept: rare events are the
    interesting ones.

    Attributes:
        kinds: how many samples ran each graph, by its hash, in the order in which they were first seen.
        more_kinds: whether there were more than `MOST_KINDS` graphs; `kinds` has no further ones.
        samples: how many samples came in all.
        changes: how many of them ran another graph than the sample before.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.kinds: dict[str, int] = {}
        self.more_kinds = False
        self.samples = self.changes = 0
        self._capacity = capacity
        self._kept: list[GraphRan] = []
        self._width = 1
        self._in_last = 1
        self._last = ""

    @overload
    def __getitem__(self, index: int) -> GraphRan: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[GraphRan]: ...
    def __getitem__(self, index: int | slice) -> GraphRan | Sequence[GraphRan]:
        return self._kept[index]

    def __iter__(self) -> Iterator[GraphRan]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, ran: GraphRan) -> None:
        """Takes one sample in; steps come in ascending order."""
        if ran.graph in self.kinds or len(self.kinds) < MOST_KINDS:
            self.kinds[ran.graph] = self.kinds.get(ran.graph, 0) + 1
        else:
            self.more_kinds = True
        self.changes += self.samples > 0 and ran.graph != self._last
        self.samples += 1
        self._last = ran.graph
        if self._in_last < self._width:
            self._kept[-1] = self._rarer(self._kept[-1], ran)
            self._in_last += 1
            return
        if len(self._kept) == self._capacity:
            self._kept = list(map(self._rarer, self._kept[::2], self._kept[1::2]))
            self._width *= 2
        self._kept.append(ran)
        self._in_last = 1

    def _rarer(self, first: GraphRan, second: GraphRan) -> GraphRan:
        counts = [self.kinds.get(one.graph, 0) for one in (first, second)]
        return first if counts[0] <= counts[1] else second
