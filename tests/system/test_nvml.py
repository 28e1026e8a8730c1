"""NVML's figures, those that a GPU has not, and its failures, by a stand-in for its binding."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pynvml
import pytest

from fwtui.system.gpus import GpuError
from fwtui.system.nvml import Nvml, bus_id

GIB = 1 << 30


def raises(error):
    def call(*_):
        raise error

    return call


def binding(**replaced):
    """The binding, with a driver that has one GPU."""
    running = [SimpleNamespace(pid=7, usedGpuMemory=2 * GIB), SimpleNamespace(pid=8, usedGpuMemory=None)]
    calls = {
        "nvmlInit": lambda: None,
        "nvmlSystemGetDriverVersion": lambda: b"570.1",
        "nvmlDeviceGetCount": lambda: 1,
        "nvmlDeviceGetHandleByIndex": lambda index: index,
        "nvmlDeviceGetName": lambda handle: "NVIDIA H200",
        "nvmlDeviceGetPciInfo": lambda handle: SimpleNamespace(busId=b"00000000:1E:00.0"),
        "nvmlDeviceGetMemoryInfo": lambda handle: SimpleNamespace(total=9 * GIB, used=3 * GIB, free=5 * GIB),
        "nvmlDeviceGetComputeRunningProcesses": lambda handle: running,
        "nvmlDeviceGetGraphicsRunningProcesses": lambda handle: running[:1],
        "nvmlDeviceGetUtilizationRates": lambda handle: SimpleNamespace(gpu=43),
        "nvmlDeviceGetPowerUsage": lambda handle: 312_400,
        "nvmlDeviceGetEnforcedPowerLimit": lambda handle: 700_000,
        "nvmlDeviceGetTotalEnergyConsumption": lambda handle: 81_000_500,
        "nvmlDeviceGetTemperature": lambda handle, sensor: 52,
        "nvmlDeviceGetClockInfo": lambda handle, clock: 1830,
        "nvmlDeviceGetMaxClockInfo": lambda handle, clock: 1980,
        "nvmlDeviceGetCurrentClocksThrottleReasons": lambda handle: (
            pynvml.nvmlClocksThrottleReasonSwPowerCap | pynvml.nvmlClocksThrottleReasonGpuIdle
        ),
    }
    return SimpleNamespace(**{**vars(pynvml), **calls, **replaced})


@pytest.fixture
def with_binding(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    return lambda **replaced: monkeypatch.setitem(sys.modules, "pynvml", binding(**replaced))


def test_every_figure_in_its_unit(with_binding):
    with_binding()
    nvml = Nvml()
    (card,) = nvml.cards()
    assert nvml.version() == "570.1"
    assert (card.name, card.pci_bus_id, card.problem) == ("NVIDIA H200", "0000:1e:00.0", "")
    assert (card.total_bytes, card.used_bytes, card.free_bytes) == (9 * GIB, 3 * GIB, 5 * GIB)
    assert (card.bytes_of(7), card.bytes_of(8), card.bytes_of(9)) == (2 * GIB, None, None)
    assert card.utilization == 0.43
    assert (card.power_w, card.power_limit_w) == pytest.approx((312.4, 700))
    assert card.energy_j == pytest.approx(81_000.5)
    assert (card.temperature_c, card.clock_mhz, card.max_clock_mhz) == (52, 1830, 1980)
    assert card.throttled == ("power limit",), "an idle GPU is not throttled"


@pytest.mark.parametrize("error", [pynvml.NVMLError_NotSupported, pynvml.NVMLError_NoPermission])
def test_a_figure_that_there_is_not_is_unknown_and_the_others_are_there(with_binding, error):
    names = [name for name in vars(pynvml) if name.startswith("nvmlDeviceGet")]
    kept = (
        "nvmlDeviceGetCount",
        "nvmlDeviceGetHandleByIndex",
        "nvmlDeviceGetName",
        "nvmlDeviceGetMemoryInfo",
    )
    with_binding(**{name: raises(error()) for name in names if name not in kept})
    (card,) = Nvml().cards()
    assert (card.name, card.used_bytes, card.problem) == ("NVIDIA H200", 3 * GIB, "")
    assert card.process_bytes is None
    figures = card.utilization, card.power_w, card.energy_j, card.temperature_c, card.clock_mhz
    assert (*figures, card.throttled) == (None,) * 6


def test_a_gpu_that_is_lost_says_so_and_the_others_are_there(with_binding):
    def handle(index):
        if index:
            raise pynvml.NVMLError_GpuIsLost
        return index

    with_binding(nvmlDeviceGetCount=lambda: 2, nvmlDeviceGetHandleByIndex=handle)
    first, lost = Nvml().cards()
    assert (first.problem, lost.problem) == ("", "the GPU is lost: it does not answer on its bus")
    with_binding(nvmlDeviceGetMemoryInfo=raises(pynvml.NVMLError_GpuIsLost()))
    assert Nvml().cards()[0].problem == "the GPU is lost: it does not answer on its bus"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (pynvml.NVMLError_LibraryNotFound, "no NVIDIA driver: libnvidia-ml is not found"),
        (pynvml.NVMLError_DriverNotLoaded, "the NVIDIA driver is not loaded"),
        (pynvml.NVMLError_LibRmVersionMismatch, "have other versions"),
        (pynvml.NVMLError_Unknown, "the NVIDIA driver fails: "),
    ],
)
def test_why_there_is_no_driver(with_binding, error, words):
    with_binding(nvmlInit=raises(error()))
    with pytest.raises(GpuError, match=words):
        Nvml()


def test_slots_are_written_as_cuda_writes_them():
    assert bus_id("00000000:1E:00.0") == "0000:1e:00.0"
    assert bus_id("00010001:C1:00.0") == "10001:c1:00.0"
    assert bus_id("odd") == "odd"
