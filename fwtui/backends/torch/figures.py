"""What a tensor holds: whole, or in a few figures."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from fwtui.backends import fingerprint as numpy_figures
from fwtui.core.oplog import TensorStats

_WIDER = {torch.bfloat16: torch.float32, torch.complex32: torch.complex64}
"""For what NumPy does not have."""


def array(tensor: Tensor) -> NDArray[Any]:
    """The values of `tensor`; on the CPU they lie where it does."""
    dense = tensor.detach().to_dense() if tensor.layout != torch.strided else tensor.detach()
    dense = dense.to(_WIDER.get(dense.dtype, dense.dtype))
    values: NDArray[Any] = dense.resolve_conj().resolve_neg().cpu().numpy()
    return values


def fingerprint(tensor: Tensor) -> TensorStats | None:
    """The figures of `tensor`, see `fwtui.backends.fingerprint`; a GPU works out those of what it holds."""
    if tensor.device.type == "cpu" or tensor.layout != torch.strided:
        return numpy_figures.fingerprint(array(tensor))
    return on_device(tensor)


def on_device(tensor: Tensor) -> TensorStats | None:
    """The same figures by PyTorch, of which only these are copied to the host; None for quantized numbers."""
    if tensor.is_quantized:
        return None
    # Apple's GPUs know no float64.
    exact = torch.float32 if tensor.device.type == "mps" else torch.float64
    plain = tensor.detach().resolve_conj().resolve_neg()
    # A row for the real numbers, or for the real and one for the imaginary parts.
    numbers = torch.view_as_real(plain).movedim(-1, 0) if plain.is_complex() else plain.unsqueeze(0)
    parts = numbers.to(exact)
    finite = parts.isfinite().all(0)
    kept = parts.where(finite, 0)
    count = finite.sum()
    magnitudes = torch.hypot(kept[0], kept[1]) if plain.is_complex() else kept[0].abs()
    largest = (magnitudes.max() if tensor.numel() else count).to(exact).clamp(max=torch.finfo(exact).max)
    # In parts of the largest: of numbers near a dtype's largest the sum, or the squares, are beyond it.
    scale = largest.where(largest > 0, 1)
    scaled = kept / scale
    means = scaled.flatten(1).sum(1) / count
    offsets = scaled - means.reshape(-1, *[1] * tensor.dim())
    square = offsets.where(finite, 0).square().sum() / count
    nans = parts.isnan().any(0).sum()
    columns = [count.to(exact), square.sqrt() * scale, largest, nans.to(exact), *(means * scale)]
    finite_count, deviation, magnitude, nan_count, mean, *imaginary = torch.stack(columns).tolist()
    infinities = tensor.numel() - int(finite_count) - int(nan_count)
    if not finite_count:
        return TensorStats(None, None, None, int(nan_count), infinities)
    return TensorStats(mean, deviation, magnitude, int(nan_count), infinities, *imaginary)
