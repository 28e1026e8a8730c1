"""What a compiled step in PyTorch does: one call for the host, and kernels of Inductor's inside of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from time import perf_counter_ns
from typing import Any

from torch import Tensor

from fwtui.backends.torch.graph_kernels import KernelNodes, op_of
from fwtui.backends.torch.inductor import Kernel
from fwtui.backends.torch.oplog import Dispatched, Recorder, arguments, storage, tensor_told
from fwtui.race.records import LoggedOp, OpLog, OpPhase, Taken

CALL = "compiled step"
"""The op that is the host's one call."""
_PHASES: dict[str, OpPhase] = {
    "forward": "forward",
    "loss": "forward",
    "backward": "backward",
    "update": "update",
}
_EXTERNAL = "convolution"
"""What Inductor's code calls by a name of its own, as it does all that it gives the memory to write into."""


class Counted:
    """Hears which graphs run, and counts their kernels."""

    def __init__(self) -> None:
        self.graphs: list[str] = []
        self.kernels = 0

    def graph(self, key: str) -> AbstractContextManager[Any]:
        """Counts what PyTorch's own kernels do as well."""
        self.graphs.append(key)
        return Dispatched(self._count)

    def kernel(self, kernel: Kernel, call: Callable[[], Any], taken: Sequence[Any]) -> Any:
        """One more."""
        self.kernels += 1
        return call()

    def _count(self, func: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        self.kernels += 1
        return func(*args, **kwargs)


class KernelLog:
    """Hears each kernel, and writes it down with what it took and gave.

    Args:
        named: what the step takes, see `Logbook`.
        is_whole: see `Recorder`.
        nodes: what is known of the kernels beside what is heard.
        wait: returns when the device has done what it was given.
    """

    def __init__(
        self, named: Mapping[str, Tensor], is_whole: bool, nodes: KernelNodes, wait: Callable[[], None]
    ) -> None:
        # A kernel takes what lies in memory, however it looks at it.
        self._recorder = Recorder(named, is_whole, storage)
        self._book = self._recorder.book
        self._nodes, self._wait = nodes, wait
        self._begins: list[int] = []
        self._is_kernels = False
        taken = [Taken(name, 0, tensor_told(tensor)) for name, tensor in named.items()]
        self._book.phase = None
        self._book.write(CALL, taken, (), (), None)

    @property
    def heard_nothing(self) -> bool:
        """Whether nothing compiled ran."""
        return not self._begins

    def graph(self, key: str) -> AbstractContextManager[Any]:
        """A graph begins: kernels are counted from there."""
        self._begins.append(len(self._book.ops))
        return Dispatched(self._op)

    def kernel(self, kernel: Kernel, call: Callable[[], Any], taken: Sequence[Any]) -> Any:
        """A kernel of Inductor's: it writes into what it is given."""
        entered = perf_counter_ns()
        pointers = list(zip(taken, kernel.ways, strict=False))
        read = [tensor for tensor, way in pointers if way != "out_ptr" and isinstance(tensor, Tensor)]
        written = [tensor for tensor, way in pointers if way != "in_ptr" and isinstance(tensor, Tensor)]
        told: dict[str, Any] = {"within": 0, "name": kernel.name}
        self._is_kernels = True
        try:
            return self._recorder.run(entered, op_of(kernel.name), self._waiting(call), read, written, **told)
        finally:
            self._is_kernels = False

    def begin(self) -> None:
        """The call begins now."""
        self._recorder.begin()

    def end(self) -> None:
        """The call is over."""
        self._took_ns = self._recorder.elapsed_ns()

    def told(self, metrics: Mapping[str, Tensor], results: Mapping[str, Tensor]) -> OpLog:
        """The log of the call, once it is over.

        Args:
            results: what the step gave beside the metrics.
        """
        of_kernels = self._recorder.known({**metrics, **results})
        ops = list(self._book.told(of_kernels))
        ops[0] = replace(
            ops[0],
            outputs=tuple(map(tensor_told, metrics.values())),
            results=tuple((name, place) for place, name in enumerate(metrics)),
            started_ns=0,
            host_ns=self._took_ns,
            device=str(next(iter(metrics.values())).device),
            **self._recorder.figures(metrics.values()),
        )
        ends = [*self._begins[1:], len(ops)]
        for begin, end in zip(self._begins, ends, strict=True):
            ops[begin:end] = self._placed(ops[begin:end])
        how = "one call, and each kernel that Inductor's code runs inside of it; what it changed was put back"
        return OpLog(tuple(ops), how, self._took_ns)

    def _placed(self, ops: Sequence[LoggedOp]) -> Sequence[LoggedOp]:
        """The kernels of one graph, with what its nodes say of them."""
        nodes = self._nodes.of([op.name for op in ops])
        if nodes is None:
            return ops
        return [
            replace(op, phase=_PHASES.get(node.phase), source=node.source)
            for op, node in zip(ops, nodes, strict=True)
        ]

    def _op(self, func: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """One of PyTorch's own kernels, called as Inductor's code does."""
        entered = perf_counter_ns()
        call = self._waiting(partial(func, *args, **kwargs))
        if self._is_kernels:
            return call()
        called = _called(func)
        told: dict[str, Any] = {"within": 0, "name": f"{called}:{1 + len(self._book.ops) - self._begins[-1]}"}
        read, written = arguments(func, args, kwargs)
        return self._recorder.run(entered, called, call, read, written, **told)

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
