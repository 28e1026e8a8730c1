"""A race as a command: what is read back is what was asked for."""

from __future__ import annotations

import shlex

import pytest

from fwtui.cli import planning
from fwtui.cli.command_line import bench_command
from fwtui.core.inputs import SpecError
from fwtui.race.request import LaneRequest, RaceRequest

REQUESTS = [
    RaceRequest(),
    RaceRequest(lanes=(LaneRequest("torch.eager"),), workload="digits-mlp", steps="20", seed="3"),
    RaceRequest(
        lanes=(LaneRequest("torch.eager", lr="2e-6", threads="1"), LaneRequest("tf.eager", dtype="float64")),
        preset="static",
        optimizer="adam",
        lr="1e-3",
        batch="8",
        schedule="race",
        pace="5",
    ),
    RaceRequest(
        workload="my net's.py",
        data="my data.npz",
        sizes=(("hidden", "7"), ("batch", "3")),
        tf32=True,
        deterministic=True,
        autotune=True,
        gpu_memory="8GB",
    ),
    RaceRequest(
        probe_every="5", log_every="10", device="cuda:1", dtype="float64", host="thread", threads="2"
    ),
]


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_command_asks_for_the_race_again(fwtui, monkeypatch, request_):
    read = []

    def planned(request):
        read.append(request)
        raise SpecError("a test", "enough", "nothing more")

    monkeypatch.setattr(planning, "planned", planned)
    program, *words = shlex.split(bench_command(request_))
    assert program == "fwtui"
    fwtui(*words)
    assert read == [request_]


def test_what_is_usual_is_left_out():
    assert bench_command(RaceRequest()) == "fwtui bench --lanes tf.function,torch.eager"
