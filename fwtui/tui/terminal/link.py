"""Keeps a slow way to the terminal free for what a key comes to: frames are dropped, and never queued.

Over SSH what is written lies in buffers that this process cannot see. So after each frame the terminal is
asked where its cursor is; it answers when it has drawn what came before. Until then no other frame is drawn,
and as long again as the answer took longer than it need, so that half of the way stays free.
"""

from __future__ import annotations

import time
from collections.abc import Callable

QUERY = "\x1b[6n"
_MAX_WAIT_S = 30.0


class Link:
    """What is known of the way to the terminal.

    A terminal that does not answer the first query has every frame drawn.

    Args:
        write: writes to the terminal.
        clock: seconds.
    """

    def __init__(self, write: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._write, self._clock = write, clock
        self._answers = False
        self._asked_at: float | None = None
        self._has_unasked = False
        self._shortest_s: float | None = None
        self._rest_until = 0.0

    def begin(self) -> None:
        """Ask for the first time, before anything is drawn."""
        self._ask()

    def wrote(self) -> None:
        """Take note that something was written."""
        self._has_unasked = True

    def answered(self) -> None:
        """Take note of an answer; called in the thread that reads from the terminal."""
        if self._asked_at is None:
            return
        now = self._clock()
        took = now - self._asked_at
        self._asked_at, self._answers = None, True
        self._shortest_s = took if self._shortest_s is None else min(took, self._shortest_s)
        self._rest_until = now + took - self._shortest_s

    def takes_frame(self) -> bool:
        """Whether a frame would be drawn at once; asks behind the last one, so call it before each."""
        if not self._answers:
            return True
        if self._asked_at is not None:
            return self._clock() - self._asked_at > _MAX_WAIT_S
        if self._has_unasked:
            self._ask()
            return False
        return self._clock() >= self._rest_until

    def _ask(self) -> None:
        self._write(QUERY)
        self._asked_at, self._has_unasked = self._clock(), False
