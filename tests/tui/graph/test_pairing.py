"""Which nodes of two graphs are counterparts, worked out once."""

from __future__ import annotations

from fwtui.race.graph import Graph, Node, Tensor
from fwtui.tui.graph.pairing import Pairings
from tests.graphs import examples


def test_pairs_of_large_graphs_are_matched_in_a_thread():
    waiting = []
    pairings = Pairings(waiting.append)
    left, right = examples.step(40), examples.step(41)
    assert pairings.of(left, right) is None
    assert pairings.of(left, right) is None
    (work,) = waiting
    work()
    assert pairings.of(left, right).graphs == (left, right)
    small = Graph("traced", "", "", (Node("MatMul", "m", "forward", (), (Tensor("float32", (2, 2)),)),))
    assert pairings.of(small, small).counterparts(0, 0) == (0,)
