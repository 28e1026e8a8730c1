"""Access to eager ops that TensorFlow has in private modules only, and that only this module uses.

TensorFlow reports eager ops through `op_callbacks`. A callback is called after an op, in the thread that ran
the op, is registered for that thread, and can be removed only together with a state of the whole process: so
each `Watch` has a thread of its own. Callbacks do not report when an op was called: that is measured in the
functions through which Python calls TensorFlow's C++, which are wrapped for as long as ops are timed.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import cache
from threading import Lock, get_ident
from time import perf_counter_ns
from types import FrameType
from typing import Any

from tensorflow.python import pywrap_tfe
from tensorflow.python.eager import context
from tensorflow.python.framework import op_callbacks, op_def_registry
from tensorflow.python.ops import stateful_random_ops

_EXECUTES = ("TFE_Py_FastPathExecute", "TFE_Py_Execute", "TFE_Py_ExecuteCancelable")
_timing = Lock()
"""The functions that get a clock are the whole process's: one log at a time."""

Tell = Callable[[str, Any, Any, FrameType], None]
"""Receives an op: its name, its inputs, its outputs, and the frame that it was called from."""


class Clock:
    """Counts nanoseconds since `start`, without those in which it was stopped.

    Attributes:
        began_ns: when the op began that ran last.
        ended_ns: when that op had ended, or the time at which the clock was stopped last.
    """

    def __init__(self) -> None:
        self.began_ns = self.ended_ns = self._zero = 0

    def start(self) -> None:
        """Starts at 0."""
        self._zero = perf_counter_ns()

    def now_ns(self) -> int:
        """Return the time in nanoseconds; only valid while the clock runs."""
        return perf_counter_ns() - self._zero

    def stop(self) -> None:
        """Stop the clock: an op has ended, or the time that follows is not to be counted."""
        self.ended_ns = self.now_ns()

    def go_on(self) -> None:
        """Let the clock go on from where it was stopped."""
        self._zero = perf_counter_ns() - self.ended_ns


class Watch:
    """Runs functions in a thread of its own, and reports every op that they run eagerly."""

    def __init__(self) -> None:
        self._tell: Tell | None = None
        self._clock: Clock | None = None
        self._thread = ThreadPoolExecutor(1, initializer=self._install)

    def run(self, take: Callable[[], object], tell: Tell | None = None, clock: Clock | None = None) -> None:
        """Run `take`, report each op to `tell`, and time it by `clock`, which is stopped during a report."""
        self._thread.submit(self._run, take, tell, clock).result()

    def close(self) -> None:
        """Ends the thread."""
        self._thread.shutdown()

    def _install(self) -> None:
        op_callbacks.add_op_callback(self._ran)

    def _run(self, take: Callable[[], object], tell: Tell | None, clock: Clock | None) -> None:
        self._tell, self._clock = tell, clock
        try:
            with nullcontext() if clock is None else _timed(clock):
                take()
        finally:
            self._tell = self._clock = None

    def _ran(
        self, op: str | bytes, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None
    ) -> None:
        """What TensorFlow calls after each op; `graph` is the one being traced, where the op did not run."""
        tell, clock = self._tell, self._clock
        if tell is None or graph is not None:
            return
        if clock is not None:
            clock.stop()
        self._tell = None  # reading tensors may run ops, too
        try:
            tell(op.decode() if isinstance(op, bytes) else op, inputs, outputs or (), sys._getframe(1))
        finally:
            self._tell = tell
            if clock is not None:
                clock.go_on()


@cache
def has_float_attribute(op: str) -> bool:
    """Whether an op of this type has an attribute that is a number, which TensorFlow keeps in float32."""
    definition = op_def_registry.get(op)
    return definition is not None and any(one.type == "float" for one in definition.attr)


@contextmanager
def _timed(clock: Clock) -> Iterator[None]:
    """Sets `clock.began_ns` whenever this thread calls an op.

    An op may run others before it runs itself, such as the read of a variable that it takes; it begins when
    the last of them has ended.
    """
    own = get_ident()

    def timed(execute: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            if get_ident() != own:
                return execute(*given)
            clock.began_ns = clock.now_ns()
            try:
                return execute(*given)
            finally:
                clock.began_ns = clock.now_ns()

        # Tracebacks are searched for the line that asked for an op, which is none of these.
        call.__code__ = call.__code__.replace(co_filename="<clock>")
        return call

    with _timing:
        plain = {name: getattr(pywrap_tfe, name) for name in _EXECUTES}
        try:
            for name, execute in plain.items():
                setattr(pywrap_tfe, name, timed(execute))
            yield
        finally:
            for name, execute in plain.items():
                setattr(pywrap_tfe, name, execute)


@contextmanager
def other_random_numbers() -> Iterator[None]:
    """Draws other random numbers than the process would, which goes on with its own afterwards.

    Not the same ones: a kernel with a seed keeps its position, and cannot be reset to an earlier one. That is
    also why an op with a seed of its own draws on where a step left off, and so does the step after that.
    """
    now, generator = context.context(), stateful_random_ops.global_generator
    seeds = None if context.global_seed() is None else now._rng
    state = None if generator is None else generator.state.numpy()
    if seeds is not None:
        now._rng = random.Random(0)
    try:
        yield
    finally:
        if seeds is not None:
            now._rng = seeds
        if generator is not None:
            generator.state.assign(state)
