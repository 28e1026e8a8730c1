"""Step 100 of `two-layer` as real backends told it: op logs and graphs, for tests that need no framework.

They stand in `two_layer_steps.json`, one line an op or a node. `python -m tests.two_layer_steps BACKEND` asks
that backend again, and writes its part anew.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from fwtui.core.graph import Graph, Node, NoGraph, Tensor
from fwtui.core.oplog import LoggedOp, OpInput, OpLog, TensorStats
from fwtui.core.records import GraphsCaptured, OpsLogged
from fwtui.core.spec import USUAL_SETTINGS

STEP = 100
ROOT = Path(__file__).parents[1]
_FILE = Path(__file__).with_suffix(".json")


def logged(backend: str) -> OpsLogged:
    """The op log of `torch.eager`, `tf.eager` or `tf.function`."""
    told = _told()[backend]["log"]
    return OpsLogged(STEP, OpLog(**{**told, "ops": tuple(map(_read_op, told["ops"]))}))


def told(backend: str) -> GraphsCaptured:
    """The graphs of the same backends."""
    return GraphsCaptured(STEP, tuple(map(_read_graph, _told()[backend]["graphs"])))


@cache
def _told() -> dict[str, Any]:
    return json.loads(_FILE.read_text("utf-8"))


def _read_op(row: dict[str, Any]) -> LoggedOp:
    return LoggedOp(
        **{
            **row,
            "inputs": tuple(
                OpInput(origin, output, None if tensor is None else _tensor(tensor))
                for origin, output, tensor in row["inputs"]
            ),
            "outputs": tuple(map(_tensor, row["outputs"])),
            "source": _source(row["source"]),
            "results": tuple((name, place) for name, place in row["results"]),
            "fingerprints": tuple(None if one is None else TensorStats(*one) for one in row["fingerprints"]),
        }
    )


def _read_graph(row: dict[str, Any]) -> Graph | NoGraph:
    if "reason" in row:
        return NoGraph(**row)
    parts = tuple((name, text) for name, text in row["parts"])
    return Graph(**{**row, "nodes": tuple(map(_read_node, row["nodes"])), "parts": parts})


def _read_node(row: dict[str, Any]) -> Node:
    return Node(
        **{
            **row,
            "inputs": tuple((node, output) for node, output in row["inputs"]),
            "outputs": tuple(map(_tensor, row["outputs"])),
            "source": _source(row["source"]),
        }
    )


def _tensor(row: list[Any]) -> Tensor:
    return Tensor(row[0], tuple(row[1]))


def _source(row: list[Any] | None) -> tuple[str, int] | None:
    """A file of this checkout, and a line in it."""
    return None if row is None else (str(ROOT / row[0]), row[1])


def _write_op(op: LoggedOp) -> dict[str, Any]:
    return {
        "number": op.number,
        "phase": op.phase,
        "op": op.op,
        "inputs": [[t.origin, t.output, t.tensor and _tensor_row(t.tensor)] for t in op.inputs],
        "outputs": [_tensor_row(one) for one in op.outputs],
        "source": _source_row(op.source),
        "results": op.results,
        "fingerprints": [
            one and [one.mean, one.std, one.largest, one.nans, one.infinities] for one in op.fingerprints
        ],
        "device": op.device,
        "started_ns": op.started_ns,
        "host_ns": op.host_ns,
        "nbytes": op.nbytes,
        "within": op.within,
        "name": op.name,
    }


def _write_graph(one: Graph | NoGraph) -> dict[str, Any]:
    if isinstance(one, NoGraph):
        return {"kind": one.kind, "title": one.title, "reason": one.reason}
    nodes = [_write_node(node) for node in one.nodes]
    return {
        "kind": one.kind,
        "title": one.title,
        "captured": one.captured,
        "nodes": nodes,
        "parts": one.parts,
    }


def _write_node(node: Node) -> dict[str, Any]:
    return {
        "op": node.op,
        "name": node.name,
        "phase": node.phase,
        "inputs": node.inputs,
        "outputs": [_tensor_row(one) for one in node.outputs],
        "scope": node.scope,
        "source": _source_row(node.source),
        "flops": node.flops,
        "detail": node.detail,
    }


def _tensor_row(one: Tensor) -> list[Any]:
    return [one.dtype, one.shape]


def _source_row(source: tuple[str, int] | None) -> list[Any] | None:
    return source and [Path(source[0]).relative_to(ROOT).as_posix(), source[1]]


def _ask(name: str) -> dict[str, Any]:
    """What the backend called `name` tells now."""
    from fwtui.backends import catalogue
    from fwtui.backends.base import Job
    from fwtui.core.seeding import data_rng, parameters_rng
    from fwtui.core.spec import WorkloadSpec
    from fwtui.workloads.catalogue import fresh, presets

    entry = catalogue.entry(name)
    framework = catalogue.load(entry.framework)
    framework.device.configure("cpu", 1, USUAL_SETTINGS)
    workload = fresh(WorkloadSpec("two-layer", next(iter(presets("two-layer")))))
    weights = {k: array.astype("float32") for k, array in workload.parameters(parameters_rng(0)).items()}
    batches = (
        {k: array.astype("float32") for k, array in batch.items()} for batch in workload.batches(data_rng(0))
    )
    first = next(batches)
    job = Job(workload, weights, first, {}, "cpu", workload.OPTIMIZER, workload.LEARNING_RATE)
    backend = framework.step.build(entry.mode, job)
    for batch in (first, *islice(batches, STEP - 1)):
        backend.step(batch)
    batch = next(batches)
    backend.log_ops(batch)  # what is slow only once
    log = backend.log_ops(batch)
    return {
        "log": {
            "how": log.how,
            "took_ns": log.took_ns,
            "is_work_timed": log.is_work_timed,
            "ops": [_write_op(op) for op in log.ops],
        },
        "graphs": [_write_graph(one) for one in backend.graphs(batch)],
    }


def _write(told: dict[str, Any]) -> None:
    """`told` with a line for each op and node."""
    rows: list[str] = []

    def marked(value: Any, leaf: bool = False) -> Any:
        if leaf:
            rows.append(json.dumps(value, ensure_ascii=False, allow_nan=False))
            return f"row {len(rows) - 1}"
        if isinstance(value, dict):
            return {key: marked(one) for key, one in value.items()}
        if isinstance(value, list):
            return [marked(one, isinstance(one, dict) and "inputs" in one) for one in value]
        return value

    text = json.dumps(marked(told), indent=1, ensure_ascii=False, allow_nan=False)
    for number, row in enumerate(rows):
        text = text.replace(f'"row {number}"', row, 1)
    _FILE.write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    known = _told() if _FILE.exists() else {}
    _write({**known, sys.argv[1]: _ask(sys.argv[1])})
