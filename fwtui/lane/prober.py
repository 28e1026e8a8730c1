"""When a lane tells its gradients and parameters, and how that stays out of every step's time."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

from fwtui.backends.base import Backend, Computed
from fwtui.backends.determinism import arrays_differ, differ
from fwtui.core.error_text import error_text
from fwtui.core.ndarray import Array
from fwtui.core.records import NoReference, NotProbed, Probed, Rounding
from fwtui.core.spec import NEVER, Probes
from fwtui.core.workload import Arrays, Batch
from fwtui.lane.float64_reference import Reference

Emit = Callable[[Probed | NotProbed | NoReference], None]


def prober(
    probes: Probes, backend: Backend, parameters: Arrays, emit: Emit, reference: Reference | None
) -> Prober | None:
    """What probes `backend`, whose first weights were `parameters`; None where they are too many."""
    size = _bytes_of_one(parameters)
    if probes.most_bytes is None or size <= probes.most_bytes:
        return Prober(probes, backend, parameters, emit, reference)
    most = _megabytes(probes.most_bytes)
    emit(NotProbed(f"a probe is {_megabytes(size)}, here at most {most}; fwtui parity takes any"))
    return None


def _bytes_of_one(parameters: Arrays) -> int:
    """How large a probe is: each parameter, and as much again for its gradient."""
    return 2 * sum(array.nbytes for array in parameters.values())


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"


class Prober:
    """Probes one backend between its steps.

    Step 0 is probed after it has been taken, with the first weights put back for that long: whatever is
    traced, compiled, loaded or allocated for the first time belongs into the first step's time. Where there
    is no memory for a probe, `NotProbed` is emitted, and no further probe is made; the lane trains on.

    Args:
        parameters: the first weights, and the first state, as the backend got them.
        reference: what holds each probe against float64; None: nothing does.
    """

    def __init__(
        self,
        probes: Probes,
        backend: Backend,
        parameters: Arrays,
        emit: Emit,
        reference: Reference | None = None,
    ) -> None:
        self._probes, self._backend, self._emit, self._reference = probes, backend, emit, reference
        self._parameters = parameters
        self._first: Batch | None = None
        self._began: tuple[Batch, Computed] | None = None
        self._last_probed = -1
        self._lacks_memory = False
        self._due = probes.at_or_after(0)

    @property
    def next_at(self) -> int:
        """The step before which to look again."""
        return max(1, self._due)

    def keep(self, batch: Batch) -> None:
        """Takes the batch of step 0, for when that is probed."""
        if self._due == 0:
            self._first = batch

    def look(self, step: int, batch: Batch, last: bool = False) -> None:
        """Emit the probes due before `step`, whose batch is `batch`; that of the `last` step in any case."""
        if self._first is not None:
            with self._backend.at(self._parameters):
                self._tell(0, self._first)
            self._first = None
        if self._due != NEVER and (last or step >= self._due) and step != self._last_probed:
            self._tell(step, batch)

    def repeats_the_first(self) -> bool:
        """Whether the first weights and batch give the first probe's loss and gradients once more."""
        if self._began is None or self._lacks_memory:
            return True
        batch, before = self._began
        self._backend.set_step(0)
        with self._backend.at(self._parameters):
            again = self._backend.compute(batch)
        dtype = next(iter(self._parameters.values())).dtype.name
        if differ({"loss": before.metrics["loss"]}, {"loss": again.metrics["loss"]}, dtype):
            return False
        return not arrays_differ(before.gradients, again.gradients, dtype)

    def close(self) -> None:
        """Gives back what it holds."""
        if self._reference is not None:
            self._reference.close()

    def _tell(self, step: int, batch: Batch) -> None:
        self._last_probed, self._due = step, self._probes.at_or_after(step + 1)
        try:
            self._emit(self._probed(step, batch))
        except MemoryError:
            self._due, self._lacks_memory = NEVER, True
            size = _megabytes(_bytes_of_one(self._parameters))
            self._emit(NotProbed(f"no memory for the probe of step {step}, which is {size}"))

    def _probed(self, step: int, batch: Batch) -> Probed:
        self._backend.set_step(step)
        computed = self._backend.compute(batch)
        if step == 0:
            self._began = batch, computed
        weights, state = self._backend.weights(), self._backend.state()
        rounding: tuple[Rounding, ...] = ()
        if self._reference is not None:
            try:
                self._reference.set_step(step)
                rounding = self._reference.rounding({**weights, **state}, batch, computed)
            except Exception as error:  # the lane's own training can go on
                traceback.print_exc(file=sys.stderr)
                self._emit(NoReference(step, error_text(error)))
                self._reference = None
        return Probed(
            step,
            tuple(computed.metrics.items()),
            tuple((name, None if g is None else Array.of(g)) for name, g in computed.gradients.items()),
            _arrays(weights),
            rounding,
            _arrays(state),
            _arrays(computed.state),
            tuple(computed.evaluation.items()),
        )


def _arrays(arrays: Arrays) -> tuple[tuple[str, Array], ...]:
    return tuple((name, Array.of(array)) for name, array in arrays.items())
