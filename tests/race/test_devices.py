"""Which device a race trains on: decided once every lane has said what its framework can reach."""

import pytest

from fwtui.core.outcome import Ended
from fwtui.core.records import Alive, Built, Device, Imported
from fwtui.race.race import best_device
from tests.scripted.lanes import Running, lane

pytestmark = pytest.mark.usefixtures("scripted_backends")


@pytest.mark.parametrize("schedule", ["race", "turns"])
def test_the_device_is_the_best_that_all_lanes_have(schedule):
    with Running(lane(device="auto"), lane("other", device="auto"), schedule=schedule) as (race, heard):
        assert race.wait(60)
        assert [heard.of(number, Built)[0].device for number in (0, 1)] == ["cpu", "cpu"]


def test_a_lane_that_fails_to_import_does_not_keep_the_others_from_a_device():
    with Running(lane("missing.ok", device="auto"), lane(device="auto")) as (race, heard):
        assert race.wait(60)
        assert heard.ended(1).outcome == "done"


def test_an_explicit_device_that_cannot_be_used_fails_in_words_and_alone():
    with Running(lane(device="cuda:0"), lane(device="auto")) as (race, heard):
        assert race.wait(60)
        assert (heard.ended(0).outcome, heard.ended(0).reason) == (
            "failed",
            "cuda:0: no CUDA build of Scripted",
        )
        assert heard.ended(1).outcome == "done"


def test_a_lane_that_never_imports_is_replaced_and_the_device_decided():
    with Running(lane("sleepy.ok", device="auto"), lane(device="auto")) as (race, heard):
        heard.comes(1, Imported)
        heard.comes(0, Alive)
        assert not heard.of(1, Built)
        run = race.replace(0, lane("other", device="auto"))
        assert heard.ended(run.number).outcome == "done"
        assert heard.ended(1).outcome == "done"


@pytest.mark.parametrize("schedule", ["turns", "race"])
def test_an_import_that_never_ends_holds_nobody_up_for_ever(schedule):
    lanes = lane("sleepy.ok", device="auto"), lane(device="auto")
    with Running(*lanes, schedule=schedule, awaited_s=1) as (race, heard):
        # An app watches its race for as long as it lasts.
        heard.until(lambda: race.watch() or heard.of(1, Ended), "the end of the other lane")
        assert heard.ended(1).outcome == "done"
        assert not heard.of(0, Imported)


def devices(*names, unusable=()):
    return tuple(Device(name, name, "broken" if name in unusable else None) for name in names)


@pytest.mark.parametrize(
    ("heard", "preferred", "best"),
    [
        ([devices("cpu", "cuda:0"), devices("cpu", "cuda:0")], None, "cuda:0"),
        ([devices("cpu", "cuda:0"), devices("cpu")], None, "cpu"),
        ([devices("cpu", "cuda:0"), devices("cpu", "cuda:0", unusable=["cuda:0"])], None, "cpu"),
        (
            [devices("cpu", "cuda:0", "cuda:10", "cuda:9"), devices("cpu", "cuda:9", "cuda:10")],
            None,
            "cuda:9",
        ),
        ([devices("cpu", "mps"), devices("cpu", "mps")], None, "mps"),
        ([devices("cpu", "cuda:0"), ()], None, "cuda:0"),
        ([(), ()], None, "cpu"),
        ([devices("cpu", "cuda:0")], "cpu", "cpu"),
        ([devices("cpu")], "cuda:0", "cpu"),
    ],
)
def test_the_best_device(heard, preferred, best):
    assert best_device(heard, preferred) == best
