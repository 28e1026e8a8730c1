"""Why a lane cannot go on, in words."""

from __future__ import annotations


class LaneError(Exception):
    """A lane cannot go on. The message is the reason for the user; `hint` says what to do about it."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.hint = hint
