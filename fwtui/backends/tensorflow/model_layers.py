"""Keras's layers in the words that all frameworks' layers have in common; most layouts are Keras's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras

from fwtui.core.model_outline import Kind, LayerOutline, WeightOutline
from fwtui.core.weight_layout import AS_IS, WeightLayout

Role = tuple[str, Any, WeightLayout]
"""A weight's role, its variable and how that is laid out."""

_LAYERS = keras.layers


def outlines(layer: Any) -> Iterator[LayerOutline]:
    """The layers that a Keras layer is, without those inside that are called; none before it is built."""
    if not layer.built:
        return
    for kind, parts in _KINDS.items():
        if isinstance(layer, kind):
            yield from parts(layer)
            return
    yield from _other(layer)


def activates_last(layer: Any) -> bool:
    """Whether all that a layer gives has gone through its attribute `activation`."""
    return isinstance(layer, _ACTIVATING) and layer.activation not in (None, keras.activations.linear)


def is_opaque(layer: Any) -> bool:
    """Whether its outline has the weights of layers inside of it."""
    return isinstance(layer, _OPAQUE)


def own_variables(layer: Any) -> list[Any]:
    """The floating-point variables that a layer holds itself, without the state of random numbers."""
    generators = {id(one.state) for one in layer._seed_generators}
    mine = [*layer._trainable_variables, *layer._non_trainable_variables]
    return [one for one in mine if id(one) not in generators and one.dtype.startswith(("float", "bfloat"))]


def _outline(layer: Any, kind: Kind, roles: list[Role], part: str = "") -> LayerOutline:
    weights = tuple(
        WeightOutline(role, one.path, _shape(one, layout), tuple(one.shape), layout, one.trainable)
        for role, one, layout in roles
        if one is not None
    )
    name = layer.path + (f"[{part}]" if part else "")
    return LayerOutline(name, kind, type(layer).__name__, weights)


def _shape(variable: Any, layout: WeightLayout) -> tuple[int, ...]:
    shape = list(variable.shape)
    if layout.rows is not None:
        shape[0] = layout.rows[1] - layout.rows[0]
    if layout.axes is not None:
        shape = [shape[axis] for axis in layout.axes]
    return tuple(shape) if layout.merge is None else layout.merge


def _dense(layer: Any) -> Iterator[LayerOutline]:
    yield _outline(layer, "dense", [("kernel", layer.kernel, AS_IS), ("bias", layer.bias, AS_IS)])


def _einsum_dense(layer: Any) -> Iterator[LayerOutline]:
    """A dense layer, where its equation contracts the kernel's axes with the input's and adds no other."""
    left, _, result = layer.equation.replace(" ", "").partition("->")
    given, _, kernel = left.partition(",")
    inner = [axis for axis in kernel if axis in given and axis not in result]
    outer = [axis for axis in kernel if axis in result and axis not in given]
    shape = dict(zip(kernel, layer.kernel.shape, strict=False))
    if len(inner) + len(outer) != len(kernel) or len(shape) != len(kernel):
        yield from _other(layer)
        return
    axes = tuple(kernel.index(axis) for axis in [*inner, *outer])
    size_in, size_out = _product(shape[axis] for axis in inner), _product(shape[axis] for axis in outer)
    roles: list[Role] = [("kernel", layer.kernel, WeightLayout(axes=axes, merge=(size_in, size_out)))]
    if layer.bias is not None:
        is_whole = _product(layer.bias.shape) == size_out
        layout = WeightLayout(merge=(size_out,)) if is_whole else AS_IS
        roles.append(("bias", layer.bias, layout))
    yield _outline(layer, "dense", roles)


def _conv(layer: Any) -> Iterator[LayerOutline]:
    yield _conv_outline(layer, layer.kernel, layer.bias)


def _conv_outline(
    layer: Any, kernel: Any, bias: Any, part: str = "", depthwise: bool = False
) -> LayerOutline:
    *window, given, made = kernel.shape  # a depthwise one has (…, channels, multiplier)
    layout = AS_IS
    is_dense = set(window) == {1} and not depthwise and getattr(layer, "groups", 1) == 1
    if depthwise:
        layout = WeightLayout(merge=(*window, 1, given * made))
    elif is_dense:
        layout = WeightLayout(merge=(given, made))
    roles: list[Role] = [("kernel", kernel, layout), ("bias", bias, AS_IS)]
    return _outline(layer, "dense" if is_dense else "conv", roles, part)


def _depthwise(layer: Any) -> Iterator[LayerOutline]:
    yield _conv_outline(layer, layer.kernel, layer.bias, depthwise=True)


def _separable(layer: Any) -> Iterator[LayerOutline]:
    yield _conv_outline(layer, layer.depthwise_kernel, None, "depthwise", depthwise=True)
    yield _conv_outline(layer, layer.pointwise_kernel, layer.bias, "pointwise")


def _conv_transpose(layer: Any) -> Iterator[LayerOutline]:
    yield _outline(layer, "conv-transpose", [("kernel", layer.kernel, AS_IS), ("bias", layer.bias, AS_IS)])


def _embedding(layer: Any) -> Iterator[LayerOutline]:
    yield _outline(layer, "embedding", [("table", layer.embeddings, AS_IS)])


def _batch_norm(layer: Any) -> Iterator[LayerOutline]:
    roles: list[Role] = [
        ("scale", layer.gamma, AS_IS),
        ("offset", layer.beta, AS_IS),
        ("mean", layer.moving_mean, AS_IS),
        ("variance", layer.moving_variance, AS_IS),
    ]
    yield _outline(layer, "batch-norm", roles)


def _norm(layer: Any) -> Iterator[LayerOutline]:
    scale = getattr(layer, "gamma", getattr(layer, "scale", None))
    scale = scale if hasattr(scale, "path") else None  # a setting of the same name
    offset = getattr(layer, "beta", None)
    yield _outline(layer, "norm", [("scale", scale, AS_IS), ("offset", offset, AS_IS)])


def _prelu(layer: Any) -> Iterator[LayerOutline]:
    yield _outline(
        layer, "prelu", [("slope", layer.alpha, WeightLayout(merge=(_product(layer.alpha.shape),)))]
    )


def _recurrent(layer: Any) -> Iterator[LayerOutline]:
    yield from _cells(layer, layer.cell, "")


def _bidirectional(layer: Any) -> Iterator[LayerOutline]:
    for part, one in (("forward", layer.forward_layer), ("backward", layer.backward_layer)):
        yield from _cells(layer, one.cell, part)


def _single_cell(layer: Any) -> Iterator[LayerOutline]:
    yield from _cells(layer, layer, "")


def _cells(layer: Any, cell: Any, part: str) -> Iterator[LayerOutline]:
    if isinstance(cell, _LAYERS.StackedRNNCells):
        for number, one in enumerate(cell.cells):
            yield from _cells(layer, one, f"{part} {number}".strip())
        return
    roles: list[Role] = [
        ("kernel", cell.kernel, AS_IS),
        ("recurrent", cell.recurrent_kernel, AS_IS),
    ]
    kind: Kind = "lstm" if isinstance(cell, _LAYERS.LSTMCell) else "rnn"
    bias = cell.bias
    if isinstance(cell, _LAYERS.GRUCell):
        kind = "gru" if cell.reset_after else "gru-reset-before"
    if kind == "gru" and bias is not None:
        size = bias.shape[1]
        for number, role in enumerate(("bias", "recurrent bias")):
            roles.append((role, bias, WeightLayout(rows=(number, number + 1), merge=(size,))))
    else:
        roles.append(("bias", bias, AS_IS))
    yield _outline(layer, kind, roles, part)


def _other(layer: Any) -> Iterator[LayerOutline]:
    """What a layer holds itself, whatever it is."""
    if variables := own_variables(layer):
        yield _outline(layer, "parameters", [(one.name, one, AS_IS) for one in variables])


def _product(sizes: Any) -> int:
    result = 1
    for size in sizes:
        result *= int(size)
    return result


_RNNS = _LAYERS.LSTM, _LAYERS.GRU, _LAYERS.SimpleRNN, _LAYERS.RNN
_CELLS = _LAYERS.LSTMCell, _LAYERS.GRUCell, _LAYERS.SimpleRNNCell
_ACTIVATING = (
    *(_LAYERS.Dense, _LAYERS.EinsumDense),
    *(_LAYERS.Conv1D, _LAYERS.Conv2D, _LAYERS.Conv3D),
    *(_LAYERS.Conv1DTranspose, _LAYERS.Conv2DTranspose, _LAYERS.Conv3DTranspose),
    *(_LAYERS.DepthwiseConv1D, _LAYERS.DepthwiseConv2D, _LAYERS.SeparableConv1D, _LAYERS.SeparableConv2D),
)
_OPAQUE = (*_RNNS, _LAYERS.Bidirectional)
_KINDS: dict[tuple[type, ...], Callable[[Any], Iterator[LayerOutline]]] = {
    (_LAYERS.Dense,): _dense,
    (_LAYERS.EinsumDense,): _einsum_dense,
    (_LAYERS.DepthwiseConv1D, _LAYERS.DepthwiseConv2D): _depthwise,
    (_LAYERS.SeparableConv1D, _LAYERS.SeparableConv2D): _separable,
    (_LAYERS.Conv1DTranspose, _LAYERS.Conv2DTranspose, _LAYERS.Conv3DTranspose): _conv_transpose,
    (_LAYERS.Conv1D, _LAYERS.Conv2D, _LAYERS.Conv3D): _conv,
    (_LAYERS.Embedding,): _embedding,
    (_LAYERS.BatchNormalization,): _batch_norm,
    (_LAYERS.LayerNormalization, _LAYERS.GroupNormalization, _LAYERS.RMSNormalization): _norm,
    (_LAYERS.PReLU,): _prelu,
    (_LAYERS.Bidirectional,): _bidirectional,
    _RNNS: _recurrent,
    _CELLS: _single_cell,
}
