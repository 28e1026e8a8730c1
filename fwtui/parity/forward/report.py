"""A comparison of forward passes as JSON; unknown and non-finite values are null."""

from __future__ import annotations

from typing import Any

from fwtui.measure.arrays import ArrayGap
from fwtui.parity.forward import words
from fwtui.parity.forward.finding import Compared, ForwardFinding
from fwtui.session.probe_report import number


def report(finding: ForwardFinding) -> dict[str, Any]:
    """The verdict, and each output and submodule that was compared."""
    return {
        "models": [{"framework": one.framework, "function": one.function} for one in finding.sides],
        "verdict": {
            "same": finding.same,
            "words": words.verdict(finding),
            "reason": finding.reason or None,
            "tolerance": finding.tolerances.lanes,
            "tolerance_float64": finding.tolerances.truth,
            "dtype": finding.dtype,
            "weights": finding.weights,
            "batches": finding.batches,
            "examples": finding.examples,
            "moved_weights": number(finding.moved),
            "without_counterpart": list(finding.without),
            "first_difference": None if finding.place is None else _row(finding.place),
        },
        "outputs": [_row(one) for one in finding.outputs],
        "submodules": [_row(one) for one in finding.modules],
    }


def _row(one: Compared) -> dict[str, Any]:
    return {
        "first": one.first,
        "second": one.second,
        "float64": _gap(one.float64),
        "float32": _gap(one.float32),
        "rounding": [number(value) for value in one.rounding],
        "gets_the_same": one.gets_the_same,
    }


def _gap(gap: ArrayGap | None) -> float | None:
    return None if gap is None else number(gap.relative)
