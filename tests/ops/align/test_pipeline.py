"""Sides that are too long to be aligned as a whole: what is found piece by piece, and what is left out."""

from __future__ import annotations

import random

import pytest

from fwtui.core.oplog import TensorStats
from fwtui.ops.align import pipeline
from fwtui.ops.align.align import Item, align
from fwtui.ops.align.chunks import spans
from fwtui.ops.align.flow_index import FlowIndex

OPS = (("aten.mul", "Mul"), ("aten.add", "AddV2"), ("aten.mm", "MatMul"))
LENGTH = 300


@pytest.fixture
def short(monkeypatch):
    """Has pieces made of what is short."""
    monkeypatch.setattr(pipeline, "MOST_PAIRS", 5_000)
    monkeypatch.setattr(pipeline, "_IN_PIECE", 400)


def item(op, inputs=(), value=None, names=(), phase="forward"):
    told = None if value is None else TensorStats(value, 1.0, 1.0 + abs(value))
    return Item(op, phase, (4, 4), inputs, told, names)


def chains(tell=True):
    """A long chain on both sides, every seventh op of which is missing on the right; which of the left's ops
    the right's are.
    """
    dice = random.Random(1)
    ops = [dice.choice(OPS) for _ in range(LENGTH)]
    values = [dice.uniform(-1e3, 1e3) if tell else None for _ in ops]
    kept = [n for n in range(LENGTH) if n % 7]
    left = [item(here, (n - 1,) if n else (), values[n]) for n, (here, _) in enumerate(ops)]
    right = [item(ops[n][1], (at - 1,) if at else (), values[n]) for at, n in enumerate(kept)]
    return left, right, kept


def test_values_find_each_op_that_they_find_in_the_whole(short):
    left, right, kept = chains()
    alignment = align(left, right)
    assert not alignment.whole
    assert [alignment.counterparts(1, at) for at in range(len(kept))] == [(n,) for n in kept]
    assert all(not alignment.counterparts(0, n) for n in range(0, LENGTH, 7))


def test_the_flow_of_data_leads_from_piece_to_piece(short):
    left, right, kept = chains()
    # Their inputs alone tell them apart; on the right they stand in the other order.
    left += [item("aten.exp", (kept[3],)), item("aten.exp", (kept[9],))]
    right += [item("Exp", (9,)), item("Exp", (3,))]
    alignment = align(left, right)
    assert alignment.counterparts(0, LENGTH) == (len(kept) + 1,)
    assert alignment.counterparts(0, LENGTH + 1) == (len(kept),)


def test_where_nobody_knows_where_to_cut_nothing_is_matched(short):
    left, right, _ = chains(tell=False)
    alignment = align(left, right)
    assert not alignment.whole
    assert all(match.alone for match in alignment.matches)


def test_the_forward_passes_parameters_tell_where_lanes_have_other_weights(short):
    def layers(product, tanh, scale):
        dice = random.Random(1)
        items = []
        for layer in range(100):
            above = (len(items) - 1,) if layer else ()
            items.append(item(product, above, scale * dice.uniform(1, 2), (f"parameter w{layer}",)))
            items.append(item(tanh, (len(items) - 1,), scale * dice.uniform(1, 2)))
        return items

    alignment = align(layers("aten.mm", "aten.tanh", 1), layers("MatMul", "Tanh", 100))
    assert not alignment.whole
    assert [alignment.counterparts(0, n) for n in range(200)] == [(n,) for n in range(200)]


def test_pieces_are_all_of_both_sides_in_order():
    left, right, _ = chains()
    cut = list(spans(FlowIndex(left), FlowIndex(right), 400))
    for side, items in enumerate((left, right)):
        assert [place for span in cut for place in span[side]] == list(range(len(items)))
    assert all(len(here) * len(there) <= 400 for here, there in cut)


def test_one_side_alone_is_whole():
    left, _, _ = chains()
    assert align(left, []).whole
    assert len(align([], left).matches) == LENGTH
