"""What the machine tells, and that what it does not tell is None."""

import json

from fwtui.core.gpu import Card
from fwtui.system import gpus, machine
from fwtui.system.gpus import GpuError, GpuMonitor
from tests.scripted.gpus import Driver


def test_the_machine_is_json(monkeypatch):
    monitor = GpuMonitor(lambda: Driver([Card("H200", "0000:1e:00.0")]))
    monkeypatch.setattr(gpus, "monitor", lambda: monitor)
    told = json.loads(json.dumps(machine.describe(), allow_nan=False))
    assert told["cores"] >= 1
    assert told["memory_bytes"] > 1e8
    assert (told["gpus"], told["nvidia_driver"]) == (["H200"], "570.1")
    assert machine.gpu_names() == ("H200",)


def test_a_machine_without_a_driver_has_no_gpus(monkeypatch):
    def connect():
        raise GpuError("no NVIDIA driver")

    monitor = GpuMonitor(connect)
    monkeypatch.setattr(gpus, "monitor", lambda: monitor)
    told = machine.describe()
    assert (told["gpus"], told["nvidia_driver"]) == ([], None)
