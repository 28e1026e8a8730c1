"""TensorFlow and its execution modes: `tf.eager`, `tf.function`, `tf.xla` and `tf.session`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwtui.backends.entries import EACH_STEP, RUN, BackendEntry, FrameworkEntry, SourcePart
from fwtui.backends.tensorflow.canonical_ops import OPS

if TYPE_CHECKING:
    from fwtui.core.records import Phase

FRAMEWORK = FrameworkEntry(
    "tensorflow", "TensorFlow", "tensorflow", "fwtui.backends.tensorflow", slot=1, eager="tf.eager", ops=OPS
)

_EAGER = (
    SourcePart("new tape: each iteration", EACH_STEP),
    SourcePart("new tape: each iteration", EACH_STEP, "step.py", ("Eager._train", "Eager._gradients")),
    SourcePart(RUN, EACH_STEP, "step.py", ("Eager.step",)),
    SourcePart(RUN, EACH_STEP, "optimizers.py", ("{optimizer}",)),
)


def _traced(when: str, phase: Phase, *steps: str) -> tuple[SourcePart, ...]:
    traced = ("Function._traced", "Eager._train", "Eager._gradients")
    return (
        SourcePart(when, (phase,)),
        SourcePart(
            RUN, EACH_STEP, "step.py", (*steps, "Function.step", "Eager.step"), call="self._run_train("
        ),
        SourcePart(when, (phase,), "step.py", traced),
        SourcePart(when, (phase,), "optimizers.py", ("{optimizer}",)),
    )


_BUILT = "build the graph: once"
_SESSION = (
    SourcePart(_BUILT, ("build",)),
    SourcePart(RUN, EACH_STEP, "session.py", ("Session.step", "Session._feed"), call="self._session.run("),
    SourcePart(_BUILT, ("build",), "session.py", ("Session.__init__", "Session._update")),
    SourcePart(_BUILT, ("build",), "optimizers.py", ("{optimizer}",)),
)

BACKENDS = (
    BackendEntry(
        name="tf.eager",
        framework=FRAMEWORK,
        mode="eager",
        summary="dynamic: a gradient tape each step, op by op",
        each_step="a new tape each step",
        source=_EAGER,
    ),
    BackendEntry(
        name="tf.function",
        framework=FRAMEWORK,
        mode="function",
        summary="static: traced once, one graph call a step",
        each_step="one graph call a step",
        source=_traced("trace: once a signature", "trace"),
    ),
    BackendEntry(
        name="tf.xla",
        framework=FRAMEWORK,
        mode="xla",
        summary="static: traced and compiled by XLA, one program a step",
        each_step="one program a step",
        source=_traced("trace and compile: once a signature", "compile", "Xla.step"),
    ),
    BackendEntry(
        name="tf.session",
        framework=FRAMEWORK,
        mode="session",
        summary="static: TensorFlow 1, built once, fed and run",
        each_step="one Session.run a step",
        source=_SESSION,
    ),
)
