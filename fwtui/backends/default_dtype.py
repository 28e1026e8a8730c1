"""A backend whose network is built and run while the framework's default dtype is the lane's.

Constants that a user's network never gives a dtype follow the default: `torch.tensor(0.1)`, a Keras layer or
loss. In float64 they would be float32 numbers, and two right networks 1e-8 apart.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from threading import RLock
from typing import Any

Scope = Callable[[], AbstractContextManager[Any]]

process_wide = RLock()
"""Held while a default differs from the process's own: under the thread host, lanes share the defaults."""


class WithDefaultDtype:
    """Runs each method of a backend within a scope that sets the framework's default dtype."""

    def __init__(self, build: Callable[[], Any], scope: Scope) -> None:
        self._scope = scope
        with process_wide, scope():
            self._backend = build()

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._backend, name)
        if not callable(attribute):
            return attribute

        @wraps(attribute)
        def call(*given: Any, **named: Any) -> Any:
            with process_wide, self._scope():
                return attribute(*given, **named)

        return call
