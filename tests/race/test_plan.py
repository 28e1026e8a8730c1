"""From a request to a spec: defaults, a lane's own settings, and every mistake named."""

import dataclasses

import pytest

from fwtui.core.inputs import SpecError
from fwtui.race import plan as planning
from fwtui.race.plan import differences, plan
from fwtui.race.request import LaneRequest, RaceRequest, parse_lane, with_lane
from fwtui.workloads import catalogue


@pytest.fixture(autouse=True)
def four_cores(monkeypatch):
    monkeypatch.setattr(planning, "core_count", lambda: 4)
    monkeypatch.setattr(planning, "bound_cores", lambda: (0, 2, 4, 6))


def test_the_defaults_are_the_workloads():
    spec = plan(RaceRequest())
    first = catalogue.load(spec.lanes[0].workload)
    assert [lane.backend for lane in spec.lanes] == ["tf.function", "torch.eager"]
    assert (spec.schedule, spec.host) == ("turns", "process")
    for lane in spec.lanes:
        assert (lane.steps, lane.optimizer, lane.learning_rate) == (
            first.STEPS,
            first.OPTIMIZER,
            first.LEARNING_RATE,
        )
        assert (lane.device, lane.dtype, lane.seed) == ("auto", "float32", 0)
        assert lane.by_turns
        assert (lane.threads, lane.cores) == (3, None), "one core is left to the app"


def test_lanes_of_a_race_get_cores_of_their_own():
    lanes = plan(RaceRequest(schedule="race")).lanes
    assert [lane.cores for lane in lanes] == [(4,), (6,)]
    assert [lane.threads for lane in lanes] == [1, 1]
    assert not any(lane.by_turns for lane in lanes)


@pytest.mark.parametrize(
    ("lanes", "host", "cores"), [(2, "thread", (0, 1)), (2, "process", None), (3, "process", (0, 1))]
)
def test_cores_are_left_free_where_they_cannot_be_bound(monkeypatch, lanes, host, cores):
    monkeypatch.setattr(planning, "core_count", lambda: 2)
    monkeypatch.setattr(planning, "bound_cores", lambda: cores)
    spec = plan(RaceRequest(lanes=(LaneRequest("tf.eager"),) * lanes, schedule="race", host=host))
    assert [(lane.threads, lane.cores) for lane in spec.lanes] == [(1, None)] * lanes


def test_a_lane_on_another_host_takes_no_cores_of_this_one():
    lanes = (LaneRequest("tf.eager"), LaneRequest("torch.eager", ssh="box"), LaneRequest("tf.eager"))
    spec = plan(RaceRequest(lanes=lanes, schedule="race"))
    assert [lane.cores for lane in spec.lanes] == [(4,), None, (6,)]
    assert [lane.interpreter.ssh for lane in spec.lanes] == [None, "box", None]
    assert [lane.interpreter.machine for lane in spec.lanes] == ["", "box", ""]


def test_interpreters_are_checked_here_and_left_to_other_hosts(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    there = LaneRequest("torch.eager", python="/no/python", ssh="box")
    spec = plan(RaceRequest(lanes=(there, LaneRequest("tf.eager", python=str(tmp_path)))))
    assert [lane.interpreter.python for lane in spec.lanes] == [
        "/no/python",
        str(tmp_path / "bin" / "python"),
    ]
    with pytest.raises(SpecError, match="python: got '/no/python'; accepted: path of an interpreter"):
        plan(RaceRequest(lanes=(LaneRequest("torch.eager", python="/no/python"),)))


@pytest.mark.parametrize("settings", [{"python": "python3"}, {"ssh": "box"}])
def test_a_thread_has_no_interpreter_or_host_of_its_own(settings):
    with pytest.raises(SpecError, match="--host: got 'thread'; accepted: process"):
        plan(RaceRequest(lanes=(LaneRequest("torch.eager", **settings),), host="thread"))


def test_one_lane_has_no_turns_to_wait_for():
    (lane,) = plan(RaceRequest(lanes=(LaneRequest("torch.eager"),))).lanes
    assert not lane.by_turns
    assert lane.threads == 3
    (lane,) = plan(RaceRequest(lanes=(LaneRequest("torch.eager"),), linger=True)).lanes
    assert lane.by_turns, "it may get company"


def test_a_lane_has_settings_of_its_own():
    request = RaceRequest(
        lanes=(LaneRequest("tf.eager"), parse_lane("torch.eager lr=2e-6 batch=8 dtype=float64 threads=1")),
        lr="1e-3",
        batch="16",
    )
    first, second = plan(request).lanes
    assert (first.learning_rate, first.dtype, first.threads) == (1e-3, "float32", 3)
    assert (second.learning_rate, second.dtype, second.threads) == (2e-6, "float64", 1)
    assert [catalogue.load(lane.workload).sizes()["batch"] for lane in (first, second)] == [16, 8]
    assert differences((first, second)) == {
        "dtype": ("float32", "float64"),
        "lr": ("0.001", "2e-06"),
        "batch": ("16", "8"),
        "threads": ("3", "1"),
    }


def test_a_lanes_text_is_read_back_as_the_same_request():
    text = "torch.eager device=cpu lr=2e-6"
    assert parse_lane(text).text() == text


@pytest.mark.parametrize(
    "text", ["", "torch.eager lr", "torch.eager lr=", "torch.eager seed=1", "torch.lazy", "torch.eager 'lr=1"]
)
def test_what_is_no_lane(text):
    with pytest.raises(SpecError, match="--lane: got"):
        parse_lane(text)


@pytest.mark.parametrize(
    ("change", "option"),
    [
        ({"lanes": ()}, "--lanes"),
        ({"lanes": (LaneRequest("tf.eager"),) * 5}, "--lanes"),
        ({"lanes": (LaneRequest("nonsense"),)}, "--lanes"),
        ({"lanes": (LaneRequest("tf.eager", lr="0"),)}, "--lane tf.eager: lr"),
        ({"lanes": (LaneRequest("tf.eager", device="gpu"),)}, "--lane tf.eager: device"),
        ({"workload": "three-layer"}, "--workload"),
        ({"preset": "none"}, "--preset"),
        ({"sizes": (("depth", "3"),)}, "--size"),
        ({"sizes": (("hidden", "0"),)}, "--size hidden"),
        ({"device": "tpu"}, "--device"),
        ({"dtype": "float16"}, "--dtype"),
        ({"optimizer": "magic"}, "--optimizer"),
        ({"lr": "nan"}, "--lr"),
        ({"batch": "0"}, "--batch"),
        ({"steps": "0"}, "--steps"),
        ({"steps": "1e3"}, "--steps"),
        ({"seed": "-1"}, "--seed"),
        ({"threads": "0"}, "--threads"),
        ({"pace": "0"}, "--pace"),
        ({"log_every": "0"}, "--log-every"),
        ({"schedule": "chaos"}, "--schedule"),
        ({"host": "moon"}, "--host"),
    ],
)
def test_every_mistake_names_its_option(change, option):
    with pytest.raises(SpecError) as error:
        plan(dataclasses.replace(RaceRequest(), **change))
    assert error.value.option == option


def test_one_lane_is_switched_alone():
    request = RaceRequest(schedule="race")
    switched = with_lane(request, 1, LaneRequest("torch.eager", dtype="float64"))
    assert plan(switched).lanes[0] == plan(request).lanes[0]
    assert plan(switched).lanes[1] == dataclasses.replace(plan(request).lanes[1], dtype="float64")
