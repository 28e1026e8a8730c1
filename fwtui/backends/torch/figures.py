"""What a tensor holds: whole, or in a few figures."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from fwtui.backends import fingerprint as numpy_figures
from fwtui.race.oplog import Fingerprint


def array(tensor: Tensor) -> NDArray[Any]:
    """The values of `tensor`; on the CPU they lie where it does."""
    dense = tensor.detach().to_dense() if tensor.layout != torch.strided else tensor.detach()
    # NumPy has no bfloat16.
    dense = dense.float() if dense.dtype == torch.bfloat16 else dense
    values: NDArray[Any] = dense.resolve_conj().resolve_neg().cpu().numpy()
    return values


def fingerprint(tensor: Tensor) -> Fingerprint | None:
    """The figures of `tensor`, see `fwtui.backends.fingerprint`; a GPU works out those of what it holds."""
    if tensor.device.type == "cpu" or tensor.layout != torch.strided:
        return numpy_figures.fingerprint(array(tensor))
    return on_device(tensor)


def on_device(tensor: Tensor) -> Fingerprint | None:
    """The same figures by PyTorch, of which only these are copied to the host; None for quantized numbers."""
    if tensor.is_quantized:
        return None
    # Apple's GPUs know no float64.
    exact = torch.float32 if tensor.device.type == "mps" else torch.float64
    plain = tensor.detach().resolve_neg()
    numbers = (plain.abs() if plain.is_complex() else plain).to(exact)
    finite = numbers.isfinite()
    kept = numbers.where(finite, 0)
    count = finite.sum()
    largest = (kept.abs().max() if kept.numel() else count).to(exact)
    # In parts of the largest: of numbers near a dtype's largest the sum, or the squares, are beyond it.
    scale = largest.where(largest > 0, 1)
    scaled = kept / scale
    mean = scaled.sum() / count
    square = (scaled - mean).where(finite, 0).square().sum() / count
    told = torch.stack(
        [count.to(exact), mean * scale, square.sqrt() * scale, largest, numbers.isnan().sum().to(exact)]
    )
    finite_count, its_mean, deviation, magnitude, nans = told.tolist()
    infinities = tensor.numel() - int(finite_count) - int(nans)
    if not finite_count:
        return Fingerprint(None, None, None, int(nans), infinities)
    return Fingerprint(its_mean, deviation, magnitude, int(nans), infinities)
