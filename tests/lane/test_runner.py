"""The one step loop, in this very process: phases, records, ends."""

import time

import numpy as np
import pytest

from fwtui.core.device_memory import FrameworkMemory
from fwtui.core.ndarray import Array
from fwtui.core.outcome import Ended
from fwtui.core.records import (
    Built,
    Compiled,
    Evaluated,
    Imported,
    NetInspected,
    PhaseEntered,
    Probed,
    RunStateChanged,
    Steps,
    TurnEnded,
)
from fwtui.core.spec import Probes, Replay, WorkloadSpec
from fwtui.lane import runner as running
from fwtui.lane.control import Control, LaneCommand, UseDevice
from fwtui.lane.digests import Digester, checksum
from fwtui.lane.run import run_lane
from fwtui.lane.runner import Runner
from tests.scripted import step as scripted_step
from tests.scripted.lanes import counted, lane

pytestmark = pytest.mark.usefixtures("scripted_backends")

DIGITS = WorkloadSpec("digits-mlp", "default")
"""Its batches differ from step to step."""


def run(spec, *words, hear=None):
    """Runs a lane here to its end, told `words` before it starts; `hear` may tell it more."""
    said, control = [], Control(spec.steps, spec.by_turns)
    for word in words:
        control.tell(word)

    def emit(record):
        said.append(record)
        if hear is not None:
            hear(record, control)

    run_lane(Runner(spec, emit, control), 4711)
    return said


def of(said, kind):
    return [record for record in said if isinstance(record, kind)]


def test_the_way_through_the_phases():
    said = run(lane("other", steps=100))
    phases = [(entered.phase, entered.step) for entered in of(said, PhaseEntered)]
    assert phases == [("import", 0), ("build", 0), ("trace", 0), ("warm-up", 1), ("steady", 11)]
    assert said[-1] == of(said, Ended)[0]
    assert (said[-1].outcome, said[-1].step, said[-1].lingers) == ("done", 100, False)
    assert of(said, Imported)[0].pid == 4711
    assert [one.kind for one in of(said, Compiled)] == ["trace"]
    assert of(said, FrameworkMemory)[-1].peak_bytes == 1_500_000


@pytest.mark.parametrize(
    ("steps", "phases"), [(1, ["warm-up"]), (5, ["warm-up", "steady"]), (20, ["warm-up", "steady"])]
)
def test_short_runs_have_phases_too(steps, phases):
    said = run(lane(steps=steps))
    assert [entered.phase for entered in of(said, PhaseEntered)][2:] == phases
    assert counted(said) == steps


def test_every_one_of_many_fast_steps_is_counted_once_and_in_order():
    said = run(lane(steps=120_000))
    assert counted(said) == 120_000
    losses = np.concatenate([np.frombuffer(dict(steps.metrics)["loss"]) for steps in of(said, Steps)])
    np.testing.assert_array_equal(losses[:2000], [1000.0 * 0.99**n for n in range(2000)])


def test_step_times_hold_the_step_and_nothing_else(monkeypatch):
    clock = iter(range(0, 10**9, 10))
    monkeypatch.setattr(running, "perf_counter_ns", lambda: next(clock))
    said = run(lane(steps=50))
    times = np.concatenate([np.frombuffer(steps.step_ns, np.int64) for steps in of(said, Steps)])
    assert set(times) == {10}, "two readings of the clock, one right before the step and one right after"


def test_the_same_weights_and_data_have_the_same_hash_in_any_dtype():
    builts = [of(run(lane(dtype=dtype, steps=1)), Built)[0] for dtype in ("float32", "float64")]
    other = of(run(lane(seed=1, steps=1)), Built)[0]
    assert builts[0].weights_sha256 == builts[1].weights_sha256 != other.weights_sha256
    assert builts[0].data_sha256 == builts[1].data_sha256 != other.data_sha256
    assert builts[0].parameters == 4 * 3 + 3 * 2


def test_the_backend_gets_the_dtype_and_the_same_object_for_the_same_batch(monkeypatch):
    batches = []
    original = scripted_step.Scripted.step
    monkeypatch.setattr(
        scripted_step.Scripted, "step", lambda self, batch: batches.append(batch) or original(self, batch)
    )
    run(lane(steps=3, dtype="float32"))
    assert batches[0] is batches[1] is batches[2]
    assert {array.dtype for array in batches[0].values()} == {np.dtype("float32")}


def test_held_out_data_is_evaluated_now_and_then_and_once_at_the_end():
    spec = lane(steps=80, linger=True, workload=DIGITS)

    def hear(record, control):
        if isinstance(record, Ended) and record.lingers:
            control.tell(LaneCommand("stop") if record.step > 80 else LaneCommand("train-on", 4))

    steps = [evaluated.step for evaluated in of(run(spec, hear=hear), Evaluated)]
    assert steps == [*range(2, 85, 2)]


@pytest.mark.parametrize(
    ("mode", "outcome", "step", "reason"),
    [
        ("nan", "diverged", 21, "diverged at step 20: the loss is nan"),
        ("inf", "diverged", 21, "diverged at step 20: the loss is inf"),
        ("raise", "failed", 20, "RuntimeError: the script says no"),
        ("oom", "failed", 20, "out of memory"),
    ],
)
def test_faults_in_a_step_are_told_and_the_steps_before_are_kept(mode, outcome, step, reason):
    said = run(lane(mode))
    assert (said[-1].outcome, said[-1].step, said[-1].reason) == (outcome, step, reason)
    assert counted(said) == step


def test_a_framework_that_is_not_installed():
    end = run(lane("missing.ok"))[-1]
    assert (end.outcome, end.reason) == ("failed", "Missing is not installed")
    assert end.hint == "pip install missing_framework"


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        ("cuda:0", "cuda:0: no CUDA build of Scripted"),
        ("mps", "mps: there is no such device here; Scripted has cpu, cuda:0"),
    ],
)
def test_a_device_that_cannot_be_used(device, reason):
    said = run(lane(device=device))
    assert (said[-1].outcome, said[-1].reason) == ("failed", reason)
    assert not of(said, Built)


def test_a_device_left_open_is_waited_for():
    said = run(lane(device="auto", steps=1), UseDevice("cpu"))
    assert of(said, Built)[0].device == "cpu"
    assert run(lane(device="auto"), LaneCommand("stop"))[-1].outcome == "stopped"


@pytest.mark.parametrize("error", [SystemExit(3), StopIteration(), KeyError("loss"), OSError(5, "a library")])
def test_whatever_a_build_raises_is_told(monkeypatch, error):
    def build(mode, job):
        raise error

    monkeypatch.setattr(scripted_step, "build", build)
    end = run(lane())[-1]
    assert (end.outcome, end.reason.partition(":")[0]) == ("failed", type(error).__name__)


def test_what_a_mode_cannot_do_is_told_as_that_and_not_as_a_crash(monkeypatch):
    def build(mode, job):
        raise NotImplementedError("'depth' is a Python number\nand more lines")

    monkeypatch.setattr(scripted_step, "build", build)
    end = run(lane())[-1]
    assert (end.outcome, end.reason) == ("failed", "not possible: 'depth' is a Python number")
    assert end.hint == "another backend may do it"


def test_a_framework_that_is_broken_after_a_fault_does_not_hide_it(monkeypatch):
    def broken(self):
        raise RuntimeError("the device is lost")

    original = scripted_step.Scripted.fault

    def fault(self, loss):
        monkeypatch.setattr(scripted_step.Scripted, "events", broken)
        monkeypatch.setattr(scripted_step.Scripted, "close", broken)
        return original(self, loss)

    monkeypatch.setattr(scripted_step.Scripted, "fault", fault)
    said = run(lane("raise"))
    assert said[-1].reason == "RuntimeError: the script says no"
    assert counted(said) == 20


def test_data_that_ends_is_told(monkeypatch):
    from fwtui.workloads.two_layer.workload import TwoLayer

    original = TwoLayer.batches

    def batches(self, rng):
        yield from (batch for batch, _ in zip(original(self, rng), range(70), strict=False))

    monkeypatch.setattr(TwoLayer, "batches", batches)
    end = run(lane(steps=100))[-1]
    assert (end.outcome, end.step, end.reason) == ("failed", 70, "the workload's data came to an end")


def test_by_turns_each_grant_is_answered_once():
    grants = iter([1, 2, 4, 8, 100])

    def hear(record, control):
        if record in (RunStateChanged("waiting", 0), TurnEnded()):
            control.tell(LaneCommand("grant", next(grants, 0)))

    said = run(lane(steps=60, by_turns=True), hear=hear)
    kinds = [type(record) for record in said if isinstance(record, Steps | TurnEnded | Ended)]
    assert kinds[-1] is Ended
    assert counted(said) == 60
    counts, so_far = [], 0
    for record in said:
        so_far += record.count if isinstance(record, Steps) else 0
        if isinstance(record, TurnEnded):
            counts.append(so_far)
            so_far = 0
    assert [count for count in counts if count] == [1, 2, 4, 8, 45]


def test_a_lingering_lane_goes_on_and_was_done_when_it_is_stopped():
    def hear(record, control):
        if isinstance(record, Ended) and record.lingers:
            control.tell(LaneCommand("step") if record.step == 40 else LaneCommand("stop"))

    said = run(lane(linger=True), hear=hear)
    ends = [(end.outcome, end.step, end.lingers) for end in of(said, Ended)]
    assert ends == [("done", 40, True), ("done", 41, True), ("done", 41, False)]
    assert counted(said) == 41
    assert [stood.standing for stood in of(said, RunStateChanged)] == ["running", "running"]


def test_a_pace_keeps_steps_apart_and_a_stop_ends_the_wait():
    said = run(lane(steps=5, pace=100.0))
    starts = np.concatenate([np.frombuffer(steps.started_ns, np.int64) for steps in of(said, Steps)])
    assert np.diff(starts).min() >= 9_900_000

    def hear(record, control):
        if isinstance(record, Steps):
            control.tell(LaneCommand("stop"))

    started = time.monotonic()
    assert run(lane(steps=5, pace=0.01), hear=hear)[-1].outcome == "stopped"
    assert time.monotonic() - started < 60


def digested(said):
    """Columns of digests by name, over all steps."""
    names = dict(of(said, Steps)[0].digests)
    told = [dict(steps.digests) for steps in of(said, Steps)]
    return {name: np.concatenate([np.frombuffer(one[name]) for one in told]) for name in names}


class TestDigests:
    def test_they_are_those_of_the_batch_and_of_the_weights_after_each_step(self):
        said = run(lane(digests=True, probes=Probes(every=1), steps=8))
        found = digested(said)
        assert list(found) == ["batch", "parameter w1", "parameter w2"]
        assert {name: len(column) for name, column in found.items()} == dict.fromkeys(found, 8)
        for probe in of(said, Probed)[1:]:
            step = probe.step - 1
            weights = {f"parameter {name}": array.value() for name, array in probe.parameters}
            expected = Digester().digests(step, {}, weights)
            for name in weights:
                assert found[name][step] == expected[name]
        assert len(set(found["parameter w1"])) == 8

    def test_every_step_has_that_of_its_own_batch(self, monkeypatch):
        batches = []
        original = scripted_step.Scripted.step
        monkeypatch.setattr(
            scripted_step.Scripted, "step", lambda self, batch: batches.append(batch) or original(self, batch)
        )
        found = digested(run(lane(digests=True, steps=5, workload=DIGITS)))["batch"]
        assert found.tolist() == [checksum(batch) for batch in batches]
        assert len(set(found)) == 5

    def test_a_lane_that_drifts_has_others_from_that_step_on(self):
        straight, drifting = (digested(run(lane(mode, digests=True, steps=12))) for mode in ("ok", "drift"))
        np.testing.assert_array_equal(straight["batch"], drifting["batch"])
        equal = straight["parameter w1"] == drifting["parameter w1"]
        assert equal.tolist() == [True] * scripted_step.ASTRAY_AT + [False] * (12 - scripted_step.ASTRAY_AT)

    def test_without_being_asked_there_are_none(self):
        assert {steps.digests for steps in of(run(lane(steps=5)), Steps)} == {()}


class TestInspection:
    def test_it_is_told_once_after_the_first_step_and_outside_of_it(self, monkeypatch):
        asked = []
        for name in ("step", "inspect"):
            original = getattr(scripted_step.Scripted, name)

            def noted(self, batch, name=name, original=original):
                asked.append((name, batch))
                return original(self, batch)

            monkeypatch.setattr(scripted_step.Scripted, name, noted)
        said = run(lane("random", steps=20, workload=DIGITS))
        assert of(said, NetInspected) == [NetInspected(is_random=True)]
        assert [name for name, _ in asked] == ["step", "inspect", *["step"] * 19]
        assert asked[0][1] is asked[1][1]
        told = [record for record in said if isinstance(record, Steps | NetInspected)]
        assert (told[0].count, told[1]) == (1, NetInspected(is_random=True))

    def test_a_lane_of_one_step_tells_it_at_its_end(self):
        assert len(of(run(lane(steps=1)), NetInspected)) == 1

    def test_a_lane_that_lingers_tells_it_once(self):
        def hear(record, control):
            if isinstance(record, Ended) and record.lingers:
                control.tell(LaneCommand("step") if record.step == 1 else LaneCommand("stop"))

        assert len(of(run(lane(steps=1, linger=True), hear=hear), NetInspected)) == 1

    def test_a_net_that_cannot_be_inspected_trains_on(self, monkeypatch):
        def inspect(self, batch):
            raise RuntimeError("no such op\nand more lines")

        monkeypatch.setattr(scripted_step.Scripted, "inspect", inspect)
        said = run(lane(steps=20))
        (net,) = of(said, NetInspected)
        assert net == NetInspected(reason="RuntimeError: no such op")
        assert (said[-1].outcome, counted(said)) == ("done", 20)


class TestReplay:
    @staticmethod
    def probe(step, size, loss=None, off=0.0):
        """A probe of a lane whose weights are all `size`: scripted gradients are twice as large."""
        weights = {"w1": np.full((4, 3), size), "w2": np.full((3, 2), size)}
        loss = 18 * size**2 if loss is None else loss
        return Probed(
            step,
            (("loss", loss),),
            tuple((name, Array.of(2 * array + off)) for name, array in weights.items()),
            tuple((name, Array.of(array)) for name, array in weights.items()),
        )

    def replayed(self, *probes, **settings):
        return run(lane(dtype="float64", replay=Replay(probes, "float64"), **settings))

    def test_each_probe_is_repeated_at_its_weights(self):
        said = self.replayed(self.probe(0, 1.0), self.probe(3, 0.5))
        first, second = of(said, Probed)
        assert (first.step, second.step) == (0, 3)
        assert (first.metrics, second.metrics) == ((("loss", 18.0),), (("loss", 4.5),))
        for probe, size in ((first, 1.0), (second, 0.5)):
            gradients = {name: array.value() for name, array in probe.gradients}
            np.testing.assert_array_equal(gradients["w1"], np.full((4, 3), 2 * size))
            np.testing.assert_array_equal(gradients["w2"], np.full((3, 2), 2 * size))
            assert {one.error for one in probe.rounding} == {0.0}
            assert probe.parameters == ()

    def test_errors_of_the_other_lanes_figures_are_told(self):
        (told,) = of(self.replayed(self.probe(0, 1.0, loss=18.5, off=0.25)), Probed)
        found = {(one.kind, one.name): (one.error, one.magnitude) for one in told.rounding}
        assert found == {
            ("metric", "loss"): (0.5, 18.0),
            ("gradient", "w1"): (0.25, 2.0),
            ("gradient", "w2"): (0.25, 2.0),
        }

    def test_a_gradient_that_is_none_in_both_is_none(self):
        probe = self.probe(0, 1.0)
        lost = Probed(0, probe.metrics, (probe.gradients[0], ("w2", None)), probe.parameters)
        said = run(lane("lost", dtype="float64", replay=Replay((lost,), "float64")))
        (told,) = of(said, Probed)
        assert dict(told.gradients)["w2"] is None
        assert [one.name for one in told.rounding] == ["loss", "w1"]

    def test_each_is_on_the_batch_of_its_step(self, monkeypatch):
        seen = {"step": [], "compute": []}
        for name in seen:
            original = getattr(scripted_step.Scripted, name)

            def noted(self, batch, name=name, original=original):
                seen[name].append(checksum(batch))
                return original(self, batch)

            monkeypatch.setattr(scripted_step.Scripted, name, noted)
        probes = of(run(lane(steps=7, probes=Probes(every=3), workload=DIGITS)), Probed)
        assert [probe.step for probe in probes] == [0, 1, 3, 6, 7]
        seen["compute"].clear()
        run(lane(replay=Replay(tuple(probes[:-1]), "float32"), workload=DIGITS))
        assert seen["compute"] == [seen["step"][step] for step in (0, 1, 3, 6)]

    def test_it_takes_no_step_and_inspects_nothing(self):
        said = self.replayed(self.probe(0, 1.0))
        assert not of(said, Steps) + of(said, NetInspected)
        assert (said[-1].outcome, said[-1].step) == ("done", 0)

    def test_a_stop_ends_it_between_two_probes(self):
        def hear(record, control):
            if isinstance(record, Probed):
                control.tell(LaneCommand("stop"))

        probes = self.probe(0, 1.0), self.probe(1, 1.0), self.probe(2, 1.0)
        said = run(lane(dtype="float64", replay=Replay(probes, "float64")), hear=hear)
        assert len(of(said, Probed)) == 1
        assert (said[-1].outcome, said[-1].reason) == ("stopped", "stopped")
        said = run(lane(dtype="float64", replay=Replay(probes[:1], "float64")), hear=hear)
        assert said[-1].outcome == "done"
