"""The first guess, from what layers consist of alone."""

from __future__ import annotations

import pytest

from fwtui.core.model_outline import LayerOutline, ModelOutline, WeightOutline
from fwtui.pairing.forms import by_form
from fwtui.pairing.pairs import CannotPairError, UnknownNameError


def layer(name, kind="dense", is_used=True, **shapes):
    weights = tuple(WeightOutline(role, f"{name}.{role}", shape) for role, shape in shapes.items())
    return LayerOutline(name, kind, "Linear", weights, is_used)


def found(ones, others, given=None):
    pairing = by_form(ModelOutline(tuple(ones)), ModelOutline(tuple(others)), given or {})
    return [(pair.first.name, pair.second.name, pair.decided) for pair in pairing.layers]


def dense(name, size_in=4, size_out=4, **more):
    return layer(name, kernel=(size_in, size_out), bias=(size_out,), **more)


def test_layers_of_one_form_follow_the_order_of_use_and_others_their_form():
    ones = [dense("a"), dense("b", 4, 2), dense("c")]
    others = [dense("z", 4, 2), dense("x"), dense("y")]
    assert found(ones, others) == [("a", "x", "order"), ("b", "z", "form"), ("c", "y", "order")]


def test_what_is_not_used_has_no_counterpart():
    assert found([dense("a"), dense("spare", is_used=False)], [dense("x")]) == [("a", "x", "form")]


@pytest.mark.parametrize("name", [("a", "y"), ("a.kernel", "y.kernel")])
def test_what_the_user_names_goes_first(name):
    ones, others = [dense("a"), dense("b")], [dense("x"), dense("y")]
    assert found(ones, others, dict([name])) == [("a", "y", "given"), ("b", "x", "form")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"a": "no such"}, "no such is no weight"),
        ({"a.kernal": "x"}, "is it a.kernel"),
        ({"a": "y"}, "the layers of a and y differ in shapes"),
        ({"a.kernel": "x.bias"}, r"have the shapes \(4, 4\) and \(4,\)"),
        ({"a.kernel": "x.kernel", "a.bias": "y.bias"}, "shapes"),
    ],
)
def test_names_that_do_not_fit_are_refused(given, said):
    with pytest.raises(UnknownNameError, match=said):
        found([dense("a"), dense("b", 4, 2)], [dense("x"), dense("y", 4, 2)], given)


def test_both_weights_of_a_layer_may_be_named():
    ones, others = [dense("a"), dense("b")], [dense("x"), dense("y")]
    given = {"a.kernel": "y.kernel", "a.bias": "y.bias"}
    assert found(ones, others, given) == [("a", "y", "given"), ("b", "x", "form")]


def test_a_layer_has_one_counterpart():
    ones, others = [dense("a"), dense("b")], [dense("x"), dense("y")]
    with pytest.raises(UnknownNameError, match="two counterparts"):
        found(ones, others, {"a.kernel": "x.kernel", "b.bias": "x.bias"})


def test_what_nothing_uses_is_paired_in_the_order_of_definition_or_named():
    ones = [dense("a"), dense("spare", is_used=False), dense("own", 4, 2, is_used=False)]
    others = [dense("x"), dense("reserve", is_used=False)]
    pairing = by_form(ModelOutline(tuple(ones)), ModelOutline(tuple(others)), {})
    assert [(pair.first.name, pair.second.name) for pair in pairing.layers] == [
        ("a", "x"),
        ("spare", "reserve"),
    ]
    assert pairing.left_out == (("own.kernel", "own.bias"), ())


def test_what_one_model_computes_for_nothing_is_paired_with_what_the_other_leaves_out():
    ones = [dense("a"), dense("either", is_used=False)]
    assert found(ones, [dense("x"), dense("both")]) == [("a", "x", "order"), ("either", "both", "order")]


def test_a_dense_layer_may_have_a_bias_alone_as_its_kernel_is_tied():
    tied = LayerOutline("head", "dense", "Linear", (WeightOutline("bias", "head.bias", (4,)),))
    own = LayerOutline("net", "parameters", "Net", (WeightOutline("bias", "net.bias", (4,)),))
    assert found([dense("a"), tied], [dense("x"), own])[-1][:2] == ("head", "net")


def test_a_constant_that_one_side_keeps_needs_no_counterpart():
    mask = WeightOutline("mask", "attention.mask", (8, 8), trained=False)
    constant = LayerOutline("attention", "parameters", "Attention", (mask,))
    assert found([dense("a"), constant], [dense("x")]) == [("a", "x", "form")]
    statistics = LayerOutline("norm", "batch-norm", "BatchNorm1d", (mask,))
    with pytest.raises(CannotPairError):
        found([dense("a"), statistics], [dense("x")])


def test_several_dense_layers_are_one_that_is_as_wide():
    whole, parts = [dense("qkv", 8, 24), dense("o", 8, 8)], [dense(one, 8, 8) for one in ("q", "k", "v", "o")]
    assert [pair[:2] for pair in found(whole, parts)] == [
        ("qkv", "q"),
        ("qkv", "k"),
        ("qkv", "v"),
        ("o", "o"),
    ]
    assert [pair[:2] for pair in found(parts, whole)] == [
        ("q", "qkv"),
        ("k", "qkv"),
        ("v", "qkv"),
        ("o", "o"),
    ]


def test_a_module_of_no_known_kind_is_paired_by_shape_also_transposed():
    ones = [layer("w", "parameters", w=(9, 7)), layer("norm", "parameters", weight=(9,))]
    others = [layer("dense", kernel=(7, 9)), layer("rms", "norm", scale=(9,))]
    pairing = by_form(ModelOutline(tuple(ones)), ModelOutline(tuple(others)), {})
    assert [pair.weights[0].is_transposed for pair in pairing.layers] == [True, False]


def test_what_is_left_is_told_of_both_sides():
    ones = [dense("a"), dense("b", 4, 2), dense("c", 4, 3)]
    with pytest.raises(CannotPairError) as caught:
        found(ones, [dense("x"), dense("y", 5, 2)])
    assert [one.name for one in caught.value.first] == ["b", "c"]
    assert [one.name for one in caught.value.second] == ["y"]


def test_a_bias_that_one_side_lacks_is_left():
    with pytest.raises(CannotPairError) as caught:
        found([dense("a")], [layer("x", kernel=(4, 4))])
    assert [one.name for one in caught.value.first] == ["a"]
    assert caught.value.second == ()
