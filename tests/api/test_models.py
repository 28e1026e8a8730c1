"""Models as Python objects, and the fixture that proves them in one's own tests."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections import OrderedDict

import numpy as np
import pytest

from fwtui.api.models import _model, as_settings, reference
from fwtui.core.inputs import SpecError


def test_a_class_is_named_with_the_folder_that_it_is_imported_from():
    folder, module, name = (
        reference("torch", SpecError).rpartition("::")[0],
        *reference("torch", SpecError).rpartition("::")[2].split(":"),
    )
    assert (module, name) == ("fwtui.core.inputs", "SpecError")
    assert sys.modules["fwtui.core.inputs"].__file__ == f"{folder}/fwtui/core/inputs.py"
    assert reference("torch", OrderedDict).endswith("::collections:OrderedDict")
    assert reference("torch", "nets:Net") == "nets:Net"


def test_a_model_of_a_script_is_refused(monkeypatch):
    from tests.api.modules import Module

    monkeypatch.setattr(Module, "__module__", "__main__")
    with pytest.raises(SpecError, match="got 'a Module of a script'; accepted: a class in a module"):
        _model("torch", Module())


def test_what_another_process_could_not_find_is_refused():
    def local():
        pass

    for thing in (local, lambda: None, object(), 3):
        with pytest.raises(SpecError, match="at the top of a module"):
            reference("torch", thing)


def test_arrays_are_saved_and_other_forms_become_text():
    found = as_settings(
        {
            "data": {"x": np.ones((3, 2)), "y": [1, 2, 3]},
            "layout": {"torch": "NCHW", "tensorflow": "NHWC"},
            "expect": ("lstm-bias", "adam-epsilon"),
            "loss": (SpecError, OrderedDict),
        }
    )
    with np.load(found["data"]) as saved:
        assert (saved["x"].shape, saved["y"].tolist()) == ((3, 2), [1, 2, 3])
    assert found["layout"] == "torch=NCHW,tensorflow=NHWC"
    assert found["expect"] == "lstm-bias,adam-epsilon"
    assert found["loss"].count(",") == 1


PROJECT = {
    "nets.py": """
        from torch import nn


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv, self.fc = nn.Conv2d(3, 4, 3), nn.Linear(4 * 4 * 4, 5)

            def forward(self, x):
                return self.fc(self.conv(x).relu().flatten(1))
        """,
    "keras_nets.py": """
        import keras


        def build(activation="relu"):
            convolution = keras.layers.Conv2D(4, 3, activation=activation)
            return keras.Sequential([convolution, keras.layers.Flatten(), keras.layers.Dense(5)])


        def wrong():
            return build("tanh")


        class Twin(keras.Model):
            def __init__(self, classes=5, **settings):
                super().__init__(**settings)
                self.conv = keras.layers.Conv2D(4, 3, activation="relu")
                self.flat, self.fc = keras.layers.Flatten(), keras.layers.Dense(classes)

            def call(self, x):
                return self.fc(self.flat(self.conv(x)))
        """,
    "test_port.py": """
        import keras_nets
        import numpy as np
        import pytest
        import torch
        from nets import Net

        import fwtui
        from fwtui.pytest_plugin import ModelsDifferError

        RNG = np.random.default_rng(0)
        SETTINGS = {
            "loss": "cross-entropy",
            "data": {"x": RNG.normal(size=(16, 3, 6, 6)), "y": RNG.integers(0, 5, 16)},
            "layout": {"torch": "NCHW", "tensorflow": "NHWC"},
            "steps": 4,
        }


        def test_a_right_port(assert_same_training):
            result = assert_same_training(torch=Net, tensorflow=keras_nets.build, **SETTINGS)
            assert result.same is True


        def test_models_that_are_there_already(assert_same_training):
            module, twin = Net(), keras_nets.Twin()
            twin(np.zeros((1, 6, 6, 3)))
            with torch.no_grad():
                module.fc.bias.fill_(0.25)
            result = assert_same_training(torch=module, tensorflow=twin, dtype="float32", **SETTINGS)
            assert "float64" not in " ".join(result.not_compared)


        def test_a_model_that_cannot_be_taken_elsewhere(assert_same_training):
            module = Net()
            module.activation = lambda x: x
            with pytest.raises(fwtui.SpecError, match="accepted: its class, or a function that makes it"):
                assert_same_training(torch=module, tensorflow=keras_nets.build, **SETTINGS)


        def test_outputs_alone(assert_same_outputs):
            settings = {"data": SETTINGS["data"], "layout": SETTINGS["layout"], "steps": 2}
            assert assert_same_outputs(torch=Net(), tensorflow=keras_nets.build(), **settings).same is True
            with pytest.raises(ModelsDifferError, match="the difference is between conv and fc"):
                assert_same_outputs(torch=Net, tensorflow=keras_nets.wrong, **settings)


        def test_a_wrong_one(assert_same_training):
            with pytest.raises(ModelsDifferError, match="TensorFlow Tanh"):
                assert_same_training(torch=Net, tensorflow=keras_nets.wrong, **SETTINGS)
        """,
}


@pytest.mark.slow
def test_the_fixture_in_a_project_of_its_own(tmp_path):
    for name, text in PROJECT.items():
        (tmp_path / name).write_text(textwrap.dedent(text), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "test_port.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout
