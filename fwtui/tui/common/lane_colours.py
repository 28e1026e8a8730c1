"""The colours of lanes: themes and style sheets know slots 1 to 4 in two shades each, and no framework."""

from __future__ import annotations

from collections.abc import Sequence

from fwtui.backends import catalogue as backends
from fwtui.tui.common.lane import Lane

COLOURS = tuple(f"slot-{slot}{shade}" for slot in backends.SLOTS for shade in ("", "-light"))


def colour_names(lanes: Sequence[Lane]) -> list[str]:
    """Each lane's colour: its framework's, in a lighter shade for the framework's second lane and on."""
    frameworks = [backends.entry(lane.spec.backend).framework for lane in lanes]
    slots = _slots({framework.key: framework.slot for framework in frameworks})
    keys = [framework.key for framework in frameworks]
    return [f"slot-{slots[key]}" + ("-light" if key in keys[:at] else "") for at, key in enumerate(keys)]


def _slots(wanted: dict[str, int]) -> dict[str, int]:
    """A slot for each of at most four frameworks: of two that want the same, the later gets a free one."""
    free = [slot for slot in backends.SLOTS if slot not in wanted.values()]
    slots: dict[str, int] = {}
    for key, slot in wanted.items():
        slots[key] = free.pop(0) if slot in slots.values() else slot
    return slots
