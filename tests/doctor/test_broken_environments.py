"""Environments with a framework that does not import: each is a line, and none is waited for."""

from __future__ import annotations

import pytest

from fwtui.backends import catalogue
from fwtui.core.spec import Interpreter
from fwtui.doctor.examination import examine
from fwtui.doctor.places import Place
from tests.environments import environment

pytestmark = [pytest.mark.slow, pytest.mark.spread]
_, TORCH = catalogue.frameworks()


@pytest.fixture
def examined(tmp_path):
    """What is found of PyTorch in an environment whose `torch` is this text."""

    def find(text: str | None, patience_s: float = 60.0):
        python = environment(tmp_path / "env", ["numpy"])
        if text is not None:
            package = next((tmp_path / "env").glob("lib/python*/site-packages")) / "torch"
            package.mkdir()
            (package / "__init__.py").write_text(text)
        return examine(Place(TORCH, Interpreter(str(python)), False), patience_s)

    return find


def test_one_that_is_not_there(examined):
    found = examined(None)
    assert found.is_absent
    assert found.mend.endswith("env/bin/python -m pip install torch")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "raise ImportError('libcudart.so.12: cannot open shared object file')",
            "libcudart.so.12: cannot open",
        ),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("import os; os._exit(3)", "3"),
        ("raise SystemExit(0)", "does not import"),
        ("__version__ = '2.0'", "does not import"),  # an empty shell of one
    ],
)
def test_one_whose_import_ends_badly(examined, text, words):
    found = examined(text)
    assert not found.is_absent
    assert words in found.problem
    assert "\n" not in found.problem


def test_one_whose_import_hangs(examined):
    found = examined("import time; time.sleep(600)", patience_s=4.0)
    assert found.problem.startswith("importing it takes more than ")
    assert "bin/python -c 'import torch'" in found.mend


def test_no_python_at_all():
    found = examine(Place(TORCH, Interpreter("/bin/ls"), False))
    assert found.problem.startswith("/bin/ls runs no lane")
