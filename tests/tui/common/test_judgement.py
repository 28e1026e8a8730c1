"""The parity screen's verdict: agreement is never told of what was not compared, or not to its end."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from fwtui.core.ndarray import Array
from fwtui.core.outcome import Ended
from fwtui.core.records import NetInspected, NotProbed, Probed, Steps
from fwtui.session.probe_summary import ProbeSummary
from fwtui.tui.common.judgement import judge, waiting
from fwtui.tui.live.verdict_bar import _same
from tests.tui import still
from tests.tui.still import NOW, done, importing, probed, race, training

BOTH = ("tf.function", "torch.eager")


def stands(*said, request=None):
    """The model of a race whose lanes have said this."""
    model = still.still_model(request or race(*BOTH))
    for lane, records in zip(model.lanes, said, strict=True):
        for record in records:
            model._hear(lane.run, record)
    while model.drain():
        pass
    return model


def both(steps=40, off=None, **probes):
    """Both lanes after so many steps, the second one with a bug."""
    bugs = ({}, {} if off is None else {"off": off})
    return [
        [*training(backend, steps), *probed(backend, steps, **probes, **bug)]
        for backend, bug in zip(BOTH, bugs, strict=True)
    ]


def test_agreement_with_the_worst_element():
    found = judge(stands(*both()))
    assert found.same is True
    step, (kind, _), gap = found.worst
    assert kind in ("gradient", "parameter", "metric")
    assert 0 < gap.relative < 1e-5
    assert step in (0, 1, 2, 3, 4, 6, 9, 13, 19, 28)


def test_one_tick_compares_one_probe():
    model = still.still_model(race(*BOTH))
    for lane, records in zip(model.lanes, both(), strict=True):
        for record in records:
            model._hear(lane.run, record)
    for compared in range(1, 11):
        assert model.drain()
        assert len(model.session.probes.rows) == compared
    assert not model.drain()


@pytest.mark.parametrize(
    ("off", "first"),
    [
        (
            lambda step, name: 0.01 if name == "gradient w1" and step >= 4 else 0,
            "step 4, backward: gradient w1",
        ),
        (lambda step, name: 0.01 if name == "loss" and step >= 2 else 0, "step 2, forward: loss"),
        (
            lambda step, name: 0.01 if name == "parameter w2" and step >= 9 else 0,
            "one of the steps 6 to 8, update: parameter w2",
        ),
        (lambda step, name: 0.01 if name == "parameter w1" else 0, "before step 0: parameter w1"),
    ],
)
def test_where_they_first_differ(off, first):
    found = judge(stands(*both(off=off)))
    assert found.same is False
    assert found.first == first


def test_losses_between_the_probes_count():
    losses = still.two_layer_losses("torch.eager", 500)
    losses[7] *= 1.5
    said = both()
    said[1] = [*training("torch.eager", 40, losses=losses), *probed("torch.eager", 40)]
    found = judge(stands(*said))
    assert (found.same, found.first) == (False, "step 7, forward: loss")


def test_an_accuracy_proves_nothing_in_float32():
    def jumps(step, name):
        return 0.01 if name == "accuracy" and step else 0

    said = both(off=jumps, metrics=("loss", "accuracy"))
    assert judge(stands(*said)).same is True
    at_once = both(off=lambda step, name: 0.01 if name == "accuracy" else 0, metrics=("loss", "accuracy"))
    assert judge(stands(*at_once)).first == "step 0, forward: accuracy"
    exact = race(*(f"{backend} dtype=float64" for backend in BOTH))
    assert judge(stands(*said, request=exact)).same is False


def test_a_check_can_tell_that_rounding_explains_a_difference():
    model = stands(*both(off=lambda step, name: 0.01 if name == "gradient w1" and step >= 4 else 0))
    assert judge(model).explained is None
    lanes = [SimpleNamespace(steps=5)]
    checked = SimpleNamespace(same=True, reason="", result=SimpleNamespace(spec=SimpleNamespace(lanes=lanes)))
    model.checking = SimpleNamespace(finding=checked, failure="")
    assert (judge(model).same, judge(model).explained) == (False, 5)
    lanes[0].steps = 4  # it did not come so far
    assert judge(model).explained is None
    lanes[0].steps, checked.same = 5, None
    assert judge(model).explained is None


@pytest.mark.parametrize("outcome", ["failed", "diverged", "stopped"])
def test_a_lane_that_ended_early_is_no_agreement(outcome):
    said = both()
    said[0].append(Ended(outcome, 40, NOW, "gone"))
    found = judge(stands(*said))
    assert (found.same, found.hopeless) == (None, True)
    assert found.reason == f"lane 1 {outcome} after 40 steps"


def test_an_answer_over_some_lanes_names_them_and_the_others():
    lanes = (*BOTH, "tf.eager")
    said = [[*training(backend, 40), *probed(backend, 40)] for backend in lanes]
    said[1].append(Ended("failed", 40, NOW, "gone"))
    model = stands(*said, request=race(*lanes))
    assert judge(model).same is True
    assert judge(model).over == "lanes 1 and 3 alone: lane 2 failed after 40 steps"
    assert "✓ yes" in _same(model)[-1].plain
    assert all("lane 2 failed after 40 steps" in variant.plain for variant in _same(model))


def test_metrics_of_the_first_step_count_without_probes():
    said = [training(backend, 30) for backend in BOTH]
    for records, accuracy in zip(said, (0.25, 0.5), strict=True):
        first = next(place for place, record in enumerate(records) if isinstance(record, Steps))
        columns = (*records[first].metrics, ("accuracy", np.full(1, accuracy).tobytes()))
        records[first] = replace(records[first], metrics=columns)
    found = judge(stands(*said, request=race(*BOTH, probe_every="never")))
    assert (found.same, found.first) == (False, "step 0, forward: accuracy")


def test_what_tests_nothing_is_no_agreement():
    zeros = Array.of(np.zeros((3, 2), np.float32))
    probe = Probed(0, (("loss", 1.0),), (("w1", zeros),), (("w1", Array.of(np.ones((3, 2), np.float32))),))
    said = [[*training(backend, 30), probe] for backend in BOTH]
    model = stands(*said)
    found = judge(model)
    assert (found.same, found.hopeless) == (None, True)
    assert found.reason == "nothing was tested: no gradient reaches w1"
    assert [variant.plain for variant in _same(model)] == [f"Same answer?  n/a: {found.reason}"]


def test_why_networks_cannot_be_compared_is_told_in_full():
    said = [[*training(BOTH[0], 30), NetInspected(own_weights=("Linear.weight",))], training(BOTH[1], 30)]
    model = stands(*said)
    assert "1 tf.function trains on weights that parameters() does not return" in _same(model)[-1].plain
    assert judge(model).reason == waiting(model)


def test_a_difference_stays_one_when_a_lane_ends():
    said = both(off=lambda step, name: 0.01)
    said[0].append(Ended("failed", 40, NOW, "gone"))
    found = judge(stands(*said))
    assert (found.same, found.over) == (False, "lane 1 failed after 40 steps")


def test_nothing_yet():
    found = judge(stands(importing("tf.function"), importing("torch.eager")))
    assert (found.same, found.hopeless) == (None, False)
    assert found.reason == "no probe yet: the first is made before step 0"


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (race("tf.function"), "one lane has nothing to be compared with"),
        (race(*BOTH, probe_every="never"), "no probes: fwtui was started with --probe-every never"),
    ],
)
def test_why_there_is_nothing(request_, reason):
    said = [training(backend, 30) for backend in BOTH[: len(request_.lanes)]]
    assert waiting(stands(*said, request=request_)) == reason


def test_too_large_a_network_says_why_it_is_not_probed():
    said = [[*training(backend, 30), NotProbed("a probe is 400 MB")] for backend in BOTH]
    assert waiting(stands(*said)) == "no probes: a probe is 400 MB"


def test_other_weights_refuse_to_compare():
    said = both()
    said[1] = [
        replace(record, weights_sha256="0000" * 16) if hasattr(record, "weights_sha256") else record
        for record in said[1]
    ]
    model = stands(*said)
    assert model.session.probes.rows == []
    assert judge(model).reason == "different first weights"


def test_numbers_that_are_none_are_no_agreement():
    nothing = Array.of(np.full((3, 2), np.nan, np.float32))
    probe = Probed(0, (("loss", math.nan),), (("w1", nothing),), (("w1", nothing),))
    losses = np.full(500, np.nan)
    said = [[*training(backend, 3, losses=losses), probe] for backend in BOTH]
    found = judge(stands(*said))
    assert found.same is None
    assert found.reason == "no finite number in 1 probe"


def test_a_parameter_that_one_network_lacks():
    said = [[*training(BOTH[0], 40), *probed(BOTH[0], 40)]]
    said.append([*training(BOTH[1], 40), *probed(BOTH[1], 40, names=("w1", "w2", "b"))])
    found = judge(stands(*said))
    assert found.same is False
    assert found.worst[2].array.problem == "only one of the networks has it"


def test_done_is_settled():
    said = [[*done(backend), *probed(backend, 500)] for backend in BOTH]
    assert judge(stands(*said)).same is True


def test_the_summary_of_probes_that_come_one_by_one_is_that_of_all():
    def off(step, name):
        return 0.01 * step if name == "parameter w2" and step >= 9 else 0

    rows = stands(*both(off=off)).session.probes.rows
    whole = ProbeSummary("float32", 1e-4)
    whole.update(rows)
    assert whole.place.last == 8
    assert whole.worst[0] == 28
    late = ProbeSummary("float32", 1e-4)
    for order in (rows[:3], [*rows[:3], *rows[4:]], rows):
        late.update(order)
    growing = ProbeSummary("float32", 1e-4)
    for count in range(1, len(rows) + 1):
        growing.update(rows[:count])
    for other in (late, growing):
        assert other.place == whole.place
        assert other.worst == whole.worst


def test_rows_that_were_left_out_do_not_confuse_the_summary():
    def off(step, name):
        return 0.01 if step == 3 else 0

    rows = stands(*both(off=off)).session.probes.rows
    summary = ProbeSummary("float32", 1e-4)
    summary.update(rows)
    summary.update([row for row in rows if row.step in (0, 1, 3, 13)])
    assert summary.worst[0] == 3
