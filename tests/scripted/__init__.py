"""A framework made of scripts: each mode behaves, or misbehaves, in one way, without importing anything.

`installed/` is what pip leaves of a package: fwtui finds the backends by its entry point.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from fwtui.backends import catalogue
from fwtui.backends.entries import BackendEntry

ROOT = Path(__file__).parents[2]
INSTALLED = Path(__file__).with_name("installed")
CHILD = (sys.executable, str(Path(__file__).with_name("child.py")))


def offer(patch: pytest.MonkeyPatch, entries: Iterable[BackendEntry]) -> None:
    """Let this process know of `entries` alone."""
    found = {one.name: one for one in entries}
    patch.setattr(catalogue, "_found", cache(lambda: (found, ())))


def install(patch: pytest.MonkeyPatch | None = None) -> None:
    """Let this process, and those that it starts, find the scripted backends.

    Args:
        patch: undoes it; None: it lasts as long as the process.
    """
    patch = patch or pytest.MonkeyPatch()
    inherited = os.environ.get("PYTHONPATH")
    patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(INSTALLED), str(ROOT), inherited])))
    patch.syspath_prepend(str(INSTALLED))
    catalogue.forget()
