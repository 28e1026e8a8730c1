"""Pairings tried out on models of NumPy: two layers, a gate and a value, and one behind them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fwtui.core.model_outline import (
    GradientSize,
    LayerCall,
    LayerOutline,
    ModelOutline,
    ModelTrace,
    WeightOutline,
)
from fwtui.core.moments import Moments
from fwtui.pairing.compare import Difference
from fwtui.pairing.pairs import CannotPairError
from fwtui.pairing.proof import prove

RNG = np.random.default_rng(0)
BATCH = {"x": RNG.normal(size=(5, 4))}


class Gated:
    """loss = mean(tanh(x · gate) · (x · value) · out), with layers used in the order of `names`."""

    def __init__(self, seed, names=("gate", "value", "out"), slip=1.0, activation=np.tanh, metrics=()):
        rng = np.random.default_rng(seed)
        self._names, self._slip, self._activation, self._metrics = names, slip, activation, metrics
        self._kernels = {name: rng.normal(size=(4, 4)) for name in names}
        self.traces = 0
        self._gradients = {}
        self.outline = ModelOutline(
            tuple(
                LayerOutline(name, "dense", "Dense", (WeightOutline("kernel", name, (4, 4)),))
                for name in names
            )
        )

    def weights(self):
        return {(name, "kernel"): kernel.copy() for name, kernel in self._kernels.items()}

    def load(self, weights):
        self._kernels.update({name: kernel for (name, _), kernel in weights.items()})

    def trace(self, batch, training=False, turned=()):
        self.traces += 1
        x, kernels = batch["x"], self._kernels
        gate, value = self._activation(x @ kernels["gate"]), x @ kernels["value"] * self._slip
        h = gate * value
        given = {"gate": x, "value": x, "out": h}
        gave = {"gate": None, "value": value, "out": h @ kernels["out"]}
        ones = np.full_like(h, 1 / h.size)
        back = ones @ kernels["out"].T
        gradients = {
            "out": h.T @ ones,
            "value": x.T @ (back * gate) * self._slip,
            "gate": x.T @ (back * value * (1 - gate**2)),
        }
        self._gradients = gradients
        return ModelTrace(
            tuple(
                LayerCall(
                    name, Moments.of(given[name]), None if gave[name] is None else Moments.of(gave[name])
                )
                for name in self._names
            ),
            (("output", Moments.of(gave["out"])),),
            (("loss", float(gave["out"].mean())), *self._metrics),
            tuple(((name, "kernel"), GradientSize.of(gradients[name])) for name in self._names),
        )

    def gradient(self, layer, role):
        return self._gradients[layer]


def names(proof):
    return {pair.first.name: pair.second.name for pair in proof.pairing.layers}


RIGHT = {"gate": "gate", "value": "value", "out": "out"}


def test_what_the_order_decides_rightly_is_tried_once():
    second = Gated(1)
    proof = prove(Gated(0), second, BATCH, {})
    assert names(proof) == RIGHT
    assert proof.difference is None
    assert proof.largest_gap < 1e-12
    assert proof.compared == 48
    assert proof.same is True
    assert proof.untested == ()
    assert second.traces == 4  # two find the layers, one compares, and one does so in training mode


def test_another_order_of_use_is_found_by_values():
    proof = prove(Gated(0), Gated(1, ("value", "gate", "out")), BATCH, {})
    assert names(proof) == RIGHT
    assert proof.difference is None
    assert {pair.first.name: pair.decided for pair in proof.pairing.layers}["gate"] == "values"


def test_a_model_that_computes_something_else_is_told_with_its_layer():
    proof = prove(Gated(0), Gated(1, slip=1.01), BATCH, {})
    assert names(proof) == RIGHT
    assert (proof.difference.first, proof.difference.what) == ("value", "output")
    assert proof.difference.gap == pytest.approx(0.03, abs=0.001), "of the sum of cubes"


def test_the_users_choice_is_not_changed():
    proof = prove(Gated(0), Gated(1), BATCH, {"gate": "value"})
    assert names(proof)["gate"] == "value"
    assert proof.difference is not None


def test_the_second_model_has_the_firsts_weights_in_the_end():
    first, second = Gated(0), Gated(1, ("value", "gate", "out"))
    prove(first, second, BATCH, {})
    for key, kernel in first.weights().items():
        np.testing.assert_array_equal(second.weights()[key], kernel)


def test_a_layer_too_many_is_left():
    second = Gated(1)
    second.outline = ModelOutline(second.outline.layers[:2])
    with pytest.raises(CannotPairError):
        prove(Gated(0), second, BATCH, {})


def test_values_that_are_no_numbers_are_no_proof():
    proof = prove(Gated(0, slip=np.nan), Gated(1, slip=np.nan), BATCH, {})
    assert proof.difference is not None


def test_layers_that_begin_at_zero_hide_no_difference_before_them():
    first, second = Gated(0), Gated(1, activation=np.sin)
    zeros = {(name, "kernel"): np.zeros((4, 4)) for name in ("value", "out")}
    for model in (first, second):
        model.load(zeros)
        assert dict(model.trace(BATCH).metrics)["loss"] == 0
    assert prove(first, second, BATCH, {}).same is False


class Untrained(Gated):
    """One whose loss no gradient leaves."""

    def trace(self, batch, training=False, turned=()):
        return replace(super().trace(batch, training), gradients=())


def test_without_gradients_equal_outputs_are_no_proof():
    proof = prove(Untrained(0), Untrained(1), BATCH, {})
    assert (proof.same, proof.compared) == (None, 0)
    assert proof.untested == ("gate: kernel", "value: kernel", "out: kernel")


@pytest.mark.parametrize("metrics", [((), (("accuracy", 0.5),)), ((("accuracy", 0.5),), ())])
def test_a_metric_that_one_side_lacks_is_a_difference(metrics):
    first, second = (Gated(seed, metrics=each) for seed, each in enumerate(metrics))
    proof = prove(first, second, BATCH, {})
    assert proof.difference == Difference("", "", "accuracy", None)
