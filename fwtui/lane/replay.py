"""Another lane's probes, repeated with this lane's network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from fwtui.backends.base import Backend, Computed
from fwtui.core.ndarray import Array
from fwtui.core.records import Probed, Record
from fwtui.core.spec import Replay
from fwtui.core.workload import Batch
from fwtui.lane.float64_reference import Key, Reference


def repeat_probes(
    replay: Replay,
    backend: Backend,
    dtype: str,
    batches: Iterator[Batch],
    emit: Callable[[Record], object],
    is_stopped: Callable[[], bool],
) -> bool:
    """Repeat each probe at the other lane's weights and on the batch of its step.

    Returns:
        Whether all were repeated, and none was left out by a stop.
    """
    reference = Reference(backend, dtype, replay.rounds, dtype, replay.tolerance, replay.measures_single)
    reached = 0
    for probe in replay.probes:
        if is_stopped():
            return False
        batch = next(islice(batches, probe.step - reached, None))
        reached = probe.step + 1
        weights = {name: array.value() for name, array in (*probe.parameters, *probe.state)}
        given = Computed(
            dict(probe.metrics),
            {name: None if one is None else one.value() for name, one in probe.gradients},
            {name: one.value() for name, one in probe.updated_state},
            dict(probe.evaluation),
        )
        reference.set_step(probe.step)
        figures = reference.at(weights, batch)
        emit(
            Probed(
                probe.step,
                _numbers(figures, "metric"),
                tuple(
                    (name, None if one is None else Array.of(one))
                    for (kind, name), one in figures.items()
                    if kind == "gradient"
                ),
                (),
                reference.rounding(weights, batch, given, figures),
                updated_state=tuple(
                    (name, Array.of(one)) for (kind, name), one in figures.items() if kind == "state"
                ),
                evaluation=_numbers(figures, "evaluation"),
            )
        )
    return True


def _numbers(figures: Mapping[Key, Any], kind: str) -> tuple[tuple[str, float], ...]:
    return tuple((name, float(one)) for (own, name), one in figures.items() if own == kind)
