"""What ops do that have many names, as far as comparing two op logs must know it."""

from __future__ import annotations

CARRIERS = frozenset(
    {
        *("ReadVariableOp", "Identity", "StopGradient", "Cast"),
        *("Reshape", "Transpose", "ExpandDims", "Squeeze", "BroadcastTo"),
        *("aten.alias", "aten.clone", "aten.detach", "aten.lift_fresh", "aten._to_copy"),
        *("aten.t", "aten.transpose", "aten.permute", "aten.view", "aten._unsafe_view", "aten.reshape"),
        *("Pad", "PadV2", "aten.constant_pad_nd"),
        *("aten.unsqueeze", "aten.squeeze", "aten.expand"),
    }
)
"""They give the values that they take, as they are, laid out anew or with a margin, and compute nothing."""

SHAPE_READERS = frozenset(
    {
        *("Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"),
        *("aten.zeros_like", "aten.ones_like", "aten.full_like", "aten.empty_like"),
        *("aten.new_zeros", "aten.new_ones", "aten.new_full", "aten.new_empty"),
    }
)
"""They look at a tensor's shape, and not at its values."""

STOPS = frozenset({"StopGradient", "aten.detach"})
"""They give a value on, and stop its gradient."""
