"""NVIDIA's management library behind `fwtui.system.gpus.Driver`: the only file that knows of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from fwtui.core.gpu import Card
from fwtui.system.gpus import GpuError

_THROTTLES = {
    "SwPowerCap": "power limit",
    "HwSlowdown": "hardware slowdown",
    "HwThermalSlowdown": "heat",
    "SwThermalSlowdown": "heat",
    "HwPowerBrakeSlowdown": "power supply",
    "SyncBoost": "another GPU's clock",
    "ApplicationsClocksSetting": "clocks that were set",
}
_UNKNOWN_BYTES = (1 << 64) - 1
"""What the library says of a process whose memory it does not know."""


class Nvml:
    """NVML, ready.

    Raises:
        GpuError: there is no driver, or it cannot be used.
    """

    def __init__(self) -> None:
        if sys.platform == "darwin":
            raise GpuError("NVIDIA has no driver for macOS")
        try:
            import pynvml
        except ImportError:
            raise GpuError("nvidia-ml-py is not installed") from None
        self._nvml: Any = pynvml
        self._ask(pynvml.nvmlInit)

    def version(self) -> str:
        """The driver's version."""
        return _text(self._ask(self._nvml.nvmlSystemGetDriverVersion))

    def cards(self) -> tuple[Card, ...]:
        """Every GPU; one that fails is there with its problem."""
        return tuple(self._card(index) for index in range(self._ask(self._nvml.nvmlDeviceGetCount)))

    def _card(self, index: int) -> Card:
        nvml = self._nvml
        try:
            handle = self._ask(nvml.nvmlDeviceGetHandleByIndex, index)
        except GpuError as error:
            return Card(f"GPU {index}", "", problem=str(error))

        def known(ask: Callable[..., Any], *arguments: Any) -> Any | None:
            """What the driver says; None where this GPU has no such figure, or it may not be had."""
            try:
                return ask(handle, *arguments)
            except nvml.NVMLError:
                return None

        name, memory = known(nvml.nvmlDeviceGetName), known(nvml.nvmlDeviceGetMemoryInfo)
        bus, rates = known(nvml.nvmlDeviceGetPciInfo), known(nvml.nvmlDeviceGetUtilizationRates)
        lost = ""
        try:
            nvml.nvmlDeviceGetMemoryInfo(handle)
        except nvml.NVMLError as error:
            lost = self._words(error)
        energy = known(nvml.nvmlDeviceGetTotalEnergyConsumption)
        return Card(
            name=_text(name) if name is not None else f"GPU {index}",
            pci_bus_id=bus_id(_text(bus.busId)) if bus is not None else "",
            total_bytes=memory.total if memory else None,
            used_bytes=memory.used if memory else None,
            free_bytes=memory.free if memory else None,
            process_bytes=self._processes(known),
            utilization=rates.gpu / 100 if rates else None,
            power_w=_scaled(known(nvml.nvmlDeviceGetPowerUsage), 1e-3),
            power_limit_w=_scaled(known(nvml.nvmlDeviceGetEnforcedPowerLimit), 1e-3),
            energy_j=_scaled(energy, 1e-3),
            temperature_c=known(nvml.nvmlDeviceGetTemperature, nvml.NVML_TEMPERATURE_GPU),
            clock_mhz=known(nvml.nvmlDeviceGetClockInfo, nvml.NVML_CLOCK_SM),
            max_clock_mhz=known(nvml.nvmlDeviceGetMaxClockInfo, nvml.NVML_CLOCK_SM),
            throttled=self._throttled(known(nvml.nvmlDeviceGetCurrentClocksThrottleReasons)),
            problem=lost,
        )

    def _processes(self, known: Callable[..., Any]) -> tuple[tuple[int, int], ...] | None:
        """Bytes of each process, of whatever kind."""
        nvml = self._nvml
        lists = [
            known(nvml.nvmlDeviceGetComputeRunningProcesses),
            known(nvml.nvmlDeviceGetGraphicsRunningProcesses),
        ]
        if all(one is None for one in lists):
            return None
        found: dict[int, int] = {}
        for process in (process for one in lists for process in one or ()):
            if process.usedGpuMemory not in (None, _UNKNOWN_BYTES):
                found[process.pid] = max(found.get(process.pid, 0), process.usedGpuMemory)
        return tuple(sorted(found.items()))

    def _throttled(self, reasons: int | None) -> tuple[str, ...] | None:
        if reasons is None:
            return None
        words = (
            word
            for name, word in _THROTTLES.items()
            if reasons & getattr(self._nvml, f"nvmlClocksThrottleReason{name}")
        )
        return tuple(dict.fromkeys(words))

    def _ask(self, ask: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return ask(*arguments)
        except self._nvml.NVMLError as error:
            raise GpuError(self._words(error)) from None

    def _words(self, error: Exception) -> str:
        nvml = self._nvml
        known = {
            nvml.NVMLError_LibraryNotFound: "no NVIDIA driver: libnvidia-ml is not found",
            nvml.NVMLError_DriverNotLoaded: "the NVIDIA driver is not loaded",
            nvml.NVMLError_NoPermission: "the NVIDIA driver refuses to tell",
            nvml.NVMLError_LibRmVersionMismatch: "the NVIDIA driver and its libraries have other versions; "
            "the machine, or the container, needs a restart",
            nvml.NVMLError_GpuIsLost: "the GPU is lost: it does not answer on its bus",
            nvml.NVMLError_ResetRequired: "the GPU needs a reset",
        }
        return known.get(type(error), f"the NVIDIA driver fails: {error}")


def bus_id(text: str) -> str:
    """A slot as CUDA writes it, `0000:1e:00.0`; NVML writes `00000000:1E:00.0`."""
    domain, _, rest = text.partition(":")
    try:
        return f"{int(domain, 16):04x}:{rest.lower()}"
    except ValueError:
        return text.lower()


def _scaled(value: int | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
