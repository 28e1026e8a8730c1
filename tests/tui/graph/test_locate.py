"""Which node is meant by what was selected on another screen."""

from __future__ import annotations

from fwtui.core.graph import Tensor
from fwtui.core.oplog import LoggedOp, OpLog
from fwtui.tui.common.selection import Place
from fwtui.tui.graph.locate import node_of
from tests import two_layer_steps as steps


def graph(backend, kind):
    return next(one for one in steps.told(backend).graphs if one.kind == kind)


def test_an_op_of_a_log_is_found_in_a_graph():
    grappler, traced = graph("tf.function", "optimized"), graph("tf.function", "traced")
    eager = steps.logged("tf.eager").log
    products = [op.number for op in eager.ops if op.op == "MatMul"]
    found = [node_of(Place(0, op), (traced, grappler), eager) for op in products]
    assert [traced.nodes[index].op for _, index in found] == ["MatMul"] * 5
    assert len(set(found)) == 5, "each of two products of a line is another node"
    kernel = LoggedOp(0, None, "MatMul", (), (), None, name="gradient_tape/matmul/MatMul")
    kind, index = node_of(Place(0, 0), (grappler, traced), OpLog((kernel,), "", None))
    assert (kind, grappler.nodes[index].outputs) == ("optimized", (Tensor("float32", (1000, 100)),))
    line = next(node.source for node in traced.nodes if node.op == "Relu")
    assert traced.nodes[node_of(Place(0, source=line), (traced,), None)[1]].source == line
    assert node_of(Place(0, source=("/nowhere.py", 1)), (traced,), None) is None
