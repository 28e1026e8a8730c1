"""Which submodule is which, by the weights in them."""

from __future__ import annotations

import numpy as np

from fwtui.core.forward_pass import ModuleCall
from fwtui.core.model_outline import LayerOutline, WeightOutline
from fwtui.core.moments import Moments
from fwtui.pairing.pairs import LayerPair, Pairing, WeightPair
from fwtui.pairing.submodules import submodules


def pairing(*names):
    pairs = []
    for first, second in names:
        one, other = (WeightOutline("kernel", name, (2, 2)) for name in (first, second))
        first_layer, second_layer = (
            LayerOutline(weight.own, "dense", "Dense", (weight,)) for weight in (one, other)
        )
        pairs.append(LayerPair(first_layer, second_layer, (WeightPair(one, other),), "order"))
    return Pairing(tuple(pairs))


def call(name, weights, gave):
    array = Moments.of(np.asarray(gave, np.float64))
    return ModuleCall(name, "Layer", tuple(weights), None, array)


def found(paired, first, second):
    return [(first[one].name, second[other].name) for one, other in submodules(paired, first, second)]


class TestSubmodules:
    def test_layers_go_with_layers_and_blocks_with_blocks(self):
        paired = pairing(("a.w", "A"), ("b.w", "B"))
        first = [
            call("block", ["a.w", "b.w"], [3, 4]),
            call("a", ["a.w"], [1, 2]),
            call("b", ["b.w"], [3, 4]),
        ]
        second = [call("Block", ["B", "A"], [3, 4]), call("x", ["A"], [2, 1]), call("y", ["B"], [3, 4])]
        assert found(paired, first, second) == [("block", "Block"), ("a", "x"), ("b", "y")]

    def test_of_several_around_the_same_weights_those_that_give_the_same(self):
        paired = pairing(("a.w", "A"))
        first = [call("relu_of_it", ["a.w"], [0, 2]), call("a", ["a.w"], [-1, 2])]
        assert found(paired, first, [call("dense", ["A"], [0, 2])]) == [("relu_of_it", "dense")]
        assert found(paired, first, [call("dense", ["A"], [-1, 2])]) == [("a", "dense")]

    def test_the_innermost_ones_where_none_gives_the_same(self):
        paired = pairing(("a.w", "A"))
        first = [call("around", ["a.w"], [5, 6]), call("a", ["a.w"], [1, 2])]
        second = [call("Around", ["A"], [7, 8]), call("dense", ["A"], [1, 3])]
        assert found(paired, first, second) == [("a", "dense")]

    def test_none_without_paired_weights_or_with_those_of_several_others(self):
        paired = pairing(("a.w", "A"), ("b.w", "A"))
        assert found(paired, [call("relu", [], [1])], [call("ReLU", [], [1])]) == []
        assert found(paired, [call("a", ["a.w"], [1])], [call("dense", ["A"], [1])]) == []
        whole = [call("both", ["a.w", "b.w"], [1])]
        assert found(paired, whole, [call("dense", ["A"], [1])]) == [("both", "dense")]
