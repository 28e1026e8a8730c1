"""What PyTorch can reach, and its process-wide settings."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch

from fwtui.backends import nvidia
from fwtui.core.records import Device
from fwtui.core.spec import DeviceSettings


def version() -> str:
    """Such as `2.13.0+cpu`."""
    return str(torch.__version__)


def devices() -> tuple[Device, ...]:
    """The CPU, every NVIDIA GPU of the machine, and on macOS `mps`, with why one cannot be used."""
    if torch.version.cuda:
        problem = nvidia.driver_problem("PyTorch", torch.version.cuda)
    else:
        problem = (
            "this PyTorch is built without CUDA; https://pytorch.org/get-started lists the builds with it"
        )
    usable = tuple(torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count()))
    metal = (_mps(),) if sys.platform == "darwin" else ()
    return (Device("cpu", "CPU"), *nvidia.devices(usable, problem), *metal)


def build() -> dict[str, str]:
    """What PyTorch was built with, and how it is set."""
    backends: Any = torch.backends  # its type stubs lack these settings
    cudnn = backends.cudnn.version() if torch.version.cuda else None
    mkl = re.search(r"MKL-DNN v([\d.]+)", torch.__config__.show())
    deterministic = torch.are_deterministic_algorithms_enabled()
    return {
        "CUDA": torch.version.cuda or "none",
        "cuDNN": "none" if cudnn is None else ".".join(map(str, _cudnn(cudnn))),
        "GPU code": " ".join(torch.cuda.get_arch_list()) or "none",
        "oneDNN": (mkl[1] if mkl else "yes") if backends.mkldnn.is_available() else "none",
        "TF32": "allowed" if backends.cuda.matmul.fp32_precision == "tf32" else "off",
        "deterministic": "asked for" if deterministic else "not asked for",
        "cuDNN autotuning": "on" if backends.cudnn.benchmark else "off",
    }


def _cudnn(version: int) -> tuple[int, int, int]:
    """91002 is 9.10.2; before version 9, 8902 is 8.9.2."""
    major = 10_000 if version >= 90_000 else 1_000
    return version // major, version % major // 100, version % 100


def configure(device: str, threads: int, settings: DeviceSettings) -> None:
    """Sets CPU threads inside and between ops, and how the device computes.

    Called again in one process, it leaves the threads between ops: PyTorch takes their number only once.
    """
    torch.set_num_threads(threads)
    with suppress(RuntimeError):
        torch.set_num_interop_threads(threads)
    precision = "tf32" if settings.tf32 else "ieee"
    backends: Any = torch.backends  # its type stubs lack these settings
    for kind in (backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn):
        kind.fp32_precision = precision
    backends.cudnn.benchmark = settings.autotune
    if settings.deterministic:  # cuBLAS reads it when it is first used
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(settings.deterministic)
    if settings.gpu_memory_bytes is not None and device.startswith("cuda"):
        whole = torch.cuda.get_device_properties(device).total_memory
        torch.cuda.set_per_process_memory_fraction(min(1.0, settings.gpu_memory_bytes / whole), device)


@contextmanager
def default_dtype(name: str) -> Iterator[None]:
    """Makes `name`, such as `float64`, the dtype of tensors that are made without one; process-wide."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, name))
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def threads() -> int:
    """CPU threads that one op may use."""
    return torch.get_num_threads()


def _mps() -> Device:
    if torch.backends.mps.is_available():
        return Device("mps", "Apple GPU")
    built = torch.backends.mps.is_built()
    return Device("mps", "Apple GPU", None if built else "this PyTorch is built without Metal")
