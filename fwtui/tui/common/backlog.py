"""Paint less often while keys are queued.

Opening a dialog takes the time of some paints. If thirty keys arrive together, each would cause a paint that
is not seen, and the last one, perhaps the one that quits, would take effect after seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable

LATE_S = 0.1
PAINT_EVERY_S = 0.5


class Backlog:
    """Decides whether to skip a paint.

    Args:
        last: schedules a callback behind all messages queued now.
        paint: repaints the screen after paints were skipped.
    """

    def __init__(self, last: Callable[[Callable[[], None]], object], paint: Callable[[], None]) -> None:
        self._last = last
        self._paint = paint
        self._waiting = False
        self._painted_at = 0.0
        self._skipped = False

    def handles(self, typed_at: float) -> None:
        """Record that a key is handled now.

        Args:
            typed_at: when it was read from the terminal, as `time.monotonic` tells it.
        """
        if not self._waiting and time.monotonic() - typed_at > LATE_S:
            self._waiting = True
            self._last(self._caught_up)

    def skips_paint(self) -> bool:
        """Return whether to skip this paint; call once before each paint."""
        now = time.monotonic()
        if self._waiting and now - self._painted_at < PAINT_EVERY_S:
            self._skipped = True
            return True
        self._painted_at = now
        return False

    def _caught_up(self) -> None:
        self._waiting = False
        if self._skipped:
            self._skipped = False
            self._paint()
