"""Models that are named: the file that is written for them, and what is wrong with a name."""

from __future__ import annotations

import sys

import pytest

from fwtui.core.inputs import SpecError
from fwtui.workloads.user.errors import UserFileError
from fwtui.workloads.user.references import file_of, found, made

BOTH = {"torch": "nets:Net", "tensorflow": "keras_nets:build"}


@pytest.fixture
def module(tmp_path, monkeypatch):
    text = "class Net:\n    pass\n\n\nclass Sized:\n    def __init__(self, size): ...\n\n\nNET = Net()\n"
    (tmp_path / "named_models.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    yield tmp_path
    for name in ("named_models", "fwtui_reference_named_models"):
        sys.modules.pop(name, None)


def functions(path):
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("def ")]


def test_the_file_has_a_model_and_a_loss_for_each_framework():
    path = file_of(BOTH, "mse", "torch=NCHW,tensorflow=NHWC")
    text = path.read_text(encoding="utf-8")
    assert path.name == "Net-build.py"
    assert functions(path) == [
        "def torch_model():",
        "def tensorflow_model():",
        "def torch_loss(model, batch):",
        "def tensorflow_loss(model, batch):",
    ]
    assert "LAYOUT = {'torch': 'NCHW', 'tensorflow': 'NHWC'}" in text
    assert "STEPS = 100\n" in text
    assert file_of(BOTH, "mse", "torch=NCHW,tensorflow=NHWC") == path, "the same again"
    compile(text, path, "exec")


def test_without_a_loss_there_is_none():
    path = file_of(BOTH, None, None)
    assert functions(path) == ["def torch_model():", "def tensorflow_model():"]


def test_a_model_itself_is_read_from_its_file():
    text = file_of({**BOTH, "torch": "/tmp/x/Net.object.npz"}, "mse", None).read_text(encoding="utf-8")
    assert (
        "    from fwtui.backends.torch.instances import model\n\n    return model('/tmp/x/Net.object.npz')"
        in text
    )
    assert text.startswith('"""a Net as it is and keras_nets:build"""')


def test_two_of_one_framework_have_one_loss():
    path = file_of({"torch": "nets:Net", "torch_b": "nets:New"}, "nets:loss", None)
    assert functions(path) == ["def torch_model():", "def torch_model_b():", "def torch_loss(model, batch):"]


@pytest.mark.parametrize(
    ("references", "loss", "layout", "option"),
    [
        ({"torch": "nets:Net"}, "mse", None, "--torch"),
        ({**BOTH, "torch_b": "nets:Net"}, "mse", None, "--torch"),
        ({**BOTH, "torch": "Net"}, "mse", None, "--torch"),
        ({**BOTH, "torch": "nets:Net()"}, "mse", None, "--torch"),
        (BOTH, "l2", None, "--loss"),
        (BOTH, "nets:loss", None, "--loss"),
        (BOTH, "mse", "NCHW", "--layout"),
    ],
)
def test_what_has_not_its_form_is_refused(references, loss, layout, option):
    with pytest.raises(SpecError) as error:
        file_of(references, loss, layout)
    assert error.value.option == option


def test_a_class_is_made_and_a_model_is_copied(module):
    kinds = {type(made(f"{where}:{name}")).__name__ for where in ("named_models",) for name in ("Net", "NET")}
    assert kinds == {"Net"}
    assert made("named_models:NET") is not found("named_models:NET")
    assert type(made(f"{module / 'named_models.py'}:Net")).__name__ == "Net"
    assert found(f"{module}::named_models:Net") is found("named_models:Net")


@pytest.mark.parametrize(
    ("reference", "what"),
    [
        ("named_models:Nix", "has no Nix"),
        ("no_such_module:Net", "No module named"),
        ("named_models:Sized", "needs arguments: missing a required argument: 'size'"),
        ("nowhere.py:Net", "no module at nowhere.py"),
    ],
)
def test_what_is_not_there_is_told(module, reference, what):
    with pytest.raises(UserFileError, match=what):
        made(reference)
