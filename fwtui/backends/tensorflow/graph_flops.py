"""Floating-point operations by op and shapes, for TensorFlow's ops and XLA's.

TensorFlow has such formulas too (`flops_registry`, behind its profiler), for ops of a graph whose shapes are
all known: not for batches of matrices, not for what ran eagerly, and not for XLA's ops.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

Shape = tuple[int | None, ...]

_ELEMENTWISE = {
    *("Add", "AddV2", "BiasAdd", "Div", "DivNoNan", "Maximum", "Minimum", "Mul", "Neg", "Pow", "RealDiv"),
    *(
        "Reciprocal",
        "Relu",
        "Rsqrt",
        "Sqrt",
        "Square",
        "Sub",
        "Exp",
        "Log",
        "Log1p",
        "Tanh",
        "Sigmoid",
        "Erf",
    ),
    *("SquaredDifference", "ReluGrad", "TanhGrad", "SigmoidGrad", "RsqrtGrad", "SqrtGrad", "Abs", "Sign"),
    *("add", "subtract", "multiply", "divide", "maximum", "minimum", "negate", "power", "sqrt", "rsqrt"),
    *(
        "exponential",
        "log",
        "log-plus-one",
        "exponential-minus-one",
        "tanh",
        "logistic",
        "erf",
        "abs",
        "sign",
    ),
}
"""One a value of what they give; a function such as a root counts as one, too."""
_REDUCTIONS = {"Sum", "Mean", "Max", "Min", "Prod", "BiasAddGrad", "reduce", "reduce-window"}
"""One a value of what they take."""
_MOVES = {
    *("Reshape", "Transpose", "Identity", "ExpandDims", "Squeeze", "Pack", "Unpack", "Split", "ConcatV2"),
    *(
        "Tile",
        "Fill",
        "Slice",
        "StridedSlice",
        "ReadVariableOp",
        "ResourceGather",
        "BroadcastTo",
        "ZerosLike",
    ),
    *("reshape", "transpose", "broadcast", "copy", "bitcast", "slice", "concatenate", "tuple", "iota"),
    *("get-tuple-element",),
}
_UPDATES = {
    "ResourceApplyGradientDescent": 2,
    "ResourceApplyMomentum": 4,
    "ResourceApplyAdagradV2": 5,
    "ResourceApplyAdam": 12,
}
"""A value of the weight, by the kernels' equations; what of them is the same for all values left out."""
_PRODUCTS = {"MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"}


def flops(op: str, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int | None:
    """What one run of `op` takes; None where it is not known.

    Args:
        op: such as `MatMul`; oneDNN's own and Grappler's fused ops count as what stands after their prefix.
        inputs: shapes; a captured variable's is that of its values.
    """
    op = op.removeprefix("_").removeprefix("Mkl").removeprefix("Native").removeprefix("Fused")
    if op in _MOVES:
        return 0
    if op in _ELEMENTWISE and outputs:
        return _size(outputs[0])
    if op in _REDUCTIONS and inputs:
        return _size(inputs[0])
    if op in _UPDATES and inputs:
        return _times(_UPDATES[op], _size(inputs[0]))
    if op in _PRODUCTS:
        rows, taken = _size(outputs[0][:-1]), _size(inputs[0])
        return product_flops(outputs[0], taken // rows) if rows and taken else None
    return _convolution(op, inputs, outputs)


def product_flops(output: Shape, summed: int | None) -> int | None:
    """A matrix product or convolution: `summed` products make each value, each a multiplication and an
    addition.
    """
    return _times(2, _size(output), summed)


def _convolution(op: str, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int | None:
    if op == "Conv2D":
        maps, kernel = outputs[0], inputs[1]
    elif op == "Conv2DBackpropInput":
        maps, kernel = inputs[2], inputs[1]
    elif op == "Conv2DBackpropFilter":
        maps, kernel = inputs[2], outputs[0]
    else:
        return None
    return product_flops(maps, _size(kernel[:-1]))


def _size(shape: Shape) -> int | None:
    return _times(*shape)


def _times(*factors: int | None) -> int | None:
    known = [factor for factor in factors if factor is not None]
    return prod(known) if len(known) == len(factors) else None
