"""Libraries that are not those which a framework needs, by what pip leaves of packages."""

from __future__ import annotations

import ctypes
import sys

import pytest

from fwtui.backends import nvidia


@pytest.fixture
def install(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))

    def installed(name: str, version: str, *needs: str) -> None:
        folder = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
        lines += [f"Requires-Dist: {need}" for need in needs]
        (folder / "METADATA").write_text("\n".join(lines) + "\n")

    return installed


def test_what_two_frameworks_bring_in_other_versions(install):
    install("nvidia-cudnn-cu12", "9.3.0.75")
    install("nvidia-cublas-cu12", "12.8.4.1")
    install(
        "framework",
        "1.0",
        "nvidia-cudnn-cu12==9.10.2.21; platform_system == 'Linux'",
        "nvidia-cublas-cu12 (==12.8.4.1)",
        "nvidia-nccl-cu12==2.27.3",  # another platform's
        "nvidia-cufft-cu12==1; extra == 'more'",
        "numpy==0.1",
    )
    assert nvidia.other_versions("framework") == (
        "framework needs nvidia-cudnn-cu12 9.10.2.21, and 9.3.0.75 is installed",
    )
    assert nvidia.other_versions("no-such-package") == ()


@pytest.mark.skipif(sys.platform != "linux", reason="the name of a library on Linux")
def test_no_driver_at_all(monkeypatch):
    monkeypatch.setattr(nvidia, "_CUDA", "libno-such-cuda.so.1")
    assert nvidia.pci_bus_id("cuda:0") is None
    assert nvidia.pci_bus_id("cpu") is None
    problem = nvidia.driver_problem("PyTorch", "12.8")
    assert problem.startswith("PyTorch, built for CUDA 12.8, finds no GPU: libno-such-cuda.so.1")


class Driver:
    """CUDA's driver: a version, and the status with which it starts."""

    def __init__(self, version: int, status: int = 0) -> None:
        self.version, self.status = version, status

    def cuDriverGetVersion(self, pointer):  # noqa: N802
        pointer._obj.value = self.version
        return 0

    def cuInit(self, flags):  # noqa: N802
        return self.status

    def cuGetErrorString(self, status, pointer):  # noqa: N802
        pointer._obj.value = b"no CUDA-capable device is detected"
        return 0

    def cuDeviceGet(self, handle, number):  # noqa: N802
        handle._obj.value = number
        return 0 if number < 2 else 101

    def cuDeviceGetPCIBusId(self, text, size, handle):  # noqa: N802
        text.value = b"0000:1E:00.0" if handle.value else b"0000:2E:00.0"
        return 0


@pytest.mark.parametrize(
    ("driver", "words"),
    [
        (Driver(11040), "the driver supports CUDA 11.4 at most; update it, or install a build for that"),
        (Driver(12020, 100), "CUDA does not start, no CUDA-capable device is detected"),
        (Driver(13000), "and the driver is in order"),
    ],
)
def test_why_a_framework_for_cuda_sees_no_gpu(monkeypatch, driver, words):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: driver)
    assert words in nvidia.driver_problem("PyTorch", "12.8")
    assert nvidia.driver_problem("TensorFlow", None, "its libraries are missing") in (
        "its libraries are missing",
        "TensorFlow finds no GPU: CUDA does not start, no CUDA-capable device is detected",
    )


def test_the_slot_of_a_gpu(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Driver(12080))
    assert nvidia.pci_bus_id("cuda:1") == "0000:1e:00.0"
    assert nvidia.pci_bus_id("cuda:0") == "0000:2e:00.0"
    assert nvidia.pci_bus_id("cuda:7") is None
