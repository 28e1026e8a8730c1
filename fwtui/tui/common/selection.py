"""What is looked at in a lane, so that graph, ops and source lead to each other; and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

ScreenName = Literal["graph", "ops", "source"]
MOST_BACK = 100


@dataclass(frozen=True, slots=True)
class Place:
    """One op, node or line in a lane. Whoever is shown it takes what it knows of, and finds the rest from it.

    Attributes:
        lane: the lane, counted from 0.
        op: the number of an op in the lane's log.
        node: a graph's kind, and a node's place in it.
        source: file and line that asked for it.
    """

    lane: int = 0
    op: int | None = None
    node: tuple[str, int] | None = None
    source: tuple[str, int] | None = None


@dataclass
class Selection:
    """What is looked at now, on whatever screen, and where one came from.

    Attributes:
        place: what the screen in front has its cursor on; it keeps this up to date.
    """

    place: Place = field(default_factory=Place)
    _sides: tuple[int, ...] = ()
    _before: list[tuple[ScreenName, Place]] = field(default_factory=list)

    def sides(self, lane: int, frameworks: Sequence[str]) -> tuple[int, ...]:
        """The lanes beside each other, from the left: two, or the only one.

        They stay for as long as `lane` is one of them. Else it comes beside the next one of another
        framework, or beside its neighbour where all are of one.

        Args:
            frameworks: each lane's.
        """
        count = len(frameworks)
        if lane not in self._sides or max(self._sides) >= count:
            others = [(lane + by) % count for by in range(1, count)]
            foreign = (other for other in others if frameworks[other] != frameworks[lane])
            beside = next(foreign, next(iter(others), lane))
            self._sides = tuple(sorted({lane, beside}))
        return self._sides

    def jumped(self, screen: ScreenName, left: Place | None = None) -> None:
        """Remembers a place and the screen that shows it.

        Args:
            left: the place; None: the present one, which is about to be left.
        """
        before = (screen, left or self.place)
        if not self._before or self._before[-1] != before:
            self._before.append(before)
            del self._before[:-MOST_BACK]

    def back(self) -> ScreenName | None:
        """Has the place before the last jump again, and says on which screen; None where there is none."""
        if not self._before:
            return None
        screen, self.place = self._before.pop()
        return screen

    def forget(self) -> None:
        """Lets go of everything but the lane: another race is another graph."""
        self.place, self._sides = Place(self.place.lane), ()
        self._before.clear()

    def forget_lane(self, lane: int) -> None:
        """Lets go of what was looked at in one lane, which has started anew."""
        if self.place.lane == lane:
            self.place = Place(lane)
        self._before[:] = [(screen, place) for screen, place in self._before if place.lane != lane]
