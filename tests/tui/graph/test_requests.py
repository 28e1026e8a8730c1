"""When lanes are asked for their graphs, and for those of which step; none of them ever starts."""

import pytest

from fwtui.core.records import Compiled, GraphsCaptured, Imported
from fwtui.tui.common.lane_status import status
from fwtui.tui.common.model import RaceModel
from fwtui.tui.graph.requests import GraphRequests
from tests.tui import still
from tests.tui.still import CPU, importing, race, training

SIDES = (0, 1)


@pytest.fixture
def asked(monkeypatch):
    found = []
    monkeypatch.setattr(RaceModel, "ask_graphs", lambda _, index, step=0: found.append((index, step)))
    return found


def trained(*backends):
    """Two lanes on their way."""
    model = still.still_model(race(*backends, steps="100000"))
    for index, count in enumerate((312, 330)):
        say(model, index, *training(backends[index], count))
    return model


def say(model, index, *records):
    for record in records:
        model._hear(model.lanes[index].run, record)
    model.drain()


@pytest.mark.parametrize("backends", [("tf.function", "torch.eager"), ("tf.eager", "torch.eager")])
def test_both_are_asked_for_one_step(asked, backends):
    GraphRequests().update(trained(*backends), SIDES)
    (first, step), (second, other) = asked
    assert (first, second) == SIDES
    assert step == other > 330


def test_a_lane_that_makes_a_graph_in_each_step_is_asked_anew_beside_one_that_compiled(asked):
    model, requests = trained("tf.function", "torch.eager"), GraphRequests()
    for index in SIDES:
        say(model, index, GraphsCaptured(200, ()))
    requests.update(model, SIDES)
    assert asked == []
    say(model, 0, Compiled(311, "retrace", 1, "another shape"))
    requests.update(model, SIDES)
    requests.update(model, SIDES)
    assert [index for index, _ in asked] == [0, 1]
    assert len({step for _, step in asked}) == 1


def test_a_static_lane_is_not_asked_anew_beside_another(asked):
    model, requests = trained("tf.function", "torch.eager"), GraphRequests()
    for index in SIDES:
        say(model, index, GraphsCaptured(200, ()))
    requests.ask(model, [1], SIDES)
    assert asked == [(1, 0)]


def test_a_lane_before_its_first_step_is_not_asked(asked):
    model, requests = still.still_model(race("tf.function", "torch.eager")), GraphRequests()
    say(model, 1, *training("torch.eager", 312))
    requests.update(model, SIDES)
    assert asked == [(1, 0)]
    say(model, 1, GraphsCaptured(340, ()))
    say(model, 0, *training("tf.function", 312))
    requests.update(model, SIDES)
    assert [index for index, _ in asked] == [1, 0, 1]


def test_lanes_that_make_a_graph_in_each_step_are_asked_anew_for_one_step_when_one_returns(asked):
    model, requests = trained("tf.eager", "torch.eager"), GraphRequests()
    for index in SIDES:
        say(model, index, GraphsCaptured(1, ()))
    requests.update(model, SIDES)
    assert asked == []
    requests.return_to(model, SIDES)
    (first, step), (second, other) = asked
    assert (first, second) == SIDES
    assert step == other > 330


@pytest.mark.parametrize("backends", [("tf.function", "tf.function"), ("tf.function", "torch.eager")])
def test_beside_a_lane_that_compiled_none_is_asked_anew_when_one_returns(asked, backends):
    """Both have told what they make of one batch, and the next one may have another shape."""
    model, requests = trained(*backends), GraphRequests()
    for index in SIDES:
        say(model, index, GraphsCaptured(1, ()))
    requests.return_to(model, SIDES)
    assert asked == []


def test_lanes_that_stand_before_one_other_step_are_asked_anew(asked):
    model, requests = trained("tf.eager", "torch.eager"), GraphRequests()
    for index in SIDES:
        say(model, index, GraphsCaptured(300, ()))
        model.lanes[index].paused = True
    requests.update(model, SIDES)
    assert asked == [], "they stand before several steps: what they told of one is compared"
    model.lanes[0].history.steps = 330
    requests.update(model, SIDES)
    assert [index for index, _ in asked] == [0, 1]
    for index in SIDES:
        say(model, index, GraphsCaptured(330, ()))
    requests.update(model, SIDES)
    assert len(asked) == 2


def test_what_is_said_until_graphs_come_agrees_with_how_the_lane_stands(asked):
    model, requests = trained("tf.eager", "torch.eager"), GraphRequests()
    model.lanes[0].paused = True
    requests.update(model, SIDES)
    assert requests.state(model.lanes[0]) == "asked, comes at once"
    assert requests.state(model.lanes[1]) == "asked, comes with the next step"
    waiting = still.still_model(race("tf.function", "torch.eager"))
    say(waiting, 0, *importing("tf.function"), Imported("TensorFlow", "2.21.0", (CPU,), 1, 0))
    waiting.drain()
    sign, _ = status(waiting.lanes[0])
    assert sign == "◌ waits for lane 2's import"
    assert requests.state(waiting.lanes[0]) == f"{sign}\nits graphs come after its first step"
