"""Words that do not say more than was measured."""

from dataclasses import replace

import numpy as np
import pytest

from fwtui.measure.parity import LossComparison
from fwtui.measure.verdict import incomparable, same_answer, speed
from fwtui.race.spec import RaceSpec
from tests.measure.support import history
from tests.scripted.lanes import lane


def judged(specs, lanes):
    return same_answer(specs, lanes, LossComparison("float32").update(lanes)).same


def test_the_same_losses_from_the_same_start_are_the_same_answer():
    lanes = [history(np.ones(50)), history(np.ones(50))]
    assert judged([lane(), lane()], lanes) is True
    assert judged([lane(), lane()], [lanes[0], history(2 * np.ones(50))]) is False
    assert judged([lane(), lane()], [lanes[0], history()]) is None


@pytest.mark.parametrize(
    ("spec", "start", "why"),
    [
        ({"seed": 1}, {}, "different seeds"),
        ({}, {"weights": "v"}, "different first weights"),
        ({}, {"data": "e"}, "different data"),
    ],
)
def test_what_did_not_start_alike_is_not_judged(spec, start, why):
    specs, lanes = [lane(), lane(**spec)], [history(np.ones(50)), history(np.ones(50), **start)]
    assert incomparable(specs, lanes) == why
    assert judged(specs, lanes) is None


def test_other_settings_are_still_comparable_and_one_lane_never():
    lanes = [history(np.ones(50)), history(np.ones(50))]
    assert judged([lane(), lane(dtype="float64")], lanes) is True
    assert judged([lane(), lane(learning_rate=2.0)], lanes) is True
    assert incomparable([lane()], lanes[:1]) is not None


def test_the_fastest_lane_is_held_against_the_slowest():
    rng = np.random.default_rng(0)
    lanes = [history(np.ones(300), rng.normal(mean, 50, 300)) for mean in (2000, 1000, 1500)]
    race = RaceSpec((lane(), lane(), replace(lane(), pace=5.0)), "race", "process")
    found = speed(race, lanes)
    assert (found.faster, found.slower) == (1, 0)
    assert found.ratio.value == pytest.approx(2, rel=0.03)
    assert found.ratio.certain
    assert (found.contended, found.paced) == (True, True)
    calm = speed(RaceSpec((lane(), lane()), "turns", "process"), lanes[:2])
    assert (calm.contended, calm.paced) == (False, False)


def test_too_few_steady_steps_are_no_verdict():
    race = RaceSpec((lane(), lane()), "turns", "process")
    assert speed(race, [history(np.ones(300)), history()]) is None
    assert speed(race, [history(np.ones(300)), history(np.ones(20))]) is None
