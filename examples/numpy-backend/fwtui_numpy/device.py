"""The processor, which is all that NumPy can reach."""

from contextlib import AbstractContextManager, nullcontext

import numpy as np

from fwtui.core.records import Device
from fwtui.core.spec import DeviceSettings


def version() -> str:
    """NumPy's."""
    return np.__version__


def devices() -> tuple[Device, ...]:
    """The processor."""
    return (Device("cpu", "CPU"),)


def build() -> dict[str, str]:
    """What `fwtui doctor` tells of NumPy besides."""
    return {}


def configure(device: str, threads: int, settings: DeviceSettings) -> None:
    """Do nothing: NumPy's library for matrix products takes its threads from the environment."""


def default_dtype(name: str) -> AbstractContextManager[None]:
    """Do nothing: the nets give each array a dtype."""
    return nullcontext()


def threads() -> int:
    """One, but for matrix products."""
    return 1
