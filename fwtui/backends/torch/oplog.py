"""Every op of one eager step in PyTorch, forward, backward and update.

The dispatch mode's module is private by its name (`torch.utils._python_dispatch`), and the current node of
the backward pass is (`torch._C`); both are used here only.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from fwtui.backends.logbook import Logbook, Source, asking_line, in_net
from fwtui.backends.torch.graph_lines import Frame, origin, written
from fwtui.race import graph
from fwtui.race.records import Array, Taken


class OpWriter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While it is entered, every op that PyTorch dispatches is written into `book`.

    Anomaly mode is on for that long, in the whole process: it makes each node of the backward pass remember
    the lines that asked for it in the forward pass.
    """

    def __init__(self, parameters: Mapping[str, Tensor], batch: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        named = {f"parameter {name}": tensor for name, tensor in parameters.items()}
        named |= {f"batch {name}": value for name, value in batch.items() if isinstance(value, Tensor)}
        self.book = Logbook(named)
        self._by_memory: dict[Any, int | str] = {_memory(tensor): name for name, tensor in named.items()}

    def __enter__(self) -> OpWriter:
        self._anomaly = torch.autograd.set_detect_anomaly(True, check_nan=False)
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)  # type: ignore[no-untyped-call]
        self._anomaly.__exit__(*error)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Runs the op and writes it down; ops that are called from in here are not dispatched to the mode."""
        inputs = [self._taken(tensor) for tensor in _tensors((args, kwargs))]
        returned = func(*args, **(kwargs or {}))
        # What gives nothing back has written into its arguments, such as `_foreach_sub_`.
        outputs = list(_tensors(returned)) or list(_tensors(_written(func, args, kwargs or {})))
        if not (inputs or outputs):  # a mark for PyTorch's profiler
            return returned
        number = len(self.book.ops)
        self.book.write(
            str(func.overloadpacket),
            inputs,
            outputs,
            [_told(tensor) for tensor in outputs],
            self._source(),
            values=tuple(_array(tensor) for tensor in outputs),
        )
        for tensor in outputs:
            if func._schema.is_mutable:
                self._by_memory[_memory(tensor)] = number
            else:
                self._by_memory.setdefault(_memory(tensor), number)
        return returned

    def _taken(self, tensor: Tensor) -> Taken:
        """`tensor` and where it came from. What the backward pass saved comes back as another object that
        lies in the same memory."""
        known = self.book.origin(tensor)
        origin = self._by_memory.get(_memory(tensor)) if known is None else known
        return Taken(origin, self.book.place(tensor), _told(tensor))

    def _source(self) -> Source | None:
        live = asking_line(sys._getframe(2))
        if self.book.phase != "backward" or in_net(live):
            return live
        source, _ = origin(recorded_frames(current_node()))
        return source


def current_node() -> Any:
    """The node of the backward pass that runs now in this thread; None where none does."""
    node: Any = torch._C._current_autograd_node()  # its stub takes the property `metadata` for a method
    return node


def recorded_frames(node: Any) -> list[Frame]:
    """What asked in the forward pass for what `node` of the backward pass differentiates, outermost first.

    Nothing without anomaly mode in the forward pass, and where no node runs.
    """
    return written("".join(node.metadata.get("traceback_", ()))) if node is not None else []


def _tensors(value: Any) -> Iterator[Tensor]:
    """Every tensor in nested lists, tuples and dicts, in order."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        yield from _tensors(tuple(value.values()))


def _written(func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Any]:
    """The arguments that the op says it writes into."""
    written = [a.name for a in func._schema.arguments if a.alias_info is not None and a.alias_info.is_write]
    positions = {a.name: place for place, a in enumerate(func._schema.arguments)}
    return [kwargs[n] if n in kwargs else args[positions[n]] for n in written]


def _told(tensor: Tensor) -> graph.Tensor:
    return graph.Tensor(str(tensor.dtype).removeprefix("torch."), tuple(tensor.shape))


def _memory(tensor: Tensor) -> Any:
    """What two tensors share that lie in the same memory in the same way; None where none can."""
    if tensor.layout != torch.strided:
        return None
    storage = tensor.untyped_storage()._cdata
    return storage, tensor.storage_offset(), tensor.shape, tensor.stride(), tensor.dtype


def _array(tensor: Tensor) -> Array:
    dense = tensor.detach().to_dense() if tensor.layout != torch.strided else tensor.detach()
    # NumPy has no bfloat16.
    dense = dense.float() if dense.dtype == torch.bfloat16 else dense
    return Array.of(dense.resolve_conj().resolve_neg().cpu().numpy())
