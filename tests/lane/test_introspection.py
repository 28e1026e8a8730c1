"""Op logs, graphs and samples of graphs: at their steps, outside of them, and bounded however many."""

import pickle
from dataclasses import replace

import pytest

from fwtui.backends.base import NotYetError
from fwtui.core.graph import NoGraph
from fwtui.core.nonfinite import first_fault
from fwtui.core.oplog import OpLog, TensorStats
from fwtui.core.outcome import Ended
from fwtui.core.records import (
    GraphRan,
    GraphsCaptured,
    NotLogged,
    NotSampled,
    OpsLogged,
    RunStateChanged,
    Steps,
    TurnEnded,
)
from fwtui.core.spec import NEVER, OpLogging
from fwtui.lane import introspection
from fwtui.lane.control import LaneCommand
from fwtui.lane.introspection import Introspector
from fwtui.measure.history import KEPT_OPS, History
from tests.lane.test_runner import of, run
from tests.scripted import step as scripted_step
from tests.scripted.lanes import Running, counted, lane
from tests.scripted.step import MANY_OPS, ops_of_a_step

pytestmark = pytest.mark.usefixtures("scripted_backends")


def steps_of(said, kind=OpsLogged):
    return [record.step for record in of(said, kind)]


@pytest.fixture
def unhurried(monkeypatch):
    """Every log is told."""
    monkeypatch.setattr(introspection, "LOGS_A_SECOND", 1e9)
    monkeypatch.setattr(introspection, "OPS_A_SECOND", 1e12)


@pytest.fixture
def clock(monkeypatch):
    """The time, which goes on by a millisecond whenever it is asked for."""
    times = iter(range(0, 10**15, 1_000_000))
    monkeypatch.setattr(introspection, "perf_counter_ns", lambda: next(times))
    return times


def test_nothing_is_logged_or_sampled_unless_asked(monkeypatch):
    for name in ("log_ops", "graphs", "graph_ran"):
        monkeypatch.setattr(scripted_step.Scripted, name, None)
    assert run(lane())[-1].outcome == "done"


def test_logs_at_a_rate_come_before_their_steps_and_never_before_the_first(unhurried):
    said = run(lane(ops=OpLogging(every=10)))
    assert steps_of(said) == [10, 20, 30]
    assert [log.ops[0].fingerprints[0].mean for log in of(said, OpsLogged)] == [10, 20, 30]
    assert counted(said) == 40


def test_the_first_step_is_logged_before_it_where_that_is_asked_for(monkeypatch):
    said = run(lane(ops=OpLogging(first=True)))
    (log,) = of(said, OpsLogged)
    assert (log.step, log.left_out) == (0, 0)
    assert said.index(log) < said.index(of(said, Steps)[0])
    assert counted(said) == 40


def test_a_log_is_in_no_step_time(unhurried, monkeypatch):
    order = []
    for name in ("step", "log_ops"):
        original = getattr(scripted_step.Scripted, name)

        def noted(self, *given, name=name, original=original):
            order.append((name, self.count))
            return original(self, *given)

        monkeypatch.setattr(scripted_step.Scripted, name, noted)
    clock = iter(range(0, 10**9, 10))
    monkeypatch.setattr("fwtui.lane.runner.perf_counter_ns", lambda: next(clock))
    said = run(lane(steps=3, ops=OpLogging(every=2, last=True)))
    # The first log loads what logging takes, and is taken once more.
    first = [("log_ops", 2)] * 2
    assert order == [("step", 0), ("step", 1), *first, ("step", 2), ("log_ops", 3)]
    assert {took for steps in of(said, Steps) for took in memoryview(steps.step_ns).cast("q")} == {10}


def test_until_the_first_nan(unhurried):
    said = run(lane("nan", ops=OpLogging(until_nan=True)))
    assert steps_of(said) == [*range(21)]
    assert [first_fault(record.log) is not None for record in of(said, OpsLogged)] == [False] * 20 + [True]
    assert (said[-1].outcome, said[-1].step) == ("diverged", 21)


def test_the_log_that_holds_the_nan_is_told_whatever_was_left_out(monkeypatch):
    monkeypatch.setattr(introspection, "LOGS_A_SECOND", 1e-3)
    said = run(lane("nan", ops=OpLogging(until_nan=True)))
    assert steps_of(said) == [0, 20]
    assert sum(record.left_out for record in of(said, OpsLogged)) == 19 * 4


def test_a_nan_of_the_first_step_is_found_in_it(monkeypatch):
    """Its gradient may be wrong where its loss is not: then the second step's ops only take what it left."""
    monkeypatch.setattr(scripted_step, "FAULT_AT", 0)
    said = run(lane("nan", ops=OpLogging(until_nan=True)))
    (log,) = of(said, OpsLogged)
    assert (log.step, first_fault(log.log).number) == (0, 0)
    assert said.index(log) < said.index(of(said, Steps)[0])
    assert steps_of(run(lane("nan"), LaneCommand("log-until-nan"))) == [0]


def test_a_lane_that_is_paused_before_its_first_step_logs_it_once(unhurried):
    def hear(record, control):
        if record == RunStateChanged("running", 0):
            control.tell(LaneCommand("pause"))
        elif record == RunStateChanged("paused", 1):
            control.tell(LaneCommand("log-until-nan"))
        elif isinstance(record, OpsLogged) and record.step == 2:
            control.tell(LaneCommand("stop"))
        elif isinstance(record, OpsLogged):
            control.tell(LaneCommand("resume"))

    assert steps_of(run(lane(), hear=hear))[:2] == [1, 2]
    said = run(lane(), LaneCommand("pause"), LaneCommand("log-until-nan"), hear=hear)
    assert steps_of(said)[:3] == [0, 1, 2]


@pytest.mark.parametrize(
    ("weight", "at", "inputs"), [(1.0, 7, ()), (float("nan"), 7, ("parameter w1", "parameter w2"))]
)
def test_the_log_of_a_nan_tells_what_was_not_finite_before(monkeypatch, weight, at, inputs):
    def weights(self):
        return {name: array * weight for name, array in self.parameters.items()}

    monkeypatch.setattr(scripted_step, "FAULT_AT", at)
    monkeypatch.setattr(scripted_step.Scripted, "weights", weights)
    *_, log = of(run(lane("nan", ops=OpLogging(until_nan=True))), OpsLogged)
    assert (log.step, log.not_finite_inputs) == (at, inputs)


def test_an_infinity_on_the_way_is_no_fault_but_an_infinite_loss_is():
    def log(*at):
        ops = ops_of_a_step(1.0)
        return OpLog(tuple(_infinite(op) if op.number in at else op for op in ops), "", None)

    assert first_fault(log()) is None
    assert first_fault(log(0)) is None
    assert first_fault(log(1)).number == 1


def _infinite(op):
    return replace(op, fingerprints=(TensorStats(None, None, None, 0, 1),))


def asking(*verbs, at=lambda record: isinstance(record, RunStateChanged) and record.standing == "paused"):
    """A `hear` that asks once the lane halts, and stops it when it has been told."""
    told = {"log-ops": OpsLogged | NotLogged, "tell-graphs": GraphsCaptured}

    def hear(record, control):
        if at(record):
            for verb in verbs:
                control.tell(LaneCommand(verb))
        elif isinstance(record, told[verbs[-1]]):
            control.tell(LaneCommand("stop"))

    return hear


def test_a_lane_that_is_paused_or_done_answers_at_once_and_loses_no_batch():
    def pausing(record, control):
        if isinstance(record, RunStateChanged) and record.standing == "running":
            control.tell(LaneCommand("pause"))

    both = asking("log-ops", "tell-graphs")
    said = run(lane(), hear=lambda *heard: (pausing(*heard), both(*heard)))
    assert (steps_of(said), steps_of(said, GraphsCaptured)) == ([1], [1])
    assert counted(said) == 1
    done = asking("log-ops", at=lambda record: isinstance(record, Ended) and record.lingers)
    assert steps_of(run(lane(linger=True), hear=done)) == [40]


def test_what_is_asked_before_the_first_step_comes_after_it():
    said = run(lane(), LaneCommand("log-ops"), LaneCommand("tell-graphs"))
    assert (steps_of(said), steps_of(said, GraphsCaptured)) == ([1], [1])


def test_a_log_of_a_certain_step_comes_before_it_or_where_the_lane_halts_first(unhurried):
    assert steps_of(run(lane(), LaneCommand("log-ops", 17))) == [17]
    assert steps_of(run(lane(ops=OpLogging(every=20)), LaneCommand("log-ops", 17))) == [17, 20]
    assert steps_of(run(lane(), LaneCommand("log-ops", 1_000))) == [40]

    def beyond(record, control):
        if isinstance(record, OpsLogged) and record.step == 20:
            control.tell(LaneCommand("log-ops", 3))

    assert steps_of(run(lane(), LaneCommand("log-ops", 20), hear=beyond)) == [20, 21]

    def pausing(record, control):
        if record == RunStateChanged("running", 0):
            control.tell(LaneCommand("pause"))
        elif isinstance(record, RunStateChanged) and record.standing == "paused":
            control.tell(LaneCommand("stop"))

    assert steps_of(run(lane(), LaneCommand("log-ops", 17), hear=pausing)) == [1]


def test_graphs_of_a_certain_step_come_before_it_or_where_the_lane_halts_first():
    assert steps_of(run(lane(), LaneCommand("tell-graphs", 17)), GraphsCaptured) == [17]
    assert steps_of(run(lane(), LaneCommand("tell-graphs", 1_000)), GraphsCaptured) == [40]
    both = run(lane(), LaneCommand("tell-graphs", 17), LaneCommand("log-ops", 9))
    assert (steps_of(both), steps_of(both, GraphsCaptured)) == ([9], [17])


def test_a_rate_can_be_changed_and_ended_on_the_way(unhurried):
    def hear(record, control):
        if isinstance(record, OpsLogged):
            control.tell(LaneCommand("log-every", {0: 5, 5: 7, 7: 0}[record.step]))

    assert steps_of(run(lane(), LaneCommand("log-until-nan"), hear=hear)) == [0, 5, 7]


def test_a_lane_that_waits_for_its_turn_answers_in_it():
    def hear(record, control):
        if record == RunStateChanged("waiting", 0):
            control.tell(LaneCommand("grant", 5))
        elif isinstance(record, TurnEnded):
            answered = len(of(said, OpsLogged))
            control.tell(LaneCommand("log-ops"))
            control.tell(LaneCommand("grant", 5))
            assert len(of(said, OpsLogged)) == answered

    said = []
    run(lane(by_turns=True), hear=lambda record, control: (said.append(record), hear(record, control)))
    assert steps_of(said) == [*range(5, 40, 5)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NotImplementedError("the profiler is gone"), "not possible: the profiler is gone"),
        (RuntimeError("no such hook\nand more"), "RuntimeError: no such hook"),
    ],
)
def test_what_fails_is_told_once_and_the_lane_trains_on(monkeypatch, error, reason):
    def fail(*_):
        raise error

    for name in ("log_ops", "graphs", "graph_ran"):
        monkeypatch.setattr(scripted_step.Scripted, name, fail)
    said = run(lane(ops=OpLogging(every=1), sample_graphs=True), LaneCommand("tell-graphs"))
    assert of(said, NotLogged) == [NotLogged(1, reason)]
    assert of(said, GraphsCaptured) == [GraphsCaptured(1, (NoGraph("graphs", "the graphs", reason),))]
    assert of(said, GraphRan) == []
    assert of(said, NotSampled) == [NotSampled(1, reason)]
    assert (said[-1].outcome, counted(said)) == ("done", 40)


def test_a_step_that_cannot_be_logged_yet_is_told_and_the_next_one_logged(monkeypatch):
    for name in ("log_ops", "graph_ran"):
        original = getattr(scripted_step.Scripted, name)

        def not_yet(self, *given, original=original):
            if self.count < 3:
                raise NotYetError("the step would have to be compiled")
            return original(self, *given)

        monkeypatch.setattr(scripted_step.Scripted, name, not_yet)
    monkeypatch.setattr(introspection, "_again_ns", lambda started_ns: 0)
    said = run(lane(sample_graphs=True), LaneCommand("log-ops"))
    assert (steps_of(said, NotLogged), steps_of(said)) == ([1, 2], [3])
    assert steps_of(said, GraphRan)[0] == 3


def test_what_cannot_be_told_yet_is_not_asked_in_every_step(monkeypatch, clock):
    def never(*_):
        asked.append(None)
        raise NotYetError("nothing is compiled")

    asked = []
    for name in ("log_ops", "graph_ran"):
        monkeypatch.setattr(scripted_step.Scripted, name, never)
    run(lane(steps=2_000, sample_graphs=True), LaneCommand("log-ops"))
    assert 0 < len(asked) <= introspection.FIRST_SAMPLES + 2 * (next(clock) // introspection.SAMPLE_NS + 1)


def test_first_steps_and_then_a_few_a_second_are_sampled(monkeypatch):
    monkeypatch.setattr(introspection, "QUICK_NS", 10**12)
    said = run(lane("many", steps=20_000, sample_graphs=True))
    steps = steps_of(said, GraphRan)
    assert steps[: introspection.FIRST_SAMPLES] == [*range(1, introspection.FIRST_SAMPLES + 1)]
    assert len(steps) < 2_000
    assert [record.graph for record in of(said, GraphRan)[:3]] == ["0001", "0002", "0000"]


class TestFlood:
    """Every step of a lane logs 1,000 ops: far more than 100,000 a second."""

    def test_the_lane_tells_a_bounded_number_and_counts_the_rest(self, clock):
        said = run(lane("many", steps=1_000, ops=OpLogging(every=1)))
        logs = of(said, OpsLogged)
        took_s = next(clock) / 1e9
        assert sum(len(log.ops) for log in logs) <= introspection.OPS_A_SECOND * took_s + 2 * MANY_OPS
        assert len(logs) > 1
        assert sum(len(log.ops) + log.left_out for log in logs) == 999 * MANY_OPS
        assert logs[-1].step == 999, "the last one is told when the lane ends"

    def test_a_single_log_is_cut(self, monkeypatch):
        monkeypatch.setattr(introspection, "MOST_OPS", 300)
        (log,) = of(run(lane("many", ops=OpLogging(last=True))), OpsLogged)
        assert (len(log.ops), log.left_out) == (300, MANY_OPS - 300)
        assert not log.log.is_work_timed

    def test_a_log_is_told_as_far_as_its_fault(self, monkeypatch):
        def faulty(*_):
            ops = ops_of_a_step(1.0)
            wrong = replace(ops[2], fingerprints=(TensorStats(None, None, None, 1, 0),))
            return OpLog((*ops[:2], wrong, *ops[3:]), "", None)

        monkeypatch.setattr(introspection, "MOST_OPS", 1)
        monkeypatch.setattr(scripted_step.Scripted, "log_ops", faulty)
        (log,) = of(run(lane(ops=OpLogging(until_nan=True))), OpsLogged)
        assert [op.number for op in log.ops] == [0, 1, 2]
        assert log.left_out == len(ops_of_a_step(1.0)) - 3

    def test_a_lanes_history_keeps_the_last_ones(self):
        history = History()
        log = OpLog(ops_of_a_step(1.0) * 1_000, "", None)
        for step in range(20):
            history.apply(OpsLogged(step, log, left_out=10))
        assert sum(len(one.ops) for one in history.op_logs) == KEPT_OPS
        assert (history.ops.step, history.op_logs[0].step, history.op_logs_seen) == (19, 15, 20)
        assert history.ops_left_out == 20 * 10 + 15 * 4_000

    def test_over_a_pipe_no_step_is_lost(self):
        with Running(lane("many", steps=3_000, ops=OpLogging(every=1))) as (_, heard):
            heard.ended(0)
            logs = heard.of(0, OpsLogged)
            assert heard.steps(0) == 3_000
        assert sum(len(log.ops) + log.left_out for log in logs) == 2_999 * MANY_OPS
        assert len(pickle.dumps(logs)) < 20e6


def test_an_explainer_with_nothing_to_do_is_never_called_for():
    explainer = Introspector(lane(), None, None, None)
    assert explainer.next_after(5) == NEVER
    assert not explainer.is_due()
