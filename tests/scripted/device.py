"""A CPU that works, and a GPU that does not."""

from contextlib import nullcontext

from fwtui.core.records import Device
from fwtui.core.spec import DeviceSettings


def version() -> str:
    return "1.2.3"


def devices():
    return (Device("cpu", "Scripted CPU"), Device("cuda:0", "Scripted GPU", "no CUDA build of Scripted"))


def build() -> dict[str, str]:
    return {"CUDA": "none", "TF32": "off"}


_threads: int


def configure(device: str, threads: int, settings: DeviceSettings) -> None:
    global _threads
    _threads = threads


def default_dtype(name: str):
    return nullcontext()


def threads() -> int:
    return _threads
