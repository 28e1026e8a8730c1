"""The drawing tells every edge: read back from its characters, and from its numbers, it is the graph."""

from __future__ import annotations

import pytest

from fwtui.core.graph import Graph, Node
from fwtui.graphs.draw import Drawing
from tests.graphs.examples import anyhow, step
from tests.graphs.support import plain_text

GOES_ON, ENDS = "├┤┼", "╰╯┴"


def edges(graph: Graph) -> set[tuple[int, int]]:
    return {(giver, taker) for taker, node in enumerate(graph.nodes) for giver, _ in node.inputs}


def read_back(drawing: Drawing) -> set[tuple[int, int]]:
    """The edges that someone sees who knows only the characters."""
    seen: set[tuple[int, int]] = set()
    lanes: dict[int, int] = {}  # place in the line -> whose lane comes down there
    maybe = None  # where the last node stood: it has a lane only if the line below says so
    for row, line in zip(drawing.plan.rows, drawing.lines(), strict=True):
        left, glyph, right = (span.text for span in line[:3])
        text, here = left + glyph + right, len(left)
        touched = [at for at, char in enumerate(text) if char in GOES_ON + ENDS] + [here]
        assert " " not in text[min(touched) : max(touched)], f"a line is broken: {text}"
        if maybe is not None and text[maybe] in " ─":
            del lanes[maybe]
        for at, char in enumerate(text):
            if char in GOES_ON + ENDS or (at == here and at in lanes):
                seen.add((lanes[at], row.node))
            assert (char in GOES_ON + ENDS + "│●○") or at not in lanes, f"a lane is broken: {text}"
            assert char != "│" or at in lanes, f"a lane from nowhere: {text}"
            if char in ENDS:
                del lanes[at]
        lanes[here] = row.node
        maybe = here
    return seen


def by_number(drawing: Drawing) -> set[tuple[int, int]]:
    return {(giver, row.node) for row in drawing.plan.rows for giver in row.links}


def beside(drawing: Drawing) -> set[tuple[int, int]]:
    return {(one, taker) for taker, held in drawing.plan.constants.items() for one in held}


@pytest.mark.parametrize("most_lanes", [1, 3, 12])
def test_every_edge_is_told_once(most_lanes):
    for seed in range(60):
        graph = anyhow(seed)
        drawing = Drawing(graph, most_lanes, longest=15)
        drawn, numbered, constants = read_back(drawing), by_number(drawing), beside(drawing)
        assert drawn | numbered | constants == edges(graph)
        assert not drawn & numbered
        assert drawing.plan.columns <= most_lanes + 2
        both_ends = {(g, t) for g, takers in drawing.plan.takers.items() for t in takers}
        assert both_ends == numbered


def test_every_node_but_constants_has_its_line():
    graph = anyhow(7)
    drawing = Drawing(graph)
    constants = {i for i, node in enumerate(graph.nodes) if node.phase == "constant" and not node.inputs}
    assert {row.node for row in drawing.plan.rows} == set(range(len(graph.nodes))) - constants
    assert all(drawing.plan.rows[row].node == node for node, row in drawing.plan.row_of.items())


def test_a_small_step_is_drawn_whole():
    drawing = Drawing(step(2))
    assert [plain_text(line)[:13].rstrip() for line in drawing.lines()][:8] == [
        "○",
        "│ ○",
        "├─┼─●",
        "│ │ ├─●",
        "│ │ │ │ ○",
        "│ │ │ ├─┼─●",
        "│ │ │ │ │ ├─●",
        "│ │ │ │ │ │ │",
    ]
    assert not by_number(drawing)
    assert drawing.folded() == "constants, in ‹ › beside what takes them: 1"


def test_a_line_says_what_the_node_is():
    drawing = Drawing(step(20))
    lines = [plain_text(line) for line in drawing.lines()]
    first, second, third = (line.split() for line in lines[:3])
    assert first[:-1] == ["○", "0", "input", "Placeholder", "x", "float32[64×10]", "→"]
    assert second[:5] == ["│", "○", "2", "VarHandleOp", "w0"]  # its phase is the one above
    assert third[:5] == ["●─╯", "23", "forward", "MatMul", "MatMul"]
    assert sum("‹1e-06›" in line for line in lines) == 20
    assert "long edges, as numbers" in drawing.folded()


def test_a_value_taken_by_many_names_the_first():
    taker = Node("Neg", "n", "forward", ((0, 0),), ())
    graph = Graph("wide", "", "", (Node("Placeholder", "x", "input", (), ()), *[taker] * 9))
    line = plain_text(Drawing(graph, most_lanes=0).line(0))
    assert line.endswith("→ 1, 2, 3, 4 and 5 more")


def test_what_a_terminal_would_act_on_is_not_in_it():
    node = Node("Mat\x1b[31mMul", "a\nb\x07", "forward", (), (), detail="\x9b")
    constant = Node("Const", "c", "constant", (), (), detail="\x1b]0;title\x07")
    taker = Node("Add", "t", "forward", ((0, 0), (1, 0)), ())
    graph = Graph("odd", "", "", (node, constant, taker))
    assert all(plain_text(line).isprintable() for line in Drawing(graph).lines())


def test_nothing_at_all():
    drawing = Drawing(Graph("empty", "", "", ()))
    assert (list(drawing.lines()), len(drawing), drawing.folded()) == ([], 0, "")
