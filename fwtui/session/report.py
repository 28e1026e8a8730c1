"""A race as JSON: the headless commands' answer. Units are in the names; unknown values are null."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from fwtui.backends import catalogue as backends
from fwtui.core.spec import LaneSpec, RaceSpec
from fwtui.core.version import __version__
from fwtui.measure.comparability import incomparable
from fwtui.measure.compared import compared
from fwtui.measure.device_memory import lane_share
from fwtui.measure.history import History
from fwtui.measure.loss_gap import LossGap
from fwtui.measure.probe_gap import ProbeRow
from fwtui.measure.speed import Speed
from fwtui.session.probe_report import quantity
from fwtui.session.same_answer import SameAnswer
from fwtui.system import machine
from fwtui.workloads import catalogue as workloads

LOG_TAIL = 50
"""Lines of a failed lane's log that go into its report."""


def report(
    race: RaceSpec,
    lanes: Sequence[History],
    gap: LossGap,
    same: SameAnswer,
    speed: Speed | None,
    probes: Sequence[ProbeRow] = (),
) -> dict[str, Any]:
    """The whole race, ready for `json.dumps(…, allow_nan=False)`; lanes count from 1, steps from 0."""
    return {
        "fwtui": __version__,
        "machine": machine.describe(),
        "workload": _workload(race.lanes[0]),
        "schedule": race.schedule,
        "host": race.host,
        "lanes": [_lane(spec, lane) for spec, lane in zip(race.lanes, lanes, strict=True)],
        "verdict": {
            **_same(race, lanes, gap, same),
            "compared": compared(lanes, gap, probes).report(),
            **_speed(race, speed),
        },
    }


def _workload(spec: LaneSpec) -> dict[str, Any]:
    workload = workloads.load(spec.workload)
    return {
        "name": workloads.title(spec.workload.name),
        "preset": spec.workload.preset,
        "sizes": workload.sizes(),
        "optimizer": spec.optimizer,
        "learning_rate": spec.learning_rate,
        "steps": spec.steps,
        "seed": spec.seed,
    }


def _lane(spec: LaneSpec, lane: History) -> dict[str, Any]:
    return {
        **_settings(spec, lane),
        **_course(lane),
        **_preparation(lane),
        **_times(spec, lane),
        "memory": {
            "rss_peak_bytes": lane.rss_peak_bytes,
            "rss_shared": lane.process_memory.shared,
            "device_peak_bytes": lane.device_peak_bytes,
        },
        "gpu": _gpu(lane),
        "log": list(lane.log)[-LOG_TAIL:] if lane.ended and lane.ended.outcome == "failed" else [],
    }


def _gpu(lane: History) -> dict[str, Any] | None:
    """Its GPU as the driver counted it last; null for a lane on another device."""
    if lane.gpu is None:
        return None
    card, share = lane.gpu.card, lane_share(0, lane)
    return {
        "problem": lane.gpu.problem or None,
        "name": card.name if card else None,
        "pci_bus_id": card.pci_bus_id if card else None,
        "total_bytes": card.total_bytes if card else None,
        "free_bytes": card.free_bytes if card else None,
        "process_bytes": share.process,
        "in_use_bytes": share.in_use,
        "cached_bytes": share.cached,
        "context_bytes": share.context,
        "power_w": card.power_w if card else None,
        "temperature_c": card.temperature_c if card else None,
        "throttled": list(card.throttled) if card and card.throttled is not None else None,
    }


def _settings(spec: LaneSpec, lane: History) -> dict[str, Any]:
    """What the lane is."""
    built = lane.built
    return {
        "backend": spec.backend,
        "framework": backends.entry(spec.backend).framework.title,
        "framework_version": lane.imported.version if lane.imported else None,
        "python": spec.interpreter.python,
        "host": spec.interpreter.ssh,
        "device": built.device if built else None,
        "dtype": spec.dtype,
        "optimizer": spec.optimizer,
        "learning_rate": spec.learning_rate,
        "batch": workloads.batch_size(spec.workload),
        "threads": built.threads if built else None,
        "tf32": spec.device_settings.tf32,
        "deterministic": spec.device_settings.deterministic,
        "autotune": spec.device_settings.autotune,
        "gpu_memory_limit_bytes": spec.device_settings.gpu_memory_bytes,
        "cores": list(built.cores) if built and built.cores is not None else None,
        "parameters": built.parameters if built else None,
    }


def _course(lane: History) -> dict[str, Any]:
    """What it did, and how it ended."""
    built, ended = lane.built, lane.ended
    return {
        "outcome": ended.outcome if ended else None,
        "reason": (ended.reason or None) if ended else None,
        "cause": ended.failure.cause if ended and ended.failure else None,
        "hint": (ended.hint or None) if ended else None,
        "steps": lane.steps,
        "losses": _finite(lane.metrics["loss"].values()) if "loss" in lane.metrics else [],
        "metrics": {
            name: _finite(window.values()) for name, window in lane.metrics.items() if name != "loss"
        },
        "held_out": [{"step": one.step, **_finite_items(one.metrics)} for one in lane.evaluations],
        "weights_sha256": built.weights_sha256 if built else None,
        "data_sha256": built.data_sha256 if built else None,
    }


def _preparation(lane: History) -> dict[str, Any]:
    """What it did before and beside its steps."""
    phases = lane.phase_ns()
    return {
        "import_ns": phases.get("import"),
        "build_ns": phases.get("build"),
        "first_step_ns": lane.first_step_ns,
        "compilations": lane.compilations if lane.built else None,
        "compiled": [
            {"step": one.step, "kind": one.kind, "cost_ns": one.cost_ns, "reason": one.reason}
            for one in lane.compiled
        ],
        "graph_breaks": [
            {"step": one.step, "reason": one.reason, **_place(one.where)} for one in lane.graph_breaks
        ],
        "op_logs": {
            "count": lane.op_logs_seen,
            "left_out": lane.ops_left_out,
            "not_logged": lane.not_logged or None,
        },
    }


def _times(spec: LaneSpec, lane: History) -> dict[str, Any]:
    """How long its steady steps took."""
    times, batch = lane.step_times(), workloads.batch_size(spec.workload)
    return {
        "step_ns": {
            key: getattr(times, key) if times else None for key in ("p50", "p95", "p99", "mean", "min")
        },
        "steady_steps": times.count if times else 0,
        "disturbed_steps": times.count - len(lane.quiet_step_ns()) if times and lane.processor else None,
        "others_share": lane.processor.others_share if lane.processor else None,
        "steps_a_second": times.steps_a_second if times else None,
        "samples_a_second": times.steps_a_second * batch if times and batch else None,
    }


def _place(where: tuple[str, int] | None) -> dict[str, Any]:
    file, line = where or (None, None)
    return {"file": file, "line": line}


def _same(race: RaceSpec, lanes: Sequence[History], gap: LossGap, same: SameAnswer) -> dict[str, Any]:
    place = same.place
    return {
        "same": same.same,
        "reason": same.reason or None,
        "not_comparable": incomparable(race.lanes, lanes),
        "max_relative_gap": gap.largest if gap.largest is None or math.isfinite(gap.largest) else None,
        "tolerance": gap.tolerance,
        "loss_floor": gap.floor,
        "steps_below_floor": gap.below_floor,
        "compared_steps": gap.compared,
        "max_relative_gap_step": gap.largest_at,
        "first_divergence": gap.first_divergence,
        "first_difference": None
        if place is None
        else {
            "step": place.step,
            "last_possible_step": place.last,
            "phase": place.stage,
            **quantity(place.key, place.gap),
        },
    }


def _speed(race: RaceSpec, speed: Speed | None) -> dict[str, Any]:
    ratio = speed.ratio if speed else None
    certain = speed if speed and speed.is_certain else None
    return {
        "faster": race.lanes[certain.faster].backend if certain else None,
        "ratio": ratio.value if ratio else None,
        "ratio_low": ratio.low if ratio else None,
        "ratio_high": ratio.high if ratio else None,
        "slower": race.lanes[certain.slower].backend if certain else None,
        "faster_lane": certain.faster + 1 if certain else None,
        "slower_lane": certain.slower + 1 if certain else None,
        "lanes_by_speed": [lane + 1 for lane in speed.order] if speed and ratio else None,
        "break_even_step": certain.break_even_step if certain else None,
        "per_sample": speed.per_sample if speed else None,
        "contended": race.schedule == "race" and len(race.lanes) > 1,
        "paced": any(lane.pace is not None for lane in race.lanes),
        "busy_machine": speed.ratio is None if speed else None,
        "others_share": speed.others_share if speed else None,
    }


def _finite(values: Any) -> list[float | None]:
    """JSON has no NaN: what is not finite is null."""
    return [value if math.isfinite(value) else None for value in values.tolist()]


def _finite_items(pairs: tuple[tuple[str, float], ...]) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in pairs}
