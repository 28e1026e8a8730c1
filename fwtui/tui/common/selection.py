"""The selection that the graph, ops and source screens share, and the history of jumps."""

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
    """The present selection on all screens, and the places before each jump.

    Attributes:
        place: what the screen in front has its cursor on; it keeps this up to date.
    """

    place: Place = field(default_factory=Place)
    _sides: tuple[int, ...] = ()
    _before: list[tuple[ScreenName, Place]] = field(default_factory=list)

    def sides(self, lane: int, frameworks: Sequence[str]) -> tuple[int, ...]:
        """Return the lanes to show side by side, from the left: two, or the only one.

        They stay the same as long as `lane` is one of them. Otherwise the other side is the next lane of
        another framework, or the next lane where all have the same framework.

        Args:
            frameworks: each lane's.
        """
        count = len(frameworks)
        if lane not in self._sides or max(self._sides) >= count:
            others = [(lane + by) % count for by in range(1, count)]
            foreign = (other for other in others if frameworks[other] != frameworks[lane])
            other = next(foreign, next(iter(others), lane))
            self._sides = tuple(sorted({lane, other}))
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
        """Restore the place before the last jump, and return its screen; None where there was no jump."""
        if not self._before:
            return None
        screen, self.place = self._before.pop()
        return screen

    def forget(self) -> None:
        """Lets go of everything but the lane: another race is another graph."""
        self.place, self._sides = Place(self.place.lane), ()
        self._before.clear()

    def forget_lane(self, lane: int) -> None:
        """Drop the selection and the jumps in one lane, as it was restarted."""
        if self.place.lane == lane:
            self.place = Place(lane)
        self._before[:] = [(screen, place) for screen, place in self._before if place.lane != lane]
