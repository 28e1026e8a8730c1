"""What compiled code runs: graph by graph, kernel by kernel, while somebody listens.

Private are `CompiledFxGraph`, whose call runs one graph, and `PyCodeCache`, which keeps the modules of Python
code that Inductor wrote, where each kernel is a global name; both are used here only. Nothing of this costs a
step anything that nobody listens to.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from torch._inductor.codecache import PyCodeCache
from torch._inductor.output_code import CompiledFxGraph

from fwtui.backends.torch.graph_kernels import kernels_in, ways
from fwtui.backends.torch.oplog import Dispatched

_ONE_AT_A_TIME = threading.Lock()
"""What is put in the place of something of the process's is taken back in the reverse order."""


@dataclass(frozen=True)
class Kernel:
    """A kernel that Inductor wrote.

    Attributes:
        name: such as `cpp_fused_relu_0`.
        ways: of each pointer that it takes, in order, `in_ptr`, `out_ptr` or `in_out_ptr`.
    """

    name: str
    ways: tuple[str, ...]


Stacks = Callable[[], Mapping[str, Sequence[str]]]
"""Of each kernel of a graph, such as `cpp_fused_relu_0:2` if it runs second, the traces that asked for it."""


class Listener(Protocol):
    """Hears of what runs in the thread that it began to listen in."""

    def graph(self, key: str, stacks: Stacks) -> AbstractContextManager[Any]:
        """A graph runs while what this gives is entered; `key` is the same for the same graph."""

    def kernel(self, kernel: Kernel, call: Callable[[], Any], taken: Sequence[Any]) -> Any:
        """`kernel` is to run with what it takes: returns what `call` does."""

    def op(self, func: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """One of PyTorch's own ops is to run, in a graph or where none is: returns what it does."""


@contextmanager
def heard(listener: Listener) -> Iterator[None]:
    """While it is entered, `listener` hears of every graph, kernel and op that this thread runs."""
    thread = threading.get_ident()

    def is_here() -> bool:
        return threading.get_ident() == thread

    with _ONE_AT_A_TIME:
        run = CompiledFxGraph.__call__
        kernels = [
            (module, name, getattr(module, name)) for module in _modules() for name in _kernels(module)
        ]

        def call(graph: CompiledFxGraph, inputs: Sequence[Any]) -> Any:
            if not is_here():
                return run(graph, inputs)
            with listener.graph(_key(graph), lambda: _stacks(graph)):
                return run(graph, inputs)

        try:
            CompiledFxGraph.__call__ = call  # type: ignore[method-assign, assignment]
            for module, name, kernel in kernels:
                setattr(module, name, _Heard(_kernels(module)[name], kernel, listener, is_here))
            with Dispatched(listener.op):
                yield
        finally:
            CompiledFxGraph.__call__ = run  # type: ignore[method-assign]
            for module, name, kernel in kernels:
                setattr(module, name, kernel)


class _Heard:
    """Stands for a kernel in the code that calls it: a function in C++, an object with `run` in Triton."""

    def __init__(self, kernel: Kernel, own: Any, listener: Listener, is_here: Callable[[], bool]) -> None:
        self._kernel, self._own, self._listener, self._is_here = kernel, own, listener, is_here

    def __call__(self, *taken: Any) -> Any:
        return self._hear(lambda: self._own(*taken), taken)

    def run(self, *taken: Any, **settings: Any) -> Any:
        return self._hear(lambda: self._own.run(*taken, **settings), taken)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def _hear(self, call: Callable[[], Any], taken: Sequence[Any]) -> Any:
        return self._listener.kernel(self._kernel, call, taken) if self._is_here() else call()


def _modules() -> list[ModuleType]:
    """The modules that call kernels; others hold one each."""
    return [module for module in PyCodeCache.modules if hasattr(module, "call")]


def _kernels(module: ModuleType) -> dict[str, Kernel]:
    assert module.__file__ is not None
    return {name: kernel for name, kernel in _written(module.__file__).items() if hasattr(module, name)}


@lru_cache(maxsize=1024)
def _written(file: str) -> dict[str, Kernel]:
    """The kernels in a module's code, whose name is made of what is in it."""
    return {name: Kernel(name, tuple(ways(code))) for name, code in kernels_in(Path(file).read_text("utf-8"))}


def _key(graph: CompiledFxGraph) -> str:
    """Inductor's own hash of the graph; of its code, where Inductor did not look for it on the disk."""
    return graph._fx_graph_cache_key or blake2b(graph.source_code.encode()).hexdigest()


def _stacks(graph: CompiledFxGraph) -> dict[str, list[str]]:
    stacks: dict[str, list[str]] = json.loads(
        getattr(graph, "inductor_provenance_stack_traces_str", None) or "{}"
    )
    return stacks
