"""Op logs as JSON, as `schema.json` beside this file describes it. What is unknown is null."""

from __future__ import annotations

from typing import Any

from fwtui.core.graph import Tensor
from fwtui.core.nonfinite import first_fault
from fwtui.core.op_stats import busy_ns, leaves, overhead
from fwtui.core.oplog import LoggedOp, OpInput, TensorStats
from fwtui.core.records import OpsLogged
from fwtui.ops.align.log_pair import Pairing
from fwtui.ops.totals import Total, totals


def log_json(record: OpsLogged, step_ns: float | None) -> dict[str, Any]:
    """One log, and what it comes to.

    Args:
        step_ns: the median time of the lane's steady steps; None where there are none.
    """
    log = record.log
    fault = first_fault(log)
    return {
        "step": record.step,
        "how": log.how,
        "took_ns": log.took_ns,
        "is_work_timed": log.is_work_timed,
        "left_out": record.left_out,
        "busy_ns": busy_ns(leaves(log)),
        "overhead": overhead(log, step_ns),
        "first_fault": None if fault is None else fault.number,
        "not_finite_inputs": list(record.not_finite_inputs),
        "totals": [_total(one) for one in totals(leaves(log))],
        "ops": [_op(op) for op in log.ops],
    }


def matches_json(pairing: Pairing) -> list[dict[str, Any]]:
    """Which ops are each other's counterparts, in an order to show them in."""
    return [
        {
            "canonical": match.canonical,
            "left": list(match.left),
            "right": list(match.right),
            "values": pairing.differences.matches.get(place),
        }
        for place, match in enumerate(pairing.alignment.matches)
    ]


def _total(one: Total) -> dict[str, Any]:
    return {
        "op": one.op,
        "count": one.count,
        "host_ns": one.host_ns,
        "share": one.share,
        "nbytes": one.nbytes,
    }


def _op(op: LoggedOp) -> dict[str, Any]:
    return {
        "number": op.number,
        "phase": op.phase,
        "op": op.op,
        "name": op.name,
        "within": op.within,
        "inputs": [_taken(one) for one in op.inputs],
        "outputs": [_tensor(one) for one in op.outputs],
        "results": [{"name": name, "output": place} for name, place in op.results],
        "fingerprints": [None if one is None else _fingerprint(one) for one in op.fingerprints],
        "scope": op.scope,
        "source": None if op.source is None else {"file": op.source[0], "line": op.source[1]},
        "device": op.device,
        "started_ns": op.started_ns,
        "host_ns": op.host_ns,
        "nbytes": op.nbytes,
    }


def _taken(one: OpInput) -> dict[str, Any]:
    tensor = None if one.tensor is None else _tensor(one.tensor)
    return {"origin": one.origin, "output": one.output, "tensor": tensor}


def _tensor(one: Tensor) -> dict[str, Any]:
    return {"dtype": one.dtype, "shape": list(one.shape)}


def _fingerprint(one: TensorStats) -> dict[str, Any]:
    return {
        "mean": one.mean,
        "mean_imaginary": one.mean_imaginary,
        "std": one.std,
        "largest": one.largest,
        "nans": one.nans,
        "infinities": one.infinities,
    }
