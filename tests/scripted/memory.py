"""Figures that are easy to recognise."""

from fwtui.core.device_memory import FrameworkMemory


def read(device: str) -> FrameworkMemory:
    return FrameworkMemory(1_200_000, 2_000_000, 1_500_000)
