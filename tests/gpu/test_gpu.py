"""PyTorch's lanes on an NVIDIA GPU: skipped without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from fwtui.race.plan import plan
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.session.run import run

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/dev/nvidiactl").exists(), reason="there is no NVIDIA GPU here"),
]


def raced(*lanes: LaneRequest, **settings: str):
    request = RaceRequest(lanes, device="cuda:0", **{"steps": "100", **settings})
    return run(plan(request), lambda lanes: None)


def test_eager_and_compiled_agree_and_their_memory_is_known():
    result = raced(LaneRequest("torch.eager"), LaneRequest("torch.compile"), workload="digits-cnn")
    assert set(result.outcomes) == {"done"}
    assert result.same.same
    for lane in result.lanes:
        assert lane.gpu.card is not None, lane.gpu.problem
        assert lane.built.pci_bus_id == lane.gpu.card.pci_bus_id
        assert 0 < lane.memory.in_use_bytes <= lane.memory.reserved_bytes
        if lane.gpu.process_bytes is not None:  # a container's driver may not tell
            assert lane.memory.reserved_bytes < lane.gpu.process_bytes <= lane.gpu.card.used_bytes


def test_a_lane_without_room_fails_and_the_other_trains_on():
    result = raced(LaneRequest("torch.eager"), LaneRequest("torch.eager", batch="400000"), gpu_memory="600MB")
    first, second = (lane.ended for lane in result.lanes)
    assert first.outcome == "done"
    assert second.failure.cause == "out of memory"
    assert "MiB" in second.reason or "GiB" in second.reason


def test_the_cpu_beside_the_gpu():
    request = RaceRequest(
        (LaneRequest("torch.eager", device="cpu"), LaneRequest("torch.eager")), device="cuda:0"
    )
    result = run(plan(request), lambda lanes: None)
    assert [lane.built.device for lane in result.lanes] == ["cpu", "cuda:0"]
    assert [lane.gpu is None for lane in result.lanes] == [True, False]
