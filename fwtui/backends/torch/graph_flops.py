"""How many floating-point operations a node of an fx graph takes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import fx
from torch.utils.flop_counter import FlopCounterMode

_aten: Any = torch.ops.aten
_MOVE_ONLY = {
    _aten.cat,
    _aten.clone,
    _aten.copy,
    _aten.copy_,
    _aten.embedding,
    _aten.fill_,
    _aten.full_like,
    _aten.gather,
    _aten.index,
    _aten.index_select,
    _aten.lift_fresh_copy,
    _aten.new_zeros,
    _aten.ones_like,
    _aten.stack,
    _aten.transpose_,
    _aten.unsafe_split,
    _aten.zeros_like,
    _aten._to_copy,
    _aten._unsafe_view,
}
"""What computes nothing, although PyTorch tags some of them as computing each element."""
_EACH_INPUT = {_aten.sum, _aten.mean, _aten.amax, _aten.amin, _aten.argmax}
"""One operation for each element that is taken in, to a rounding."""
_SAME = {
    _aten._scaled_dot_product_flash_attention_for_cpu: _aten._scaled_dot_product_flash_attention,
    _aten._scaled_dot_product_flash_attention_for_cpu_backward: (
        _aten._scaled_dot_product_flash_attention_backward
    ),
}
"""What takes as many as another, for which PyTorch has a formula."""


def flops(node: fx.Node) -> int | None:
    """Of one run; a multiplication and an addition are two, whatever an element takes otherwise is one.

    Matrix products and convolutions by the formulas of PyTorch's own counter. None where it is unknown, or
    where a size is open.
    """
    op: Any = node.target
    if not isinstance(op, torch._ops.OpOverload):
        return None
    values: Any = fx.map_arg((node.args, node.kwargs, node), lambda one: one.meta.get("val"))
    args, kwargs, given = values
    packet = op.overloadpacket
    formula = _formulas().get(_SAME.get(packet, packet))
    if formula is not None:
        return _known(formula(*args, **kwargs, out_val=given))
    if packet in _MOVE_ONLY or _is_view(op) or not node.all_input_nodes:
        return 0
    if packet in _EACH_INPUT:
        return _known(args[0].numel())
    if torch.Tag.pointwise in op.tags and isinstance(given, torch.Tensor):
        return _known(given.numel())
    return None


@cache
def _formulas() -> dict[Any, Callable[..., Any]]:
    return FlopCounterMode(display=False).flop_registry


def _known(count: Any) -> int | None:
    return count if isinstance(count, int) else None


def _is_view(op: torch._ops.OpOverload) -> bool:
    aliases = [returned.alias_info for returned in op._schema.returns]
    return any(alias is not None and not alias.is_write for alias in aliases)
