"""An op's name, shapes and line in as few cells as there are."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from fwtui.core.graph import Tensor
from fwtui.core.oplog import LoggedOp
from fwtui.core.text import plain
from fwtui.format.numbers import line_name

IN_PIECES = "logs as long as these are matched in pieces"
"""Why it is unknown whether an op has a match."""


def cut(text: str, width: int) -> str:
    """`text`, which may come from a framework, in exactly `width` cells."""
    text = plain(text)
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def right(text: str, width: int) -> str:
    """A figure flush right in `width` cells."""
    return text.rjust(width)[:width]


def shape(tensor: Tensor) -> str:
    """`64×1000`; an open dimension is `?`, and a scalar `·`."""
    return "×".join("?" if size is None else str(size) for size in tensor.shape) or "·"


def output(op: LoggedOp) -> str:
    """The shape of what an op gives, and how many outputs it has besides."""
    if not op.outputs:
        return ""
    more = f" +{len(op.outputs) - 1}" if op.outputs[1:] else ""
    return shape(op.outputs[0]) + more


def source(op: LoggedOp, width: int | None = None) -> str:
    """`net_torch.py:18`, its line number kept where the name is too long for `width`."""
    if op.source is None:
        return ""
    whole = line_name(op.source)
    if width is None or cell_len(whole) <= width:
        return whole
    name, _, line = whole.rpartition(":")
    tail = f"….py:{line}" if name.endswith(".py") else f"…:{line}"
    return (name[: max(width - len(tail), 0)] + tail)[:width]


def origin(op: LoggedOp, width: int | None = None) -> str:
    """The module that an op is in, its end kept where there is no room; where it is in none, its line."""
    if not op.scope:
        return source(op, width)
    # The parts of a sequence have numbers for names, and a number alone says nothing.
    scope = f"module {op.scope}" if op.scope.isdecimal() else plain(op.scope)
    if width is None or cell_len(scope) <= width:
        return scope
    while cell_len(scope) >= max(width, 1):
        scope = scope[1:]
    return f"…{scope}"[: max(width, 0)]


def short(op: str) -> str:
    """The op's name without the library that all of a lane's ops are from."""
    return plain(op.removeprefix("aten."))
