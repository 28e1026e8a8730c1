"""A network is built and run under the lane's default dtype, and nothing else in the process is."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from fwtui.backends.default_dtype import DefaultDtype, WithDefaultDtype, shared

ROOT = Path(__file__).parents[2]


class Process:
    """A framework's default, and a backend that notes what it was whenever that ran."""

    def __init__(self):
        self.default, self.notes = "float32", []
        self.shared = DefaultDtype(self.scope)

    @contextmanager
    def scope(self, name):
        before, self.default = self.default, name
        try:
            yield
        finally:
            self.default = before

    def backend(self, dtype="float64", build=None):
        return WithDefaultDtype(build or self.build, self.shared, dtype)

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
        process.backend(build=build)
    assert process.default == "float32"


def test_what_is_no_method_is_given_as_it_is(process):
    backend = process.backend()
    assert backend.first_phase == "trace"
    assert backend.step.__doc__ == "One step."
    with pytest.raises(AttributeError):
        _ = backend.no_such_method


class Inside(Fake):
    """Its step stays in the call until it is told to end."""

    def __init__(self, process):
        super().__init__(process)
        self.began, self.may_end = threading.Event(), threading.Event()

    def step(self, batch, values=False):
        self.began.set()
        assert self.may_end.wait(30)
        return self.process.default


def in_thread(call):
    """Runs it; gives a function that waits for what it gave."""
    given = []
    thread = threading.Thread(target=lambda: given.append(call()))
    thread.start()

    def result(seconds=30):
        thread.join(seconds)
        return given[0] if given else "it waits"

    return result


@pytest.fixture
def inside(process):
    """Backends in a call: a function that gives one of a dtype, and all are let go."""
    begun = []

    def begin(dtype):
        one = Inside(process)
        result = in_thread(lambda: process.backend(dtype, lambda: one).step(None))
        assert one.began.wait(30)
        begun.append(one)
        return one, result

    yield begin
    for one in begun:
        one.may_end.set()


@pytest.mark.parametrize(
    ("busy", "other"), [("float64", "float32"), ("float32", "float64"), ("float64", "float64")]
)
def test_no_other_lane_of_the_process_sees_a_default_that_is_not_its_own(process, inside, busy, other):
    one, first = inside(busy)
    second = in_thread(lambda: process.backend(other, lambda: Fake(process)).step(1))
    assert second(0.1) == "it waits"
    assert process.notes == []
    one.may_end.set()
    assert first() == busy
    assert second() == (1, False)
    assert process.notes == [("step", other)]
    assert process.default == "float32"


def test_lanes_that_leave_the_default_as_it_is_run_at_once(process, inside):
    """One whose build never ends takes no other with it."""
    inside("float32")
    assert process.backend("float32").step(1) == (1, False)


def test_a_lane_may_call_its_backend_from_within_a_call(process):
    class Nested(Fake):
        def step(self, batch, values=False):
            return batch if batch is None else backend.step(None)

    backend = process.backend(build=lambda: Nested(process))
    assert in_thread(lambda: backend.step(1))() is None


def test_one_framework_waits_for_no_other(process, inside):
    inside("float64")
    other = Process()
    assert other.backend("float32").step(1) == (1, False)
    assert shared(process.scope) is not shared(other.scope)
    assert shared(json.dumps) is shared(json.dumps)


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
