"""A module that a user has at hand, on its way into another process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from fwtui.system import object_file
from fwtui.system.object_file import Arrays, CannotWriteError, Kinds


def write(module: nn.Module, path: Path) -> None:
    """Write a module into a file. CannotWriteError: something in it cannot be written."""
    object_file.write(module, path, _Tensors())


def model(path: str) -> nn.Module:
    """The module that was written, on the CPU."""
    found: nn.Module = object_file.read(path, _Tensors())
    return found


class _Tensors(Kinds):
    """Tensors, as views of storages: those that share memory do so again."""

    called = (torch.Size, torch.device)

    def __init__(self) -> None:
        self._written: dict[int, tuple[int, torch.UntypedStorage]] = {}
        self._read: dict[int, torch.UntypedStorage] = {}

    def written(self, value: Any, arrays: Arrays) -> Any:
        """A dtype by its name; a tensor by its storage, its place there, and its class."""
        if isinstance(value, torch.dtype | torch.memory_format | torch.layout):
            return str(value).removeprefix("torch.")
        if not isinstance(value, torch.Tensor):
            return None
        is_plain = value.layout == torch.strided and not value.is_quantized and not value.is_meta
        if type(value) not in _CLASSES.values() or not is_plain:
            raise CannotWriteError(f"a {type(value).__name__.lower()} that is not a plain one")
        if value.grad_fn is not None or value.is_conj() or value.is_neg():
            raise CannotWriteError("a tensor that was computed from others, and is no array of its own")
        if not all(isinstance(one, bool | int | float | str | None) for one in vars(value).values()):
            raise CannotWriteError(f"a tensor with attributes of its own ({', '.join(vars(value))})")
        return {
            "class": next(name for name, kind in _CLASSES.items() if kind is type(value)),
            "storage": self._storage(value.untyped_storage(), arrays),
            "dtype": str(value.dtype).removeprefix("torch."),
            "shape": list(value.shape),
            "strides": list(value.stride()),
            "offset": value.storage_offset(),
            "requires_grad": value.requires_grad,
            "attributes": vars(value),
        }

    def _storage(self, storage: torch.UntypedStorage, arrays: Arrays) -> int:
        place = storage.data_ptr()
        if place not in self._written:
            on_cpu = storage.cpu()  # type: ignore[no-untyped-call]
            arrays.append(torch.empty(0, dtype=torch.uint8).set_(on_cpu).numpy())
            self._written[place] = len(arrays) - 1, storage
        return self._written[place][0]

    def read(self, data: Any, arrays: Arrays) -> Any:
        """What was written."""
        if isinstance(data, str):
            return getattr(torch, data)
        number = data["storage"]
        if number not in self._read:
            self._read[number] = torch.from_numpy(arrays[number]).untyped_storage()
        tensor = torch.empty(0, dtype=getattr(torch, data["dtype"]))
        tensor.set_(self._read[number], data["offset"], data["shape"], data["strides"])
        if data["class"] == "parameter":
            tensor = nn.Parameter(tensor, data["requires_grad"])
        else:
            tensor.requires_grad_(data["requires_grad"])
        vars(tensor).update(data["attributes"])
        return tensor


_CLASSES: dict[str, type] = {"tensor": torch.Tensor, "parameter": nn.Parameter}
