"""Turns: lanes alternate in blocks of steps, so that no two ever run at the same time.

A pace holds a lane's next turn back, and not the turn itself: the others step meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fwtui.lane.control import LaneCommand

BLOCK_NS = 50_000_000
"""How long the slowest lane's block should take: long against the change of turns, short to the eye."""

HUNG_S = 10.0
"""A turn this long is over for whoever waits: its holder hangs in a step."""

AWAITED_S = 30.0
"""So long a run that is ready waits for the others to be: an import can hang."""

SILENT_S = 3.0
"""A process that says nothing for so long, not even that it is alive, has lost its turn."""


def _after(seconds: float, work: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    timer.start()


@dataclass
class _Seat:
    """What is known of one run of a lane.

    Attributes:
        built: it takes words, and answers each turn with `TurnEnded` or its end.
        has_steps: it has steps to take, besides those asked for one by one.
        hung: it was passed over, and has not answered that turn yet.
        step_ns: what its steps take; None before its second step.
        due_at: when its pace allows it the next turn.
    """

    built: bool = False
    has_steps: bool = False
    resting: bool = False
    stepped: bool = False
    hung: bool = False
    singles: int = 0
    step_ns: float | None = None
    heard_at: float = 0.0
    due_at: float = 0.0

    @property
    def willing(self) -> bool:
        steps = self.singles > 0 or (self.has_steps and not self.resting)
        return self.built and steps and not self.hung


class Turns:
    """Gives the turn from run to run. Called from every lane's thread.

    No run has a turn before every first run is ready, or over, or too long in coming: an import during a
    step would be measured with it. A run that joins later takes its place when it is ready.

    Args:
        runs: numbers of the runs to wait for.
        steps: a run's steps; a block is at most a tenth of them, so that noise falls on all alike.
        tell: passes a word to a run. Called under this object's lock, so it must call nothing here.
        hung_s, silent_s: when `watch` passes a holder over; None where a run has no heartbeat.
        clock: seconds, for `watch`.
        awaited_s: when `watch` no longer awaits a first run that is not ready.
        pace: steps a second that each run may take at most; None: as many as it can.
        later: calls a function after a number of seconds, from any thread.
    """

    def __init__(
        self,
        runs: Iterable[int],
        steps: int,
        tell: Callable[[int, LaneCommand], None],
        hung_s: float = HUNG_S,
        silent_s: float | None = SILENT_S,
        clock: Callable[[], float] = time.monotonic,
        awaited_s: float = AWAITED_S,
        pace: float | None = None,
        later: Callable[[float, Callable[[], None]], object] = _after,
    ) -> None:
        self._pace, self._later = pace, later
        self._waked_at: float | None = None
        self._awaited = set(runs)
        self._tell, self._clock = tell, clock
        self._hung_s, self._silent_s = hung_s, silent_s
        self._awaited_s = awaited_s
        self._ready_at: float | None = None
        self._largest = max(1, steps // 10)
        if pace is not None:
            self._largest = max(1, min(self._largest, int(pace * BLOCK_NS / 1e9)))
        self._block = 1
        self._seats: defaultdict[int, _Seat] = defaultdict(_Seat)
        self._holder: int | None = None
        self._last = -1
        self._taken_at = self._watched_at = clock()
        self._lock = threading.Lock()

    def ready(self, run: int) -> None:
        """The run is built, or has been given more steps."""
        with self._lock:
            self._awaited.discard(run)
            self._ready_at = self._clock() if self._ready_at is None else self._ready_at
            self._seats[run].built = self._seats[run].has_steps = True
            self._give()

    def done(self, run: int) -> None:
        """The run has no more steps to take, but lingers; a turn that it was given it still answers."""
        with self._lock:
            self._seats[run].has_steps = False

    def leave(self, run: int) -> None:
        """The run is over."""
        with self._lock:
            self._awaited.discard(run)
            self._seats.pop(run, None)
            self._release(run)

    def over(self, run: int) -> None:
        """The run has used its turn."""
        with self._lock:
            self._seats[run].hung = False
            self._release(run)

    def pause(self, run: int) -> None:
        """No turn for the run until `resume`."""
        with self._lock:
            self._seats[run].resting = True

    def resume(self, run: int) -> None:
        """Turns for the run again."""
        with self._lock:
            self._seats[run].resting = False
            self._give()

    def single(self, run: int) -> None:
        """One step for the run, when its turn comes, paused or not."""
        with self._lock:
            self._seats[run].singles += 1
            self._give()

    def timed(self, run: int, step_ns: float) -> None:
        """The run's steps take about so long: blocks grow, twofold at most, while the slowest fits."""
        with self._lock:
            # The first steps of a block are cold, and a block of them alone would make the next one as short:
            # what a run's steps take goes down at once, and up by a quarter a block at most.
            seat = self._seats[run]
            seat.step_ns = min(step_ns, 1.25 * seat.step_ns) if seat.step_ns else step_ns
            slowest = max(seat.step_ns for seat in self._seats.values() if seat.step_ns is not None)
            fits = int(BLOCK_NS / max(1.0, slowest))
            self._block = max(1, min(fits, 2 * self._block, self._largest))

    def heard(self, run: int) -> None:
        """The run said something, whatever it was."""
        with self._lock:
            self._seats[run].heard_at = self._clock()

    def stepped(self, run: int) -> None:
        """The run has done its first step, which may trace and compile for minutes."""
        with self._lock:
            self._seats[run].stepped = True

    def watch(self) -> None:
        """Passes a hung holder over: the others train on. To be called about twice a second.

        Whoever was passed over gets turns again once it has answered the one that it lost.
        """
        with self._lock:
            now = self._clock()
            unwatched, self._watched_at = now - self._watched_at, now
            if self._awaited and self._ready_at is not None and now - self._ready_at > self._awaited_s:
                self._awaited.clear()
                self._give()
            if self._holder is None:
                return
            if unwatched > min(self._hung_s, self._silent_s or self._hung_s):
                # This process itself may have been stopped: what came in meanwhile is still to be read.
                self._taken_at = now
            run, seat = self._holder, self._seats[self._holder]
            silent = self._silent_s is not None and now - max(seat.heard_at, self._taken_at) > self._silent_s
            # A lane of a large network may need longer than that for an honest block.
            patience = max(self._hung_s, 4e-9 * self._block * (seat.step_ns or 0))
            if silent or (seat.stepped and now - self._taken_at > patience):
                seat.hung = True
                self._tell(run, LaneCommand("yield"))
                self._release(run)

    def _release(self, run: int) -> None:
        if self._holder == run:
            self._holder = None
        self._give()

    def _give(self) -> None:
        if self._holder is not None or self._awaited:
            return
        now = self._clock()
        able = sorted(run for run, seat in self._seats.items() if seat.willing)
        willing = [run for run in able if self._seats[run].singles or self._seats[run].due_at <= now]
        if not willing:
            if able:
                self._wake_at(min(self._seats[run].due_at for run in able))
            return
        run = next((run for run in willing if run > self._last), willing[0])
        self._holder = self._last = run
        self._taken_at = now
        seat = self._seats[run]
        if self._pace is not None:
            # A turn that begins a little late leaves the next one where it was.
            behind = now - seat.due_at
            begun = seat.due_at if behind < self._block / self._pace else now
            seat.due_at = begun + (1 if seat.singles else self._block) / self._pace
        if seat.singles:
            seat.singles -= 1
            self._tell(run, LaneCommand("step"))
        else:
            self._tell(run, LaneCommand("grant", self._block))

    def _wake_at(self, at: float) -> None:
        """Gives the turn when a pace allows it; one wake for the same moment."""
        if self._waked_at is not None and self._waked_at <= at:
            return
        self._waked_at = at
        self._later(max(0.0, at - self._clock()), self._wake)

    def _wake(self) -> None:
        with self._lock:
            self._waked_at = None
            self._give()
