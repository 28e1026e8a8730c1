"""Models of a user's file in lanes: trained, compared with each other, and looked into."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_weights import HEAD, TENSORFLOW, TORCH, write

__all__ = ["write"]
pytestmark = pytest.mark.spread
ZOO = Path(__file__).parents[1] / "zoo"
GELU = Path(__file__).parents[1] / "planted_models" / "normalised_gelu.py"
QUICK = ("--lanes", "tf.eager,torch.eager", "--dtype", "float64", "--steps", "4")
"""No lane has a twin, and none compiles."""


def parity(fwtui, path, *options):
    ran = fwtui("parity", "--workload", str(path), *QUICK, *options, "--json", "-")
    return ran.code, json.loads(ran.out)["verdict"]


def test_a_right_port_agrees_in_everything_that_is_compared(fwtui, write):
    code, verdict = parity(fwtui, write(HEAD, TORCH, TENSORFLOW))
    assert (code, verdict["same"]) == (0, True)
    assert verdict["compared"]["gradients"] == ["0.weight", "0.bias", "3.weight", "3.bias"]
    assert verdict["compared"]["evaluation"] == ["loss"]
    assert verdict["largest"]["relative"] < 1e-12


@pytest.mark.slow
def test_each_backend_trains_a_model_but_for_the_one_that_cannot(fwtui, write):
    lanes = "tf.function,tf.xla,torch.compile,tf.session"
    path = write(HEAD, TORCH, TENSORFLOW)
    ran = fwtui("bench", "--workload", path, "--lanes", lanes, "--steps", "20", "--json", "-")
    found = json.loads(ran.out)["lanes"]
    assert [one["outcome"] for one in found] == ["done", "done", "done", "failed"]
    assert "holds no Keras model" in found[3]["reason"]
    losses = [one["losses"][-1] for one in found[:3]] if "losses" in found[0] else []
    assert max(losses, default=0) - min(losses, default=0) < 1e-5


@pytest.mark.slow
class TestKnownDifferences:
    """Of the frameworks' own layers."""

    def unexpected(self, tmp_path, name):
        path = tmp_path / f"{name}.py"
        text = (ZOO / f"{name}.py").read_text(encoding="utf-8")
        path.write_text(text.partition("\nEXPECT")[0], encoding="utf-8")
        return path

    @pytest.mark.parametrize(
        ("model", "name"), [("resnet_block", "batchnorm-variance"), ("lstm", "lstm-bias")]
    )
    def test_one_that_is_all_there_is_has_its_name(self, fwtui, tmp_path, model, name):
        path = self.unexpected(tmp_path, model)
        code, verdict = parity(fwtui, path)
        assert (code, verdict["known_differences"], verdict["same_but_for_known"]) == (1, [name], True)
        assert f"--expect {name}" in verdict["words"]
        code, verdict = parity(fwtui, path, "--expect", name)
        assert (code, verdict["known_differences"]) == (0, [])

    def test_one_behind_float32_constants_has_its_name_too(self, fwtui):
        """Rounding comes first there, and is set aside."""
        code, verdict = parity(fwtui, GELU)
        name = "batchnorm-variance"
        assert (code, verdict["known_differences"], verdict["same_but_for_known"]) == (1, [name], True)
        assert "float32" in verdict["set_aside"]

    def test_another_one_behind_it_is_found(self, fwtui, tmp_path):
        path = self.unexpected(tmp_path, "resnet_block")
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("keras.layers.Dense(4)", "keras.layers.Dense(4, trainable=False)"))
        code, verdict = parity(fwtui, path)
        assert (code, verdict["known_differences"]) == (1, ["batchnorm-variance"])
        assert verdict["same_but_for_known"] is False
        first = verdict["first_divergence"]
        assert (first["step"], first["phase"]) == (0, "backward")
        assert first["name"] in ("fc.weight", "fc.bias")
        assert "TensorFlow has no gradient fc." in first["op"]["words"]


@pytest.mark.slow
def test_a_momentum_is_found_in_what_the_layer_keeps(fwtui, tmp_path):
    path = tmp_path / "resnet_block.py"
    text = (ZOO / "resnet_block.py").read_text(encoding="utf-8")
    path.write_text(
        text.replace("eps=1e-3, momentum=0.01)\n        self.conv2", "eps=1e-3)\n        self.conv2")
    )
    code, verdict = parity(fwtui, path)
    first = verdict["first_divergence"]
    assert (code, first["step"], first["phase"]) == (1, 0, "forward")
    assert (first["kind"], first["name"]) == ("state", "bn1.running_mean")


OPTIMIZERS = """
def torch_optimizer(model):
    import torch

    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    return optimizer, torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)


def tensorflow_optimizer(model):
    from keras import optimizers

    rate = optimizers.schedules.ExponentialDecay(0.1, 2, 0.5, staircase=True)
    return optimizers.SGD(rate)
"""


@pytest.mark.slow
class TestOptimizers:
    """As a file gives them, with their schedules."""

    def run(self, fwtui, write, *changes, optimizers=OPTIMIZERS, options=()):
        for old, new in changes:
            assert old in optimizers
            optimizers = optimizers.replace(old, new)
        return parity(fwtui, write(HEAD, TORCH, TENSORFLOW, optimizers), *options)

    def test_equal_ones_agree(self, fwtui, write):
        code, verdict = self.run(fwtui, write, (", momentum=0.9", ""))
        assert (code, verdict["differ_in"]) == (0, {})

    @pytest.mark.parametrize(
        ("old", "new", "step", "name", "said"),
        [
            ("optimizer, 2, 0.5", "optimizer, 3, 0.5", 2, "learning rate", ""),
            ("model.parameters(), 0.1", "model.parameters(), 0.2", 0, "learning rate", ""),
            (
                "SGD(rate)",
                "SGD(rate, weight_decay=0.01)",
                0,
                "0.weight",
                "weight decay is 0.01 in 1 tf.eager",
            ),
            ("SGD(rate)", "SGD(rate, clipnorm=0.01)", 0, "0.weight", "clipping by norm is 0.01"),
        ],
        ids=["schedule", "rate", "decay", "clipping"],
    )
    def test_another_one_is_found_in_its_update(self, fwtui, write, old, new, step, name, said):
        code, verdict = self.run(fwtui, write, (", momentum=0.9", ""), (old, new))
        first = verdict["first_divergence"]
        assert (code, first["phase"]) == (1, "update")
        assert (first["step"], first["name"]) == (step, name)
        assert said in first["op_reason"]

    @pytest.mark.parametrize("nesterov", [False, True])
    def test_a_momentum_that_keras_rounds_to_float32_is_the_same(self, fwtui, write, nesterov):
        changes = (
            ("momentum=0.9", f"momentum=0.9, nesterov={nesterov}"),
            ("SGD(rate)", f"SGD(0.1, momentum=0.9, nesterov={nesterov})"),
            ("optimizer, 2, 0.5", "optimizer, 200, 0.5"),
        )
        code, verdict = self.run(fwtui, write, *changes)
        assert (code, verdict["same"]) == (0, True)
        assert "rounds a number of its optimizer" in verdict["set_aside"]

    def test_momentum_on_one_side_alone(self, fwtui, write):
        code, verdict = self.run(fwtui, write)
        first = verdict["first_divergence"]
        assert (code, first["phase"], first["step"]) == (1, "update", 1)

    def test_what_is_no_optimizer_is_refused(self, fwtui, write):
        code, verdict = self.run(fwtui, write, ("return optimizers.SGD(rate)", "return 'sgd'"))
        assert code == 2
        assert "tensorflow_optimizer() gave a str, no keras.optimizers.Optimizer" in verdict["reason"]


DROPOUT = (
    TORCH.replace("nn.Flatten()", "nn.Dropout(0.3), nn.Flatten()"),
    TENSORFLOW.replace("layers.Flatten()", "layers.Dropout(0.3), layers.Flatten()"),
)


@pytest.mark.slow
class TestDropout:
    """Lanes get the same random numbers."""

    def test_a_right_port_agrees(self, fwtui, write):
        path = write(HEAD, *DROPOUT)
        code, verdict = parity(fwtui, path)
        assert (code, verdict["largest"]["relative"] < 1e-12) == (0, True)
        ran = fwtui("parity", "--workload", path, "--steps", "12", "--json", "-")
        assert (ran.code, json.loads(ran.out)["verdict"]["same"]) == (0, True)

    @pytest.mark.parametrize("other", ["Dropout(0.4)", "Dropout(0.0)"])
    def test_another_rate_is_found_at_its_op(self, fwtui, write, other):
        code, verdict = parity(fwtui, write(HEAD, DROPOUT[0], DROPOUT[1].replace("Dropout(0.3)", other)))
        first = verdict["first_divergence"]
        assert (code, first["step"], first["phase"]) == (1, 0, "forward")
        assert "aten.mul" in first["op"]["words"]

    def test_one_that_is_left_on_shows_in_evaluation_alone(self, fwtui, write):
        left_on = DROPOUT[0].replace(
            "nn.Dropout(0.3)", "type('Drop', (nn.Module,), {'forward': lambda self, x: dropout(x, 0.3)})()"
        )
        path = write("from torch.nn.functional import dropout\n", HEAD, left_on, DROPOUT[1])
        code, verdict = parity(fwtui, path)
        first = verdict["first_divergence"]
        assert (code, first["phase"], first["kind"], first["name"]) == (1, "evaluation", "evaluation", "loss")

    def test_numbers_that_cannot_be_made_equal_are_no_difference(self, fwtui, write):
        forward = "lambda self, x: dropout(x.flatten(0, 1), 0.3, self.training).view(x.shape)"
        merged = f"type('Drop', (nn.Module,), {{'forward': {forward}}})()"
        path = write(
            "from torch.nn.functional import dropout\n",
            HEAD,
            DROPOUT[0].replace("nn.Dropout(0.3)", merged),
            DROPOUT[1],
        )
        code, verdict = parity(fwtui, path)
        assert (code, verdict["same"]) == (2, None)
        assert "arrays of other shapes, 2×2×2×6 in 1 tf.eager, 2×2×12 in 2 torch.eager" in verdict["reason"]


@pytest.mark.slow
def test_a_name_that_is_no_known_difference(fwtui, write):
    path = write(HEAD, TORCH, TENSORFLOW)
    ran = fwtui("parity", "--workload", path, "--expect", "batchnorm")
    assert ran.code == 2
    assert "batchnorm-variance, lstm-bias" in ran.err
    Path(path).write_text(Path(path).read_text(encoding="utf-8") + "\nEXPECT = 'dropout'\n", encoding="utf-8")
    ran = fwtui("parity", "--workload", path)
    assert ran.code == 2
    assert "EXPECT is dropout" in ran.err


@pytest.mark.slow
def test_models_whose_weights_cannot_be_paired_are_refused(fwtui, write):
    path = write(HEAD, TORCH, TENSORFLOW.replace("Dense(3)", "Dense(4), layers.Dense(3)"))
    ran = fwtui("parity", "--workload", path)
    assert ran.code == 2
    assert "weights without a counterpart" in ran.err
    assert "fwtui weights my_port.py" in ran.err


@pytest.mark.slow
def test_a_module_in_evaluation_mode_does_not_train(fwtui, write):
    path = write(HEAD, TORCH.replace("nn.Linear(8, 3))", "nn.Linear(8, 3)).eval()"), TENSORFLOW)
    ran = fwtui("parity", "--workload", path, *QUICK)
    assert ran.code == 2
    assert "in evaluation mode" in ran.out + ran.err


NESTED_TORCH = """
def torch_model():
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh())
            self.head = nn.Linear(8, 3)

        def forward(self, x):
            return self.head(self.stem(x).flatten(1))

    return Net()
"""
NESTED_TENSORFLOW = """
def tensorflow_model():
    from keras import Sequential, layers

    stem = Sequential([layers.Conv2D(2, 3), layers.Activation("tanh")], name="stem")
    return Sequential([stem, layers.Flatten(), layers.Dense(3)])
"""


@pytest.mark.slow
class TestScopes:
    """Modules and layers are scopes of ops, in the backward pass too."""

    def scopes(self, fwtui, path, backend):
        found = json.loads(fwtui("ops", backend, "--workload", path, "--json", "-").out)
        ops = [op for op in found["lanes"][0]["log"]["ops"] if op["phase"] in ("forward", "backward")]
        return {(op["op"], op["phase"], op["scope"]) for op in ops}

    def test_of_ops_in_pytorch(self, fwtui, write):
        found = self.scopes(fwtui, write(HEAD, NESTED_TORCH, NESTED_TENSORFLOW), "torch.eager")
        assert {
            ("aten.convolution", "forward", "stem/0"),
            ("aten.convolution_backward", "backward", "stem/0"),
            ("aten.tanh", "forward", "stem/1"),
            ("aten.addmm", "forward", "head"),
            ("aten.nll_loss_forward", "forward", ""),
        } <= found

    def test_of_ops_in_tensorflow(self, fwtui, write):
        found = self.scopes(fwtui, write(HEAD, NESTED_TORCH, NESTED_TENSORFLOW), "tf.eager")
        assert {
            ("Conv2D", "forward", "stem/conv2d"),
            ("Conv2DBackpropFilter", "backward", "stem/conv2d"),
            ("Tanh", "forward", "stem/activation"),
            ("MatMul", "forward", "dense"),
            ("Mean", "forward", ""),
        } <= found

    @pytest.mark.parametrize(
        ("backend", "kind", "expected"),
        [
            ("torch.eager", "autograd", ("ConvolutionBackward0", "stem/0")),
            ("torch.eager", "step", ("aten.convolution_backward", "stem/0")),
            ("torch.compile", "dynamo", ("torch.conv2d", "stem/0")),
            ("torch.compile", "aot", ("aten.convolution", "stem/0")),
            ("tf.eager", "tape", ("Conv2D", "stem/conv2d")),
            ("tf.function", "traced", ("Conv2DBackpropFilter", "gradient_tape/stem/conv2d/convolution")),
        ],
    )
    def test_of_nodes_in_graphs(self, fwtui, write, backend, kind, expected):
        path = write(HEAD, NESTED_TORCH, NESTED_TENSORFLOW)
        ran = fwtui("graph", backend, "--workload", path, "--json", "-")
        (graph,) = (one for one in json.loads(ran.out)["graphs"] if one["kind"] == kind)
        assert expected in {(node["op"], node["scope"]) for node in graph["nodes"]}


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_bias_that_a_batch_norm_takes_out_again_is_rounding(fwtui, write, seed):
    """Its gradient is a sum of 65,536 terms that is 0, and statistics of batches are as long sums."""
    torch = """
    def torch_model():
        from torch import nn

        norm = nn.BatchNorm2d(16, eps=1e-3, momentum=0.01)
        convolution = nn.Conv2d(3, 16, 3, padding=1)
        return nn.Sequential(convolution, norm, nn.ReLU(), nn.Flatten(), nn.Linear(16 * 32 * 32, 10))
    """
    tensorflow = """
    def tensorflow_model():
        from keras import Sequential, layers

        convolution, norm = layers.Conv2D(16, 3, padding="same"), layers.BatchNormalization()
        return Sequential([convolution, norm, layers.ReLU(), layers.Flatten(), layers.Dense(10)])
    """
    data = HEAD.replace("rng.normal(size=(6, 4, 4, 1))", "rng.random((64, 32, 32, 3))")
    data = data.replace("rng.integers(0, 3, 6)", "rng.integers(0, 10, 64)")
    settings = "\nSTEPS = 10\nLEARNING_RATE = 0.01\n"
    path = write(data, settings, torch, tensorflow, '\nEXPECT = ("batchnorm-variance",)\n')
    ran = fwtui("parity", "--workload", path, "--seed", seed, "--json", "-")
    assert json.loads(ran.out)["verdict"]["same"] is True


@pytest.mark.slow
def test_what_float32_alone_does_otherwise_is_placed_behind_equal_random_numbers(fwtui, write):
    torch = """
    def torch_model():
        from torch import nn

        return nn.Sequential(nn.Flatten(), nn.Linear(16, 32), nn.Dropout(0.4), nn.ReLU(), nn.Linear(32, 3))
    """
    tensorflow = """
    def tensorflow_model():
        import keras

        class Coarse(keras.layers.Layer):
            def call(self, x):
                if x.dtype == "float64":
                    return x
                return keras.ops.round(x * 256) / 256

        layers = keras.layers
        parts = layers.Dense(32), layers.Dropout(0.4), Coarse(), layers.ReLU(), layers.Dense(3)
        return keras.Sequential([layers.Flatten(), *parts])
    """
    path = write(HEAD, torch, tensorflow)
    ran = fwtui("parity", "--workload", path, "--steps", "6", "--json", "-")
    verdict = json.loads(ran.out)["verdict"]
    assert (ran.code, verdict["same"]) == (1, False)
    assert verdict["float64"]["off"]["lane"] == 1
    assert "in coarse" in verdict["first_divergence"]["op"]["words"]
