"""`fwtui parity --forward`: what two models of a file give."""

from __future__ import annotations

import json

import pytest

from tests.cli.test_weights import HEAD, TENSORFLOW, TORCH, write

__all__ = ["write"]
pytestmark = pytest.mark.spread
DATA = HEAD.partition("def torch_loss")[0].replace("(6, 4, 4, 1)", "(6, 1, 4, 4)") + (
    '\nLAYOUT = {"torch": "NCHW", "tensorflow": "NHWC"}\n'
)
"""Without losses, and with the data's channels first."""


def forward(fwtui, path, *options):
    ran = fwtui("parity", "--forward", "--workload", path, "--steps", "2", *options, "--json", "-")
    return ran.code, json.loads(ran.out)


def test_two_models_that_give_the_same_need_no_loss(fwtui, write):
    code, found = forward(fwtui, write(DATA, TORCH, TENSORFLOW))
    assert (code, found["verdict"]["same"]) == (0, True)
    assert (found["verdict"]["batches"], found["verdict"]["examples"]) == (2, 12)
    assert found["outputs"][0]["float64"] < 1e-13 < found["outputs"][0]["float32"] < 1e-5
    assert found["verdict"]["moved_weights"] < 1e-13
    assert [one["first"] for one in found["submodules"]] == ["0", "3"]
    assert all(one["gets_the_same"] for one in found["submodules"])


@pytest.mark.slow
class TestFaults:
    def where(self, fwtui, write, *parts):
        code, found = forward(fwtui, write(DATA, *parts), "--dtype", "float64")
        assert (code, found["verdict"]["same"]) == (1, False)
        return found["verdict"]["first_difference"]

    def test_another_activation_is_behind_the_layer(self, fwtui, write):
        place = self.where(fwtui, write, TORCH, TENSORFLOW.replace("tanh", "relu"))
        assert (place["first"], place["gets_the_same"]) == ("3", False)

    def test_padding_is_the_layers_own(self, fwtui, write):
        torch = TORCH.replace("Conv2d(1, 2, 3)", "Conv2d(1, 2, 3, padding=1)").replace("8, 3)", "32, 3)")
        tensorflow = TENSORFLOW.replace("2, 3, act", "2, 3, padding='same', use_bias=True, act")
        wrong = tensorflow.replace("padding='same'", "padding='same', dilation_rate=2")
        code, _ = forward(fwtui, write(DATA, torch, tensorflow))
        assert code == 0
        place = self.where(fwtui, write, torch, wrong)
        assert (place["first"], place["gets_the_same"]) == ("0", True)

    def test_a_softmax_that_one_has(self, fwtui, write):
        place = self.where(fwtui, write, TORCH, TENSORFLOW.replace("Dense(3)", "Dense(3), layers.Softmax()"))
        assert place["first"] == "output"

    def test_an_output_without_a_counterpart_is_no_evidence(self, fwtui, write):
        both = """
        def torch_model():
            from torch import nn

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv, self.fc = nn.Conv2d(1, 2, 3), nn.Linear(8, 3)

                def forward(self, x):
                    h = self.conv(x).tanh().flatten(1)
                    return self.fc(h), h

            return Net()
        """
        code, found = forward(fwtui, write(DATA, both, TENSORFLOW))
        assert (code, found["verdict"]["same"]) == (2, None)
        assert found["verdict"]["without_counterpart"] == ["output[1]"]

    def test_a_model_that_counts_its_calls_cannot_be_judged(self, fwtui, write):
        counting = """
        def torch_model():
            from torch import nn

            class Net(nn.Sequential):
                calls = 0

                def forward(self, x):
                    self.calls += 1
                    return super().forward(x) * self.calls

            return Net(nn.Conv2d(1, 2, 3), nn.Tanh(), nn.Flatten(), nn.Linear(8, 3))
        """
        code, found = forward(fwtui, write(DATA, counting, TENSORFLOW), "--dtype", "float64")
        assert (code, found["verdict"]["same"]) == (2, None)
        assert found["verdict"]["reason"] == "torch_model gives something else when it is called once more"

    def test_a_checkpoint_is_compared(self, fwtui, write, tmp_path):
        path = write(DATA, TORCH, TENSORFLOW)
        assert fwtui("weights", path, "--write", str(tmp_path / "trained.weights.h5")).code == 0
        with_it = write(DATA, TORCH, TENSORFLOW, '\nWEIGHTS = "trained.weights.h5"\n')
        code, found = forward(fwtui, with_it)
        assert (code, found["verdict"]["weights"]) == (0, "trained.weights.h5")

    def test_what_only_half_of_float32_has(self, fwtui, write):
        tensorflow = """
        def tensorflow_model():
            import keras

            class Half(keras.layers.Layer):
                def call(self, x):
                    exact = x.dtype == "float64"
                    return x if exact else keras.ops.cast(keras.ops.cast(x, "bfloat16"), x.dtype)

            layers = keras.layers
            convolution = layers.Conv2D(2, 3, activation="tanh")
            return keras.Sequential([convolution, layers.Flatten(), Half(), layers.Dense(3)])
        """
        code, found = forward(fwtui, write(DATA, TORCH, tensorflow))
        assert (code, found["verdict"]["same"]) == (1, False)
        assert found["outputs"][0]["float64"] < 1e-13
        assert found["outputs"][0]["rounding"][1] > 1e-4


def test_what_only_a_training_has_is_refused(fwtui, write):
    path = write(DATA, TORCH, TENSORFLOW)
    for option, value in (("--lanes", "torch.eager,tf.eager"), ("--lr", "0.1"), ("--device", "cpu")):
        ran = fwtui("parity", "--forward", "--workload", path, option, value)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"fwtui: {option}")
        assert "left out: --forward compares what two models give" in ran.err


def test_a_workload_without_models_is_refused(fwtui):
    ran = fwtui("parity", "--forward", "--workload", "two-layer")
    assert ran.code == 2
    assert "two-layer: has no models" in ran.err


def test_a_training_needs_a_loss(fwtui, write):
    ran = fwtui("parity", "--workload", write(DATA, TORCH, TENSORFLOW))
    assert ran.code == 2
    assert (
        "has no function tensorflow_loss; give --loss, or add def tensorflow_loss(model, batch): …" in ran.err
    )
