"""The kernels that Inductor made, read from the Python code that it writes to call them.

That code is meant for Python alone, and not documented: what it looks like is known here only. Before each
call of a kernel stands a comment with its debug handle, the kernel's name and a number; all else makes room
for buffers and gives it back.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence

from fwtui.core.graph import PHASES, Node, Tensor

_HANDLE = re.compile(r"# \[Provenance debug handles\] ((\S+):\d+)")
_SIGNATURE = re.compile(r"(?:\bkernel|def \w+)\s*\(([^)]*)\)")
_POINTER = re.compile(r"\b(in_out_ptr|in_ptr|out_ptr)\d+")
_FUSED = re.compile(r"^(\w*?_fused)_")
_NEW = "empty_strided"


def kernels_of(
    code: str, inputs: Sequence[Node], made_of: Mapping[str, Sequence[Node]]
) -> tuple[list[Node], tuple[tuple[str, str], ...]]:
    """A node for each call, inputs first; and the code of each kernel by its name, with that of the calls.

    Args:
        code: as Inductor wrote it.
        inputs: what it takes, in order.
        made_of: the nodes that a kernel runs, by its debug handle.

    Raises:
        ValueError: the code is not as it is known here.
    """
    module = ast.parse(code)
    calls = [one for one in ast.walk(module) if isinstance(one, ast.FunctionDef) and one.name == "call"]
    if not calls:
        raise ValueError("Inductor's code has no function `call`")
    kernels = dict(kernels_in(code))
    handles: dict[str, deque[str]] = defaultdict(deque)
    for handle, kernel in _HANDLE.findall(code):
        handles[kernel].append(handle)
    reader = _Reader(kernels, made_of, handles)
    for statement in _statements(calls[-1].body):
        if isinstance(statement, ast.Assign) and ast.unparse(statement.value) == "args":
            reader.take(list(_names(statement.targets[0])), inputs)
        else:
            reader.read(statement)
    return reader.nodes, (*kernels.items(), ("call", ast.get_source_segment(code, calls[-1]) or ""))


class _Reader:
    """Goes through the statements in order, and knows who wrote each buffer last, and what it holds."""

    def __init__(
        self,
        kernels: Mapping[str, str],
        made_of: Mapping[str, Sequence[Node]],
        handles: Mapping[str, deque[str]],
    ) -> None:
        self.nodes: list[Node] = []
        self._kernels, self._made_of, self._handles = kernels, made_of, handles
        self._writers: dict[str, tuple[int, int]] = {}
        self._tensors: dict[str, Tensor] = {}

    def take(self, buffers: Sequence[str], inputs: Sequence[Node]) -> None:
        """What the code is called with.

        Raises:
            ValueError: it takes another number of inputs.
        """
        if len(buffers) != len(inputs):
            raise ValueError(f"Inductor's code takes {len(buffers)} inputs, its graph {len(inputs)}")
        for buffer, node in zip(buffers, inputs, strict=True):
            self._write([buffer], node.outputs)
            self.nodes.append(node)

    def read(self, statement: ast.stmt) -> None:
        """A statement: the call of a kernel, a new buffer, or another name for one."""
        value = statement.value if isinstance(statement, (ast.Assign, ast.Expr)) else None
        target = ast.unparse(statement.targets[0]) if isinstance(statement, ast.Assign) else None
        called = ast.unparse(value.func).removesuffix(".run") if isinstance(value, ast.Call) else ""
        if isinstance(value, ast.Call) and self._handles.get(called):
            self._call(value, called, target)
        elif target is not None and isinstance(value, ast.Call) and called.startswith(_NEW):
            self._tensors[target] = _tensor(value)
        elif target is not None and value is not None:
            self._alias(target, value)

    def _call(self, call: ast.Call, called: str, target: str | None) -> None:
        handle = self._handles[called].popleft()
        arguments = [next(_names(one), "") for one in call.args]
        written = [name for one in call.keywords if one.arg == "out" for name in _names(one.value)]
        if called in self._kernels:
            pointers = list(zip(arguments, ways(self._kernels[called]), strict=False))
            arguments = [name for name, way in pointers if way != "out_ptr"]
            written = [name for name, way in pointers if way != "in_ptr"]
        elif target is not None:
            written = [target]
        runs = self._made_of.get(handle, ())
        outputs = tuple(self._tensors[name] for name in written if name in self._tensors)
        node = Node(
            op=op_of(called),
            name=called if called in self._kernels else handle,
            phase=max((one.phase for one in runs), key=PHASES.index, default="forward"),
            inputs=tuple(self._writers[name] for name in arguments if name in self._writers),
            outputs=outputs or (runs[-1].outputs if runs else ()),
            scope=runs[-1].scope if len({one.scope for one in runs}) == 1 else "",
            source=next((one.source for one in reversed(runs) if one.source is not None), None),
            flops=_sum([one.flops for one in runs]),
            detail=_ops_by_phase(runs),
        )
        self._write(written, node.outputs)
        self.nodes.append(node)

    def _write(self, buffers: Sequence[str], outputs: Sequence[Tensor]) -> None:
        for number, (buffer, tensor) in enumerate(zip(buffers, outputs, strict=False)):
            self._writers[buffer], self._tensors[buffer] = (len(self.nodes), number), tensor

    def _alias(self, target: str, value: ast.expr) -> None:
        """Another name for a buffer, or for one of those that a call gave back."""
        name = next(_names(value), "")
        if name not in self._writers:
            return
        place, output = self._writers[name]
        if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
            output = int(str(value.slice.value))
        outputs = self.nodes[place].outputs
        if output < len(outputs):
            self._writers[target], self._tensors[target] = (place, output), outputs[output]


def kernels_in(code: str) -> Iterator[tuple[str, str]]:
    """The name and the code of each kernel: `name = async_compile.….(…, 'code', …)`."""
    for one in ast.parse(code).body:
        if not isinstance(one, ast.Assign) or not isinstance(one.value, ast.Call):
            continue
        if ast.unparse(one.value.func).startswith("async_compile."):
            texts = [a.value for a in one.value.args if isinstance(a, ast.Constant)]
            yield ast.unparse(one.targets[0]), max(map(str, texts), key=len, default="")


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement in order, also those inside a `with`, such as one that chooses the GPU."""
    for one in body:
        if isinstance(one, ast.With):
            yield from _statements(one.body)
        else:
            yield one


def _names(value: ast.AST) -> Iterator[str]:
    """The buffers in an argument, such as the one in `reinterpret_tensor(buf1, …)`."""
    if isinstance(value, ast.Name):
        yield value.id
    elif isinstance(value, ast.Call):
        for one in value.args:
            yield from _names(one)
    elif isinstance(value, (ast.Tuple, ast.List)):
        for one in value.elts:
            yield from _names(one)
    elif isinstance(value, ast.Subscript):
        yield from _names(value.value)


def op_of(called: str) -> str:
    """What a kernel is called without what was fused in it, such as `cpp_fused`."""
    return found[1] if (found := _FUSED.match(called)) else called


def ways(code: str) -> list[str]:
    """Whether a kernel reads, writes or does both with each pointer that it takes, in order."""
    # Those of helper functions take no pointers.
    return max((_POINTER.findall(taken) for taken in _SIGNATURE.findall(code)), key=len, default=[])


def _tensor(call: ast.Call) -> Tensor:
    """What `empty_strided_cpu((64, 10), (10, 1), torch.float32)` makes."""
    sizes = call.args[0].elts if isinstance(call.args[0], ast.Tuple) else []
    shape = tuple(int(str(size.value)) if isinstance(size, ast.Constant) else None for size in sizes)
    return Tensor(ast.unparse(call.args[-1]).removeprefix("torch."), shape)


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if counts and len(known) == len(counts) else None


def _ops_by_phase(runs: Sequence[Node]) -> str:
    """Return the ops that a kernel runs, by phase, such as `forward aten.relu`."""
    parts = []
    for phase in PHASES:
        ops = list(dict.fromkeys(node.op for node in runs if node.phase == phase))
        if ops:
            parts.append(f"{phase} {', '.join(ops)}")
    return "; ".join(parts)
