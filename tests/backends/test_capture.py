"""Which nodes make the loss, in any framework's graph, and what is told of one that cannot be captured."""

from __future__ import annotations

import pytest

from fwtui.backends.capture import attempted, with_loss
from fwtui.core.graph import Graph, Node, NoGraph


def node(name, *inputs, phase="forward"):
    return Node("op", name, phase, tuple((place, 0) for place in inputs), ())


def given(name):
    return node(name, phase="input")


X, W, B, Y = (given(name) for name in ("batch x", "parameter w", "parameter b", "batch y"))
TWO = node("two", phase="constant")


def losses(nodes, loss):
    marked = with_loss(nodes, loss)
    assert [one.name for one in marked] == [one.name for one in nodes]
    return [one.name for one in marked if one.phase == "loss"]


def test_the_loss_begins_behind_the_last_parameter():
    nodes = [X, W, B, Y, node("mm", 0, 1), node("add", 4, 2), node("sub", 5, 3), node("sum", 6)]
    assert losses(nodes, 7) == ["sub", "sum"]


def test_what_is_made_of_parameters_alone_counts_as_one():
    nodes = [X, W, TWO, node("mm", 0, 1), node("mean", 3), node("scaled", 1, 2), node("norm", 5)]
    nodes += [node("add", 4, 6), node("root", 7)]
    assert losses(nodes, 8) == ["root"]
    # The net of one op is the loss, whatever it takes.
    assert losses(nodes[:-1], 7) == ["add"]


def test_what_stands_beside_the_way_to_the_loss_is_the_nets():
    nodes = [X, W, Y, node("mm", 0, 1), node("argmax", 3), node("accuracy", 4, 2), node("loss", 3, 2)]
    assert losses(nodes, 6) == ["loss"]


def test_what_only_hands_the_loss_on_belongs_to_it():
    nodes = [X, W, node("mm", 0, 1), node("sum", 2), node("detach", 3), node("scaled", 3, 2)]
    assert losses(nodes, 3) == ["sum", "detach"]


def test_only_the_forward_pass_makes_the_loss():
    nodes = [X, W, node("mm", 0, 1), node("sum", 2), node("ones", 3, phase="backward")]
    assert losses(nodes, 3) == ["sum"]


def test_a_loop_takes_what_comes_after_it():
    nodes = [X, W, node("merge", 0, 4), node("mm", 2, 1), node("next", 3), node("exit", 3), node("sum", 5)]
    assert losses(nodes, 6) == ["exit", "sum"]


def test_a_graph_or_why_not():
    graph = Graph("traced", "as traced", "by hand", ())
    assert attempted("traced", "as traced", lambda: graph) is graph


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("\nno way\n  to trace this\n\nwith much more to say", "ValueError: no way to trace this"),
        ("", "ValueError"),
        ("y" * 288, f"ValueError: {'y' * 288}"),
        ("y" * 289, f"ValueError: {'y' * 287}…"),
    ],
    ids=["a paragraph", "nothing", "as long as may be", "longer"],
)
def test_why_not_is_one_line(said, reason):
    def capture():
        raise ValueError(said)

    assert attempted("traced", "as traced", capture) == NoGraph("traced", "as traced", reason)
