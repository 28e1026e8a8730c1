"""What TensorFlow can reach, and its process-wide settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

from fwtui.backends import nvidia
from fwtui.core.records import Device
from fwtui.core.spec import DeviceSettings


def version() -> str:
    """Such as `2.21.0`."""
    return str(tf.__version__)


def devices() -> tuple[Device, ...]:
    """The CPU, every NVIDIA GPU of the machine, and on macOS `mps`, with why one cannot be used."""
    physical = tf.config.list_physical_devices("GPU")
    if sys.platform == "darwin":
        needs_plugin = "TensorFlow reaches Apple's GPU through a plugin: pip install tensorflow-metal"
        return Device("cpu", "CPU"), Device("mps", "Apple GPU", None if physical else needs_plugin)
    if tf.test.is_built_with_cuda():
        missing = "TensorFlow did not find the CUDA libraries: pip install 'tensorflow[and-cuda]'"
        problem = nvidia.driver_problem("TensorFlow", _build_info().get("cuda_version"), missing)
    else:
        problem = "this TensorFlow is built without CUDA"
    usable = tuple(
        tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in physical
    )
    return Device("cpu", "CPU"), *nvidia.devices(usable, problem)


def build() -> dict[str, str]:
    """What TensorFlow was built with, and how it is set."""
    info = _build_info()
    tf32 = tf.config.experimental.tensor_float_32_execution_enabled()
    deterministic = os.environ.get("TF_DETERMINISTIC_OPS", "0").lower() in ("1", "true")
    one_dnn = os.environ.get("TF_ENABLE_ONEDNN_OPTS")
    return {
        "CUDA": info.get("cuda_version", "none"),
        "cuDNN": info.get("cudnn_version", "none"),
        "GPU code": " ".join(info.get("cuda_compute_capabilities", ())) or "none",
        "oneDNN": "as TensorFlow decides" if one_dnn is None else f"TF_ENABLE_ONEDNN_OPTS={one_dnn}",
        "XLA": "yes" if tf.test.is_built_with_xla() else "none",
        "TF32": "allowed" if tf32 else "off",
        "deterministic": "asked for" if deterministic else "not asked for",
    }


def _build_info() -> dict[str, Any]:
    """What the build was given; without CUDA there is nothing of CUDA in it."""
    info = dict(tf.sysconfig.get_build_info())
    return info if info.get("is_cuda_build") else {}


def configure(device: str, threads: int, settings: DeviceSettings) -> None:
    """Sets CPU threads inside and between ops, the GPUs TensorFlow may touch, and how they compute.

    A GPU's memory grows with the need, up to a limit where there is one; TensorFlow would else take all of
    it, and the other lane's part. Determinism, once asked for, stays for as long as the process lives.
    Once anything has run in the process, threads and GPUs cannot change any more: then they stay as they are.

    Raises:
        RuntimeError: `device` is a GPU, and TensorFlow already runs in this process without it.
    """
    tf.config.experimental.enable_tensor_float_32_execution(settings.tf32)
    os.environ["TF_CUDNN_USE_AUTOTUNE"] = str(int(settings.autotune))  # read at the first use of cuDNN
    if settings.deterministic:
        tf.random.set_seed(0)  # ops that draw need one; the model's own follows
        tf.config.experimental.enable_op_determinism()
        os.environ["TF_DETERMINISTIC_OPS"] = "1"
    gpus = tf.config.list_physical_devices("GPU")
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        tf.config.set_visible_devices([] if device == "cpu" else gpus[_number(device)], "GPU")
        for gpu in gpus:
            _limit(gpu, settings.gpu_memory_bytes)
    except RuntimeError:
        tensorflow_name(device)


def _limit(gpu: Any, most: int | None) -> None:
    """Have a GPU's memory grow with the need; one with a limit has it reserved by TensorFlow as it goes."""
    if most is None:
        tf.config.experimental.set_memory_growth(gpu, True)
        return
    limit = tf.config.LogicalDeviceConfiguration(memory_limit=max(1, most >> 20))  # in MiB
    tf.config.set_logical_device_configuration(gpu, [limit])


@contextmanager
def default_dtype(name: str) -> Iterator[None]:
    """Makes `name`, such as `float64`, the dtype of Keras's layers and losses that get none; process-wide.

    TensorFlow itself has no such setting: a Python number that it makes a tensor of is float32.
    """
    keras: Any = sys.modules.get("keras")  # TensorFlow imports it, where it is installed
    if keras is None:
        yield
        return
    floats, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(name)
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_floatx(floats)
        keras.config.set_dtype_policy(policy)


def threads() -> int:
    """CPU threads that one op may use."""
    chosen = int(tf.config.threading.get_intra_op_parallelism_threads())
    return chosen or _cores()


def tensorflow_name(device: str) -> str:
    """TensorFlow's name for `device`, such as `/GPU:0`: it counts only the GPUs that it was left to see.

    Raises:
        RuntimeError: it was left without this one.
    """
    if device == "cpu":
        return "/CPU:0"
    gpu: Any = tf.config.list_physical_devices("GPU")[_number(device)]
    visible = tf.config.get_visible_devices("GPU")
    if gpu not in visible:
        raise RuntimeError(f"TensorFlow already runs in this process without {device}; a process a lane can")
    return f"/GPU:{visible.index(gpu)}"


def _number(device: str) -> int:
    return int(device.partition(":")[2] or 0)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
