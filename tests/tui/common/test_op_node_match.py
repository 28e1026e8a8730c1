"""Which op of a log is which node of a graph, among many of one line."""

from __future__ import annotations

import pytest

from fwtui.core.graph import Graph, Node, Tensor
from fwtui.core.oplog import LoggedOp, OpInput, OpLog
from fwtui.tui.common.op_node_match import Features, best_match, of_graph, of_log
from fwtui.tui.common.selection import Place
from fwtui.tui.graph.locate import like, node_of

LINE, OTHER_LINE = ("/net.py", 20), ("/net.py", 22)
READS: tuple[tuple[str, tuple[int, ...], tuple[str, int]], ...] = (
    ("parameter w_in", (9, 9), LINE),
    ("parameter b_in", (9,), LINE),
)
READS += (("parameter w_middle", (9, 9), OTHER_LINE), ("parameter b_middle", (9,), OTHER_LINE)) * 3
"""What the layers of a net read, the middle one in a loop."""


def a_graph(reads=READS, first=0):
    names = list(dict.fromkeys(name for name, _, _ in reads))
    inputs = [Node("Variable", name, "input", (), (Tensor("float32", (9, 9)),)) for name in names]
    nodes = [
        Node(
            "Read",
            f"Read_{first + at}",
            "forward",
            ((names.index(name), 0),),
            (Tensor("float32", shape),),
            "",
            line,
        )
        for at, (name, shape, line) in enumerate(reads)
    ]
    return Graph("step", "", "", (*inputs, *nodes))


def a_log(reads=READS):
    return OpLog(
        tuple(
            LoggedOp(at, "forward", "Read", (OpInput(name),), (Tensor("float32", shape),), line)
            for at, (name, shape, line) in enumerate(reads)
        ),
        "",
        None,
    )


@pytest.mark.parametrize("at", range(len(READS)))
def test_each_read_of_a_loop_is_its_own_node_and_its_own_op(at):
    graph, log = a_graph(), a_log()
    node = len(graph.nodes) - len(READS) + at
    assert node_of(Place(0, at, source=READS[at][2]), (graph,), log) == ("step", node)
    assert best_match(of_graph(graph), node, dict(enumerate(of_log(log))))[0] == at


def test_of_fewer_alike_it_is_the_last():
    graph, log = a_graph(), a_log(READS[:4])
    assert best_match(of_graph(graph), len(graph.nodes) - 1, dict(enumerate(of_log(log))))[0] == 3


def test_a_line_alone_is_its_first_op_and_nothing_is_nothing():
    told = dict(enumerate(of_log(a_log())))
    assert best_match([Features(source=OTHER_LINE)], 0, told)[0] == 2
    assert best_match([Features(source=("/other.py", 1))], 0, told) is None


def test_a_node_of_another_line_is_not_the_one_that_was_selected():
    """In a graph that was told anew, what stands in the same place may be another node."""
    graph = a_graph()
    last = len(graph.nodes) - 1
    assert node_of(Place(0, None, ("step", last), OTHER_LINE), (graph,), None) == ("step", last)
    assert node_of(Place(0, None, ("step", last), LINE), (graph,), None) == ("step", 4)


def test_a_name_counts_on_its_own_line_only():
    graph, later = a_graph(), a_graph(READS[:4], first=6)
    found = like(graph, len(graph.nodes) - 2, later)
    assert (later.nodes[found].name, later.nodes[found].source) == ("Read_8", OTHER_LINE)
