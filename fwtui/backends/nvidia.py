"""The NVIDIA GPUs that the machine has, whatever a framework makes of them; standard library only.

A framework lists only what it can use. To say why a GPU is missing there, one must know that it exists.
"""

from __future__ import annotations

import ctypes
import os
import re
from importlib import metadata
from pathlib import Path

from fwtui.core.records import Device

_VENDOR = "0x10de"
_DISPLAY_CLASS = "0x03"
_ANY_MODEL = "NVIDIA GPU"
_CUDA = "libcuda.so.1"


def gpus(root: Path = Path("/")) -> tuple[str, ...]:
    """The machine's GPUs by name, in the driver's order; empty on systems other than Linux.

    Asked in turn: the driver; its device files, which a container may have without the rest; the PCI bus,
    which knows a GPU that has no driver.
    """
    listed = sorted((root / "proc/driver/nvidia/gpus").glob("*/information"))
    if listed:
        return tuple(_model(file.read_text(errors="replace")) for file in listed)
    files = [f for f in (root / "dev").glob("nvidia*") if re.fullmatch(r"nvidia\d+", f.name)]
    return (_ANY_MODEL,) * (len(files) or sum(_is_gpu(d) for d in (root / "sys/bus/pci/devices").glob("*")))


def has_driver(root: Path = Path("/")) -> bool:
    """Whether NVIDIA's kernel driver is loaded and reachable from here."""
    return (root / "proc/driver/nvidia/version").exists() or (root / "dev/nvidiactl").exists()


def devices(usable: tuple[str, ...], library_problem: str) -> tuple[Device, ...]:
    """Every GPU as `cuda:N`: first what the framework can use, by its names, then the rest of the machine's.

    Args:
        usable: names of the GPUs that the framework lists.
        library_problem: why the framework sees no GPU at all, where the driver is not what is missing.
    """
    present = gpus()
    found = [Device(f"cuda:{n}", name) for n, name in enumerate(usable)]
    for n, name in list(enumerate(present))[len(usable) :]:
        found.append(Device(f"cuda:{n}", name, _reason(bool(usable), library_problem)))
    return tuple(found)


def pci_bus_id(device: str) -> str | None:
    """The slot of `cuda:N`, such as `0000:1e:00.0`, as CUDA counts the GPUs that this process may see.

    None for other devices, and where CUDA's driver does not tell.
    """
    kind, _, number = device.partition(":")
    if kind != "cuda":
        return None
    try:
        cuda = ctypes.CDLL(_CUDA)
    except OSError:
        return None
    handle, text = ctypes.c_int(), ctypes.create_string_buffer(32)
    failed = (
        cuda.cuInit(0)
        or cuda.cuDeviceGet(ctypes.byref(handle), int(number or 0))
        or cuda.cuDeviceGetPCIBusId(text, len(text), handle)
    )
    return None if failed else text.value.decode(errors="replace").lower()


def driver_problem(title: str, built_for: str | None, otherwise: str | None = None) -> str:
    """Why a framework that is built for CUDA sees no GPU, by what CUDA's driver says of itself.

    Args:
        title: the framework.
        built_for: CUDA's version that it is built for; None where that is unknown.
        otherwise: what is to blame where the driver is in order.
    """
    for_cuda = f", built for CUDA {built_for}," if built_for else ""
    found = f"{title}{for_cuda} finds no GPU"
    try:
        cuda = ctypes.CDLL(_CUDA)
    except OSError:
        return f"{found}: {_CUDA}, the driver's library, is not found; a container needs --gpus"
    version = ctypes.c_int()
    cuda.cuDriverGetVersion(ctypes.byref(version))
    can = version.value // 1000, version.value % 1000 // 10
    if built_for and can[0] < int(built_for.partition(".")[0]):  # within a major version all work
        most = f"{can[0]}.{can[1]}"
        return f"{found}: the driver supports CUDA {most} at most; update it, or install a build for that"
    if status := cuda.cuInit(0):
        return f"{found}: CUDA does not start, {_status(cuda, status)}"
    return otherwise or f"{found}, and the driver is in order"


def _status(cuda: ctypes.CDLL, number: int) -> str:
    """A status of CUDA's driver in its own words."""
    text = ctypes.c_char_p()
    if cuda.cuGetErrorString(number, ctypes.byref(text)) or not text.value:
        return f"status {number}"
    return text.value.decode(errors="replace")


def other_versions(package: str) -> tuple[str, ...]:
    """NVIDIA's libraries that a package needs in one version, and that are installed in another.

    Two frameworks in one environment bring them both, and what is installed last is there.
    """
    try:
        needs = metadata.requires(package) or []
    except metadata.PackageNotFoundError:
        return ()
    found = []
    for need in needs:
        pinned = re.match(r"(nvidia-[\w.-]+)\s*\(?==\s*([\w.]+)", need)
        if pinned is None or "extra ==" in need:
            continue
        name, version = pinned.groups()
        try:
            there = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # another platform's, or the framework has said so by itself
        if there != version:
            found.append(f"{package} needs {name} {version}, and {there} is installed")
    return tuple(found)


def _reason(others_work: bool, library_problem: str) -> str:
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if not has_driver():
        return "the machine's NVIDIA driver is not loaded"
    if visible is not None:
        return f"hidden by CUDA_VISIBLE_DEVICES={visible!r}"
    return "the driver lists it, but CUDA does not" if others_work else library_problem


def _model(information: str) -> str:
    found = re.search(r"^Model:\s*(.+?)\s*$", information, re.MULTILINE)
    return found[1] if found else _ANY_MODEL


def _is_gpu(device: Path) -> bool:
    try:
        vendor, kind = (device / "vendor").read_text(), (device / "class").read_text()
    except OSError:
        return False
    return vendor.startswith(_VENDOR) and kind.startswith(_DISPLAY_CLASS)
