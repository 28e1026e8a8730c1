"""A lane's state in a sign and few words."""

from __future__ import annotations

from fwtui.format import numbers
from fwtui.tui.common.lane import Lane


def status(lane: Lane) -> tuple[str, str]:
    """Return a lane's state as a sign and a few words, and the theme's colour for it."""
    history = lane.history
    ended = history.ended
    if ended is not None:
        return {
            "done": (f"✓ done, waits for {lane.waits_for}" if lane.waits_for else "✓ done", "$success"),
            "stopped": ("■ stopped", "$dim"),
            "diverged": ("✗ diverged", "$error"),
            "failed": ("✗ failed", "$error"),
        }[ended.outcome]
    if (silent := lane.silent_s()) is not None:
        return f"? no answer for {silent:.0f} s", "$warning"
    if history.built is not None and lane.paused:
        return "‖ paused", "$warning"
    if lane.waits_for:
        return f"◌ waits for {lane.waits_for}", "$dim"
    if history.built is not None:
        if history.standing == "waiting" and not history.steps:
            return "◌ waits for its turn", "$dim"
        if (long := lane.long_step_s()) is not None:
            return f"◌ in one step for {long:.0f} s", "$warning"
    if history.imported is not None and history.phase == "import":
        return "◌ waits for a device", "$dim"
    if history.phase == "steady":
        return "● steady", "$success"
    return f"◌ {numbers.PHASES[history.phase]}{_elapsed(lane)}", "$warning"


def _elapsed(lane: Lane) -> str:
    """Time in the present phase, once it is worth a word."""
    if not lane.history.phases:
        return ""
    seconds = (lane.history.clock() - lane.history.phases[-1].at_ns) / 1e9
    return f" {seconds:.0f} s" if seconds >= 1 else ""
