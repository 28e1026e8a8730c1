"""What a compiled step in PyTorch does: one call for the host, and what Inductor's code runs inside of it."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from time import perf_counter_ns
from types import FrameType
from typing import Any

from torch import Tensor

from fwtui.backends.logbook import asking_line, in_net
from fwtui.backends.torch import optimizers
from fwtui.backends.torch.graph_kernels import op_of
from fwtui.backends.torch.graph_lines import Frame, origin, written
from fwtui.backends.torch.inductor import Kernel, Stacks
from fwtui.backends.torch.oplog import Asked, Recorder, arguments, storage, tensor_of, tensors_in
from fwtui.core.oplog import OP_PHASES, LoggedOp, OpInput, OpLog, OpPhase

CALL = "compiled step"
"""The op that is the host's one call."""
_BACKWARD = "autograd.grad("
"""What the line of the step holds that asks for the backward pass."""
_EXTERNAL = "convolution"
"""What Inductor's code calls by a name of its own, as it does all that it gives the memory to write into."""


class Ran:
    """Hears what runs.

    Attributes:
        is_compiled: whether any of it was compiled.
        nodes: how many kernels and ops it was.
    """

    def __init__(self) -> None:
        self.is_compiled, self.nodes = False, 0
        self._digest, self._is_inside = blake2b(digest_size=8), False

    def hash(self) -> str:
        """The same for the same graphs, with the same ops between them."""
        return self._digest.hexdigest()

    @contextmanager
    def graph(self, key: str, stacks: Stacks) -> Iterator[None]:
        """A graph is known by its key: what runs in it adds nothing to that."""
        self.is_compiled = self._is_inside = True
        self._digest.update(key.encode())
        try:
            yield
        finally:
            self._is_inside = False

    def kernel(self, kernel: Kernel, call: Callable[[], Any], taken: Sequence[Any]) -> Any:
        """One of a graph's."""
        self.nodes += 1
        return call()

    def op(self, func: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """One of a graph's, or one that runs eagerly."""
        self.nodes += 1
        if not self._is_inside:
            shapes = [tuple(tensor.shape) for tensor in tensors_in((args, kwargs))]
            self._digest.update(repr((str(func), shapes)).encode())
        return func(*args, **kwargs)


class KernelLog:
    """Hears each kernel, and writes it down with what it took and gave.

    Args:
        named: what the step takes, see `Logbook`.
        is_whole: see `Recorder`.
        wait: returns when the device has done what it was given.
    """

    def __init__(self, named: Mapping[str, Tensor], is_whole: bool, wait: Callable[[], None]) -> None:
        # A kernel takes what lies in memory, however it looks at it.
        self._recorder = Recorder(named, is_whole, storage)
        self._book = self._recorder.book
        self._wait = wait
        self._graphs: list[tuple[slice, Mapping[str, Sequence[str]]]] = []
        self._begin: int | None = None
        self._is_kernels = False
        taken = [OpInput(name, 0, tensor_of(tensor)) for name, tensor in named.items()]
        self._book.phase = None
        self._book.write(CALL, taken, (), (), None)

    @property
    def is_compiled(self) -> bool:
        """Whether anything compiled ran."""
        return bool(self._graphs)

    @contextmanager
    def graph(self, key: str, stacks: Stacks) -> Iterator[None]:
        """Kernels of a graph are counted from where it begins."""
        self._begin = len(self._book.ops)
        try:
            yield
        finally:
            self._graphs.append((slice(self._begin, len(self._book.ops)), stacks()))
            self._begin = None

    def kernel(self, kernel: Kernel, call: Callable[[], Any], taken: Sequence[Any]) -> Any:
        """A kernel of Inductor's: it writes into what it is given."""
        entered = perf_counter_ns()
        pointers = list(zip(taken, kernel.ways, strict=False))
        read = [tensor for tensor, way in pointers if way != "out_ptr" and isinstance(tensor, Tensor)]
        written = [tensor for tensor, way in pointers if way != "in_ptr" and isinstance(tensor, Tensor)]
        fields: dict[str, Any] = {"within": 0, "name": kernel.name}
        self._is_kernels = True
        try:
            return self._recorder.run(
                entered, op_of(kernel.name), self._waiting(call), read, written, **fields
            )
        finally:
            self._is_kernels = False

    def op(self, func: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """One of PyTorch's own kernels, called as Inductor's code does; or an op that runs between graphs."""
        entered = perf_counter_ns()
        call = self._waiting(partial(func, *args, **kwargs))
        if self._is_kernels:  # called only to read that kernel's outputs
            return call()
        read, written = arguments(func, args, kwargs)
        if self._begin is None:
            name, asked = str(func.overloadpacket), sys._getframe(2)
            line = partial(_line_of_net, asked)
            return self._recorder.run(entered, name, call, read, written, line, within=0)
        name = _called(func)
        number = 1 + len(self._book.ops) - self._begin
        return self._recorder.run(entered, name, call, read, written, within=0, name=f"{name}:{number}")

    def begin(self) -> None:
        """The call begins now."""
        self._recorder.begin()

    def end(self) -> None:
        """The call is over."""
        self._took_ns = self._recorder.elapsed_ns()

    def build(self, metrics: Mapping[str, Tensor], results: Mapping[str, Tensor]) -> OpLog:
        """Return the log of the call, once it is over.

        Args:
            results: what the step gave in addition to the metrics.
        """
        of_kernels = self._recorder.known({**metrics, **results})
        ops = list(self._book.build(of_kernels))
        ops[0] = replace(
            ops[0],
            outputs=tuple(map(tensor_of, metrics.values())),
            results=tuple((name, place) for place, name in enumerate(metrics)),
            started_ns=0,
            host_ns=self._took_ns,
            device=str(next(iter(metrics.values())).device),
            **self._recorder.figures(metrics.values()),
        )
        for graph, stacks in self._graphs:
            ops[graph] = [_placed(op, n, stacks) for n, op in enumerate(ops[graph], 1)]
        how = "one call, and inside of it the kernels that Inductor's code runs, and the ops between graphs"
        return OpLog(tuple(ops), how, self._took_ns, is_work_timed=True)

    def _waiting(self, call: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            returned = call()
            self._wait()
            return returned

        return run


def _called(func: Any) -> str:
    """How Inductor's code calls an op, such as `extern_kernels.mm` or `torch.ops.aten.sort.default`."""
    name = func.overloadpacket.__name__
    is_external = any(argument.is_out for argument in func._schema.arguments) or name == _EXTERNAL
    return f"extern_kernels.{name}" if is_external else f"torch.ops.{func}"


def _line_of_net(asked: FrameType) -> Asked:
    line = asking_line(asked)
    return line if in_net(line) else None, ""


def _placed(op: LoggedOp, number: int, stacks: Mapping[str, Sequence[str]]) -> LoggedOp:
    """The kernel at `number` in its graph, with the last phase of what it runs, and a line of it."""
    handle = op.name if ":" in op.name else f"{op.name}:{number}"
    asked = [written(stack) for stack in stacks.get(handle, ())]
    phases = [phase for phase in map(_phase, asked) if phase is not None]
    lines = [line for line in (origin(frames)[0] for frames in asked) if line is not None]
    of_net = [line for line in lines if in_net(line)]
    phase = max(phases, key=OP_PHASES.index, default=None)
    return replace(op, phase=phase, source=next(reversed(of_net or lines), None))


def _phase(frames: Sequence[Frame]) -> OpPhase | None:
    if any(file == optimizers.__file__ for file, _, _ in frames):
        return "update"
    source, _ = origin(frames)
    if in_net(source):
        return "forward"
    return "backward" if source is not None and _BACKWARD in linecache.getline(*source) else None
