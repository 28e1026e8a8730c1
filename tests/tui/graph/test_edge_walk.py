"""One key after another along a graph's edges."""

from __future__ import annotations

from fwtui.tui.graph.edge_walk import walk
from tests.graphs import examples


def test_a_walk_goes_round_the_ends_of_one_node_and_on_from_a_single_one():
    nodes = examples.step(3)
    first = walk(None, nodes, "inputs", 9, (4, 5))
    second = walk(first, nodes, "inputs", 4, (1,))
    assert (first.node, second.node, walk(second, nodes, "inputs", 5, ()).node) == (4, 5, 4)
    assert walk(first, nodes, "outputs", 4, (7,)).node == 7
    only = walk(None, nodes, "inputs", 9, (4,))
    assert walk(only, nodes, "inputs", 4, (1,)).node == 1
    assert walk(None, nodes, "inputs", 0, ()) is None
