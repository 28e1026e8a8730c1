"""How often the screen is drawn while lanes train."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

USUAL_FPS, SSH_FPS = 5.0, 2.5


def usual_fps(environment: Mapping[str, str] = os.environ) -> float:
    """Frames a second; over SSH half as many."""
    over_ssh = any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_TTY"))
    return SSH_FPS if over_ssh else USUAL_FPS


class FrameRate:
    """Says at which of the app's ticks a frame is due.

    Args:
        fps: frames a second at most.
        tick_s: how far apart ticks are, in seconds.
        takes_frame: whether the terminal has drawn what came before.
    """

    def __init__(self, fps: float, tick_s: float, takes_frame: Callable[[], bool]) -> None:
        self._every = max(1, round(1 / (fps * tick_s)))
        self._takes_frame = takes_frame
        self._ticks = 0

    def is_due(self) -> bool:
        """Whether to draw now; to be asked at every tick. A frame that is not taken is due at the next."""
        self._ticks += 1
        takes = self._takes_frame()
        if self._ticks < self._every or not takes:
            return False
        self._ticks = 0
        return True
