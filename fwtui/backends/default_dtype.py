"""A backend whose network is built and run while the framework's default dtype is the lane's.

Constants that a user's network never gives a dtype follow the default: `torch.tensor(0.1)`, a Keras layer or
loss. In float64 they would be float32 numbers, and two right networks 1e-8 apart.

The default is the whole process's. Where lanes share one, those that need it as it is run at once; one that
needs another runs while no other does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache, wraps
from threading import Condition, get_ident
from typing import Any

Scope = Callable[[str], AbstractContextManager[Any]]
"""Given a dtype's name: while entered, it is the framework's default."""

UNCHANGED = "float32"
"""The dtype whose lanes leave the default as it is: a user's file may have set it."""


class DefaultDtype:
    """One framework's default dtype, for the lanes of this process.

    A lane that never ends a call holds up those of another dtype alone, and of the same framework.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._changed = Condition()
        self._usual = 0
        self._exclusive: int | None = None

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """While entered, `name` is the default; waits for the calls under another. A thread may nest them."""
        this = get_ident()
        if self._exclusive == this:
            yield
        elif name == UNCHANGED:
            with self._changed:
                self._changed.wait_for(lambda: self._exclusive is None)
                self._usual += 1
            try:
                yield
            finally:
                with self._changed:
                    self._usual -= 1
                    self._changed.notify_all()
        else:
            with self._changed:
                self._changed.wait_for(lambda: self._exclusive is None and not self._usual)
                self._exclusive = this
            try:
                with self._scope(name):
                    yield
            finally:
                with self._changed:
                    self._exclusive = None
                    self._changed.notify_all()


@cache
def shared(scope: Scope) -> DefaultDtype:
    """The one of the framework whose `scope` this is."""
    return DefaultDtype(scope)


class WithDefaultDtype:
    """Runs each method of a backend while `name` is the default."""

    def __init__(self, build: Callable[[], Any], default: DefaultDtype, name: str) -> None:
        self._default, self._name = default, name
        with default.of(name):
            self._backend = build()

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._backend, name)
        if not callable(attribute):
            return attribute

        @wraps(attribute)
        def call(*given: Any, **named: Any) -> Any:
            with self._default.of(self._name):
                return attribute(*given, **named)

        return call
