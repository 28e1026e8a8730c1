"""A lane's optimizer alone: weights that are updated by gradients which are the same in every lane.

What a network makes of a small difference does not come in, so that two optimizers that do the same give the
same weights after any number of updates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.backends.base import Backend, Gradients
from fwtui.core.ndarray import Array
from fwtui.core.records import OptimizerSettings, Probed, Record
from fwtui.core.spec import NEVER, LaneSpec
from fwtui.core.workload import Arrays

RATE = "learning rate"
"""The name of an optimizer's learning rate among a probe's metrics; that of further groups has a number."""


def update_by_given(
    spec: LaneSpec, backend: Backend, emit: Callable[[Record], object], is_stopped: Callable[[], bool]
) -> bool:
    """Make all updates of a lane, and emit its weights and learning rates at its probes.

    Returns:
        Whether all were made, and none was left out by a stop.
    """
    assert spec.probes is not None
    emit(OptimizerSettings(tuple(backend.optimizer_settings().items())))
    weights = backend.weights()
    due = spec.probes.at_or_after(0)
    for step in range(spec.steps + 1):
        if step == due or (step == spec.steps and due != NEVER):
            emit(_probed(step, backend, with_rates=step < spec.steps))
            due = spec.probes.at_or_after(step + 1)
        if is_stopped():
            return False
        if step < spec.steps:
            backend.update(gradients_at(step, spec, weights))
    return True


def gradients_at(step: int, spec: LaneSpec, weights: Arrays) -> Gradients:
    """Random gradients of a step, by weight: large and small ones, so that clipping and ε have an effect."""
    rng = np.random.default_rng((spec.seed, step))
    scale = 10.0 ** rng.uniform(-3, 1)

    def drawn(shape: tuple[int, ...]) -> NDArray[Any]:
        sizes = 10.0 ** rng.uniform(-4, 0, shape)
        return np.asarray(rng.normal(size=shape) * sizes * scale, spec.dtype)

    return {name: drawn(weights[name].shape) for name in sorted(weights)}


def _probed(step: int, backend: Backend, with_rates: bool) -> Probed:
    rates = backend.learning_rates() if with_rates else ()
    if len(set(rates)) == 1:  # groups that differ in something else
        rates = rates[:1]
    names = [RATE if number == 1 else f"{RATE} {number}" for number in range(1, len(rates) + 1)]
    weights = tuple((name, Array.of(array)) for name, array in backend.weights().items())
    return Probed(step, tuple(zip(names, rates, strict=True)), (), weights)
