"""Which nodes of two graphs are counterparts, worked out once."""

from __future__ import annotations

import pytest

from fwtui.core.graph import Graph, Node, Tensor
from fwtui.ops.align import pipeline
from fwtui.tui.common.analysis import AnalysisContext
from fwtui.tui.graph.graph_pair import Pairings
from fwtui.tui.graph.status import NodeFilter, status
from tests.graphs import examples


def test_pairs_of_large_graphs_are_matched_in_a_thread():
    waiting = []
    pairings = Pairings(AnalysisContext(waiting.append, [].append))
    left, right = examples.step(40), examples.step(41)
    assert pairings.of(left, right) is None
    assert pairings.of(left, right) is None
    (work,) = waiting
    work()
    assert pairings.of(left, right).graphs == (left, right)
    small = Graph("traced", "", "", (Node("MatMul", "m", "forward", (), (Tensor("float32", (2, 2)),)),))
    assert pairings.of(small, small).counterparts(0, 0) == (0,)


def products(sequence, word="MatMul", many=1):
    """A graph of products of a batch of so long texts."""
    shape = (32, sequence)
    inputs = tuple(
        Node(name, name, "input", (), (Tensor("int64", shape),)) for name in ("batch inputs", "batch targets")
    )
    ops = tuple(
        Node(word, f"{word}{index}", "forward", ((0, 0),), (Tensor("float32", shape),))
        for index in range(many)
    )
    return Graph("traced", "", "", (*inputs, *ops))


@pytest.mark.parametrize("sequence", [24, None], ids=["the same batch", "an open dimension"])
def test_what_has_no_counterpart_stands_alone_in_graphs_of_one_batch(sequence):
    pairing = Pairings(AnalysisContext(list, list)).of(products(24), products(sequence, "aten.mm", many=2))
    assert pairing.other_batches == ()
    assert pairing.marks[0] == ("same", "same", "same")
    assert len(pairing.alone[1]) == 1


@pytest.mark.parametrize(("other", "is_one"), [((8, 3, 16, 16), True), ((4, 16, 16, 3), False)])
def test_channels_first_and_last_are_one_batch(other, is_one):
    def images(shape):
        x = Node("Placeholder", "batch x", "input", (), (Tensor("float32", shape),))
        return Graph("traced", "", "", (x, Node("add", "add", "forward", ((0, 0),), x.outputs)))

    pairing = Pairings(AnalysisContext(list, list)).of(images((8, 16, 16, 3)), images(other))
    assert (pairing.other_batches == ()) is is_one


def test_nothing_stands_alone_between_graphs_of_other_batches():
    pairing = Pairings(AnalysisContext(list, list)).of(products(24), products(18, "aten.mm", many=2))
    assert pairing.marks[0][:2] == pairing.marks[1][:2] == ("", "")
    assert pairing.alone == (frozenset(), frozenset())
    ((line, _), *_) = status(pairing, "", (7, 7), NodeFilter(), None, "")
    assert (
        line.plain
        == "captured for different batch shapes: int64[32×24] ↔ int64[32×18] · u: capture both again"
    )


def test_nothing_stands_alone_where_not_all_was_looked_for(monkeypatch):
    monkeypatch.setattr(pipeline, "MOST_PAIRS", 4)
    pairing = Pairings(AnalysisContext(list, list)).of(products(24), products(24, "aten.mm", many=2))
    assert pairing.alone == (frozenset(), frozenset())
    for line, _ in status(pairing, "", (7, 7), NodeFilter(), None, "")[:2]:
        assert "alone" not in line.plain
        assert "+" not in line.plain


def test_graphs_of_other_steps_are_called_so():
    pairing = Pairings(AnalysisContext(list, list)).of(products(24), products(24, "aten.mm"))
    for line, _ in status(pairing, "", (6113, 6124), NodeFilter(), None, "")[:2]:
        assert line.plain.startswith("of steps 6,113 ↔ 6,124   = & ")
    assert not status(pairing, "", (7, 7), NodeFilter(), None, "")[0][0].plain.startswith("of steps")
