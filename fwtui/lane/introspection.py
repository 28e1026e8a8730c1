"""What a lane captures and emits between two of its steps: op logs, graphs, and which graph a step ran."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter_ns

from fwtui.backends.base import Backend, NotYetError
from fwtui.core.graph import Graph, NoGraph
from fwtui.core.nonfinite import first_fault, not_finite_inputs
from fwtui.core.oplog import OpLog
from fwtui.core.records import GraphRan, GraphsCaptured, NotLogged, NotSampled, OpsLogged
from fwtui.core.spec import NEVER, LaneSpec, OpLogging
from fwtui.core.workload import Batch
from fwtui.lane.control import LaneCommand

LOGS_A_SECOND = 4
OPS_A_SECOND = 2_000
"""Limits of what is emitted of periodic logs: a screen shows no more, and more could not be read."""

MOST_OPS = 10_000
"""Ops of a log that are emitted; of a longer log this many, or those up to its first fault."""

SAMPLE_NS = 125_000_000
"""Minimum time between two samples of the graph that a step ran, and at least a hundred times what a sample
takes; also the time until a log is tried again that would have needed a compilation.
"""

FIRST_SAMPLES = 8
QUICK_NS = 20_000_000
"""The graphs of the first `FIRST_SAMPLES` steps are all sampled, if a sample takes less than `QUICK_NS`."""


Emit = Callable[[OpsLogged | NotLogged | GraphsCaptured | GraphRan | NotSampled], None]
Explain = Callable[[BaseException], str]


class Introspector:
    """Logs the ops, captures the graphs and samples the graph of one backend, outside of every step's time.

    Nothing is done before the first step has been taken, unless a log of it is asked for, or each step is
    logged until a NaN: whatever is traced, loaded or allocated for the first time belongs into that step's
    time. A failure is emitted as a record, and the lane trains on.

    Args:
        explain: gives an error in words, as (reason, hint).
    """

    def __init__(self, spec: LaneSpec, backend: Backend, emit: Emit, explain: Explain) -> None:
        self._spec, self._backend, self._emit, self._explain = spec, backend, emit, explain
        ops = self._ops = spec.ops or OpLogging()
        self._every = ops.every or (1 if ops.until_nan else None)
        self._until_nan = ops.until_nan
        self._log_at: int | None = None
        self._tell_at: int | None = None
        self._logged_at = -1
        self._has_logged = False
        self._samples = spec.sample_graphs
        self._sample_at_ns = 0
        self._first_samples = FIRST_SAMPLES
        self._log_again_ns = 0
        self._held: OpsLogged | None = None
        self._left_out = 0
        self._free_at_ns = 0

    def ask(self, word: LaneCommand) -> None:
        """Receive a query; `look` handles it."""
        match word.verb:
            case "log-ops":
                self._log_at = word.steps
            case "log-every":
                self._every, self._until_nan = word.steps or None, False
            case "log-until-nan":
                self._every, self._until_nan = 1, True
            case "tell-graphs":
                self._tell_at = word.steps

    def next_after(self, step: int) -> int:
        """The next step before which there is something to do, once `look` was called before `step`."""
        steps = [at for at in (self._log_at, self._tell_at) if at is not None]
        asked = max(1, step, min(steps)) if steps else NEVER
        if self._samples and self._first_samples:
            return min(asked, step + 1)
        return min(asked, step // self._every * self._every + self._every if self._every else NEVER)

    @property
    def has_last(self) -> bool:
        """Whether there is something to do once all steps are done."""
        return self._ops.last or self._spec.tell_graphs or self.is_asked

    @property
    def is_asked(self) -> bool:
        """Whether a log was asked for that is still to come, or graphs."""
        return self._log_at is not None or self._tell_at is not None

    def is_due(self) -> bool:
        """Whether the time has come to sample the next step's graph."""
        return self._samples and perf_counter_ns() >= self._sample_at_ns

    def compiled(self) -> None:
        """The backend has compiled: the next step may run another graph, or be one that can be logged."""
        self._sample_at_ns = self._log_again_ns = 0

    def look(self, step: int, batch: Batch, last: bool = False, halts: bool = False) -> None:
        """Does what is due before `step`, whose batch is `batch`.

        Args:
            last: all steps are done.
            halts: that step is not taken soon: what was asked for a later one is done now.
        """
        if step == 0 and not last:
            if (self._ops.first or self._until_nan) and self._logged_at != 0:
                self._log(0, batch, asked=False)
            return
        if _is_due(self._tell_at, step, last or halts) or (last and self._spec.tell_graphs):
            self._tell_at = None
            self._tell_graphs(step, batch)
        asked = _is_due(self._log_at, step, last or halts) and perf_counter_ns() >= self._log_again_ns
        asked = asked or (last and self._ops.last)
        at_rate = self._every is not None and step % self._every == 0 and step != self._logged_at
        if asked or (at_rate and not last):
            self._log_at = None if asked else self._log_at
            self._log(step, batch, asked)
        if self._samples and not last and (self._first_samples or self.is_due()):
            self._sample(step, batch)

    def tell(self, at_once: bool = False) -> None:
        """Emit the log that is held back, if any, once the rate limit allows it, or `at_once`."""
        if self._held is not None and (at_once or perf_counter_ns() >= self._free_at_ns):
            self._tell(self._held)

    def _log(self, step: int, batch: Batch, asked: bool) -> None:
        self._logged_at, started = step, perf_counter_ns()
        try:
            log = self._logged(batch)
        except NotYetError as error:
            self._log_at = step if asked else self._log_at
            self._log_again_ns = _again_ns(started)
            self._emit(NotLogged(step, self._explain(error)))
            return
        except Exception as error:
            _print(error)
            self._every, self._until_nan = None, False  # it would not be another one the next time
            self._emit(NotLogged(step, self._explain(error)))
            return
        is_faulty = (asked or self._until_nan) and first_fault(log) is not None
        found = self._until_nan and is_faulty
        if found:
            self._every, self._until_nan = None, False
        if self._held is not None:
            self._left_out += len(self._held.ops)
        # What was not finite before the step is no op's fault.
        inputs = not_finite_inputs(batch, self._backend.weights()) if is_faulty else ()
        self._held = OpsLogged(step, log, not_finite_inputs=inputs)
        self.tell(at_once=asked or found)

    def _logged(self, batch: Batch) -> OpLog:
        """Return a log whose times are those of the ops: the very first log is discarded, as loading what
        logging needs is in its times. With whole values no first log is discarded: times do not matter there.
        """
        if not (self._has_logged or self._ops.values):
            self._backend.log_ops(batch)
            self._has_logged = True
        if self._ops.feeds:
            return self._backend.log_ops(batch, self._ops.values, self._ops.feeds)
        return self._backend.log_ops(batch, self._ops.values)

    def _tell(self, record: OpsLogged) -> None:
        log, left_out = record.log, self._left_out
        if len(log.ops) > MOST_OPS and not self._ops.values:
            fault = first_fault(log)
            kept = max(MOST_OPS, 0 if fault is None else fault.number + 1)
            left_out += len(log.ops) - kept
            # What a part of the ops leaves over of the step is no overhead.
            log = replace(log, ops=log.ops[:kept], is_work_timed=False)
        self._held, self._left_out = None, 0
        self._emit(replace(record, log=log, left_out=left_out))
        apart = max(1 / LOGS_A_SECOND, len(log.ops) / OPS_A_SECOND)
        self._free_at_ns = perf_counter_ns() + round(apart * 1e9)

    def _tell_graphs(self, step: int, batch: Batch) -> None:
        try:
            graphs = self._backend.graphs(batch)
            if not isinstance(graphs, tuple) or not all(isinstance(one, Graph | NoGraph) for one in graphs):
                raise TypeError(f"graphs() gave a value of type {type(graphs).__name__}, no tuple of graphs")
        except Exception as error:
            _print(error)
            graphs = (NoGraph("graphs", "the graphs", self._explain(error)),)
        self._emit(GraphsCaptured(step, graphs))

    def _sample(self, step: int, batch: Batch) -> None:
        started = perf_counter_ns()
        try:
            graph, nodes = self._backend.graph_ran(batch)
        except NotYetError:
            self._first_samples = max(0, self._first_samples - 1)
            self._sample_at_ns = _again_ns(started)
            return
        except Exception as error:
            _print(error)
            self._samples = False
            self._emit(NotSampled(step, self._explain(error)))
            return
        self._emit(GraphRan(step, graph, nodes))
        is_quick = perf_counter_ns() - started < QUICK_NS
        self._first_samples = max(0, self._first_samples - 1) if is_quick else 0
        self._sample_at_ns = _again_ns(started)


def _again_ns(started_ns: int) -> int:
    """When to ask again what has taken from `started_ns` until now."""
    now = perf_counter_ns()
    return now + max(SAMPLE_NS, 100 * (now - started_ns))


def _is_due(asked_for: int | None, step: int, halts: bool) -> bool:
    """Whether what was asked for a step is due before `step`."""
    return asked_for is not None and (halts or step >= asked_for)


def _print(error: Exception) -> None:
    """The whole story, for the lane's log; what a mode cannot do is no fault."""
    if not isinstance(error, NotImplementedError):
        traceback.print_exception(error, file=sys.stderr)
