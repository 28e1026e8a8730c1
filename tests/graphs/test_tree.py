"""The tree: every node once, in its phase and scope."""

from __future__ import annotations

import pytest

from fwtui.core.graph import Graph, Node, Tensor
from fwtui.graphs import tree
from fwtui.graphs.summary import summary
from tests.graphs.examples import anyhow, step
from tests.graphs.support import plain_text


def test_every_node_stands_once_in_its_phase_and_scope():
    graph = step(4)
    groups = tree.tree(graph)
    assert [group.name for group in groups] == ["input", "constant", "forward", "loss", "backward", "update"]
    found = {}

    def walk(group: tree.Group) -> None:
        assert group.nodes == sum(c.nodes if isinstance(c, tree.Group) else 1 for c in group.children)
        for child in group.children:
            if isinstance(child, tree.Group):
                walk(child)
            else:
                assert child not in found
                found[child] = group.path

    for group in groups:
        walk(group)
    assert found == {
        index: f"{node.phase}/{node.scope}".rstrip("/") for index, node in enumerate(graph.nodes)
    }


def test_scopes_that_hold_only_a_scope_are_one_line():
    node = Node("MatMul", "a/b/c/MatMul", "forward", (), (Tensor("float32", (2, None)),), "a/b/c", None, 6)
    other = Node("Relu", "a/b/c/Relu", "forward", ((0, 0),), (), "a/b/c", ("/x/net.py", 3))
    lines = [plain_text(line) for line in tree.lines(Graph("g", "", "", (node, other)))]
    assert lines == [
        "forward  2 nodes, 6 flops",
        "╰─ a/b/c  2 nodes, 6 flops",
        "   ├─ MatMul  MatMul  float32[2×?]  6 flops",
        "   ╰─ Relu    Relu                  net.py:3",
    ]


def test_a_node_alone_in_its_scope_stands_in_the_one_above():
    nodes = [
        Node("Reshape", "tape/Reshape/shape", "backward", (), (), "tape/Reshape"),
        Node("Mul", "mul", "backward", (), (), "tape/Mul"),  # whose name does not say its scope
        Node("Neg", "neg", "backward", (), ()),
        Node("Sub", "alone/sub", "loss", (), (), "alone"),
    ]
    lines = [plain_text(line) for line in tree.lines(Graph("g", "", "", tuple(nodes)))]
    assert lines == [
        "loss  1 node",
        "╰─ Sub         alone/sub",
        "backward  3 nodes",
        "├─ tape  2 nodes",
        "│  ├─ Reshape  Reshape/shape",
        "│  ╰─ Mul      Mul/mul",
        "╰─ Neg         neg",
    ]


def test_a_long_group_is_summarised_and_can_be_told_whole():
    nodes = [Node("Mul" if n % 3 else "Add", f"n{n}", "update", (), ()) for n in range(30)]
    nodes[3:3] = [Node("Sub", f"s/sub{n}", "update", (), (), "s") for n in range(2)]
    graph = Graph("g", "", "", tuple(nodes))
    lines = [plain_text(line) for line in tree.lines(graph, most=5)]
    assert len(lines) == 1 + 4 + 3 + 1
    assert lines[-1] == "╰─ 26 more: 18 Mul, 8 Add"
    assert any("sub" in line for line in lines)
    assert len(list(tree.lines(graph, most=None))) == 1 + 30 + 3


def test_a_closed_group_hides_what_is_in_it():
    groups = tree.tree(step(3))
    shown = list(tree.rows(groups, is_open=lambda group: group.path == "forward"))
    assert [row.item.path for row in shown if isinstance(row.item, tree.Group)] == [
        *("input", "constant", "forward", "forward/net", "loss", "backward", "update")
    ]
    assert all(isinstance(row.item, tree.Group) for row in shown)


@pytest.mark.parametrize("graph", [step(5), anyhow(1)], ids=["step", "random"])
def test_the_figures_add_up(graph):
    figures = summary(graph)
    assert sum(figures.phases.values()) == sum(figures.ops.values()) == figures.nodes == len(graph.nodes)
    groups = tree.tree(graph)
    assert {group.name: group.nodes for group in groups} == figures.phases
    known = [node.flops for node in graph.nodes if node.flops is not None]
    assert figures.flops == (sum(known) if known else None)
    assert sum(group.flops or 0 for group in groups) == sum(known)


def test_what_a_terminal_would_act_on_is_not_in_it():
    node = Node("Mat\x1b[31mMul", "a\nb\x07", "forward", (), (), "s\x1b", ("/tmp/\x07.py", 1), None, "\x9b")
    assert all(plain_text(line).isprintable() for line in tree.lines(Graph("g", "", "", (node,))))
