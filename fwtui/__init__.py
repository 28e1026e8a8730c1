"""fwtui: the same network trained in TensorFlow and in PyTorch, side by side in a terminal.

The Python API is here: `fwtui.race`, `fwtui.parity`, `fwtui.forward`, `fwtui.graph` and `fwtui.ops`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fwtui.api import SpecError, forward, graph, ops, parity, race

__all__ = ["SpecError", "forward", "graph", "ops", "parity", "race"]


class _Package(ModuleType):
    """The package: its functions are imported when they are first used.

    Three of them are called like packages of ours, `fwtui.race`, `fwtui.parity` and `fwtui.ops`. Importing a
    module in one of those would put the package in the function's place; these properties do not let it.
    """

    @property
    def race(self) -> Any:
        return import_module("fwtui.api").race

    @property
    def parity(self) -> Any:
        return import_module("fwtui.api").parity

    @property
    def ops(self) -> Any:
        return import_module("fwtui.api").ops

    @property
    def forward(self) -> Any:
        return import_module("fwtui.api").forward

    @property
    def graph(self) -> Any:
        return import_module("fwtui.api").graph

    @property
    def SpecError(self) -> Any:  # noqa: N802, the name of a class
        return import_module("fwtui.api").SpecError

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in ("race", "parity", "ops"):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
