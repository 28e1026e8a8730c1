"""What a verdict rests on: which quantities of which lanes were compared over which steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from fwtui.measure.history import History
from fwtui.measure.loss_gap import LossGap
from fwtui.measure.probe_gap import Kind, ProbeRow


@dataclass(frozen=True, slots=True)
class Compared:
    """What was compared.

    Attributes:
        lanes: places of the lanes that were compared to their end, counted from 0.
        left_out: by place, why a lane was not compared, or only so far.
        losses: steps whose losses were compared.
        metrics, state, gradients, evaluation, parameters: names of what was compared.
        probed_steps: the steps at which gradients and parameters were compared.
        dropped: probes of a lane that was too far ahead, and that were not compared.
    """

    lanes: tuple[int, ...]
    left_out: dict[int, str]
    losses: int
    metrics: tuple[str, ...]
    state: tuple[str, ...]
    gradients: tuple[str, ...]
    evaluation: tuple[str, ...]
    parameters: tuple[str, ...]
    probed_steps: tuple[int, ...]
    dropped: int

    def report(self) -> dict[str, Any]:
        """As JSON; lanes count from 1."""
        return {
            "lanes": [lane + 1 for lane in self.lanes],
            "lanes_left_out": [{"lane": lane + 1, "reason": why} for lane, why in self.left_out.items()],
            "losses": self.losses,
            "metrics": list(self.metrics),
            "state": list(self.state),
            "gradients": list(self.gradients),
            "evaluation": list(self.evaluation),
            "parameters": list(self.parameters),
            "probes": len(self.probed_steps),
            "probes_dropped": self.dropped,
        }


def compared(lanes: Sequence[History], gap: LossGap, rows: Sequence[ProbeRow]) -> Compared:
    """What the lanes' losses and probes were compared over."""
    names: dict[Kind, dict[str, None]] = {kind: {} for kind in get_args(Kind)}
    for row in rows:
        for kind, name in row.gaps:
            names[kind].setdefault(name)
    first = [lane.first_metrics for lane in lanes if lane.first_metrics]
    if len(first) > 1:
        names["metric"] |= dict.fromkeys(set(first[0]) & set(first[1]))
    left_out = {
        place: why for place, lane in enumerate(lanes) if (why := _left_out(lane, gap.compared + gap.skipped))
    }
    return Compared(
        lanes=tuple(place for place in range(len(lanes)) if place not in left_out),
        left_out=left_out,
        losses=gap.compared,
        metrics=tuple(sorted(names["metric"], key=lambda name: (name != "loss", name))),
        state=tuple(names["state"]),
        gradients=tuple(names["gradient"]),
        evaluation=tuple(names["evaluation"]),
        parameters=tuple(names["parameter"]),
        probed_steps=tuple(row.step for row in rows),
        dropped=max((lane.probes_dropped for lane in lanes), default=0),
    )


def _left_out(lane: History, steps: int) -> str:
    """Why a lane that is over was not compared over all `steps`; "" where it was, or is not over."""
    if lane.ended is None or lane.ended.outcome == "done" or lane.steps >= max(steps, 1):
        return ""
    so_far = f"compared over {lane.steps:,} steps only" if lane.steps else "not compared"
    return f"{lane.ended.outcome}, {so_far}"
