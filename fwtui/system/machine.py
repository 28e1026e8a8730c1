"""What the machine itself tells: its processor, and the GPUs' own figures through NVML."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from fwtui.system import gpus, memory


def gpu_names() -> tuple[str, ...]:
    """Names of the NVIDIA GPUs that the driver shows; empty where there is no driver."""
    return tuple(card.name for card in gpus.monitor().first().cards)


def describe() -> dict[str, Any]:
    """The machine as the JSON of the headless commands tells it; `null` is unknown."""
    reading = gpus.monitor().first()
    return {
        "platform": platform.platform(),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_bytes": memory.total_bytes(),
        "memory_limit_bytes": memory.limit_bytes() if memory.is_limited() else None,
        "gpus": [card.name for card in reading.cards],
        "gpu_memory": [
            {"name": card.name, "total_bytes": card.total_bytes, "free_bytes": card.free_bytes}
            for card in reading.cards
        ],
        "gpu_problem": reading.problem or None,
        "nvidia_driver": reading.driver,
    }


def _processor() -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None)
