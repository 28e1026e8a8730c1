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

_SAME: dict[str, tuple[str, ...]] = {
    "matmul": ("batchmatmul", "batchmatmulv2", "batchmatmulv3", "mm", "bmm", "addmm", "einsum"),
    "convolution": ("conv2d", "conv1d", "conv3d", "depthwiseconv2dnative"),
    "add": ("addv2", "biasadd", "addn"),
    "sub": ("subtract", "rsub"),
    "mul": ("multiply",),
    "div": ("realdiv", "true_divide"),
    "pow": ("square", "squareddifference"),
    "gather": ("resourcegather", "gatherv2", "gathernd", "index", "index_select", "embedding"),
    "cross entropy": (
        *("softmaxcrossentropywithlogits", "sparsesoftmaxcrossentropywithlogits"),
        *("log_softmax", "logsoftmax", "nll_loss_forward"),
    ),
    "where": ("select", "selectv2"),
    "eq": ("equal",),
    "maxpool": ("max_pool2d_with_indices", "maxpoolwithargmax"),
    "avgpool": ("avg_pool2d",),
    "clamp": ("clipbyvalue", "clamp_min", "clamp_max"),
}
_KINDS = {name: kind for kind, names in _SAME.items() for name in names}

CUT_FREELY = frozenset({"cross entropy"})
"""The kinds that take one op in one framework and several in another."""

RECODERS = frozenset({"onehot", "one_hot"})
"""The kinds that write the same classes in another way, as only some losses want them."""


def kind(op: str) -> str:
    """What the op named `op` does, in one word for both frameworks."""
    name = op.removeprefix("aten.").strip("_").lower()
    return _KINDS.get(name, name)
