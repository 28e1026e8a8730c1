"""Which lane is faster, and when that is unknown."""

from dataclasses import replace

import numpy as np
import pytest

from fwtui.core.processor_use import ProcessorUse
from fwtui.core.records import Compiled
from fwtui.core.spec import RaceSpec, WorkloadSpec
from fwtui.measure import speed as measured
from fwtui.workloads.catalogue import batch_sizes
from tests.measure.support import history, steps
from tests.scripted.lanes import lane

RACE = RaceSpec((lane(), lane()), "turns", "process")
QUIET, BUSY = ProcessorUse(10.0, 8.0, 0.5), ProcessorUse(10.0, 3.0, 7.0)


def speed(race, lanes):
    return measured.speed(race, lanes, batch_sizes(race))


def test_lanes_of_other_batch_sizes_are_compared_by_what_a_sample_takes():
    rng = np.random.default_rng(0)
    lanes = [history(np.ones(300), rng.normal(mean, 20, 300)) for mean in (1000, 4000)]
    sized = [
        replace(lane(), workload=WorkloadSpec("two-layer", "static", (("batch", n),))) for n in (64, 512)
    ]
    found = speed(RaceSpec(tuple(sized), "turns", "process"), lanes)
    assert (found.faster, found.slower, found.per_sample) == (1, 0, True)
    assert found.ratio.value == pytest.approx(8 / 4, rel=0.03)
    alike = speed(RaceSpec((sized[0], sized[0]), "turns", "process"), lanes)
    assert (alike.faster, alike.per_sample) == (0, False)
    assert alike.ratio.value == pytest.approx(4, rel=0.03)


def test_a_compilation_pays_from_a_step_on():
    lanes = [history(np.ones(300), np.full(300, float(ns))) for ns in (3000, 1000)]
    race = RaceSpec((lane(), lane()), "turns", "process")
    assert speed(race, lanes).break_even_step is None, "the faster one took no longer to begin"
    lanes[1].first_step_ns = lanes[0].first_step_ns + 1_000_001
    assert speed(race, lanes).break_even_step == 501
    lanes[1].apply(Compiled(7, "retrace", 1_000_000, "another shape"))
    assert speed(race, lanes).break_even_step == 1001
    lanes[1].apply(Compiled(9, "retrace", None, "another shape"))
    assert speed(race, lanes).break_even_step is None, "what that took is unknown"


def test_the_fastest_lane_is_held_against_the_slowest():
    rng = np.random.default_rng(0)
    lanes = [history(np.ones(300), rng.normal(mean, 50, 300)) for mean in (2000, 1000, 1500)]
    race = RaceSpec((lane(), lane(), replace(lane(), pace=5.0)), "race", "process")
    found = speed(race, lanes)
    assert (found.faster, found.slower) == (1, 0)
    assert found.ratio.value == pytest.approx(2, rel=0.03)
    assert found.ratio.certain
    assert (found.contended, found.paced) == (True, True)
    assert found.order == (1, 2, 0)
    calm = speed(RaceSpec((lane(), lane()), "turns", "process"), lanes[:2])
    assert (calm.contended, calm.paced) == (False, False)


def test_too_few_steady_steps_are_no_verdict():
    race = RaceSpec((lane(), lane()), "turns", "process")
    assert speed(race, [history(np.ones(300)), history()]) is None
    assert speed(race, [history(np.ones(300)), history(np.ones(20))]) is None


def run_of(mean_ns, *measured):
    """A lane that took 300 steady steps before each measurement of the processor."""
    rng = np.random.default_rng(0)
    run = history(np.ones(1), np.ones(1))
    for use, slower in measured:
        run.apply(steps(run.steps, np.ones(300), rng.normal(mean_ns * slower, mean_ns / 50, 300)))
        run.apply(use)
    return run


def test_beside_others_that_use_the_cores_there_is_no_ratio():
    found = speed(RACE, [run_of(1000, (BUSY, 1)), run_of(2000, (QUIET, 1))])
    assert (found.ratio, found.is_certain) == (None, False)
    assert found.others_share == pytest.approx(0.7)


def test_a_machine_with_free_cores_is_not_busy():
    others = ProcessorUse(40.0, 8.0, 20.0)
    found = speed(RACE, [run_of(1000, (others, 1)), run_of(2000, (others, 1))])
    assert found.ratio.value == pytest.approx(2, rel=0.02)
    assert found.others_share == pytest.approx(0.5)


def test_steps_that_others_disturbed_do_not_count():
    lanes = [
        run_of(1000, (QUIET, 1), (BUSY, 40), (QUIET, 1)),
        run_of(2000, (QUIET, 1), (BUSY, 3), (QUIET, 1)),
    ]
    found = speed(RACE, lanes)
    assert found.ratio.value == pytest.approx(2, rel=0.02)
    assert found.ratio.high < 2.1
    assert len(lanes[0].quiet_step_ns()) == 600


def test_a_race_that_was_nearly_always_disturbed_has_no_ratio():
    spells = ((QUIET, 1), *((BUSY, 1),) * 9)
    assert speed(RACE, [run_of(1000, *spells), run_of(2000, *spells)]).ratio is None


def test_what_was_used_while_no_step_was_taken_is_not_counted():
    run = run_of(1000, (QUIET, 1))
    run.apply(BUSY)
    assert run.processor == QUIET
    assert speed(RACE, [run, run_of(2000, (QUIET, 1))]).is_certain


def test_nothing_measured_is_unknown():
    found = speed(RACE, [history(np.ones(300)), history(np.ones(300), np.full(300, 1e6))])
    assert found.others_share is None
    assert found.ratio is not None
