"""The backends by name. Listing them imports no framework; `load` does."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from fwtui.backends.base import Framework
from fwtui.race.spec import one_of


@dataclass(frozen=True, slots=True)
class FrameworkEntry:
    """A framework as people and `pip` name it, and its folder here.

    Attributes:
        title: its name as people write it.
        package: the module that `import` takes, and the name that `pip install` takes.
        folder: where its `step.py`, `device.py` and `memory.py` are.
    """

    key: str
    title: str
    package: str
    folder: str


@dataclass(frozen=True, slots=True)
class BackendEntry:
    """One framework in one execution mode.

    Attributes:
        mode: the part of the name after the dot, as the framework's `step.py` takes it.
        summary: `static` or `dynamic`, a colon, and what it does with the graph.
        each_step: what one step is, in four words.
    """

    name: str
    framework: FrameworkEntry
    mode: str
    summary: str
    each_step: str


PYTORCH = FrameworkEntry("torch", "PyTorch", "torch", "fwtui.backends.torch")
TENSORFLOW = FrameworkEntry("tensorflow", "TensorFlow", "tensorflow", "fwtui.backends.tensorflow")
FRAMEWORKS = {f.key: f for f in (TENSORFLOW, PYTORCH)}

BACKENDS = {
    entry.name: entry
    for entry in (
        BackendEntry(
            "torch.eager",
            PYTORCH,
            "eager",
            "dynamic: a new autograd graph each step, op by op",
            "a new graph each step",
        ),
        BackendEntry(
            "torch.compile",
            PYTORCH,
            "compile",
            "static: traced and compiled, one function a step",
            "one function a step",
        ),
        BackendEntry(
            "tf.eager",
            TENSORFLOW,
            "eager",
            "dynamic: a gradient tape each step, op by op",
            "a new tape each step",
        ),
        BackendEntry(
            "tf.function",
            TENSORFLOW,
            "function",
            "static: traced once, one graph call a step",
            "one graph call a step",
        ),
        BackendEntry(
            "tf.xla",
            TENSORFLOW,
            "xla",
            "static: traced and compiled by XLA, one program a step",
            "one program a step",
        ),
        BackendEntry(
            "tf.session",
            TENSORFLOW,
            "session",
            "static: TensorFlow 1, built once, fed and run",
            "one Session.run a step",
        ),
    )
}


def names() -> tuple[str, ...]:
    """Every backend's name."""
    return tuple(BACKENDS)


def entry(name: str) -> BackendEntry:
    """The entry called `name`; SpecError that lists them all for another."""
    return BACKENDS[one_of("backend", name, names())]


def load(framework: FrameworkEntry) -> Framework:
    """Imports a framework and gives its modules; ImportError where it is not installed."""
    return Framework(*(import_module(f"{framework.folder}.{file}") for file in ("step", "device", "memory")))
