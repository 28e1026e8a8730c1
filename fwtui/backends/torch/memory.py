"""What PyTorch's allocator counts."""

from __future__ import annotations

import torch

from fwtui.core.device_memory import FrameworkMemory


def read(device: str) -> FrameworkMemory:
    """Bytes in use, reserved and at the peak on `device`, all None on a CPU, where PyTorch does not count.

    Apple's Metal allocator keeps no peak.
    """
    if device.startswith("cuda"):
        return FrameworkMemory(
            in_use_bytes=torch.cuda.memory_allocated(device),
            reserved_bytes=torch.cuda.memory_reserved(device),
            peak_bytes=torch.cuda.max_memory_allocated(device),
        )
    if device == "mps":
        return FrameworkMemory(
            in_use_bytes=torch.mps.current_allocated_memory(),
            reserved_bytes=torch.mps.driver_allocated_memory(),
        )
    return FrameworkMemory()
