"""Interpreters and hosts of a configuration: what a lane gets, and what is preferred to it."""

from __future__ import annotations

import sys

import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.spec import OWN_INTERPRETER, Interpreter
from fwtui.race.environments import Environments, KnownHost
from fwtui.race.plan import plan, with_interpreters
from fwtui.race.request import LaneRequest, RaceRequest

HOSTS = (
    KnownHost("gpu1", "me@gpu1.example", "/opt/python", (("torch", "/opt/torch"),)),
    KnownHost("gpu2", "gpu2.example"),
)
KNOWN = Environments((("torch", sys.executable),), HOSTS, "config.toml")


def planned(*lanes: LaneRequest, environments: Environments = KNOWN, **options: str) -> list[Interpreter]:
    request = RaceRequest(lanes=lanes, environments=environments, **options)
    found = [lane.interpreter for lane in plan(request).lanes]
    resolved = with_interpreters(request)
    assert resolved.environments == Environments()
    assert [lane.interpreter for lane in plan(resolved).lanes] == found, "the command that repeats the race"
    return found


def test_each_framework_has_its_own():
    found = planned(LaneRequest("torch.eager"), LaneRequest("tf.eager"))
    assert found == [Interpreter(sys.executable), OWN_INTERPRETER]


def test_what_is_asked_for_is_preferred(tmp_path):
    python = tmp_path / "python"
    python.touch()
    assert planned(LaneRequest("torch.eager", python=str(python))) == [Interpreter(str(python))]
    assert planned(LaneRequest("torch.eager"), python=str(python)) == [Interpreter(str(python))]


def test_a_host_by_its_name():
    lanes = LaneRequest("torch.eager"), LaneRequest("tf.eager"), LaneRequest("tf.eager", python="/mine")
    assert planned(*lanes, ssh="gpu1") == [
        Interpreter("/opt/torch", "me@gpu1.example"),
        Interpreter("/opt/python", "me@gpu1.example"),
        Interpreter("/mine", "me@gpu1.example"),
    ]
    assert planned(LaneRequest("tf.eager", ssh="gpu2")) == [Interpreter(None, "gpu2.example")]
    assert planned(LaneRequest("tf.eager", ssh="another")) == [Interpreter(None, "another")]


def test_this_machine_s_interpreters_are_not_another_host_s():
    assert planned(LaneRequest("torch.eager", ssh="another")) == [Interpreter(None, "another")]


def test_one_that_is_missing_is_named_by_its_place():
    gone = Environments((("torch", "/no/such/python"),), (), "config.toml")
    planned(LaneRequest("tf.eager"), environments=gone)
    with pytest.raises(SpecError, match=r"config.toml: interpreters.torch: got '/no/such/python'"):
        planned(LaneRequest("torch.eager"), environments=gone)


def test_lanes_in_threads_have_no_interpreter():
    assert planned(LaneRequest("torch.eager"), host="thread") == [OWN_INTERPRETER]
