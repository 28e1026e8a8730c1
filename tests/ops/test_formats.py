"""Op logs as JSON by its schema, as totals, and as a trace for Perfetto."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from importlib.resources import files

import pytest

from fwtui.core.op_stats import leaves
from fwtui.core.oplog import LoggedOp, OpLog
from fwtui.ops.align.log_pair import pair
from fwtui.ops.chrome_trace import HOST, as_chrome_trace
from fwtui.ops.json_format import log_json, matches_json
from fwtui.ops.totals import totals
from tests.json_schema import problems
from tests.two_layer_steps import logged

SCHEMA = json.loads(files("fwtui.ops").joinpath("schema.json").read_text("utf-8"))
BACKENDS = pytest.mark.parametrize("backend", ["torch.eager", "tf.eager", "tf.function"])
STEP_NS = 2_000_000.0


@BACKENDS
def test_json_is_as_its_schema_says_and_has_everything(backend):
    record = logged(backend)
    told = json.loads(json.dumps(log_json(record, STEP_NS), allow_nan=False))
    assert problems(told, SCHEMA["$defs"]["log"], SCHEMA) == []
    for op, made in zip(record.ops, told["ops"], strict=True):
        assert (made["number"], made["op"], made["within"]) == (op.number, op.op, op.within)
        assert [one["origin"] for one in made["inputs"]] == list(op.origins)
        assert made["source"] == (op.source and {"file": op.source[0], "line": op.source[1]})
        assert made["host_ns"] == op.host_ns


def test_the_schema_refuses_what_is_not_so():
    told = log_json(logged("torch.eager"), STEP_NS)
    rule = SCHEMA["$defs"]["log"]
    for key, wrong in {"phase": "loss", "number": "1", "host_ns": -1, "inputs": [{}], "more": 1}.items():
        ops = [{**told["ops"][0], key: wrong}]
        assert problems({**told, "ops": ops}, rule, SCHEMA), key


def test_matches_as_json():
    pairing = pair((logged("torch.eager"), logged("tf.eager")))
    told = matches_json(pairing)
    assert problems(told, SCHEMA["properties"]["matches"], SCHEMA) == []
    assert sorted(number for one in told for number in one["right"]) == list(range(len(pairing.ops(1))))
    assert {(one["canonical"], one["values"]) for one in told if one["canonical"] == "relu"} == {
        ("relu", "same")
    }
    assert {one["values"] for one in told if not one["left"]} == {None}


@BACKENDS
def test_totals_count_every_op_once_but_for_calls_around_others(backend):
    log = logged(backend).log
    found = totals(leaves(log))
    assert sum(one.count for one in found) == len(log.ops) - (backend == "tf.function")
    assert sum(one.share for one in found) == pytest.approx(1)
    assert [one.host_ns for one in found] == sorted((one.host_ns for one in found), reverse=True)
    products = next(one for one in found if one.op in ("MatMul", "_MklMatMul", "aten.mm"))
    assert products.count == 5


def test_totals_of_what_nobody_measured():
    op = LoggedOp(0, "forward", "MatMul", (), (), None)
    (one,) = totals([op])
    assert (one.host_ns, one.share, one.nbytes) == (None, None, None)


def test_a_traces_rows_never_overlap():
    """What runs at once stands in rows of its own: a viewer draws one row's events inside of each other."""
    log = logged("tf.function").log
    first = next(op for op in log.ops if op.within is not None)
    twin = replace(first, number=len(log.ops))
    events = as_chrome_trace({"lane": OpLog((*log.ops, twin), log.how, log.took_ns)})["traceEvents"]
    ran = [event for event in events if event["ph"] == "X"]
    assert len(ran) == len(log.ops) + 1
    assert {event["tid"] for event in ran if event["name"] == "tf.function call"} == {HOST}
    for row in {event["tid"] for event in ran}:
        spans = sorted((event["ts"], event["ts"] + event["dur"]) for event in ran if event["tid"] == row)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    named = {event["tid"] for event in events if event["name"] == "thread_name"}
    assert named == {event["tid"] for event in ran}


def test_a_trace_is_in_microseconds():
    log = logged("torch.eager").log
    (event,) = (e for e in as_chrome_trace({"": log})["traceEvents"] if e.get("args", {}).get("number") == 3)
    op = log.ops[3]
    assert (event["ts"], event["dur"]) == (op.started_ns / 1e3, op.host_ns / 1e3)
    assert event["args"]["outputs"] == [["float32", 64, 10]]
