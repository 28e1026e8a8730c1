"""`fwtui weights`: models of a user's file, whose weights are paired and proven."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import psutil
import pytest

HEAD = """
def batches(rng):
    while True:
        yield {"x": rng.normal(size=(6, 4, 4, 1)), "y": rng.integers(0, 3, 6)}


def torch_loss(model, batch):
    import torch.nn.functional as F

    return F.cross_entropy(model(batch["x"].permute(0, 3, 1, 2)), batch["y"])


def tensorflow_loss(model, batch):
    import keras

    logits = model(batch["x"], training=True)
    losses = keras.losses.sparse_categorical_crossentropy(batch["y"], logits, from_logits=True)
    return keras.ops.mean(losses)
"""
TORCH = """
def torch_model():
    from torch import nn

    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh(), nn.Flatten(), nn.Linear(8, 3))
"""
TENSORFLOW = """
def tensorflow_model():
    from keras import Sequential, layers

    convolution = layers.Conv2D(2, 3, activation="tanh")
    return Sequential([convolution, layers.Flatten(), layers.Dense(3)])
"""


@pytest.fixture
def write(tmp_path):
    def write(*parts):
        path = tmp_path / "my_port.py"
        path.write_text("".join(textwrap.dedent(part) for part in parts), encoding="utf-8")
        return str(path)

    return write


def facts(ran):
    return json.loads(ran.out)


def test_a_right_port_is_proven(fwtui, write):
    ran = fwtui("weights", write(HEAD, TORCH, TENSORFLOW), "--json", "-")
    found = facts(ran)
    assert (ran.code, found["same"], found["left_over"]) == (0, True, None)
    assert found["largest_gap"] < 1e-12
    assert found["gradients_compared"] == 18 + 2 + 24 + 3
    first, _, dense, _ = found["pairs"]
    assert (first["first"]["name"], first["first"]["shape"]) == ("0.weight", [2, 1, 3, 3])
    assert first["second"]["shape"] == [3, 3, 1, 2]
    assert (first["becomes"], first["equal"]) == ("axes 2 3 1 0", True)
    assert dense["becomes"] == "transposed; rows as 2×4 turned"
    assert not [one for one in psutil.Process().children(recursive=True) if "model_child" in one.cmdline()]


def test_a_wrong_one_is_not_and_its_place_is_told(fwtui, write):
    ran = fwtui("weights", write(HEAD, TORCH, TENSORFLOW.replace('"tanh"', '"relu"')))
    assert ran.code == 1
    assert "✗ not proven  4 weights paired" in ran.out
    assert "first difference: 3 | sequential/dense: input" in ran.out


@pytest.mark.slow
def test_what_cannot_be_paired_is_left_over_on_both_sides(fwtui, write):
    path = write(HEAD, TORCH, TENSORFLOW.replace("Dense(3)", "Dense(5)"))
    ran = fwtui("weights", path, "--json", "-")
    found = facts(ran)
    assert (ran.code, found["same"], found["pairs"]) == (2, None, None)
    assert [[one["layer"] for one in side] for side in found["left_over"]] == [["3"], ["sequential/dense"]]


@pytest.mark.slow
def test_two_of_one_framework(fwtui, write):
    second = TORCH.replace("torch_model", "torch_model_b").replace("nn.Tanh(), nn.Flatten()", "nn.Tanh()")
    second = second.replace("nn.Linear", "nn.Flatten(), nn.Linear")
    ran = fwtui("weights", write(HEAD, TORCH, second))
    assert ran.code == 0
    assert "torch_model_b" in ran.out
    assert "✓ proven  4 weights paired" in ran.out


@pytest.mark.slow
def test_the_files_choice_of_first_weights_and_of_pairs(fwtui, write):
    settings = """
    WEIGHTS = "tensorflow"
    PAIRS = {"3.weight": "sequential/dense/kernel"}
    """
    found = facts(fwtui("weights", write(HEAD, TORCH, TENSORFLOW, settings), "--json", "-"))
    assert found["same"] is True
    assert [one["framework"] for one in found["models"]] == ["tensorflow", "torch"]
    assert found["pairs"][2]["decided"] == "given"


@pytest.mark.slow
def test_what_a_loss_cannot_open_is_told_with_its_line(fwtui, write):
    loss = HEAD.replace(
        "import torch.nn.functional as F\n", "import torch.nn.functional as F\n    open('no file')\n"
    )
    ran = fwtui("weights", write(loss, TORCH, TENSORFLOW))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "my_port.py:9: FileNotFoundError" in ran.err


BAD = {
    "no models": ((HEAD,), "my_port.py: has no function parameters"),
    "one model": ((HEAD, TORCH), "has 1 functions of models: torch_model; two are compared"),
    "no loss": ((HEAD.replace("torch_loss", "my_loss"), TORCH, TENSORFLOW), "has no function torch_loss"),
    "a factory with arguments": (
        (HEAD, TORCH.replace("torch_model()", "torch_model(size)"), TENSORFLOW),
        "torch_model takes the wrong number of parameters",
    ),
    "pairs of nothing": ((HEAD, TORCH, TENSORFLOW, "PAIRS = 3\n"), "PAIRS is no dict of names"),
    "weights of another": ((HEAD, TORCH, TENSORFLOW, "WEIGHTS = 'jax'\n"), "WEIGHTS: got 'jax'"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_used_is_told_in_one_line(fwtui, write, name):
    parts, said = BAD[name]
    ran = fwtui("weights", write(*parts))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err


WRONG = {
    "it ends Python": ("from torch import nn", "import os; os._exit(3)", "ends Python (exit code 3)"),
    "a dict": ("nn.Sequential(", "dict(a=", "torch_model() gave a dict, no torch.nn.Module"),
    "nothing": ("return nn.S", "nn.S", "torch_model() gave None; return the model"),
    "no parameters": (
        "nn.Conv2d(1, 2, 3), nn.Tanh(), nn.Flatten(), nn.Linear(8, 3)",
        "",
        "Sequential without parameters",
    ),
    "it raises": ("from torch import nn", "raise OSError('no file')", "my_port.py:"),
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] if number > 1 else []) for number, name in enumerate(WRONG)],
)
def test_a_model_that_is_none_is_told_in_one_line(fwtui, write, name):
    old, new, said = WRONG[name]
    text = TORCH.replace(old, new)
    if name == "a dict":
        text = TORCH.replace(
            "nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh(), nn.Flatten(), nn.Linear(8, 3))", "{}"
        )
    ran = fwtui("weights", write(HEAD, text, TENSORFLOW))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet_block", "transformer_encoder"])
def test_a_file_with_classes_of_both_frameworks(fwtui, name):
    ran = fwtui("weights", str(Path(__file__).parents[1] / "zoo" / f"{name}.py"), "--json", "-")
    assert (ran.code, facts(ran)["same"]) == (0, True)
