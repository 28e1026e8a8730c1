"""A graph in a few figures."""

import pytest

from fwtui.core.graph import Graph, Node, Tensor
from fwtui.graphs.summary import summary

MATRIX = (Tensor("float32", (2, 2)),)
X = Node("Placeholder", "x", "input", (), MATRIX)
PRODUCT = Node("MatMul", "product", "forward", ((0, 0), (0, 0)), MATRIX, flops=16)


def figures(*nodes):
    return summary(Graph("traced", "as traced", "by hand", nodes))


def test_what_every_node_tells_is_all():
    told = figures(X, PRODUCT)
    assert (told.nodes, told.edges, told.flops, told.flops_known, told.flops_least) == (2, 2, 16, 1, False)


@pytest.mark.parametrize(
    "node",
    [
        Node("MatMul", "open", "forward", ((0, 0), (0, 0)), (Tensor("float32", (None, 2)),)),
        Node("While", "loop", "forward", ((1, 0),), MATRIX, flops=0),
    ],
    ids=["a product with an open dimension", "a loop"],
)
def test_a_run_takes_more_than_is_told_with(node):
    told = figures(X, PRODUCT, node)
    assert (told.flops, told.flops_least) == (16, True)
