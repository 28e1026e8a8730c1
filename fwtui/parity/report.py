"""A finding as JSON. Units are in the names; unknown and non-finite values are null."""

from __future__ import annotations

from typing import Any

from fwtui.core.oplog import LoggedOp
from fwtui.measure.agreement import Figure
from fwtui.measure.arrays import Scalar
from fwtui.measure.numbers import imaginary_json, real_json
from fwtui.parity import words
from fwtui.parity.finding import Finding
from fwtui.race.plan import differences
from fwtui.session.probe_report import largest_gap, number, quantity, rows
from fwtui.session.report import report as race_report


def report(finding: Finding) -> dict[str, Any]:
    """The race as `fwtui bench` reports it, with the verdict of the parity check."""
    result = finding.result
    whole = race_report(result.spec, result.lanes, result.gap, result.same, result.speed, finding.rows)
    known = whole["verdict"]["compared"]
    whole["verdict"] = {
        "same": finding.same,
        "words": words.verdict(finding),
        "reason": finding.reason or None,
        "tolerance": finding.tolerances.lanes,
        "tolerance_float64": finding.tolerances.truth,
        "largest": largest_gap(finding.rows),
        "probed_steps": [row.step for row in finding.rows],
        "differ_in": {name: list(values) for name, values in differences(result.spec.lanes).items()},
        "float64": _truth(finding),
        "set_aside": finding.aside or None,
        "known_differences": list(finding.known),
        "same_but_for_known": finding.but_for_known,
        "compared": {**known, "float64": finding.truth is not None},
        "not_compared": words.not_compared(finding),
        "first_divergence": _first(finding),
    }
    whole["probes"] = rows(finding.rows)
    return whole


def _truth(finding: Finding) -> dict[str, Any] | None:
    truth = finding.truth
    if truth is None:
        return {"reason": finding.truth_reason} if finding.truth_reason else None
    return {
        "reason": None,
        "between": largest_gap(truth.between),
        "rounding": [_figure(truth.worst(lane)) for lane in range(len(truth.figures))],
        "off": _figure(truth.off()),
    }


def _figure(figure: Figure | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    return {
        "lane": figure.lane + 1,
        "step": figure.step,
        "kind": figure.key[0],
        "name": figure.key[1],
        "relative": number(figure.relative),
        "allowed": number(figure.allowed),
    }


def _first(finding: Finding) -> dict[str, Any] | None:
    place = finding.place
    if place is None:
        return None
    return {
        "step": place.step,
        "last_possible_step": place.last,
        "phase": place.stage,
        "float64": finding.in_float64,
        **quantity(place.key, place.gap),
        "op": _op(finding),
        "op_reason": finding.op_reason or None,
    }


def _op(finding: Finding) -> dict[str, Any] | None:
    op = finding.op
    if op is None:
        return None
    return {
        "phase": op.phase,
        "words": op.words,
        "index": None if op.index is None else list(op.index),
        "ops": [_logged(op.a, op.a_value), _logged(op.b, op.b_value)],
        "without_counterpart": None if op.extra is None else op.extra + 1,
    }


def _logged(op: LoggedOp | None, value: Scalar | None) -> dict[str, Any] | None:
    """One side's op. Of a complex value `value` is the real part; `imaginary` is null for a real one."""
    if op is None:
        return None
    file, line = op.source or (None, None)
    return {
        "number": op.number,
        "op": op.op,
        "module": op.scope,
        "file": file,
        "line": line,
        "value": real_json(value),
        "imaginary": imaginary_json(value),
    }
