"""A network is built and run under the lane's default dtype, and nothing else in the process is."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from fwtui.backends.default_dtype import WithDefaultDtype, process_wide

ROOT = Path(__file__).parents[2]


class Process:
    """A framework's default, and a backend that notes what it was whenever that ran."""

    def __init__(self):
        self.default, self.notes = "float32", []

    @contextmanager
    def scope(self):
        before, self.default = self.default, "float64"
        try:
            yield
        finally:
            self.default = before

    def backend(self):
        return WithDefaultDtype(self.build, self.scope)

    def build(self):
        self.notes.append(("build", self.default))
        return Fake(self)


class Fake:
    first_phase = "trace"

    def __init__(self, process):
        self.process = process

    def step(self, batch, values=False):
        """One step."""
        self.process.notes.append(("step", self.process.default))
        if batch is None:
            raise ValueError("no batch")
        return batch, values


@pytest.fixture
def process():
    return Process()


def test_a_backend_is_built_and_called_under_the_default(process):
    backend = process.backend()
    assert (process.notes, process.default) == ([("build", "float64")], "float32")
    assert backend.step({"x": 1}, values=True) == ({"x": 1}, True)
    assert process.notes[1:] == [("step", "float64")]
    assert process.default == "float32"


def test_the_default_is_put_back_after_an_error(process):
    backend = process.backend()
    with pytest.raises(ValueError, match="no batch"):
        backend.step(None)
    assert process.default == "float32"

    def build():
        raise RuntimeError("does not build")

    with pytest.raises(RuntimeError, match="does not build"):
        WithDefaultDtype(build, process.scope)
    assert process.default == "float32"


def test_what_is_no_method_is_given_as_it_is(process):
    backend = process.backend()
    assert backend.first_phase == "trace"
    assert backend.step.__doc__ == "One step."
    with pytest.raises(AttributeError):
        _ = backend.no_such_method


def test_no_other_lane_of_the_process_sees_the_default(process):
    """Another thread waits until it is put back; this one may call the backend from within a call."""
    seen = []

    def look():
        with process_wide:
            seen.append(process.default)

    class Waiting(Fake):
        def step(self, batch, values=False):
            other = threading.Thread(target=look)
            other.start()
            other.join(0.1)
            assert not seen
            assert backend.step_inside() == "float64"
            return other

        def step_inside(self):
            return self.process.default

    backend = WithDefaultDtype(lambda: Waiting(process), process.scope)
    backend.step(None).join()
    assert seen == ["float32"]


PYTORCH = """
import json
import torch
from fwtui.backends.torch import device

def told():
    return [str(one.dtype) for one in (torch.tensor(0.1), torch.zeros(1), torch.nn.Linear(2, 2).weight)]

said = [told()]
with device.default_dtype("float64"):
    said.append(told())
    with device.default_dtype("float32"):
        said.append(told())
    said.append(told())
said.append(told())
try:
    with device.default_dtype("float64"):
        raise KeyError
except KeyError:
    said.append(told())
print(json.dumps(said))
"""
KERAS = """
import json
import tensorflow as tf
import keras
from fwtui.backends.tensorflow import device

def told():
    layer = keras.layers.Dense(2)
    layer.build((None, 3))
    return [keras.config.floatx(), keras.config.dtype_policy().name, layer.kernel.dtype, layer.compute_dtype]

keras.config.set_dtype_policy("mixed_bfloat16")
said = [told()]
with device.default_dtype("float64"):
    said.append(told())
    with device.default_dtype("float32"):
        said.append(told())
    said.append(told())
said.append(told())
try:
    with device.default_dtype("float64"):
        raise KeyError
except KeyError:
    said.append(told())
print(json.dumps(said))
"""


def said_by(code):
    """What a process of its own says: no test's process imports a framework."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=350, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_pytorchs_default_is_set_within_and_restored_after():
    double, single = ["torch.float64"] * 3, ["torch.float32"] * 3
    assert said_by(PYTORCH) == [single, double, single, double, single, single]


def test_kerass_defaults_are_set_within_and_restored_after():
    """The policy that a user's file has set is none of fwtui's."""
    users = ["float32", "mixed_bfloat16", "float32", "bfloat16"]
    double, single = ["float64"] * 4, ["float32"] * 4
    assert said_by(KERAS) == [users, double, single, double, users, users]
