"""Two logs or graphs side by side: the same op, one here and several there, and what stands alone."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest

from fwtui.core.graph import Graph, Node, Tensor
from fwtui.core.oplog import LoggedOp, OpLog, TensorStats
from fwtui.ops.align.align import Item, align, of_graph, of_log, unaligned
from fwtui.ops.align.items import Item as ItemOfItems
from fwtui.ops.align.needleman_wunsch import ordered_pairs
from fwtui.ops.vocabulary.canonical import computes
from tests.two_layer_steps import logged, told

EAGER = ("torch.eager", "tf.eager")


@pytest.fixture(scope="module")
def logs():
    return {name: of_log(logged(name).log) for name in (*EAGER, "tf.function")}


def graph(backend: str, kind: str) -> list[Item]:
    return of_graph(next(one for one in told(backend).graphs if one.kind == kind and isinstance(one, Graph)))


def without_values(items):
    return [replace(item, fingerprint=None) for item in items]


def by_word(alignment, word):
    return [match for match in alignment.matches if match.canonical == word]


def pairs(alignment, left, right):
    """(op, ops across) of the left side's ops that compute something."""
    return {
        (item.op, place): tuple(right[other].op for other in alignment.counterparts(0, place))
        for place, item in enumerate(left)
        if computes(item.op)
    }


def results(backend):
    return {name: op.number for op in logged(backend).ops for name, _ in op.results}


@pytest.mark.parametrize("strip", [list, without_values], ids=["with values", "without"])
def test_the_five_matrix_products_of_two_layer_are_counterparts(logs, strip):
    left, right = (strip(logs[name]) for name in EAGER)
    products = by_word(align(left, right), "matrix product")
    assert [(match.left, match.right) for match in products] == [
        ((0,), (1,)),
        ((3,), (4,)),
        ((14,), (14,)),
        ((16,), (13,)),
        ((20,), (16,)),
    ]
    for match in products:
        (here,), (there,) = match.left, match.right
        assert left[here].shape == right[there].shape


@pytest.mark.parametrize("strip", [list, without_values], ids=["with values", "without"])
def test_results_of_the_step_are_counterparts(logs, strip):
    alignment = align(*(strip(logs[name]) for name in EAGER))
    ours, theirs = map(results, EAGER)
    assert (
        ours.keys()
        == theirs.keys()
        == {*("loss", "gradient w1", "gradient w2", "parameter w1", "parameter w2")}
    )
    for name in ours:
        assert theirs[name] in alignment.counterparts(0, ours[name]), name


def test_what_two_layer_leaves_alone(logs):
    left, right = (logs[name] for name in EAGER)
    alignment = align(left, right)
    alone = [
        (side, items[place].op)
        for side, items in enumerate((left, right))
        for place, item in enumerate(items)
        if computes(item.op) and not alignment.counterparts(side, place)
    ]
    # A power of 1, and the gradient of the labels, which nobody asked for.
    assert alone == [(0, "aten.pow"), (1, "Neg")]


def test_an_update_in_two_ops_is_one_op_there(logs):
    updates = by_word(align(logs["torch.eager"], logs["tf.eager"]), "gradient descent update")
    assert [(match.left, match.right) for match in updates] == [((21, 22), (17,)), ((23, 24), (18,))]


@pytest.mark.parametrize("right_until", [0, 6, 9, 13, 17])
def test_ops_behind_a_fault_are_counterparts_still(logs, right_until):
    left, right = (logs[name] for name in EAGER)
    wrong = [
        one if place < right_until else replace(one, fingerprint=TensorStats(40.0 + place, 2.0, 90.0 + place))
        for place, one in enumerate(right)
    ]
    alignment = align(left, wrong)
    for match in align(left, right).matches:
        if not match.alone and computes(left[match.left[0]].op):
            assert alignment.counterparts(0, match.left[0]) == match.right


@pytest.mark.parametrize(
    ("left", "right", "products"),
    [
        (("torch.eager", "step"), ("tf.function", "traced"), 5),
        (("tf.eager", "tape"), ("tf.function", "optimized"), 5),
        (("torch.eager", "autograd"), ("tf.eager", "tape"), 2),
    ],
)
def test_graphs_are_aligned_too(left, right, products):
    here, there = graph(*left), graph(*right)
    alignment = align(here, there)
    matched = [match for match in by_word(alignment, "matrix product") if not match.alone]
    assert len(matched) == products
    for place, item in enumerate(here):
        if item.phase == "input":
            (other,) = alignment.counterparts(0, place)
            assert there[other].names == item.names
    # A node of autograd stands for both gradients of its op, where both are asked for.
    across = sorted(len(match.right) for match in matched)
    assert across == ([1, 2] if left[1] == "autograd" else [1] * products)


def test_a_log_and_a_graph_are_aligned(logs):
    alignment = align(logs["torch.eager"], graph("tf.function", "traced"))
    assert sum(not match.alone for match in by_word(alignment, "matrix product")) == 5


def test_every_item_is_in_one_match_and_sides_are_mirrored(logs):
    left, right = logs["torch.eager"], logs["tf.eager"]
    alignment, turned = align(left, right), align(right, left)
    for one, items in ((0, left), (1, right)):
        listed = [place for match in alignment.matches for place in (match.left, match.right)[one]]
        assert sorted(listed) == list(range(len(items)))
        for place in range(len(items)):
            match = alignment.matches[alignment.match_of(one, place)]
            assert place in (match.left, match.right)[one]
            assert alignment.counterparts(one, place) == (match.right, match.left)[one]
            assert alignment.counterparts(one, place) == turned.counterparts(1 - one, place)


def test_the_same_twice_is_matched_one_to_one(logs):
    items = without_values(logs["tf.eager"])
    alignment = align(items, items)
    for place, item in enumerate(items):
        if computes(item.op):
            assert alignment.counterparts(0, place) == (place,)


def test_the_left_sides_order_is_kept_and_the_rights_where_it_can_be(logs):
    alignment = align(logs["torch.eager"], logs["tf.eager"])
    lefts = [match.left[0] for match in alignment.matches if match.left]
    assert lefts == sorted(lefts)
    alone = [match.right[0] for match in alignment.matches if not match.left]
    assert alone == sorted(alone)


def item(op, inputs=(), shape=(4, 4), phase="forward", value=None, names=()):
    told = None if value is None else TensorStats(value, 1.0, 1.0 + abs(value))
    return Item(op, phase, shape, inputs, told, names)


def test_a_product_with_its_bias_is_both_ops_there():
    left = [item("aten.addmm", names=("batch x", "parameter w", "parameter b")), item("aten.relu", (0,))]
    right = [
        item("MatMul", names=("batch x", "parameter w")),
        item("BiasAdd", (0,), names=("parameter b",)),
        item("Relu", (1,)),
    ]
    alignment = align(left, right)
    assert [(match.canonical, match.left, match.right) for match in alignment.matches] == [
        ("matrix product", (0,), (0, 1)),
        ("relu", (1,), (2,)),
    ]


def test_what_is_one_op_on_both_sides_takes_nothing_more():
    left = [item("aten.mm"), item("aten.add", (0,)), item("aten.sigmoid", (1,))]
    right = [item("MatMul"), item("AddV2", (0,)), item("Sigmoid", (1,))]
    alignment = align(left, right)
    assert [alignment.counterparts(0, place) for place in range(3)] == [(0,), (1,), (2,)]


def test_a_product_whose_value_is_there_already_takes_no_more():
    """The sum that follows on the other side is another one: it gives something else."""
    left = [item("aten.addmm", value=2.0), item("aten.tanh", (0,), value=0.5)]
    right = [
        item("MatMul", value=1.0),
        item("BiasAdd", (0,), value=2.0),
        item("AddV2", (1,), value=7.0),
        item("Tanh", (1,), value=0.5),
    ]
    alignment = align(left, right)
    assert alignment.counterparts(0, 0) == (0, 1)
    assert alignment.counterparts(1, 2) == ()


def test_values_decide_between_ops_that_look_alike():
    left = [item("aten.mul", value=1.0), item("aten.mul", value=2.0), item("aten.mul", value=3.0)]
    right = [item("Mul", value=3.0), item("Mul", value=1.0)]
    alignment = align(left, right)
    assert [alignment.counterparts(0, place) for place in range(3)] == [(1,), (), (0,)]


def test_zeros_here_and_there_are_no_difference():
    """Figures that tell nothing speak against no pair, where those that tell something are trusted."""
    zeros = TensorStats(0.0, 0.0, 0.0)
    left = [item("aten.mm", value=3.0), replace(item("aten.tanh", (0,)), fingerprint=zeros)]
    right = [item("MatMul", value=3.0), replace(item("Tanh", (0,)), fingerprint=zeros)]
    assert align(left, right).counterparts(0, 1) == (1,)


def test_what_is_only_carried_on_is_passed_over():
    left = [item("aten.mm"), item("aten.t", (0,)), item("aten.view", (1,)), item("aten.sum", (2,), ())]
    right = [item("MatMul"), item("Sum", (0,), ())]
    alignment = align(left, right)
    assert alignment.counterparts(0, 3) == (1,)
    assert alignment.counterparts(0, 1) == ()


def test_an_op_that_nobody_knows_stands_alone_and_says_so():
    left = [item("aten.mm"), item("mine.frobnicate", (0,)), item("aten.sum", (1,), ())]
    right = [item("MatMul"), item("Grok", (0,)), item("Sum", (1,), ())]
    matches = align(left, right).matches
    alone = {(match.canonical, match.left, match.right) for match in matches if match.alone}
    assert alone == {("", (1,), ()), ("", (), (1,))}


def test_other_phases_are_never_counterparts():
    alignment = align([item("aten.mm")], [item("MatMul", phase="backward")])
    assert all(match.alone for match in alignment.matches)


def test_batches_of_other_sizes_are_aligned_all_the_same():
    left = [item("aten.mm", shape=(64, 7)), item("aten.relu", (0,), (64, 7)), item("aten.sum", (1,), (64,))]
    right = [item("MatMul", shape=(9, 7)), item("Relu", (0,), (9, 7)), item("Sum", (1,), (9,))]
    alignment = align(left, right)
    assert [alignment.counterparts(0, place) for place in range(3)] == [(0,), (1,), (2,)]


def test_the_edges_of_autograds_graph_are_turned_round():
    nodes = (
        Node("AccumulateGrad", "parameter w", "input", (), (Tensor("float32", (3, 3)),)),
        Node("MmBackward0", "MmBackward0", "backward", ((0, 0),), (Tensor("float32", (2, 3)),)),
        Node("ReluBackward0", "ReluBackward0", "backward", ((1, 0),), (Tensor("float32", (2, 3)),)),
    )
    items = of_graph(Graph("autograd", "", "", nodes))
    assert [one.inputs for one in items] == [(1,), (2,), ()]


def test_loops_and_nothing_at_all():
    loop = [item("Enter", (1,)), item("NextIteration", (0,)), item("MatMul", (0,))]
    assert align(loop, loop).counterparts(0, 2) == (2,)
    assert align([], []).matches == ()
    (match,) = align([], [item("MatMul")]).matches
    assert (match.left, match.right) == ((), (0,))
    assert Item is ItemOfItems


def test_ordered_pairs_are_the_best_of_all():
    dice = np.random.RandomState(0)
    for _ in range(40):
        scores = (dice.random_sample((4, 5)) - 0.5).astype(np.float32)
        found = ordered_pairs(scores)
        assert all(a < c and b < d for (a, b), (c, d) in itertools.pairwise(found))
        assert all(scores[pair] > 0 for pair in found)
        best = max(
            sum(max(scores[row, column], 0) for row, column in zip(rows, columns, strict=True))
            for count in range(5)
            for rows in itertools.combinations(range(4), count)
            for columns in itertools.combinations(range(5), count)
        )
        assert sum(scores[pair] for pair in found) == pytest.approx(best, rel=1e-5)


def test_fifteen_hundred_on_each_side_keep_what_is_known():
    """A long chain, some ops of which are missing on one side: values find each of the others."""
    dice = random.Random(1)
    ops = [
        dice.choice((("aten.mul", "Mul"), ("aten.add", "AddV2"), ("aten.mm", "MatMul"))) for _ in range(1500)
    ]
    values = [dice.uniform(-1e3, 1e3) for _ in ops]
    left = [item(here, (n - 1,) if n else (), value=values[n]) for n, (here, _) in enumerate(ops)]
    kept = [n for n in range(1500) if n % 7]
    right = [item(ops[n][1], (at - 1,) if at else (), value=values[n]) for at, n in enumerate(kept)]
    alignment = align(left, right)
    assert all(alignment.counterparts(1, at) == (n,) for at, n in enumerate(kept))


def test_a_fused_kernel_is_all_that_its_name_tells():
    kernel = LoggedOp(0, None, "cpp_fused", (), (), None, name="cpp_fused_relu_0")
    left = [*of_log(OpLog((kernel,), "", None))]
    assert align(left, [item("aten.relu")]).counterparts(0, 0) == (0,)


def test_unaligned_sides_have_each_item_once_in_their_own_order():
    left, right = [item("mm"), item("add")], [item("mm")]
    made = unaligned(left, right)
    assert [(match.left, match.right) for match in made.matches] == [((0,), ()), ((1,), ()), ((), (0,))]
    assert made.match_of(1, 0) == 2
    assert made.counterparts(0, 1) == ()
    assert not made.whole
