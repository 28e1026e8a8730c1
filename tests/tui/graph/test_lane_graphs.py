"""What is looked at of a lane's graphs: what is folded, and where the cursor moves."""

from __future__ import annotations

from fwtui.core.graph import Graph, Node, Tensor
from fwtui.core.records import GraphsCaptured
from fwtui.tui.graph.lane_graphs import LaneGraphs
from tests.graphs import examples


def test_a_drawing_of_what_is_kept_moves_from_one_kept_node_to_the_next():
    lane = LaneGraphs()
    lane.take_in(GraphsCaptured(0, (examples.step(300),)))
    kept = lane.facts.found("relugrad block7")
    page = lane.page("drawing", kept, lambda node: "", None)
    rows = sorted(page.row(node) for node in kept)
    assert len(rows) > 10
    assert page.move(0, 1) == rows[0]
    assert page.move(rows[0], 1) == rows[1]
    assert page.move(rows[1], -1) == rows[0]
    assert page.move(rows[0], -1) == rows[0]
    assert page.move(0, len(page)) == rows[-1]


def test_large_graphs_begin_folded_and_open_where_the_cursor_is_put():
    lane = LaneGraphs()
    lane.take_in(GraphsCaptured(0, (examples.step(300),)))
    page = lane.page("tree", None, lambda node: "", None)
    last = lane.facts.inside["forward"][-1]
    assert page.row(last) is None
    lane.put(last)
    assert lane.page("tree", None, lambda node: "", None).row(last) is not None


def test_a_graph_told_again_stays_as_it_was_looked_at():
    lane = LaneGraphs()
    lane.take_in(GraphsCaptured(0, (examples.step(30),)))
    lane.put(5)
    lane.take_in(GraphsCaptured(7, (examples.step(30),)))
    assert (lane.item, lane.step) == (5, 7)
    lane.put(lane.facts.inside["backward/grad/block7"][0])
    lane.fold("update", True, False)
    before = lane.graph.nodes[lane.item]
    lane.take_in(GraphsCaptured(8, (examples.step(31),)))
    after = lane.graph.nodes[lane.item]
    assert (after.name, after.op) == (before.name, before.op)
    assert lane.graph == examples.step(31)
    assert lane.is_folded("update", False)


def test_both_sides_have_the_same_columns():
    """At a width that would do for one side's flops alone."""

    def told(op):
        graph = Graph(
            "step", "", "", (Node(op, "product", "forward", (), (Tensor("float32", (64, 100)),), flops=7),)
        )
        lane = LaneGraphs()
        lane.take_in(GraphsCaptured(0, (graph,)))
        return lane

    sides = told("MatMul"), told("ReadVariableOpAndMultiply")
    for width in range(20, 90):
        pages = [
            lane.page("tree", None, lambda node: "", None, beside.facts)
            for lane, beside in zip(sides, reversed(sides), strict=True)
        ]
        left, right = ([len(text) for text, _ in page.line(1, width)][2:] for page in pages)
        assert left == right, width
