"""Weights of PyTorch modules in files, `.pt` of torch.save and `.safetensors`. Reading runs no code.

The form of a safetensors file is described at https://huggingface.co/docs/safetensors: the length of a
header in 8 bytes, the header as JSON (of each tensor its dtype, its shape, where it begins and ends), the
numbers.
"""

from __future__ import annotations

import json
import math
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from fwtui.backends.base import CheckpointError

SUFFIXES = (".pt", ".pth", ".safetensors")
_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_INSIDE = ("state_dict", "model_state_dict", "model", "net")
"""Under which names training scripts keep a module's weights, beside an optimizer's."""


def restore(module: nn.Module, path: Path) -> None:
    """Load a file's weights into the module, whose dtype they get.

    Raises:
        CheckpointError: it is no such file, asks for more than weights, or does not fit.
    """
    found = _read(path)
    for name in _INSIDE:
        if isinstance(found.get(name), Mapping):
            found = found[name]
            break
    tensors = {name: value for name, value in found.items() if isinstance(value, Tensor)}
    for name, value in tensors.items():
        if value.is_floating_point() and not value.isfinite().all():
            raise CheckpointError(path.name, f"has numbers in {name} that are not finite")
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        _, _, what = str(error).partition("\n")
        raise CheckpointError(path.name, f"does not fit: {' '.join(what.split())[:300]}") from None


def save(module: nn.Module, path: Path) -> None:
    """Write the module's weights and buffers."""
    tensors = {name: one.detach().cpu().contiguous() for name, one in module.state_dict().items()}
    try:
        if path.suffix == ".safetensors":
            _write_safetensors(tensors, path)
        else:
            torch.save(tensors, path)
    except (OSError, RuntimeError) as error:
        raise CheckpointError(path.name, f"cannot be written: {' '.join(str(error).split())[:300]}") from None


def _read(path: Path) -> Mapping[str, Any]:
    if path.exists() and not path.is_file():
        raise CheckpointError(path.name, "is no file")
    try:
        found = (
            _read_safetensors(path)
            if path.suffix == ".safetensors"
            else torch.load(path, "cpu", weights_only=True)
        )
    except pickle.UnpicklingError as error:
        asks = next(
            (line for line in str(error).splitlines() if "GLOBAL" in line or "Unsupported" in line), ""
        )
        what = f"asks for more than weights, which is not run: {asks.strip()[:200] or 'it is no checkpoint'}"
        raise CheckpointError(path.name, what) from None
    except (OSError, ValueError, RuntimeError, EOFError, KeyError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise CheckpointError(path.name, f"cannot be read: {first[:200]}") from None
    if isinstance(found, nn.Module) or not isinstance(found, Mapping):
        raise CheckpointError(path.name, f"is a {type(found).__name__}, no weights by name")
    return found


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > len(data) - 8:
        raise ValueError("it is cut short, or no safetensors file")
    header = json.loads(data[8 : 8 + size])
    numbers = memoryview(data)[8 + size :]
    found = {}
    for name, about in header.items():
        if name == "__metadata__":
            continue
        dtype, shape, (start, end) = _DTYPES[about["dtype"]], about["shape"], about["data_offsets"]
        if not 0 <= start <= end <= len(numbers) or end - start != math.prod(shape) * dtype.itemsize:
            raise ValueError(f"{name} does not lie within the file")
        part = bytearray(numbers[start:end])  # writable, as a tensor has to be
        found[name] = (
            torch.frombuffer(part, dtype=dtype).reshape(shape) if part else torch.zeros(shape, dtype=dtype)
        )
    return found


def _write_safetensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    header: dict[str, Any] = {}
    end = 0
    for name, tensor in tensors.items():
        start, end = end, end + tensor.numel() * tensor.itemsize
        header[name] = {
            "dtype": _NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for tensor in tensors.values():
            file.write(tensor.reshape(-1).view(torch.uint8).numpy().tobytes() if tensor.numel() else b"")
