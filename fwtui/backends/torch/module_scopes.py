"""Which module of a model an op belongs to, in the forward pass and in the backward pass.

The count of what autograd records is private (`torch.autograd._get_sequence_nr`), and so is the number of a
node in it; they are used here and in `oplog` alone.
"""

from __future__ import annotations

from typing import Any

from torch import nn
from torch.autograd import _get_sequence_nr  # type: ignore[attr-defined]
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook


class ModuleScopes:
    """While entered, follows which module's forward pass runs.

    Attributes:
        path: of the innermost module that runs, such as `encoder/layers/0`; "" outside of all of them, and in
            the model itself.
        names: the path of each module, by its identity.

    Args:
        model: None for a network that is no module, in which all paths are "".
    """

    def __init__(self, model: nn.Module | None) -> None:
        modules = () if model is None else model.named_modules()
        self.names = {id(module): name.replace(".", "/") for name, module in modules}
        self._running: list[str] = []
        self._hooks: list[Any] = []

    @property
    def path(self) -> str:
        return self._running[-1] if self._running else ""

    def __enter__(self) -> ModuleScopes:
        if self.names:
            self._hooks = [
                register_module_forward_pre_hook(self._begins),
                register_module_forward_hook(self._ends, always_call=True),
            ]
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def _begins(self, module: nn.Module, given: Any) -> None:
        if (name := self.names.get(id(module))) is not None:
            self._running.append(name)

    def _ends(self, module: nn.Module, given: Any, gave: Any) -> None:
        if id(module) in self.names and self._running:
            self._running.pop()


class ScopeNumbers:
    """The scopes of the nodes that autograd records, by their numbers."""

    def __init__(self, scopes: ModuleScopes) -> None:
        self._scopes = scopes
        self._paths: dict[int, str] = {}

    def note(self) -> None:
        """An op is dispatched: autograd has just counted a node for it, if it has a gradient.

        Where it has none, the number is that of an earlier op, which is known by it.
        """
        self._paths.setdefault(_get_sequence_nr() - 1, self._scopes.path)

    def scope(self, node: Any) -> str:
        """The module whose forward pass recorded `node`; "" where that is not known."""
        return self._paths.get(node._sequence_nr(), "")
