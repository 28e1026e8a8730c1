"""NumPy counts no memory."""

from fwtui.core.records import FrameworkMemory


def read(device: str) -> FrameworkMemory:
    """Unknown."""
    return FrameworkMemory()
