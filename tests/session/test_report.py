"""The headless commands' JSON: valid, whole, with units in its names."""

import json

import numpy as np
import pytest

from fwtui.core.device_memory import FrameworkMemory, ProcessMemory
from fwtui.core.outcome import Ended, Failure
from fwtui.core.processor_use import ProcessorUse
from fwtui.core.records import Evaluated, LogLine
from fwtui.core.spec import RaceSpec
from fwtui.measure.loss_gap import LossComparison
from fwtui.measure.speed import speed
from fwtui.session.report import report
from fwtui.session.same_answer import same_answer
from fwtui.workloads.catalogue import batch_sizes
from tests.measure.support import history
from tests.scripted.lanes import lane

pytestmark = pytest.mark.usefixtures("scripted_backends")
RACE = RaceSpec((lane(), lane("other")), "turns", "process")


def told(*lanes):
    gap = LossComparison("float32").update(lanes)
    same = same_answer(RACE.lanes, lanes, gap)
    faster = speed(RACE, lanes, batch_sizes(RACE))
    return json.loads(json.dumps(report(RACE, lanes, gap, same, faster), allow_nan=False))


def test_a_whole_race():
    rng = np.random.default_rng(0)
    losses = 0.9 ** np.arange(200)
    slow, fast = (history(losses, rng.normal(mean, 10, 200), ended="done") for mean in (3000, 1000))
    slow.apply(FrameworkMemory(1, 2, 3))
    slow.apply(ProcessMemory(4, 5, None))
    answer = told(slow, fast)
    first, second = answer["lanes"]
    assert (first["backend"], first["framework"], first["framework_version"]) == (
        "scripted.ok",
        "Scripted",
        "1.2.3",
    )
    assert (first["outcome"], first["reason"], first["steps"]) == ("done", None, 200)
    assert first["losses"] == losses.tolist()
    assert (first["import_ns"], first["build_ns"]) == (15, 20)
    assert first["step_ns"]["p50"] == pytest.approx(3000, rel=0.01)
    assert first["steady_steps"] == 199
    assert first["samples_a_second"] == 2 * first["steps_a_second"] == pytest.approx(2e9 / 3000, rel=0.02)
    assert first["memory"]["rss_peak_bytes"] == 5
    assert first["memory"]["device_peak_bytes"] == 3
    assert second["memory"]["device_peak_bytes"] is None
    verdict = answer["verdict"]
    assert verdict["same"] is True
    assert verdict["not_comparable"] is None
    assert verdict["faster"] == "scripted.other"
    assert verdict["ratio_low"] <= verdict["ratio"] <= verdict["ratio_high"]
    assert verdict["contended"] is False
    assert verdict["per_sample"] is False
    assert verdict["lanes_by_speed"] == [2, 1]
    assert (verdict["busy_machine"], verdict["others_share"]) == (False, None)
    assert (first["disturbed_steps"], first["others_share"]) == (None, None)
    assert (answer["workload"]["name"], answer["workload"]["sizes"]["batch"]) == ("two-layer", 2)


def test_a_busy_machine_has_no_ratio():
    rng = np.random.default_rng(0)
    lanes = [history(np.ones(200), rng.normal(mean, 10, 200)) for mean in (3000, 1000)]
    for run in lanes:
        run.apply(ProcessorUse(10.0, 4.0, 6.0))
    answer = told(*lanes)
    assert answer["lanes"][0]["others_share"] == pytest.approx(0.6)
    assert answer["lanes"][0]["disturbed_steps"] == 199
    verdict = answer["verdict"]
    assert (verdict["busy_machine"], verdict["others_share"]) == (True, pytest.approx(0.6))
    assert [verdict[key] for key in ("faster", "ratio", "lanes_by_speed", "break_even_step")] == [None] * 4


def test_what_is_not_finite_or_not_known_is_null():
    lane_, other = history([1.0, np.nan], ended="diverged"), history([1.0, 2.0], ended="done")
    lane_.apply(Evaluated(1, (("loss", np.inf),)))
    answer = told(lane_, other)
    assert answer["lanes"][0]["losses"] == [1.0, None]
    assert answer["lanes"][0]["held_out"] == [{"step": 1, "loss": None}]
    assert answer["verdict"]["max_relative_gap"] is None
    assert answer["verdict"]["first_divergence"] == 1
    assert (answer["verdict"]["faster"], answer["verdict"]["ratio"]) == (None, None)


def test_a_lane_that_failed_says_why_and_is_no_verdict():
    failed = history(ended="failed")
    failed.apply(LogLine("the story"))
    failed.apply(Ended.failed(0, 300, Failure("user code", "a reason", "a hint")))
    answer = told(failed, history(np.ones(60), ended="done"))
    first = answer["lanes"][0]
    assert (first["outcome"], first["reason"], first["hint"]) == ("failed", "a reason", "a hint")
    assert first["cause"] == "user code"
    assert first["step_ns"] == dict.fromkeys(("p50", "p95", "p99", "mean", "min"))
    assert first["first_step_ns"] is None
    assert first["log"] == ["the story"]
    assert answer["verdict"]["same"] is None


def test_a_difference_within_doubt_names_no_winner():
    rng = np.random.default_rng(0)
    verdict = told(*[history(np.ones(100), rng.normal(1000, 300, 100)) for _ in range(2)])["verdict"]
    assert verdict["faster"] is None
    assert verdict["ratio_low"] <= 1 <= verdict["ratio"]
