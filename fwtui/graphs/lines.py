"""What a node is in words, as pieces that whoever shows them gives their colours."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from fwtui.core.graph import Node, NodePhase, Tensor
from fwtui.core.text import place, plain

Style = Literal["edge", "number", "op", "name", "tensor", "detail", "link"]


class Span(NamedTuple):
    """A piece of a line; a node's own pieces are of its phase too."""

    text: str
    style: Style | NodePhase


Line = tuple[Span, ...]


def tensor(one: Tensor) -> str:
    """`float32[64×1000]`; an open dimension is `?`, a scalar `float32`."""
    shape = "×".join("?" if size is None else str(size) for size in one.shape)
    return f"{one.dtype}[{shape}]" if one.shape else one.dtype


def outputs(node: Node) -> str:
    """Everything that a node gives: `float32[64×100], int64[64]`."""
    return plain(", ".join(map(tensor, node.outputs)))


def source(node: Node) -> str:
    """`net_torch.py:21`, or nothing."""
    return plain(place(Path(node.source[0]), node.source[1])) if node.source else ""


def called(node: Node) -> str:
    """What tells it from others in a word: an input's name, and any other node's op."""
    return plain(node.name if node.phase == "input" else node.op)


def name_below(node: Node, scope: str) -> str:
    """Return a node's name with its scope relative to `scope`, which contains it: `block1/MatMul`."""
    whole = node.name
    if node.scope and not whole.startswith(f"{node.scope}/"):
        whole = f"{node.scope}/{whole}"
    return plain(whole.removeprefix(f"{scope}/") if scope else whole)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` characters."""
    return text if len(text) <= width else text[: width - 1] + "…"


def padded(text: str, width: int) -> str:
    """`text` in exactly `width` characters."""
    return cut(text, width).ljust(width)
