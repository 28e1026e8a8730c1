"""What a lane has of its GPU, and why that is unknown."""

from __future__ import annotations

from dataclasses import replace

from fwtui.core.device_memory import GpuUse
from fwtui.race.processes.gpu_use import use_of
from fwtui.system.gpus import Reading
from tests.scripted.gpus import H200

OTHER = replace(H200, pci_bus_id="0000:2e:00.0", process_bytes=((4242, 5),))
BOTH = Reading((OTHER, H200), "570.1")


def test_the_card_is_found_by_its_slot_and_not_by_its_number():
    assert use_of(BOTH, H200.pci_bus_id, 4242) == GpuUse(H200, 9_100_000_000)
    assert use_of(BOTH, OTHER.pci_bus_id, 4242) == GpuUse(OTHER, 5)


def test_a_process_that_the_driver_does_not_know_is_unknown_and_not_nothing():
    assert use_of(BOTH, H200.pci_bus_id, 1) == GpuUse(H200, None)
    untold = Reading((replace(H200, process_bytes=None),))
    assert use_of(untold, H200.pci_bus_id, 4242).process_bytes is None


def test_why_nothing_is_known():
    assert use_of(Reading(problem="no driver"), "x", 1) == GpuUse(None, problem="no driver")
    assert use_of(BOTH, "0000:ff:00.0", 1).problem == "the driver shows no GPU at 0000:ff:00.0"
    assert use_of(BOTH, None, 1).problem == "which of the GPUs it is on is unknown"
    lost = Reading((replace(H200, problem="the GPU is lost"),))
    assert use_of(lost, H200.pci_bus_id, 1) == GpuUse(None, problem="the GPU is lost")


def test_where_there_is_one_it_is_that():
    assert use_of(Reading((H200,)), None, 4242) == GpuUse(H200, 9_100_000_000)
