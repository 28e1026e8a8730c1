"""Histories without a race: lanes that said so and so much."""

from __future__ import annotations

import numpy as np

from fwtui.core.outcome import Ended
from fwtui.core.records import Built, Imported, PhaseEntered, Steps
from fwtui.measure.history import History


def steps(first, losses, step_ns=None, **metrics):
    """A `Steps` record from lists."""
    times = np.asarray(step_ns if step_ns is not None else [1000] * len(losses), np.int64)
    columns = {"loss": losses, **metrics}
    return Steps(
        first,
        np.arange(first, first + len(losses), dtype=np.int64).tobytes(),
        times.tobytes(),
        tuple((name, np.asarray(values, np.float64).tobytes()) for name, values in columns.items()),
    )


def built(weights="w", data="d"):
    return Built("cpu", "float32", weights, data, 10, 1, (0,), 50)


def history(losses=(), step_ns=None, raw_steps=None, ended=None, weights="w", data="d"):
    """A lane that was built, did so many steps, the first of them warm-up, and ended as told."""
    lane = History(raw_steps)
    for record in (
        PhaseEntered("import", 10),
        Imported("Scripted", "1.2.3", (), 1, 25),
        PhaseEntered("build", 30),
        built(weights, data),
        PhaseEntered("warm-up", 60),
    ):
        lane.apply(record)
    if len(losses):
        lane.apply(PhaseEntered("steady", 100, 1))
        lane.apply(steps(0, losses, step_ns))
    if ended is not None:
        lane.apply(Ended(ended, len(losses), 200, "" if ended == "done" else "a reason"))
    return lane
