"""Keys that wait for the ones before them: while they do, the screen is painted less often.

To open a dialog takes the time of some paints. Of thirty keys that arrive together each would be answered by
a paint that nobody sees, and the last one, perhaps the one that leaves, after seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable

LATE_S = 0.1
PAINT_EVERY_S = 0.5


class Backlog:
    """Says whether a paint is left out.

    Args:
        last: has a function called after all that waits at the time of this call.
        paint: paints what has been left out.
    """

    def __init__(self, last: Callable[[Callable[[], None]], object], paint: Callable[[], None]) -> None:
        self._last = last
        self._paint = paint
        self._waiting = False
        self._painted_at = 0.0
        self._left_out = False

    def handles(self, typed_at: float) -> None:
        """Takes note of a key that is handled now.

        Args:
            typed_at: when it was read from the terminal, as `time.monotonic` tells it.
        """
        if not self._waiting and time.monotonic() - typed_at > LATE_S:
            self._waiting = True
            self._last(self._caught_up)

    def leaves_out(self) -> bool:
        """Whether not to paint now; to be asked before each paint."""
        now = time.monotonic()
        if self._waiting and now - self._painted_at < PAINT_EVERY_S:
            self._left_out = True
            return True
        self._painted_at = now
        return False

    def _caught_up(self) -> None:
        self._waiting = False
        if self._left_out:
            self._left_out = False
            self._paint()
