"""Which line asked for an op of a TensorFlow graph.

Each op remembers the Python frames from which it was made. For an op of the backward pass those end in the
line that asked for the gradients, so there it is the line of the op whose gradient it is a part of.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import tensorflow as tf

from fwtui.backends.logbook import Source, in_library, in_net
from fwtui.backends.tensorflow.graph_internals import GRADIENT_CALL, gradient_name

TAPE = "gradient_tape/"
_GRADIENT_OF = re.compile(r"(?:^|/)gradients(?:_\d+)?/(.+?)_grad(?:_\d+)?/")
"""`tf.gradients` names what it makes after the op whose gradient it is."""


def sources(levels: Sequence[Sequence[tf.Operation]]) -> dict[tuple[int, str], Source]:
    """The line of each op, by the number of its level and its name, where there is one.

    Args:
        levels: the ops of a graph, and of each function that they call, in the order in which they were made.
    """
    named = {op.name: op for ops in reversed(levels) for op in ops}
    found = {}
    for level, ops in enumerate(levels):
        tape = _Tape(ops)
        for op in ops:
            live = _line(op)
            if not in_net(live):
                live = _line(_gradient_of(op, named) or tape.differentiated(op)) or live
            if live is not None:
                found[level, op.name] = live
    return found


def _line(op: tf.Operation | None) -> Source | None:
    """The innermost line that made `op` and stands in no library."""
    for frame in reversed((op.traceback if op is not None else None) or ()):
        if not in_library(frame.filename):
            return frame.filename, frame.lineno
    return None


def _gradient_of(op: tf.Operation, named: Mapping[str, tf.Operation]) -> tf.Operation | None:
    of = _GRADIENT_OF.search(op.name)
    return named.get(of[1]) if of else None


class _Tape:
    """Finds the ops whose gradients a tape makes: it names only the scopes that they stand in.

    It goes backwards through the ops, so of those in the same scope whose gradients come from the same Python
    function it is the last that it has not been at.
    """

    def __init__(self, ops: Sequence[tf.Operation]) -> None:
        self._ahead: dict[tuple[str, str], list[tf.Operation]] = defaultdict(list)
        for op in ops:
            if not op.name.startswith(TAPE) and (name := gradient_name(op)):
                # Some functions open a scope of the op's own name.
                for scope in (op.name, _parent(op.name)):
                    self._ahead[scope, name].append(op)
        self._call: tuple[str, str] | None = None
        self._first = self._line = 0
        self._found: tf.Operation | None = None

    def differentiated(self, op: tf.Operation) -> tf.Operation | None:
        """The op whose gradient `op` is a part of; None outside of a tape's gradient. Ops come in order."""
        gradient = _gradient_function(op)
        if gradient is None:
            return None
        name, line = gradient
        call = self._scope(_parent(op.name).removeprefix(TAPE.rstrip("/")).removeprefix("/"), name), name
        # Back at its first line, the function has been called again.
        if call != self._call or self._first == line != self._line:
            self._call, self._first = call, line
            ahead = self._ahead.get(call)
            self._found = ahead.pop() if ahead else None
        self._line = line
        return self._found

    def _scope(self, scope: str, name: str) -> str:
        """The scope that the op stood in: a gradient may open further ones inside."""
        while scope and (scope, name) not in self._ahead:
            scope = _parent(scope)
        return scope


def _parent(name: str) -> str:
    return name.rpartition("/")[0]


def _gradient_function(op: tf.Operation) -> tuple[str, int] | None:
    """The name of the Python function that gives a gradient, and the line in it that made `op`."""
    frames = list(op.traceback or ())
    names = [frame.name for frame in frames]
    if GRADIENT_CALL not in names[:-1]:
        return None
    frame = frames[names.index(GRADIENT_CALL) + 1]
    return frame.name, frame.lineno
