"""What TensorFlow's allocator counts."""

from __future__ import annotations

import tensorflow as tf

from fwtui.backends.tensorflow.device import tensorflow_name
from fwtui.core.device_memory import FrameworkMemory


def read(device: str) -> FrameworkMemory:
    """Bytes in use and at the peak on `device`, all None on a CPU and on Metal, where nothing is counted.

    TensorFlow does not tell what it has reserved beyond that.
    """
    if not device.startswith("cuda"):
        return FrameworkMemory()
    counted = tf.config.experimental.get_memory_info(tensorflow_name(device).removeprefix("/"))
    return FrameworkMemory(in_use_bytes=counted["current"], peak_bytes=counted["peak"])
