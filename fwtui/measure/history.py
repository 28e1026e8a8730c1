"""The records received so far from one run of a lane, kept for display: records in, statistics out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import Any

import numpy as np

from fwtui.core.device_memory import FrameworkMemory, GpuUse, ProcessMemory
from fwtui.core.metrics import MAX_METRICS
from fwtui.core.outcome import Ended
from fwtui.core.processor_use import ProcessorUse
from fwtui.core.records import (
    Alive,
    Built,
    Compiled,
    Evaluated,
    GraphBroken,
    GraphRan,
    GraphsCaptured,
    HostRecord,
    Imported,
    LogLine,
    NetInspected,
    NoReference,
    NotLogged,
    NotProbed,
    NotSampled,
    OpsLogged,
    OptimizerSettings,
    Phase,
    PhaseEntered,
    Probed,
    Record,
    Rounding,
    RunState,
    RunStateChanged,
    Steps,
)
from fwtui.measure.energy import CardEnergy
from fwtui.measure.graph_runs import GraphRuns
from fwtui.measure.quantiles import QuantileBuckets
from fwtui.measure.series import Extrema, Window
from fwtui.measure.statistics import StepTimes

RAW_STEPS = 65_536
LOG_LINES = 5_000
PROBE_BYTES = 32_000_000
KEPT_PROBES = 2
"""Minimum number kept, whatever their size: a lane sends its first two at once, before another sends any."""
KEPT_OPS = 20_000
FIRST_LOSSES = 65_536
"""Losses kept from step 0 on, to compare a lane that starts later with."""
DISTURBED = 0.2
"""Share of all cores: steps are disturbed where others used at least this much and no core was free."""


@dataclass
class History:
    """One run of a lane.

    Attributes:
        raw_steps: how many of the last steps are kept one by one; None keeps them all.
        probe_bytes: how much of the last probes is kept, for a lane that comes later; None keeps them all.
        probes: those probes, by step, and `probes_dropped`, how many there were besides.
        rounding: the probes' values against float64 at the same weights, by step.
        net: what the network uses and does besides computing its metrics; None before it was inspected.
        not_probed: why there are none although they were asked for; "" otherwise.
        no_reference: from when on, and why, figures are not held against float64; None where they are.
        phases: each phase entered, in order.
        steps: steps done.
        metrics: the last `raw_steps` values of everything the network returns, `loss` first.
        first_metrics: what the network returned in step 0, which every lane takes from the same weights.
        digests: of each step's batch, weights and gradients, where they were asked for.
        step_ns: the last `raw_steps` step times.
        metric_curves: the same over the whole run, for charts.
        step_curve, in_use_curve, rss_curve: the whole run, for charts. The memory curves have one value a
            step, that of the last reading before it.
        gpu: its GPU, as its driver counts; None on other devices.
        energy: what the card used during the steady steps.
        compiled: each time the step was built, traced or compiled.
        graph_breaks: where a compiler could not take in the step as one graph.
        op_logs: the last logs, at most `KEPT_OPS` ops together, unless a single log has more.
        op_logs_seen: how many logs were received in all.
        ops_left_out: how many ops were logged and are not in `op_logs`: not sent, or not kept.
        optimizer_settings: see `OptimizerSettings`; empty where they were not asked for.
        not_logged: why the ops that were asked for last could not be logged; "" otherwise.
        not_sampled: why the lane no longer reports which graph a step ran; "" otherwise.
        graphs: the step's graphs as received last; None where they were not requested.
        graphs_seen, op_logs_seen: how often graphs and op logs came.
        graph_runs: which graph ran, sampled.
        evaluations: (step, metrics) of each evaluation on the held-out data.
        processor: the use of the processor during the steady steps; None where it is unknown.
        heard_ns: when the lane itself last sent a record.
        clock: gives the present, in ns, as the times in records are; one that is replayed has its own.
        log: the last lines that the lane's process printed, and `log_lines`, how many there were.
    """

    raw_steps: int | None = RAW_STEPS
    probe_bytes: int | None = PROBE_BYTES
    phases: list[PhaseEntered] = field(default_factory=list)
    imported: Imported | None = None
    built: Built | None = None
    standing: RunState = "running"
    ended: Ended | None = None
    memory: FrameworkMemory = field(default_factory=FrameworkMemory)
    process_memory: ProcessMemory = field(default_factory=lambda: ProcessMemory(None, None, None))
    gpu: GpuUse | None = None
    compiled: list[Compiled] = field(default_factory=list)
    graph_breaks: list[GraphBroken] = field(default_factory=list)
    evaluations: list[Evaluated] = field(default_factory=list)
    first_step_ns: int | None = None
    first_metrics: dict[str, float] = field(default_factory=dict)
    steps: int = 0
    net: NetInspected | None = None
    probes_dropped: int = 0
    not_probed: str = ""
    no_reference: NoReference | None = None
    op_logs_seen: int = 0
    ops_left_out: int = 0
    not_logged: str = ""
    optimizer_settings: dict[str, float] = field(default_factory=dict)
    not_sampled: str = ""
    graphs: GraphsCaptured | None = None
    graphs_seen: int = 0
    log_lines: int = 0
    clock: Callable[[], int] = perf_counter_ns
    busy_since_ns: int | None = None
    processor: ProcessorUse | None = None

    def __post_init__(self) -> None:
        self.heard_ns = self.clock()
        self.metrics: dict[str, Window] = {}
        self.digests: dict[str, Window] = {}
        self.step_ns = Window(self.raw_steps)
        self.metric_curves: dict[str, Extrema] = {}
        self.step_curve = QuantileBuckets()
        self.in_use_curve, self.rss_curve = Extrema(), Extrema()
        self.log: deque[str] = deque(maxlen=LOG_LINES)
        self.probes: dict[int, Probed] = {}
        self.rounding: dict[int, tuple[Rounding, ...]] = {}
        self.op_logs: deque[OpsLogged] = deque()
        self.graph_runs = GraphRuns()
        self.energy = CardEnergy()
        self._probe_bytes = 0
        self._kept_ops = 0
        self._device_peak: int | None = None
        self._rss_peak: int | None = None
        self._first_losses = Window(None)
        self._measured_steps = 0
        # Ranges of steps, each with its end, that others disturbed.
        self._disturbed: deque[tuple[int, int]] = deque()

    def apply(self, record: Record) -> None:
        """Takes one record in."""
        if not isinstance(record, HostRecord):
            self.heard_ns = self.clock()
        handler = _HANDLERS.get(type(record))
        if handler is not None:
            handler(self, record)

    @property
    def phase(self) -> Phase:
        """The phase that the lane is in, or was in last."""
        return self.phases[-1].phase if self.phases else "spawn"

    @property
    def compilations(self) -> int:
        """How often the step was built, traced or compiled."""
        return len(self.compiled)

    @property
    def loss(self) -> float | None:
        """The last loss."""
        return self.last("loss")

    def last(self, metric: str) -> float | None:
        """The last value of something that the network returns; None where it has not yet."""
        window = self.metrics.get(metric)
        return float(window.values()[-1]) if window is not None and window.count else None

    def losses_from(self, step: int) -> tuple[int, Any]:
        """The losses that are kept from `step` on, or from the next that is: its step, and they, in order."""
        if step < self._first_losses.count:
            return step, self._first_losses.since(step)
        window = self.metrics.get("loss")
        return (step, np.empty(0)) if window is None else (max(step, window.first), window.since(step))

    @property
    def ops(self) -> OpsLogged | None:
        """The latest log of a step's ops; None before there is one."""
        return self.op_logs[-1] if self.op_logs else None

    @property
    def steady_from(self) -> int | None:
        """Number of the first steady step; None before it."""
        return next((entered.step for entered in self.phases if entered.phase == "steady"), None)

    @property
    def device_peak_bytes(self) -> int | None:
        """The most that the framework's allocator had in use."""
        return self._device_peak

    @property
    def rss_peak_bytes(self) -> int | None:
        """The most resident memory that the lane's process had."""
        return self._rss_peak

    def steady_step_ns(self) -> Any:
        """Times of the steady steps that are kept, in ns; float64 of shape (steps,)."""
        first = self.steady_from
        return np.empty(0) if first is None else self.step_ns.since(first)

    def quiet_step_ns(self) -> Any:
        """Those of the steady step times that others did not disturb, see `DISTURBED`."""
        times = self.steady_step_ns()
        first = self.steps - len(times)
        quiet = np.ones(len(times), bool)
        for start, end in self._disturbed:
            quiet[max(0, start - first) : max(0, end - first)] = False
        return times[quiet]

    def step_times(self) -> StepTimes | None:
        """Statistics of the steady steps that are kept; None where there are none."""
        steady = self.steady_step_ns()
        return StepTimes.of(steady) if len(steady) else None

    def plain_step_ns(self) -> float | None:
        """The median of the steady steps in which nothing was traced or compiled, in ns; None without any."""
        times = self.steady_step_ns()
        first = self.steps - len(times)
        places = {one.step - first for one in self.compiled}
        plain = np.delete(times, [place for place in places if 0 <= place < len(times)])
        return float(np.median(plain)) if len(plain) else None

    def phase_ns(self) -> dict[Phase, int]:
        """How long each phase that has ended took, in ns. The last one ends with the lane.

        An import and a build end when they are done, and not when the lane has waited for the others.
        """
        ends = [entered.at_ns for entered in self.phases[1:]]
        if self.ended is not None:
            ends.append(self.ended.at_ns)
        own = {"import": self.imported, "build": self.built}
        return {
            entered.phase: (done.at_ns if (done := own.get(entered.phase)) is not None else end)
            - entered.at_ns
            for entered, end in zip(self.phases, ends, strict=False)
        }

    def _steps(self, record: Steps) -> None:
        times = np.frombuffer(record.step_ns, np.int64).astype(np.float64)
        if self.first_step_ns is None and len(times):
            self.first_step_ns = int(times[0])
        self.steps = record.first + record.count
        self.step_ns.extend(times)
        self.step_curve.extend(times)
        self._metrics(record)
        for name, column in record.digests:
            window = self.digests.setdefault(name, Window(self.raw_steps))
            values = np.frombuffer(column, np.float64)
            window.extend(np.full(record.first - window.count, np.nan))
            window.extend(values)
        self.in_use_curve.extend(np.full(record.count, _or_nan(self.memory.in_use_bytes)))
        self.rss_curve.extend(np.full(record.count, _or_nan(self.process_memory.rss_bytes)))

    def _metrics(self, record: Steps) -> None:
        columns = {name: np.frombuffer(column, np.float64) for name, column in record.metrics}
        if record.first == 0 and record.count and not self.first_metrics:
            self.first_metrics = {name: float(column[0]) for name, column in columns.items()}
        for name in columns:
            if name not in self.metrics and len(self.metrics) < MAX_METRICS:
                self.metrics[name], self.metric_curves[name] = Window(self.raw_steps), Extrema()
        for name, curve in self.metric_curves.items():
            # A metric that not every step has keeps its place in the steps, also in those before its first.
            curve.extend(np.full(max(0, record.first - curve.count), np.nan))
            curve.extend(columns.get(name, np.full(record.count, np.nan)))
            if name in columns:
                self.metrics[name].extend(columns[name])
        self._first_losses.extend(columns.get("loss", _NONE)[: FIRST_LOSSES - self._first_losses.count])

    def _framework_memory(self, record: FrameworkMemory) -> None:
        self.memory = record
        self._device_peak = _most(self._device_peak, record.peak_bytes)

    def _process_memory(self, record: ProcessMemory) -> None:
        self.process_memory = record
        self._rss_peak = _most(_most(self._rss_peak, record.rss_bytes), record.rss_peak_bytes)

    def _processor_use(self, record: ProcessorUse) -> None:
        start, self._measured_steps = self._measured_steps, self.steps
        if self.steady_from is None or start == self.steps:  # paused, waiting, or over
            return
        so_far = self.processor or ProcessorUse(0.0, 0.0, 0.0)
        self.processor = so_far + record
        if record.is_full and record.others_share >= DISTURBED:
            if self._disturbed and self._disturbed[-1][1] == start:
                start = self._disturbed.pop()[0]
            self._disturbed.append((start, self.steps))
        while self._disturbed and self._disturbed[0][1] <= self.step_ns.first:
            self._disturbed.popleft()

    def _gpu_use(self, record: GpuUse) -> None:
        self.gpu = record
        counter = record.card.energy_j if record.card else None
        if self.steady_from is not None:
            self.energy.add(counter, self.steps, self.standing == "running" and self.ended is None)

    def _log(self, record: LogLine) -> None:
        self.log.append(record.text)
        self.log_lines += 1

    def forget_probe(self, step: int) -> None:
        """Drop a probe that is no longer needed."""
        self._probe_bytes -= _size(self.probes.pop(step))

    def _probed(self, record: Probed) -> None:
        self.rounding[record.step] = record.rounding
        self.probes[record.step] = record
        self._probe_bytes += _size(record)
        if self.probe_bytes is None:
            return
        while self._probe_bytes > self.probe_bytes and len(self.probes) > KEPT_PROBES:
            self.forget_probe(next(iter(self.probes)))
            self.probes_dropped += 1

    def _ops_logged(self, record: OpsLogged) -> None:
        self.not_logged = ""
        self.op_logs.append(record)
        self.op_logs_seen += 1
        self.ops_left_out += record.left_out
        self._kept_ops += len(record.ops)
        while self._kept_ops > KEPT_OPS and len(self.op_logs) > 1:
            dropped = len(self.op_logs.popleft().ops)
            self._kept_ops -= dropped
            self.ops_left_out += dropped

    def _captured(self, record: GraphsCaptured) -> None:
        self.graphs = record
        self.graphs_seen += 1

    def _stood(self, record: RunStateChanged) -> None:
        self.standing = record.standing
        self.ended = None  # a lane that is over says no more, but one that lingers may go on

    def _alive(self, record: Alive) -> None:
        self.busy_since_ns = record.busy_since_ns if record.in_step else None


_NONE = np.empty(0)


def _size(probe: Probed) -> int:
    return sum(len(array.data) for _, array in (*probe.gradients, *probe.parameters) if array is not None)


def _or_nan(value: int | None) -> float:
    return float("nan") if value is None else float(value)


def _most(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else max(a, b)


_HANDLERS: dict[type, Callable[[History, Any], None]] = {
    PhaseEntered: lambda history, record: history.phases.append(record),
    Imported: lambda history, record: setattr(history, "imported", record),
    Built: lambda history, record: setattr(history, "built", record),
    Steps: History._steps,
    Evaluated: lambda history, record: history.evaluations.append(record),
    FrameworkMemory: History._framework_memory,
    ProcessMemory: History._process_memory,
    ProcessorUse: History._processor_use,
    GpuUse: History._gpu_use,
    Compiled: lambda history, record: history.compiled.append(record),
    NetInspected: lambda history, record: setattr(history, "net", record),
    Probed: History._probed,
    NoReference: lambda history, record: setattr(history, "no_reference", record),
    NotProbed: lambda history, record: setattr(history, "not_probed", record.reason),
    OpsLogged: History._ops_logged,
    OptimizerSettings: lambda history, record: history.optimizer_settings.update(record.values),
    NotLogged: lambda history, record: setattr(history, "not_logged", record.reason),
    GraphsCaptured: History._captured,
    GraphRan: lambda history, record: history.graph_runs.add(record),
    NotSampled: lambda history, record: setattr(history, "not_sampled", record.reason),
    GraphBroken: lambda history, record: history.graph_breaks.append(record),
    RunStateChanged: History._stood,
    Alive: History._alive,
    LogLine: History._log,
    Ended: lambda history, record: setattr(history, "ended", record),
}
