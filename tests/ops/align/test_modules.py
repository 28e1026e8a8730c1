"""Modules of two models, told by the weights that their ops take."""

from __future__ import annotations

from fwtui.ops.align.flow_index import FlowIndex
from fwtui.ops.align.items import Item
from fwtui.ops.align.modules import Modules


def side(*items):
    return FlowIndex([Item(op, "forward", (2, 2), (), None, names, scope) for scope, op, names in items])


def same(left, right):
    rows, columns = range(len(left.items)), range(len(right.items))
    return Modules(left, right).same(list(rows), list(columns)).tolist()


W1, W2, OWN = ("parameter w1",), ("parameter w2",), ("parameter packed",)


def test_modules_with_the_same_weights_are_counterparts():
    left = side(("layers/0", "aten.mm", W1), ("layers/0", "aten.relu", ()), ("layers/1", "aten.mm", W2))
    right = side(("dense", "MatMul", W1), ("dense_1", "MatMul", W2))
    assert same(left, right) == [[True, False], [True, False], [False, True]]


def test_weights_that_one_side_alone_has_are_left_aside():
    left = side(("attention", "aten.mm", OWN), ("attention", "aten.mm", W1))
    right = side(("mha/query", "MatMul", ()), ("mha/out", "MatMul", W1))
    assert same(left, right) == [[True, True], [True, True]]


def test_what_is_in_no_module_has_no_counterpart():
    left, right = side(("", "aten.mm", W1)), side(("", "MatMul", W1))
    assert same(left, right) == [[False]]
    assert same(side(("a", "aten.relu", ())), side(("a", "Relu", ()))) == [[False]]
