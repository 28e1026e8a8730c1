"""Commands to a lane while it trains, which the step loop handles between two steps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from fwtui.core.records import Record, RunState, RunStateChanged, TurnEnded

Query = Literal["log-ops", "log-every", "log-until-nan", "tell-graphs"]
Verb = Literal["pause", "resume", "step", "stop", "grant", "yield", "train-on", Query]
QUERIES = get_args(Query)


@dataclass(frozen=True, slots=True)
class LaneCommand:
    """A command to a lane.

    `grant` and `train-on` carry a number of steps; `yield` ends a grant early. The queries request data:

    `log-ops`: log the ops of step `steps`, counted from 0, once, so that two lanes can be asked for the same
        step; those of the next step where the lane is beyond that one, or halts before it.
    `tell-graphs`: capture that step's graphs in the same way.
    `log-every`: log the ops before every `steps`-th step; 0 turns it off.
    `log-until-nan`: log the ops before each step until one log holds a NaN.
    """

    verb: Verb
    steps: int = 0


@dataclass(frozen=True, slots=True)
class UseDevice:
    """Answers a lane whose device is `auto`: the device to build on."""

    device: str


Command = LaneCommand | UseDevice


class Control:
    """Holds commands: other threads send them, and the step loop's thread handles them.

    The loop reads `attention`, a plain attribute, after every step: a lock there would be measured with the
    step. Everything else is asked under the lock, and only when `attention` is set or a quota is used up.
    """

    def __init__(self, steps: int, by_turns: bool) -> None:
        self.attention = False
        self.limit = steps
        self._by_turns = by_turns
        self._paused = self._stopped = False
        self._singles = self._granted = 0
        self._queries: list[LaneCommand] = []
        self._device: str | None = None
        self._said: RunState | None = None
        self._changed = threading.Condition()

    @property
    def stopped(self) -> bool:
        """Whether a stop has been requested."""
        return self._stopped

    def tell(self, word: Command) -> None:
        """Receive a command, or the device to build on; called from any thread."""
        with self._changed:
            if isinstance(word, UseDevice):
                self._device = word.device
            elif word.verb == "grant":
                self._granted += word.steps
            elif word.verb == "train-on":
                self.limit += word.steps
            elif word.verb in QUERIES:
                self.attention = True
                self._queries.append(word)
            else:
                self.attention = True
                self._paused = word.verb == "pause" or (self._paused and word.verb != "resume")
                self._stopped |= word.verb == "stop"
                self._singles += word.verb == "step"
            self._changed.notify_all()

    def device(self) -> str | None:
        """Blocks until a device has been named; None after a stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._device is not None or self._stopped)
            return None if self._stopped else self._device

    def permit(self, step: int, say: Callable[[Record], None]) -> int:
        """Blocks until the loop may go on from `step`.

        Returns:
            How many steps may be taken before the next call; 0 after a stop, and where a lane that may take
            none, as it is paused or done, has queries to handle.
        """
        while True:
            with self._changed:
                quota, record = self._decide(step)
                if quota is None and record is None:
                    self._changed.wait()
            # Emitted outside the lock: a receiver may send this very lane a command at once.
            if record is not None:
                say(record)
            if quota is not None:
                return quota

    def take_queries(self) -> list[LaneCommand]:
        """Return the queries received since the last call, in order."""
        with self._changed:
            queries, self._queries = self._queries, []
        return queries

    def forget(self) -> None:
        """The loop has said that it is over: whether it goes on is news again."""
        self._said = None

    def rest(self, seconds: float) -> None:
        """Sleeps for the sake of a pace, or until something is asked."""
        with self._changed:
            self._changed.wait_for(lambda: self.attention, timeout=seconds)

    def _decide(self, step: int) -> tuple[int | None, Record | None]:
        """Return (steps that may be taken or None for not yet, record to emit or None)."""
        self.attention = False
        if self._stopped:
            return 0, None
        quota = self._quota(step)
        if quota:
            return quota, self._stand("running", step)
        if self._granted:  # cannot be used now, and the turn must not end here
            self._granted = 0
            return None, TurnEnded()
        idle = self._paused or step >= self.limit
        record = None if step >= self.limit else self._stand("paused" if self._paused else "waiting", step)
        # A lane that waits for its turn handles no query: another one is stepping.
        return (0 if self._queries and idle and record is None else None), record

    def _quota(self, step: int) -> int:
        if self._singles:
            self._singles -= 1
            self.attention = self._singles > 0
            self.limit = max(self.limit, step + 1)
            return 1
        if self._paused or step >= self.limit:
            return 0
        if not self._by_turns:
            return self.limit - step
        quota, self._granted = min(self._granted, self.limit - step), 0
        return quota

    def _stand(self, standing: RunState, step: int) -> RunStateChanged | None:
        # A lane that takes turns waits dozens of times a second: that is no news.
        between_turns = self._by_turns and (self._said, standing) == ("running", "waiting")
        if standing == self._said or between_turns:
            return None
        self._said = standing
        return RunStateChanged(standing, step)
