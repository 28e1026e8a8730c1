"""Every backend's ops and graphs of every workload: JSON as its schema says, and every op in the table."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from fwtui.backends.catalogue import names
from fwtui.core.graph import Graph, Node
from fwtui.ops.align.items import of_graph
from fwtui.ops.vocabulary.canonical import canonical, computes
from fwtui.race import hosts
from fwtui.workloads import catalogue as workloads
from tests.json_schema import problems

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

SCHEMAS = {
    command: json.loads(files(f"fwtui.{package}").joinpath("schema.json").read_text("utf-8"))
    for command, package in (("ops", "ops"), ("graph", "graphs"))
}
BUILT_ONCE = {("tf.session", "dynamic-depth")}
"""What a graph that is built before the first step cannot train: steps that differ in a Python number."""

NO_STEP = ("autograd", "dynamo", "built")
"""The kinds of graphs with one node for both gradients of an op or for the whole backward pass, and with
what no step needs."""


@pytest.fixture(autouse=True)
def lanes_in_this_process(monkeypatch):
    """Both frameworks are imported once, and not by each of two commands in each of many tests."""
    monkeypatch.setitem(hosts.HOSTS, "process", hosts.ThreadHost)


@pytest.fixture
def told(fwtui):
    """What `fwtui COMMAND BACKEND …` writes as JSON, checked by its schema, and the exit code."""

    def run(command: str, backend: str, *words: str):
        # Each depth of dynamic-depth is compiled for itself, when it first comes.
        steps = "20" if "dynamic-depth" in words else "2"
        ran = fwtui(command, backend, "--steps", steps, "--json", "-", *words)
        answer = json.loads(ran.out)
        assert problems(answer, SCHEMAS[command]) == []
        return answer, ran.code

    return run


def unknown(ops) -> set[str]:
    return {op for op in ops if canonical(op) is None}


def products(ops) -> int:
    return sum((canonical(op) or ("",))[0] == "matrix product" for op in ops)


@pytest.mark.parametrize("workload", workloads.names())
@pytest.mark.parametrize("backend", names())
def test_every_op_of_every_log_and_graph_is_in_the_table(told, backend, workload):
    answer, code = told("ops", backend, "--workload", workload)
    (lane,) = answer["lanes"]
    if (backend, workload) in BUILT_ONCE and lane["outcome"] == "failed":
        return
    assert (lane["outcome"], code, lane["not_logged"]) == ("done", 0, None)
    ops = [op["name"] or op["op"] if op["op"] == "cpp_fused" else op["op"] for op in lane["log"]["ops"]]
    assert unknown(ops) == set()
    answer, code = told("graph", backend, "--workload", workload)
    assert code == 0
    for graph in answer["graphs"]:
        nodes = tuple(
            Node(node["op"], node["name"], node["phase"], (), (), detail=node["detail"])
            for node in graph["nodes"]
        )
        told_ops = [item.op for item in of_graph(Graph(graph["kind"], "", "", nodes))]
        assert unknown(told_ops) == set(), graph["kind"]
        if workload == "two-layer" and graph["kind"] not in NO_STEP:
            assert products(told_ops) == 5, graph["kind"]
    if workload == "two-layer":
        assert products(ops) == 5


@pytest.mark.parametrize(
    ("workload", "share"),
    [
        ("two-layer", 0.9),
        ("digits-mlp", 0.95),
        ("digits-cnn", 0.95),
        ("tiny-transformer", 0.95),
        ("char-rnn", 0.6),
    ],
)
def test_the_eager_logs_of_both_frameworks_are_matched(told, workload, share):
    """Of PyTorch's, that is: TensorFlow's sums over no axis have no counterpart, nor need one."""
    answer, _ = told("ops", "torch.eager", "--match", "tf.eager", "--workload", workload)
    left, right = (lane["log"]["ops"] for lane in answer["lanes"])
    matched = {number for one in answer["matches"] if one["right"] for number in one["left"]}
    computing = [op["number"] for op in left if computes(op["op"])]
    assert sum(number in matched for number in computing) >= share * len(computing)
    results = [{one["name"]: op["number"] for op in ops for one in op["results"]} for ops in (left, right)]
    (loss,) = (one for one in answer["matches"] if results[0]["loss"] in one["left"])
    assert results[1]["loss"] in loss["right"]
