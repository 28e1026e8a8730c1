"""Compared probes as JSON. What is no number is null; lanes count from 1, steps from 0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from fwtui.measure.numbers import real_json
from fwtui.measure.probe_gap import Gap, Key, ProbeRow, largest


def rows(compared: Sequence[ProbeRow]) -> list[dict[str, Any]]:
    """Every probe: its step, and the gap of each quantity."""
    return [
        {"step": row.step, "gaps": [quantity(key, gap) for key, gap in row.gaps.items()]} for row in compared
    ]


def largest_gap(compared: Sequence[ProbeRow]) -> dict[str, Any] | None:
    """The largest of all, with its step; None where nothing was compared."""
    worst = largest(compared)
    return None if worst is None else {"step": worst[0], **quantity(worst[1], worst[2])}


def quantity(key: Key, gap: Gap) -> dict[str, Any]:
    """One gap: of what, in which lane, and its worst element."""
    array = gap.array
    return {
        "kind": key[0],
        "name": key[1],
        "lane": gap.lane + 1,
        "relative": number(array.relative),
        "relative_to": number(array.relative_to),
        "absolute": number(array.absolute),
        "ulps": number(array.ulps),
        "index": list(array.index),
        # Metrics, gradients and parameters are real.
        "values": [real_json(array.a), real_json(array.b)],
        "problem": array.problem or None,
    }


def number(value: float | None) -> float | None:
    """`value` where JSON has a number for it."""
    return value if value is not None and math.isfinite(value) else None
