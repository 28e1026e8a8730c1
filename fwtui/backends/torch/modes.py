"""PyTorch and its execution modes: `torch.eager` and `torch.compile`."""

from __future__ import annotations

from fwtui.backends.entries import EACH_STEP, RUN, BackendEntry, FrameworkEntry, SourcePart
from fwtui.backends.torch.canonical_ops import OPS

FRAMEWORK = FrameworkEntry(
    "torch", "PyTorch", "torch", "fwtui.backends.torch", slot=2, eager="torch.eager", ops=OPS
)

_WRITTEN, _FUSED = ("sgd", "momentum", "rmsprop"), ("adam", "adamw")

_EAGER = (
    SourcePart("new graph: each iteration", EACH_STEP),
    SourcePart("new graph: each iteration", EACH_STEP, "step.py", ("step_of",)),
    SourcePart(RUN, EACH_STEP, "step.py", ("Eager.step",)),
    SourcePart(RUN, EACH_STEP, "optimizers.py", ("Written.__call__", "{optimizer}"), _WRITTEN),
    SourcePart(RUN, EACH_STEP, "optimizers.py", ("LibraryOptimizer.__call__",), _FUSED),
)
_COMPILED = "compile: once a set of guards"
_COMPILE = (
    SourcePart(_COMPILED, ("compile",)),
    SourcePart(RUN, EACH_STEP, "compiled.py", ("Compile.step",)),
    SourcePart(RUN, EACH_STEP, "step.py", ("Eager.step",), call="self._run("),
    SourcePart(_COMPILED, ("compile",), "step.py", ("step_of",)),
    SourcePart(_COMPILED, ("compile",), "optimizers.py", ("Written.__call__", "{optimizer}")),
)

BACKENDS = (
    BackendEntry(
        name="torch.eager",
        framework=FRAMEWORK,
        mode="eager",
        summary="dynamic: a new autograd graph each step, op by op",
        each_step="a new graph each step",
        source=_EAGER,
    ),
    BackendEntry(
        name="torch.compile",
        framework=FRAMEWORK,
        mode="compile",
        summary="static: traced and compiled, one function a step",
        each_step="one function a step",
        source=_COMPILE,
    ),
)
