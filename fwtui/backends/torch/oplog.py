"""Every op of one eager step in PyTorch, forward, backward and update.

The dispatch mode's module is private by its name (`torch.utils._python_dispatch`), and so are the current
node of the backward pass (`torch._C`) and the numbers of nodes; they are used here only.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from time import perf_counter_ns
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.autograd import _get_sequence_nr  # type: ignore[attr-defined]
from torch.utils._python_dispatch import TorchDispatchMode

from fwtui.backends.logbook import WRAPPERS, Logbook, Source, Views, asking_line, in_net
from fwtui.backends.torch.figures import array, fingerprint
from fwtui.backends.torch.module_scopes import ModuleScopes
from fwtui.core import graph
from fwtui.core.ndarray import Array
from fwtui.core.oplog import OpInput
from fwtui.core.spec import Feed

WRAPPERS.add(__file__)

_UNWRITTEN = re.compile(r"aten\.(new_)?empty(_\w+)?")
"""Ops that only allocate memory: its content is undefined."""

Asked = tuple[Source | None, str]
"""The line that asked for an op, and the scope that it is in, see `LoggedOp.scope`."""
Memory = Callable[[Tensor], Any]
"""Returns a key that is the same for two tensors that hold the same values; None where there is none."""


class Recorder:
    """Runs ops, and writes each into `book`, with its inputs, outputs and cost.

    Its clock is stopped while it writes, so that times are those of a step that is not logged.

    Args:
        named, views: see `Logbook`.
        is_whole: whether outputs are logged as whole arrays instead of as fingerprints.
        memory: gives the key by which a tensor is known that comes back as another object.
        feeds: outputs to replace, once they are written down.
    """

    def __init__(
        self,
        named: Mapping[str, Tensor],
        is_whole: bool,
        memory: Memory,
        feeds: Sequence[Feed] = (),
        views: Views | None = None,
    ) -> None:
        self.book = Logbook(named, views)
        self._feeds = {(feed.number, feed.output): feed.value for feed in feeds}
        self._is_whole, self._memory = is_whole, memory
        self._known = {memory(tensor): tensor for tensor in named.values()}
        self._storages = {storage(tensor) for tensor in named.values()}
        self.begin()

    def begin(self) -> None:
        """The step begins now."""
        self._began_ns, self._aside_ns = perf_counter_ns(), 0

    def elapsed_ns(self) -> int:
        """Time since the step began, in which nothing was written."""
        return perf_counter_ns() - self._began_ns - self._aside_ns

    def run(
        self,
        entered_ns: int,
        op: str,
        call: Callable[[], Any],
        inputs: Sequence[Tensor],
        written: Sequence[Tensor] = (),
        asked_by: Callable[[], Asked] = lambda: (None, ""),
        **measured: Any,
    ) -> Any:
        """Run the op by `call`, log it, and return what `call` returns.

        Args:
            entered_ns: when logging of the op began; time since then other than the op's own is not counted.
            written: the inputs that it writes into; they are its outputs, where it returns none.
            measured: further fields of `LoggedOp`.
        """
        taken = [self._taken(tensor) for tensor in inputs]
        self._storages.update(map(storage, inputs))
        began = perf_counter_ns()
        returned = call()
        ended = perf_counter_ns()
        outputs = list(tensors_in(returned)) or list(written)
        if inputs or outputs:  # or else it is a mark for PyTorch's profiler
            measured |= {
                "device": str((outputs or inputs)[0].device),
                "started_ns": entered_ns - self._began_ns - self._aside_ns,
                "host_ns": ended - began,
                "nbytes": self._allocated(outputs),
                "is_without_gradient": self.book.phase == "forward" and not torch.is_grad_enabled(),
            }
            number = len(self.book.ops)
            source, measured["scope"] = asked_by()
            self._write(op, taken, outputs, source, bool(written), measured)
            if self._feeds:
                self._feed(number, outputs, is_view=not written and measured["nbytes"] == 0)
        self._aside_ns += perf_counter_ns() - entered_ns - (ended - began)
        return returned

    def known(self, results: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """`results` as the objects that the log knows them by."""
        return {name: self._known.get(self._memory(one), one) for name, one in results.items()}

    def figures(self, outputs: Iterable[Tensor]) -> dict[str, Any]:
        """Return `values` or `fingerprints` of `outputs`, by that field's name in `LoggedOp`."""
        if self._is_whole:
            return {"values": tuple(Array.of(array(tensor)) for tensor in outputs)}
        return {"fingerprints": tuple(fingerprint(tensor) for tensor in outputs)}

    def _write(
        self,
        op: str,
        taken: list[OpInput],
        outputs: Sequence[Tensor],
        source: Source | None,
        overwrites: bool,
        measured: dict[str, Any],
    ) -> None:
        made = [tensor_of(tensor) for tensor in outputs]
        if not self._is_whole and _UNWRITTEN.fullmatch(op):
            measured |= {"fingerprints": (None,) * len(outputs)}
        else:
            measured |= self.figures(outputs)
        self.book.write(op, taken, outputs, made, source, **measured)
        for tensor in outputs:
            key = self._memory(tensor)
            if key is not None and (overwrites or key not in self._known):
                self._known[key] = tensor

    def _feed(self, number: int, outputs: Sequence[Tensor], is_view: bool) -> None:
        """Replaces the outputs that are to be; a view gets memory of its own, and leaves what it looks at."""
        for place, tensor in enumerate(outputs):
            if (value := self._feeds.get((number, place))) is not None:
                fed = torch.tensor(value.value().copy(), dtype=tensor.dtype, device=tensor.device)
                if is_view:
                    tensor.set_(fed.untyped_storage(), 0, fed.shape, fed.stride())
                    self._known[self._memory(tensor)] = tensor
                    self._storages.add(storage(tensor))
                else:
                    tensor.copy_(fed)

    def _taken(self, tensor: Tensor) -> OpInput:
        """`tensor` and where it came from. What the backward pass saved comes back as another object."""
        known = tensor
        if self.book.origin(tensor) is None:
            known = self._known.get(self._memory(tensor), tensor)
        return OpInput(self.book.origin(known), self.book.place(known), tensor_of(tensor))

    def _allocated(self, outputs: Sequence[Tensor]) -> int | None:
        """The bytes of what lies in memory that no tensor lay in before."""
        storages = {storage(tensor): tensor for tensor in outputs}
        new = storages.keys() - self._storages
        self._storages |= new
        if None in storages:
            return None
        return sum(storages[key].untyped_storage().nbytes() for key in new)


class Dispatched(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While it is entered, each op that PyTorch dispatches is left to `run`; what that calls is not."""

    def __init__(self, run: Callable[[Any, Any, Mapping[str, Any]], Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._run = run

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """What an eager lane runs need not be kept from Dynamo, which takes a second to import."""
        return False

    @classmethod
    def ignore_compile_internals(cls) -> bool:
        """Or else what is compiled would run eagerly."""
        return True

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """What the op returns."""
        return self._run(func, args, kwargs or {})


class OpWriter(Dispatched):  # type: ignore[no-untyped-call]
    """While it is entered, every op that PyTorch dispatches is written into the log."""

    def __init__(
        self,
        parameters: Mapping[str, Tensor],
        batch: Mapping[str, Any],
        is_whole: bool,
        feeds: Sequence[Feed] = (),
        views: Views | None = None,
        scopes: ModuleScopes | None = None,
    ) -> None:
        super().__init__(self._write)
        self._scopes = scopes or ModuleScopes(None)
        self.recorder = Recorder(named(parameters, batch), is_whole, _layout, feeds, views)
        self.book = self.recorder.book
        self._asked: dict[int, Asked] = {}

    def _write(self, func: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        entered, asked = perf_counter_ns(), sys._getframe(2)
        return self.recorder.run(
            entered,
            str(func.overloadpacket),
            partial(func, *args, **kwargs),
            *arguments(func, args, kwargs),
            lambda: self._asked_by(asked),
        )

    def _asked_by(self, asked: FrameType) -> Asked:
        """What asked for the op; in the backward pass, for the one of which it is the gradient.

        Autograd counts the nodes that it records, and has just counted one, if this op has a gradient. Where
        it has none, the number is that of an earlier op, which is known by it.
        """
        live = asking_line(asked), self._scopes.path
        self._asked.setdefault(_get_sequence_nr() - 1, live)
        if self.book.phase != "backward" or in_net(live[0]):
            return live
        node = current_node()
        return (None, "") if node is None else self._asked.get(node._sequence_nr(), (None, ""))


def arguments(
    func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[list[Tensor], list[Tensor]]:
    """The tensors that an op reads, and those that it writes into, of what it is called with."""
    given = {a.name: (a, value) for a, value in zip(func._schema.arguments, args, strict=False)}
    given |= {a.name: (a, kwargs[a.name]) for a in func._schema.arguments if a.name in kwargs}
    read = tensors_in([value for a, value in given.values() if not a.is_out])
    written = tensors_in([value for a, value in given.values() if a.alias_info and a.alias_info.is_write])
    return list(read), list(written)


def current_node() -> Any:
    """The node of the backward pass that runs now in this thread; None where none does."""
    node: Any = torch._C._current_autograd_node()  # its stub takes the property `metadata` for a method
    return node


def named(parameters: Mapping[str, Tensor], batch: Mapping[str, Any]) -> dict[str, Tensor]:
    """Every parameter and every array of the batch, by the name that it has in logs and graphs."""
    tensors = {f"parameter {name}": tensor for name, tensor in parameters.items()}
    return tensors | {f"batch {name}": value for name, value in batch.items() if isinstance(value, Tensor)}


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Every tensor in nested lists, tuples and dicts, in order."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from tensors_in(item)
    elif isinstance(value, dict):
        yield from tensors_in(tuple(value.values()))


def tensor_of(tensor: Tensor) -> graph.Tensor:
    """The dtype and the shape of `tensor`."""
    return graph.Tensor(str(tensor.dtype).removeprefix("torch."), tuple(tensor.shape))


def storage(tensor: Tensor) -> int | None:
    """Which piece of memory `tensor` lies in; None where that does not say what it holds."""
    return None if tensor.layout != torch.strided else tensor.untyped_storage()._cdata


def _layout(tensor: Tensor) -> Any:
    """Where in which memory `tensor` lies, and how; None where that does not say what it holds."""
    if tensor.layout != torch.strided:
        return None
    return storage(tensor), tensor.storage_offset(), tensor.shape, tensor.stride(), tensor.dtype
