"""PyTorch's modules in the words that all frameworks' layers have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn

from fwtui.core.model_outline import Kind, LayerOutline, WeightOutline
from fwtui.core.weight_layout import AS_IS, WeightLayout

_TRANSPOSED = WeightLayout(axes=(1, 0))
_GRU_GATES = 1, 0, 2  # PyTorch has reset, update, new; the common order is Keras's: update, reset, new

OPAQUE = (nn.MultiheadAttention,)
"""They use weights of modules inside of them without calling those."""


def outlines(name: str, module: nn.Module) -> Iterator[LayerOutline]:
    """The layers that a module is, without those of the modules inside of it."""
    for kind, parts in _KINDS.items():
        if isinstance(module, kind) and _has_plain_weights(module):
            yield from parts(name, module)
            return
    yield from _other(name, module)


def _has_plain_weights(module: nn.Module) -> bool:
    """Whether its weights are its own, and not computed from others as under weight or spectral norm."""
    return not hasattr(module, "parametrizations")


def _layer(name: str, kind: Kind, module: nn.Module, weights: list[WeightOutline]) -> LayerOutline:
    return LayerOutline(name, kind, type(module).__name__, tuple(weights))


def _weights(name: str, module: nn.Module, *which: tuple[str, str, WeightLayout]) -> list[WeightOutline]:
    """The weights that the module has of `which`: role, attribute and layout."""
    found: list[WeightOutline] = []
    for role, attribute, layout in which:
        tensor: Any = module
        for part in attribute.split("."):
            tensor = getattr(tensor, part, None)
        if isinstance(tensor, torch.Tensor):
            shape = _common_shape(tensor, layout)
            own = f"{name}.{attribute}" if name else attribute
            trained = isinstance(tensor, nn.Parameter) and tensor.requires_grad
            found.append(WeightOutline(role, own, shape, tuple(tensor.shape), layout, trained))
    return found


def _common_shape(tensor: torch.Tensor, layout: WeightLayout) -> tuple[int, ...]:
    shape = list(tensor.shape)
    if layout.rows is not None:
        shape[0] = layout.rows[1] - layout.rows[0]
    if layout.split is not None:
        shape = list(layout.split)
    if layout.axes is not None:
        shape = [shape[axis] for axis in layout.axes]
    return tuple(shape) if layout.merge is None else layout.merge


def _dense(name: str, module: Any) -> Iterator[LayerOutline]:
    yield _layer(
        name,
        "dense",
        module,
        _weights(name, module, ("kernel", "weight", _TRANSPOSED), ("bias", "bias", AS_IS)),
    )


def _conv(name: str, module: Any) -> Iterator[LayerOutline]:
    shape = tuple(module.weight.shape)  # (outputs, inputs of a group, *window)
    axes = (*range(2, len(shape)), 1, 0)
    pointwise = module.groups == 1 and set(shape[2:]) == {1}
    merge = (shape[1], shape[0]) if pointwise else None
    kernel = ("kernel", "weight", WeightLayout(axes=axes, merge=merge))
    weights = _weights(name, module, kernel, ("bias", "bias", AS_IS))
    yield _layer(name, "dense" if pointwise else "conv", module, weights)


def _conv_transpose(name: str, module: Any) -> Iterator[LayerOutline]:
    axes = (*range(2, module.weight.dim()), 1, 0)  # from (inputs, outputs of a group, *window)
    kernel = ("kernel", "weight", WeightLayout(axes=axes))
    yield _layer(name, "conv-transpose", module, _weights(name, module, kernel, ("bias", "bias", AS_IS)))


def _embedding(name: str, module: Any) -> Iterator[LayerOutline]:
    yield _layer(name, "embedding", module, _weights(name, module, ("table", "weight", AS_IS)))


def _batch_norm(name: str, module: Any) -> Iterator[LayerOutline]:
    weights = _weights(
        name,
        module,
        ("scale", "weight", AS_IS),
        ("offset", "bias", AS_IS),
        ("mean", "running_mean", AS_IS),
        ("variance", "running_var", AS_IS),
    )
    yield _layer(name, "batch-norm", module, weights)


def _norm(name: str, module: Any) -> Iterator[LayerOutline]:
    weights = _weights(name, module, ("scale", "weight", AS_IS), ("offset", "bias", AS_IS))
    if getattr(module, "track_running_stats", False):
        weights += _weights(name, module, ("mean", "running_mean", AS_IS), ("variance", "running_var", AS_IS))
    yield _layer(name, "norm", module, weights)


def _prelu(name: str, module: Any) -> Iterator[LayerOutline]:
    yield _layer(name, "prelu", module, _weights(name, module, ("slope", "weight", AS_IS)))


def _recurrent(kind: Kind) -> Callable[[str, Any], Iterator[LayerOutline]]:
    def layers(name: str, module: Any) -> Iterator[LayerOutline]:
        if getattr(module, "proj_size", 0):
            yield from _other(name, module)
            return
        for number in range(module.num_layers):
            for direction in ("", "_reverse")[: 1 + module.bidirectional]:
                part = f"{name}[l{number}{direction}]"
                yield _cell(kind, part, name, module, f"_l{number}{direction}")

    return layers


def _single_cell(kind: Kind) -> Callable[[str, Any], Iterator[LayerOutline]]:
    return lambda name, module: iter([_cell(kind, name, name, module, "")])


def _cell(kind: Kind, part: str, name: str, module: Any, suffix: str) -> LayerOutline:
    """One direction of one layer: kernels (inputs, gates · units); an LSTM's biases count as their sum."""

    def gates(tensor: torch.Tensor) -> WeightLayout:
        if kind != "gru":
            return _TRANSPOSED if tensor.dim() == 2 else AS_IS
        units, rest = tensor.shape[0] // 3, tuple(tensor.shape[1:])
        if rest:
            return WeightLayout(
                split=(3, units, *rest), order=_GRU_GATES, axes=(2, 0, 1), merge=(*rest, 3 * units)
            )
        return WeightLayout(split=(3, units), order=_GRU_GATES, merge=(3 * units,))

    def weight(role: str, attribute: str, added: str = "") -> WeightOutline:
        tensor = getattr(module, attribute + suffix)
        layout = gates(tensor)
        before = f"{name}." if name else ""
        return WeightOutline(
            role,
            f"{before}{attribute}{suffix}",
            _common_shape(tensor, layout),
            tuple(tensor.shape),
            layout,
            tensor.requires_grad,
            added and f"{before}{added}{suffix}",
        )

    weights = [weight("kernel", "weight_ih"), weight("recurrent", "weight_hh")]
    if module.bias and kind == "gru":
        weights += [weight("bias", "bias_ih"), weight("recurrent bias", "bias_hh")]
    elif module.bias:
        weights.append(weight("bias", "bias_ih", "bias_hh"))
    return _layer(part, kind, module, weights)


def _attention(name: str, module: Any) -> Iterator[LayerOutline]:
    """Four dense layers, as a model has them that does without `nn.MultiheadAttention`."""
    size = module.embed_dim
    packed = module.in_proj_weight is not None
    for number, part in enumerate(("query", "key", "value")):
        rows = number * size, (number + 1) * size
        kernel = (
            ("kernel", "in_proj_weight", WeightLayout(rows=rows, axes=(1, 0)))
            if packed
            else ("kernel", f"{part[0]}_proj_weight", _TRANSPOSED)
        )
        bias = ("bias", "in_proj_bias", WeightLayout(rows=rows))
        yield _layer(f"{name}[{part}]", "dense", module, _weights(name, module, kernel, bias))
    out = _weights(name, module, ("kernel", "out_proj.weight", _TRANSPOSED), ("bias", "out_proj.bias", AS_IS))
    yield _layer(f"{name}[output]", "dense", module, out)
    if extra := _weights(name, module, ("bias_k", "bias_k", AS_IS), ("bias_v", "bias_v", AS_IS)):
        yield _layer(f"{name}[bias]", "parameters", module, extra)


def _other(name: str, module: nn.Module) -> Iterator[LayerOutline]:
    """What a module holds itself, whatever it is: its parameters, and buffers of floating-point numbers."""
    tensors = {**module._parameters, **module._buffers}
    which = [(key, key, AS_IS) for key, one in tensors.items() if one is not None and one.is_floating_point()]
    if which:
        yield _layer(name, "parameters", module, _weights(name, module, *which))


_KINDS: dict[tuple[type[nn.Module], ...], Callable[[str, Any], Iterator[LayerOutline]]] = {
    (nn.Linear,): _dense,
    (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d): _conv_transpose,
    (nn.Conv1d, nn.Conv2d, nn.Conv3d): _conv,
    (nn.Embedding, nn.EmbeddingBag): _embedding,
    (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm): _batch_norm,
    (nn.LayerNorm, nn.GroupNorm, nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d, nn.RMSNorm): _norm,
    (nn.PReLU,): _prelu,
    (nn.LSTM,): _recurrent("lstm"),
    (nn.GRU,): _recurrent("gru"),
    (nn.RNN,): _recurrent("rnn"),
    (nn.LSTMCell,): _single_cell("lstm"),
    (nn.GRUCell,): _single_cell("gru"),
    (nn.RNNCell,): _single_cell("rnn"),
    (nn.MultiheadAttention,): _attention,
}
