"""The parity check on scripted lanes: what is agreement, what is not, and what cannot be judged."""

import signal
from dataclasses import replace
from queue import SimpleQueue
from types import SimpleNamespace

import numpy as np
import pytest

from fwtui.core.ndarray import Array
from fwtui.core.records import Probed
from fwtui.core.spec import OpLogging, Probes, RaceSpec
from fwtui.measure.history import History
from fwtui.measure.probe_gap import ProbeComparison
from fwtui.parity import check as parity_check
from fwtui.parity import words
from fwtui.parity.check import check
from fwtui.parity.finding import tolerances
from fwtui.parity.known import Evidence
from fwtui.race.race import LaneRun
from fwtui.session.run import _drain, run
from tests.conftest import lane_processes
from tests.scripted.lanes import lane

pytestmark = pytest.mark.usefixtures("scripted_backends")


def judged(*modes, races=None, with_truth=True, steps=30, probes=None, **settings):
    """The finding on lanes of these modes, under the thread host."""
    lanes = tuple(lane(mode, steps=steps, probes=probes or Probes(), **settings) for mode in modes)
    spec = RaceSpec(lanes, "race", "thread")

    def watched(race, watch):
        if races is not None:
            races.append(race)
        return run(race, watch)

    return check(spec, tolerances(spec), watched, with_truth=with_truth)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_lanes_that_do_the_same_agree(dtype):
    finding = judged("ok", "ok", dtype=dtype)
    assert finding.same is True
    assert finding.place is None
    assert words.verdict(finding).startswith("yes: largest relative gap 0 in ")
    assert words.where(finding) == []


def test_float32_lanes_are_raced_beside_their_twins():
    races = []
    finding = judged("ok", "wander", races=races)
    assert [[one.dtype for one in race.lanes] for race in races] == [["float32"] * 2 + ["float64"] * 2]
    assert len(finding.result.lanes) == 2
    assert {one.lane for lane in finding.truth.figures for one in lane} == {0, 1}


def test_equal_twins_are_one():
    races = []
    judged("ok", "ok", races=races)
    assert len(races[0].lanes) == 3


def test_no_twins_where_they_are_not_wanted():
    races = []
    finding = judged("ok", "ok", races=races, with_truth=False)
    assert len(races[0].lanes) == 2
    assert finding.truth is None
    assert words.truth(finding) is None
    assert words.not_compared(finding) == ["float64: --no-truth"]


def test_float64_lanes_are_their_own_twins():
    races = []
    assert judged("ok", "ok", races=races, dtype="float64").same is True
    assert len(races[0].lanes) == 2


def test_an_update_that_does_not_follow_the_equation_differs_and_its_step_is_found():
    """Step 5 lies between two probes: a second race probes every step up to there."""
    races = []
    finding = judged("ok", "drift", races=races)
    assert finding.same is False
    assert finding.in_float64
    assert (finding.place.stage, finding.place.step, finding.place.exact) == ("update", 5, True)
    assert [one.probes.also[:7] for one in races[1].lanes] == [tuple(range(7))] * 2
    assert words.where(finding)[0].startswith("step 5, update: parameter w")
    assert "scripted.drift in float64 does not follow the equation of sgd" in words.where(finding)[1]


def test_every_step_is_repeated_by_the_other_network_at_the_same_weights():
    races = []
    judged("ok", "lost", races=races)
    (repeated,) = races[2].lanes
    assert (repeated.backend, repeated.dtype) == ("scripted.lost", "float64")
    steps = races[2].lanes[0].steps
    assert [probe.step for probe in repeated.replay.probes] == list(range(steps + 1))


def test_the_ops_of_that_step_are_logged_and_a_backend_without_any_says_so():
    races = []
    finding = judged("ok", "lost", races=races)
    # From the same weights, those that the first lane has before that step.
    assert [(one.steps, one.ops, one.dtype) for one in races[-1].lanes] == [
        (0, OpLogging(last=True, values=True), "float64")
    ] * 2
    assert [one.start.step for one in races[-1].lanes] == [0, 0]
    assert races[-1].lanes[0].start == races[-1].lanes[1].start
    assert finding.op is None
    assert "a script has no ops" in finding.op_reason
    assert "a script has no ops" in words.where(finding)[1]


def test_a_gradient_that_differs_is_the_backward_pass():
    finding = judged("ok", "steep")
    assert finding.same is False
    assert (finding.place.stage, finding.place.step) == ("backward", 0)
    assert finding.place.key == ("gradient", "w2")


def test_a_gradient_on_one_side_only_is_the_backward_pass():
    finding = judged("ok", "lost")
    assert (finding.place.stage, finding.place.step) == ("backward", 0)
    assert "the loss depends on it in one network only" in words.where(finding)[0]


def test_a_loss_that_the_same_weights_do_not_give_again_cannot_be_judged(monkeypatch):
    """Between two probes; the network keeps a state of its own."""
    from tests.scripted import step as scripted_step

    original = scripted_step.Scripted.step

    def once(self, batch):
        metrics = original(self, batch)
        return {"loss": metrics["loss"] * 1.1} if (self.mode, self.count) == ("slow", 22) else metrics

    monkeypatch.setattr(scripted_step.Scripted, "step", once)
    finding = judged("ok", "slow")
    assert finding.same is None
    assert "at step 21 they are 9e-02 apart" in finding.reason
    assert "The net changes its own state" in finding.reason


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_gradient_that_changes_without_its_weights_is_no_agreement(dtype):
    assert judged("ok", "tilt", dtype=dtype).same is not True


def test_a_lane_that_diverges_alone_differs():
    finding = judged("ok", "inf")
    assert finding.same is False
    assert (finding.place.stage, finding.place.step) == ("forward", 20)


def test_float64_losses_are_compared_step_by_step():
    """A loss that is a millionth off, which float32 would not show."""
    finding = judged("ok", "other")
    assert finding.same is False
    assert finding.in_float64
    assert (finding.place.stage, finding.place.step) == ("forward", 0)


def test_steps_whose_weights_were_not_compared_are_counted():
    """A digest after each of them would have taken too long."""
    digests = {"parameter w": SimpleNamespace(values=lambda: np.array([1.0, np.nan, np.nan, 1.0]))}
    lanes = [SimpleNamespace(digests=digests, steps=4), SimpleNamespace(digests={}, steps=4)]
    spec = SimpleNamespace(
        lanes=[SimpleNamespace(backend="tf.eager"), SimpleNamespace(backend="torch.eager")]
    )
    (line,) = words._thin_digests(SimpleNamespace(result=SimpleNamespace(lanes=lanes, spec=spec)))
    assert line.startswith("weights between two probes: 1 tf.eager in 2 of 4 steps; a digest of each")


class TestRounding:
    def test_what_the_training_carried_on_is_explained(self):
        """The weights part, and at its own weights each lane computes what float64 does."""
        finding = judged("ok", "wander")
        assert finding.same is True
        assert words.verdict(finding).startswith("yes, but for rounding: ")
        assert "within rounding of float64" in words.truth(finding)

    def test_arithmetic_that_is_off_in_float32_alone_is_not(self):
        finding = judged("ok", "rough")
        assert finding.same is False
        assert not finding.in_float64
        assert (finding.place.stage, finding.place.step) == ("backward", 0)
        assert "2 scripted.rough is off: at step 0 its gradient w" in words.truth(finding)

    def test_nor_is_it_where_both_lanes_are_off_alike(self):
        assert judged("rough", "rough").same is False

    def test_without_the_truth_the_tolerance_alone_decides(self):
        assert judged("ok", "wander", with_truth=False).same is False

    def test_a_twin_that_fails_leaves_the_tolerance(self, monkeypatch):
        from tests.scripted import step as scripted_step

        original = scripted_step.build

        def build(mode, job):
            if next(iter(job.parameters.values())).dtype == "float64":
                raise TypeError("no float64 here")
            return original(mode, job)

        monkeypatch.setattr(scripted_step, "build", build)
        finding = judged("ok", "other")
        assert finding.same is True
        assert finding.truth is None
        assert any("no float64 here" in line for line in words.not_compared(finding))


class TestNotJudged:
    @pytest.mark.parametrize("mode", ["raise", "oom", "missing.ok"])
    def test_a_lane_that_does_not_reach_its_end(self, mode):
        finding = judged("ok", mode)
        assert finding.same is None
        assert "lane 2" in finding.reason
        assert words.verdict(finding).startswith("could not be judged: lane 2 ")

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_a_lane_or_a_twin_that_has_no_memory_for_its_probes(self, monkeypatch, dtype):
        from tests.scripted import step as scripted_step

        compute = scripted_step.Scripted.compute

        def short_of_memory(self, batch):
            if self.mode == "other" and self.count and self.single == (dtype == "float32"):
                raise MemoryError
            return compute(self, batch)

        monkeypatch.setattr(scripted_step.Scripted, "compute", short_of_memory)
        finding = judged("ok", "other")
        why = "no memory for the probe of step 0, which is 0 MB"
        if dtype == "float32":
            assert (finding.same, finding.reason) == (None, f"lane 2: {why}")
        else:
            assert finding.same is True
            assert any(why in line for line in words.not_compared(finding))

    def test_lanes_that_diverge_alike(self):
        finding = judged("nan", "nan")
        assert finding.same is None
        assert "lane 1 diverged" in finding.reason

    def test_all_nan(self):
        finding = judged("blank", "blank", dtype="float64")
        assert finding.same is None
        assert "no finite number" in finding.reason

    def test_different_seeds(self):
        spec = RaceSpec(
            tuple(lane("ok", steps=5, probes=Probes(), seed=seed) for seed in (0, 1)), "race", "thread"
        )
        finding = check(spec, tolerances(spec), run)
        assert (finding.same, finding.reason) == (None, "different seeds")

    def test_a_difference_found_before_a_failure_stands(self):
        assert judged("ok", "lost").same is False


def test_probes_are_let_go_once_compared(monkeypatch):
    kept = []

    def watched(race, watch):
        def watching(lanes):
            watch(lanes)
            kept.append(sum(len(one.probes) for one in lanes))

        return run(race, watching)

    spec = RaceSpec(
        tuple(lane("slow", steps=60, probes=Probes(every=1)) for _ in range(2)), "race", "process"
    )
    finding = check(spec, tolerances(spec), watched)
    assert len(finding.rows) == 61
    assert max(kept) < 3 * 61


def test_no_probe_is_lost_because_this_process_is_slow_to_compare():
    """However many have come by the time that it looks, and however little memory there is for them."""
    lanes, heard = [History(raw_steps=None, probe_bytes=0) for _ in range(2)], SimpleQueue()
    comparison, array = ProbeComparison("float64"), Array.of(np.zeros(3))
    for step in range(10):
        for number in range(2):
            heard.put((LaneRun(number, number, None, None, None), Probed(step, (), (("w", array),), ())))
    _drain(heard, lanes, comparison.update)
    assert comparison.compared == set(range(10))


def test_no_lane_outlives_an_error_of_whoever_watches_it():
    def short_of_memory(lanes):
        if all(lane.steps for lane in lanes):
            raise MemoryError

    spec = RaceSpec((lane("slow", steps=100_000),) * 2, "race", "process")
    with pytest.raises(MemoryError):
        run(spec, short_of_memory)
    assert lane_processes() == []


def test_more_than_two_lanes_are_compared_with_the_first():
    finding = judged("ok", "wander", "drift")
    assert finding.place.gap.lane == 2


@pytest.mark.parametrize(("setting", "same"), [({"threads": 2}, True), ({"learning_rate": 1.01e-3}, False)])
def test_settings_that_differ_do_not_keep_lanes_from_being_compared(setting, same):
    lanes = (lane("ok", probes=Probes()), lane("ok", probes=Probes(), **setting))
    spec = RaceSpec(tuple(replace(one, steps=5) for one in lanes), "race", "thread")
    finding = check(spec, tolerances(spec), run)
    assert finding.same is same
    if not same:
        assert (finding.place.stage, finding.place.step) == ("update", 0)


def test_a_search_that_is_cut_short_says_so_and_by_what():
    lanes = tuple(lane(mode, steps=30, probes=Probes()) for mode in ("ok", "drift"))
    spec, races = RaceSpec(lanes, "race", "thread"), []

    def watched(race, watch):
        races.append(race)
        result = run(race, watch)
        return result if len(races) == 1 else replace(result, signal=signal.SIGINT, lanes=[History()] * 2)

    finding = check(spec, tolerances(spec), watched)
    assert finding.same is None, "a gap that was not looked into may be rounding"
    assert finding.reason.endswith("whether that is rounding is unknown: the search was cut short")
    assert finding.result.signal is signal.SIGINT


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_signal_ends_the_search_for_known_differences_too(monkeypatch, cut):
    lanes = tuple(lane(mode, steps=30, probes=Probes()) for mode in ("ok", "drift"))
    spec, races = RaceSpec(lanes, "race", "thread"), []
    names = ("batchnorm-variance",)
    monkeypatch.setattr(parity_check, "known_at", lambda spec, finding: names if finding.place else ())
    monkeypatch.setattr(parity_check, "known_in", lambda *_: {names[0]: Evidence(0, ("metric", "loss"), 1.0)})

    def watched(race, watch):
        races.append(race)
        result = run(race, watch)
        return replace(result, signal=signal.SIGTERM) if len(races) == cut else result

    finding = check(spec, tolerances(spec), watched)
    assert finding.same is None, "a known difference may be all that there is"
    assert "cut short" in finding.reason
    assert finding.result.signal is signal.SIGTERM
    assert len(races) == cut


def test_a_race_that_is_cut_short_says_so():
    lanes = tuple(lane("ok", steps=5, probes=Probes()) for _ in range(2))
    spec = RaceSpec(lanes, "race", "thread")

    def watched(race, watch):
        return replace(run(race, watch), signal=signal.SIGTERM)

    finding = check(spec, tolerances(spec), watched)
    assert finding.same is None
    assert finding.reason == "the search was cut short"
