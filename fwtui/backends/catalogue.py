"""The backends by name. Listing them imports no framework; `load` does."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from fwtui.backends.base import Framework
from fwtui.core.inputs import one_of

if TYPE_CHECKING:
    from fwtui.core.records import Phase


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
class SourcePart:
    """Source that makes a backend's step, and when it runs.

    Attributes:
        when: in words, with a colon before how often.
        phases: those of a lane in which it runs.
        file: in the framework's folder; "" for the workload's net.
        names: its functions by their qualified names; `{optimizer}` stands for the optimizer's.
        optimizers: those with which it runs; none named: with all.
        call: what stands in the line that makes a step's one call; "" where a step is many.
    """

    when: str
    phases: tuple[Phase, ...]
    file: str = ""
    names: tuple[str, ...] = ()
    optimizers: tuple[str, ...] = ()
    call: str = ""


@dataclass(frozen=True, slots=True)
class BackendEntry:
    """One framework in one execution mode.

    Attributes:
        mode: the part of the name after the dot, as the framework's `step.py` takes it.
        summary: `static` or `dynamic`, a colon, and what it does with the graph.
        each_step: what one step is, in four words.
        source: what makes its step, in the order in which one reads it.
    """

    name: str
    framework: FrameworkEntry
    mode: str
    summary: str
    each_step: str
    source: tuple[SourcePart, ...] = ()

    @property
    def graph(self) -> str:
        """`static` where one graph serves many steps, `dynamic` where each step makes its own."""
        return self.summary.partition(":")[0]


PYTORCH = FrameworkEntry("torch", "PyTorch", "torch", "fwtui.backends.torch")
TENSORFLOW = FrameworkEntry("tensorflow", "TensorFlow", "tensorflow", "fwtui.backends.tensorflow")
FRAMEWORKS = {f.key: f for f in (TENSORFLOW, PYTORCH)}

_EACH: tuple[Phase, ...] = ("warm-up", "steady")
_RUN = "run: each iteration"
_WRITTEN, _FUSED = ("sgd", "momentum", "rmsprop"), ("adam", "adamw")

_TORCH_EAGER = (
    SourcePart("new graph: each iteration", _EACH),
    SourcePart("new graph: each iteration", _EACH, "step.py", ("step_of",)),
    SourcePart(_RUN, _EACH, "step.py", ("Eager.step",)),
    SourcePart(_RUN, _EACH, "optimizers.py", ("Written.__call__", "{optimizer}"), _WRITTEN),
    SourcePart(_RUN, _EACH, "optimizers.py", ("LibraryOptimizer.__call__",), _FUSED),
)
_COMPILED = "compile: once a set of guards"
_TORCH_COMPILE = (
    SourcePart(_COMPILED, ("compile",)),
    SourcePart(_RUN, _EACH, "compiled.py", ("Compile.step",)),
    SourcePart(_RUN, _EACH, "step.py", ("Eager.step",), call="self._run("),
    SourcePart(_COMPILED, ("compile",), "step.py", ("step_of",)),
    SourcePart(_COMPILED, ("compile",), "optimizers.py", ("Written.__call__", "{optimizer}")),
)
_TF_EAGER = (
    SourcePart("new tape: each iteration", _EACH),
    SourcePart("new tape: each iteration", _EACH, "step.py", ("Eager._train", "Eager._gradients")),
    SourcePart(_RUN, _EACH, "step.py", ("Eager.step",)),
    SourcePart(_RUN, _EACH, "optimizers.py", ("{optimizer}",)),
)


def _traced(when: str, phase: Phase, *steps: str) -> tuple[SourcePart, ...]:
    traced = ("Function._traced", "Eager._train", "Eager._gradients")
    return (
        SourcePart(when, (phase,)),
        SourcePart(_RUN, _EACH, "step.py", (*steps, "Function.step", "Eager.step"), call="self._run_train("),
        SourcePart(when, (phase,), "step.py", traced),
        SourcePart(when, (phase,), "optimizers.py", ("{optimizer}",)),
    )


_BUILT = "build the graph: once"
_TF_SESSION = (
    SourcePart(_BUILT, ("build",)),
    SourcePart(_RUN, _EACH, "session.py", ("Session.step", "Session._feed"), call="self._session.run("),
    SourcePart(_BUILT, ("build",), "session.py", ("Session.__init__", "Session._update")),
    SourcePart(_BUILT, ("build",), "optimizers.py", ("{optimizer}",)),
)

BACKENDS = {
    entry.name: entry
    for entry in (
        BackendEntry(
            "torch.eager",
            PYTORCH,
            "eager",
            "dynamic: a new autograd graph each step, op by op",
            "a new graph each step",
            _TORCH_EAGER,
        ),
        BackendEntry(
            "torch.compile",
            PYTORCH,
            "compile",
            "static: traced and compiled, one function a step",
            "one function a step",
            _TORCH_COMPILE,
        ),
        BackendEntry(
            "tf.eager",
            TENSORFLOW,
            "eager",
            "dynamic: a gradient tape each step, op by op",
            "a new tape each step",
            _TF_EAGER,
        ),
        BackendEntry(
            "tf.function",
            TENSORFLOW,
            "function",
            "static: traced once, one graph call a step",
            "one graph call a step",
            _traced("trace: once a signature", "trace"),
        ),
        BackendEntry(
            "tf.xla",
            TENSORFLOW,
            "xla",
            "static: traced and compiled by XLA, one program a step",
            "one program a step",
            _traced("trace and compile: once a signature", "compile", "Xla.step"),
        ),
        BackendEntry(
            "tf.session",
            TENSORFLOW,
            "session",
            "static: TensorFlow 1, built once, fed and run",
            "one Session.run a step",
            _TF_SESSION,
        ),
    )
}


def names() -> tuple[str, ...]:
    """Every backend's name."""
    return tuple(BACKENDS)


def entry(name: str) -> BackendEntry:
    """The entry called `name`; SpecError that lists them all for another."""
    return BACKENDS[one_of("backend", name, names())]


def first_of(framework: FrameworkEntry) -> str:
    """The name of the framework's first backend, which runs op by op."""
    return next(entry.name for entry in BACKENDS.values() if entry.framework == framework)


def load(framework: FrameworkEntry) -> Framework:
    """Imports a framework and gives its modules; ImportError where it is not installed."""
    return Framework(*(import_module(f"{framework.folder}.{file}") for file in ("step", "device", "memory")))
