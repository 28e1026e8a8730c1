"""The one step loop, under both hosts and for every backend, and the only place that reads clocks.

A step's time runs from its call until its loss is on the host. Evaluating, sending and waiting happen
between steps and are in no step's time.
"""

from __future__ import annotations

import math
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import chain
from time import perf_counter_ns
from typing import Any

from fwtui.backends import catalogue as backends
from fwtui.backends.base import Backend, Job, ModelError
from fwtui.backends.default_dtype import UNCHANGED, WithDefaultDtype, shared
from fwtui.backends.nvidia import pci_bus_id
from fwtui.core.outcome import Ended, Failure, Outcome
from fwtui.core.records import (
    Built,
    Compiled,
    Evaluated,
    NoReference,
    Phase,
    PhaseEntered,
    Record,
    RunStateChanged,
    TurnEnded,
)
from fwtui.core.spec import LaneSpec
from fwtui.core.workload import Batch
from fwtui.lane.control import Control, LaneCommand
from fwtui.lane.digests import Digester
from fwtui.lane.errors import LaneError, failure_of
from fwtui.lane.float64_reference import Reference
from fwtui.lane.framework import check_device, described, import_framework
from fwtui.lane.given_gradients import update_by_given
from fwtui.lane.introspection import Introspector
from fwtui.lane.net_inspection import NetInspection
from fwtui.lane.prober import Prober, prober
from fwtui.lane.replay import repeat_probes
from fwtui.lane.step_buffer import Columns
from fwtui.lane.training import Source, in_float64, source_of, training_of
from fwtui.system.cpu_affinity import bind, bound_cores
from fwtui.workloads import catalogue as workloads
from fwtui.workloads.hashes import data_sha256, weights_sha256
from fwtui.workloads.user.file import UserFile
from fwtui.workloads.user.models import ModelFile

FLUSH_NS = 33_000_000
MEMORY_NS = 250_000_000
WARM_UP_STEPS = 10
EVALUATIONS = 40

Emit = Callable[[Record], None]


class Runner:
    """One lane's way through its phases.

    Args:
        owns_process: whether no other lane runs in this process, so that its settings are this lane's alone.
    """

    def __init__(self, spec: LaneSpec, emit: Emit, control: Control, owns_process: bool = False) -> None:
        self.step = 0
        self._owns_process = owns_process
        self.busy_since_ns: int | None = None
        self.in_step = False
        self._spec, self._emit, self._control = spec, emit, control
        self._backend: Backend | None = None
        self._warm_up = min(WARM_UP_STEPS, spec.steps // 10)
        self._evaluate_every = max(1, spec.steps // EVALUATIONS)
        self._next_event = 0
        self._flush_at = self._memory_at = 0
        self._columns = Columns()
        self._digester: Digester | None = None
        self._evaluated_at = -1
        self._ended: Ended | None = None
        self._inspection = NetInspection(emit, self.explained)
        self._prober: Prober | None = None
        self._explainer: Introspector | None = None
        self._batches: Iterator[Batch] = iter(())
        self._source = self._batches
        self._workload: Source | None = None
        # Held for as long as the lane lives: a context that nobody holds is left at once.
        self._defaults = ExitStack()

    def prepare(self, pid: int) -> None:
        """Imports the framework, settles the device, and builds the network there; tells each of them."""
        spec = self._spec
        bind(spec.cores)
        self._enter("import")
        entry = backends.entry(spec.backend).framework
        self._framework = import_framework(entry, spec.interpreter)
        imported = described(entry, self._framework, pid, with_build=spec.describe)
        self._emit(imported)
        device = self._control.device() if spec.device == "auto" else spec.device
        if device is None:
            return
        check_device(device, imported.devices, entry.title)
        self._device = device
        self._enter("build")
        self.busy_since_ns = perf_counter_ns()
        self._build()
        self.busy_since_ns = None

    def train(self) -> None:
        """Steps until the end, a stop or a divergence; lingers for more steps where the spec says so."""
        control, spec = self._control, self._spec
        if spec.replay is not None:
            assert self._backend is not None
            source = spec.replay, self._backend, spec.dtype, self._batches
            if repeat_probes(*source, self._emit, lambda: control.stopped):
                self.end("done")
            else:
                self.end("stopped", "stopped")
            return
        if spec.on_given_gradients:
            assert self._backend is not None
            self.busy_since_ns = perf_counter_ns()
            if update_by_given(spec, self._backend, self._emit, lambda: control.stopped):
                self.end("done")
            else:
                self.end("stopped", "stopped")
            return
        while not control.stopped:
            if self.step >= control.limit and self._ended is None:
                self._memory_at = 0
                self._flush()
                self._at_last()
                self.end("done", lingers=spec.linger)
                control.forget()
                if not spec.linger:
                    return
            quota = control.permit(self.step, self._say)
            self._handle_queries(control.take_queries(), now=quota == 0)
            if quota == 0:
                continue
            self._ended = None
            finite = self._take(quota)
            self.busy_since_ns = None
            self._flush()
            if not finite:
                self.end("diverged", f"diverged at step {self.step - 1}: the loss is {self._last_loss}")
                return
            if spec.by_turns:
                self._emit(TurnEnded())
        if self._ended is None:
            self.end("stopped", "stopped")
        else:
            self._emit(replace(self._ended, lingers=False))

    def end(self, outcome: Outcome, reason: str = "", lingers: bool = False) -> None:
        """Sends the steps that are left and says how the lane ended, once."""
        self._end(Ended(outcome, self.step, perf_counter_ns(), reason, lingers))

    def fail(self, failure: Failure) -> None:
        """The same for a lane that cannot go on."""
        self._end(Ended.failed(self.step, perf_counter_ns(), failure))

    def _end(self, ended: Ended) -> None:
        if self._ended is not None:
            return
        self._ended = ended
        self._send_steps()
        if self._explainer is not None:
            self._explainer.tell(at_once=True)
        self._emit(self._ended)

    def failure_of(self, error: BaseException) -> Failure:
        """Why the lane failed: in a user's own file, where the error came from there."""
        if isinstance(error, ModelError) and isinstance(self._workload, ModelFile):
            assert self._spec.model is not None
            side = self._workload.side(self._spec.model.function)
            error = self._workload.refused(side, error.what, error.hint, error.of_optimizer)
        if isinstance(self._workload, UserFile) and not isinstance(error, LaneError | MemoryError):
            explained = self._workload.explained(error)
            if explained is not None and explained is not error:
                explained.__cause__ = error
                error = explained
        return failure_of(error, "framework" if workloads.is_own(self._spec.workload.name) else "user code")

    def explained(self, error: BaseException) -> str:
        """What went wrong, in words."""
        return self.failure_of(error).reason

    def close(self) -> None:
        """Gives back what the backend holds, and what probes it."""
        if self._prober is not None:
            self._prober.close()
        if self._backend is not None:
            self._backend.close()

    def _take(self, quota: int) -> bool:
        """Up to `quota` steps, fewer when something is asked; whether the loss stayed finite."""
        assert self._backend is not None
        clock, isfinite = perf_counter_ns, math.isfinite
        run_step, batches, columns, control = self._backend.step, self._batches, self._columns, self._control
        # In turns a pace holds back the next turn.
        pace_ns = int(1e9 / self._spec.pace) if self._spec.pace and not self._spec.by_turns else 0
        digester = self._digester
        self.busy_since_ns = clock()
        for _ in range(quota):
            self.in_step = False
            batch = next(batches)  # a user's may load data for minutes, or never return
            if self.step >= self._next_event:
                self._at_event(batch)
            started = clock()
            self.busy_since_ns, self.in_step = started, True
            values = run_step(batch)
            ended = clock()
            columns.write(started, ended - started, values)
            if digester is not None:
                latest = self._backend.latest() if digester.is_due(self.step) else {}
                columns.write_digests(digester.digests(self.step, batch, latest))
                digester.took(self.step, clock() - ended, ended - started)
            self.step += 1
            if not isfinite(values["loss"]):
                self._last_loss = values["loss"]
                return False
            if ended >= self._flush_at or columns.full:
                self._flush()
            if pace_ns:
                control.rest((started + pace_ns - clock()) / 1e9)
            if control.attention:
                break
        return True

    def _at_event(self, batch: Batch) -> None:
        """Enters the phase that begins at this step, evaluates, probes and explains where it is time, and
        sets the next event.
        """
        step = self.step
        assert self._backend is not None
        assert self._explainer is not None
        self.busy_since_ns = None
        if step == 0:
            self._explainer.look(step, batch)
            self._enter(self._backend.first_phase)
            self._inspection.begin(batch)
            if self._prober is not None:
                self._prober.keep(batch)
            self._next_event = 1
            return
        if step == 1:
            self._flush()
        self._inspection.inspect(self._backend)
        steady_at = 1 + self._warm_up
        phase: Phase = "steady" if step >= steady_at else "warm-up"
        if phase != self._phase:
            self._enter(phase)
        if step % self._evaluate_every == 0:
            self._evaluate()
        self._explainer.look(step, batch)
        events = [(step // self._evaluate_every + 1) * self._evaluate_every, self._explainer.next_after(step)]
        if step < steady_at:
            events.append(steady_at)
        if self._prober is not None:
            self._prober.look(step, batch)
            events.append(self._prober.next_at)
        self._next_event = min(events)

    def _at_last(self) -> None:
        """Evaluates when the last step is done; probes and explains the step that would be next."""
        assert self._explainer is not None
        assert self._backend is not None
        self._inspection.inspect(self._backend)
        self._evaluate()
        if self._prober is None and not self._explainer.has_last:
            return
        batch = self._next_batch()
        if self._prober is not None:
            self._prober.look(self.step, batch, last=True)
            self._inspection.inspect_again(self._prober)
        self._explainer.look(self.step, batch, last=True)

    def _handle_queries(self, queries: Sequence[LaneCommand], now: bool) -> None:
        """Handle queries before the next step, or `now` where no step is about to be taken."""
        if not queries:
            return
        assert self._explainer is not None
        for query in queries:
            self._explainer.ask(query)
        if now and not self._control.stopped:
            self._explainer.look(self.step, self._next_batch(), halts=True)
        self._next_event = min(self._next_event, self._explainer.next_after(self.step))

    def _next_batch(self) -> Batch:
        """Return the batch of the next step without consuming it."""
        batch = next(self._batches)
        self._batches = chain([batch], self._source)
        return batch

    def _say(self, record: Record) -> None:
        """Emit a record of the run state; before the lane halts, first what is still held back."""
        if (
            isinstance(record, RunStateChanged)
            and record.standing != "running"
            and self._explainer is not None
        ):
            if record.standing == "paused" and self._explainer.is_asked:
                self._explainer.look(self.step, self._next_batch(), halts=True)
            self._explainer.tell(at_once=True)
        self._emit(record)

    def _build(self) -> None:
        spec, framework = self._spec, self._framework
        framework.device.configure(self._device, spec.threads, spec.device_settings)
        self._workload = source_of(spec)
        training = training_of(spec, self._workload, self._device)
        self._batches = self._source = training.batches
        self._held_out = training.held_out
        self._digester = Digester(training.original) if spec.digests else None
        self._backend = self._built(backends.entry(spec.backend).mode, training.job, spec.dtype)
        self._explainer = Introspector(spec, self._backend, self._emit, self.explained)
        if spec.probes is not None:
            reference = self._reference(training.job)
            self._prober = prober(spec.probes, self._backend, training.first, self._emit, reference)
        self._emit(
            Built(
                device=self._device,
                dtype=spec.dtype,
                weights_sha256=weights_sha256(training.parameters),
                data_sha256=data_sha256(training.seen),
                parameters=sum(array.size for array in training.parameters.values()),
                threads=framework.device.threads(),
                cores=bound_cores(),
                at_ns=perf_counter_ns(),
                pci_bus_id=pci_bus_id(self._device),
            )
        )

    def _built(self, mode: str, job: Job, dtype: str) -> Any:
        """The backend, whose network runs under defaults of `dtype`."""
        build = partial(self._framework.step.build, mode, job)
        default_dtype = self._framework.device.default_dtype
        if self._owns_process and dtype == self._spec.dtype:  # once and for all, and in no step's time
            if dtype != UNCHANGED:
                self._defaults.enter_context(default_dtype(dtype))
            return build()
        return WithDefaultDtype(build, shared(default_dtype), dtype)

    def _reference(self, job: Job) -> Reference | None:
        """What holds probes against float64; None where that was not asked for, or is not to be had."""
        spec = self._spec
        is_exact = spec.dtype == "float64" and backends.entry(spec.backend).mode == "eager"
        if spec.probes is None or not spec.probes.exact or is_exact:
            return None
        try:
            built = self._built("eager", in_float64(job), "float64")
        except Exception as error:  # the lane itself is none the worse
            traceback.print_exc(file=sys.stderr)
            self._emit(NoReference(0, self.explained(error)))
            return None
        return Reference(built, "float64", spec.dtype, spec.dtype, spec.probes.tolerance)

    def _evaluate(self) -> None:
        if self._backend is None or self._held_out is None or self._evaluated_at == self.step:
            return
        self._evaluated_at = self.step
        values = self._backend.evaluate(self._held_out)
        self._emit(Evaluated(self.step, tuple(values.items())))

    def _send_steps(self) -> None:
        if self._columns.count:
            self._emit(self._columns.take())

    def _flush(self) -> None:
        """Sends the steps since the last time, and with them what else is new."""
        assert self._backend is not None
        assert self._explainer is not None
        self._send_steps()
        now = perf_counter_ns()
        self._flush_at = now + FLUSH_NS
        if now >= self._memory_at:
            self._memory_at = now + MEMORY_NS
            self._emit(self._framework.memory.read(self._device))
        for event in self._backend.events():
            self._emit(event)
            if isinstance(event, Compiled):
                self._explainer.compiled()
        self._explainer.tell()
        if self._explainer.is_due():
            self._next_event = self.step

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self._emit(PhaseEntered(phase, perf_counter_ns(), self.step))
