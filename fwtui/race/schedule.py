"""Turns: lanes alternate in blocks of steps, so that no two ever run at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from fwtui.race.control import Word

BLOCK_NS = 50_000_000
"""How long the slowest lane's block should take: long against the change of turns, short to the eye."""


class Turns:
    """Gives the turn from lane to lane. Called from every lane's thread.

    Nobody has a turn before every first lane is ready, or over: an import beside a step would be measured
    with it. A lane that joins later (another backend, a restart) takes its place when it is ready.

    Args:
        lanes: the lanes to wait for.
        steps: a lane's steps; a block is at most a twentieth of them, so that noise falls on all alike.
        tell: passes a word to a lane.
    """

    def __init__(self, lanes: Iterable[int], steps: int, tell: Callable[[int, Word], None]) -> None:
        self._awaited = set(lanes)
        self._tell = tell
        self._largest = max(1, steps // 20)
        self._block = 1
        self._ready: list[int] = []
        self._holder: int | None = None
        self._last = -1
        self._resting: set[int] = set()
        self._singles: dict[int, int] = {}
        self._step_ns: dict[int, float] = {}
        self._lock = threading.Lock()

    def ready(self, lane: int) -> None:
        """The lane is built, or has been given more steps."""
        with self._lock:
            self._awaited.discard(lane)
            self._resting.discard(lane)
            if lane not in self._ready:
                self._ready.append(lane)
                self._ready.sort()
            self._give()

    def leave(self, lane: int) -> None:
        """The lane has no more steps to take, or is over."""
        with self._lock:
            self._awaited.discard(lane)
            self._step_ns.pop(lane, None)
            self._singles.pop(lane, None)
            if lane in self._ready:
                self._ready.remove(lane)
            self._release(lane)

    def over(self, lane: int) -> None:
        """The lane has used its turn."""
        with self._lock:
            self._release(lane)

    def pause(self, lane: int) -> None:
        """No turn for the lane until `resume`."""
        with self._lock:
            self._resting.add(lane)

    def resume(self, lane: int) -> None:
        """Turns for the lane again."""
        with self._lock:
            self._resting.discard(lane)
            self._give()

    def single(self, lane: int) -> None:
        """One step for the lane, when its turn comes, paused or not."""
        with self._lock:
            self._singles[lane] = self._singles.get(lane, 0) + 1
            self._give()

    def timed(self, lane: int, step_ns: float) -> None:
        """The lane's steps take about so long: blocks grow, twofold at most, while the slowest fits."""
        with self._lock:
            self._step_ns[lane] = step_ns
            fits = int(BLOCK_NS / max(self._step_ns.values()))
            self._block = max(1, min(fits, 2 * self._block, self._largest))

    def _release(self, lane: int) -> None:
        if self._holder == lane:
            self._holder = None
        self._give()

    def _give(self) -> None:
        if self._holder is not None or self._awaited:
            return
        willing = [i for i in self._ready if i not in self._resting or self._singles.get(i)]
        willing += [i for i in self._singles if i not in self._ready and self._singles[i]]
        if not willing:
            return
        lane = next((i for i in sorted(willing) if i > self._last), min(willing))
        self._holder = self._last = lane
        if self._singles.get(lane):
            self._singles[lane] -= 1
            self._tell(lane, Word("step"))
        else:
            self._tell(lane, Word("grant", self._block))
