"""Why a lane cannot go on, in words."""

from __future__ import annotations

from fwtui.workloads.error_text import message


class LaneError(Exception):
    """A lane cannot go on, for a reason that is told in words; `hint` says what to do about it."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.hint = hint


def first_line(error: BaseException) -> str:
    """The first line of its message that says anything."""
    return next((line.strip() for line in message(error).splitlines() if line.strip()), "")
