import pytest

from fwtui.backends import nvidia
from fwtui.core.records import Device


def write(path, text=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def two_gpus(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(nvidia, "gpus", lambda: ("NVIDIA A", "NVIDIA B"))
    monkeypatch.setattr(nvidia, "has_driver", lambda: True)


def test_the_driver_names_the_gpus_in_its_order(tmp_path):
    for bus, model in (("0000:41:00.0", "NVIDIA B"), ("0000:01:00.0", "NVIDIA A")):
        write(tmp_path / f"proc/driver/nvidia/gpus/{bus}/information", f"Model: \t\t {model}\nIRQ: 16\n")
    assert nvidia.gpus(tmp_path) == ("NVIDIA A", "NVIDIA B")


def test_a_container_may_have_the_device_files_alone(tmp_path):
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"):
        write(tmp_path / "dev" / name)
    assert nvidia.gpus(tmp_path) == ("NVIDIA GPU", "NVIDIA GPU")
    assert nvidia.has_driver(tmp_path)


def test_the_bus_knows_a_gpu_without_a_driver(tmp_path):
    for bus, vendor, kind in (
        ("1", "0x10de", "0x030200"),
        ("2", "0x10de", "0x040300"),
        ("3", "0x1af4", "0x030000"),
    ):
        write(tmp_path / f"sys/bus/pci/devices/{bus}/vendor", vendor)
        write(tmp_path / f"sys/bus/pci/devices/{bus}/class", kind)
    (tmp_path / "sys/bus/pci/devices/4").mkdir()
    assert nvidia.gpus(tmp_path) == ("NVIDIA GPU",)
    assert not nvidia.has_driver(tmp_path)


def test_a_machine_without_any(tmp_path):
    assert nvidia.gpus(tmp_path) == ()


def test_what_the_framework_uses_needs_no_reason(two_gpus):
    found = nvidia.devices(("NVIDIA A", "NVIDIA B"), "no CUDA build")
    assert found == (Device("cuda:0", "NVIDIA A"), Device("cuda:1", "NVIDIA B"))


def test_what_it_cannot_use_is_listed_with_the_reason(two_gpus, monkeypatch):
    assert [d.reason for d in nvidia.devices((), "no CUDA build")] == ["no CUDA build"] * 2
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    first, second = nvidia.devices(("NVIDIA A",), "no CUDA build")
    assert first.reason is None
    assert second == Device("cuda:1", "NVIDIA B", "hidden by CUDA_VISIBLE_DEVICES='0'")
    monkeypatch.setattr(nvidia, "has_driver", lambda: False)
    assert "driver is not loaded" in nvidia.devices((), "no CUDA build")[0].reason
