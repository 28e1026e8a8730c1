"""A module that a user has at hand, on its way into another process."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from fwtui.system import pickled


def write(module: nn.Module, path: Path) -> None:
    """Write a module into a file. Exception: whatever pickling it raises."""
    pickled.write(module, path)


def model(path: str) -> nn.Module:
    """The module that was written."""
    found: nn.Module = pickled.read(path)
    return found
