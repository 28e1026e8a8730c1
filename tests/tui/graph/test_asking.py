"""When lanes are asked for their graphs, and for those of which step; none of them ever starts."""

import pytest

from fwtui.race.records import Compiled, GraphsTold
from fwtui.tui.graph.asking import Asking
from fwtui.tui.model import RaceModel
from tests.tui import still
from tests.tui.still import race, training

SIDES = (0, 1)


@pytest.fixture(autouse=True)
def no_clock(monkeypatch):
    still.stop_clock(monkeypatch)


@pytest.fixture
def asked(monkeypatch):
    found = []
    monkeypatch.setattr(RaceModel, "ask_graphs", lambda _, index, step=0: found.append((index, step)))
    return found


def trained(*backends):
    """Two lanes on their way."""
    model = RaceModel(race(*backends, steps="100000"), lambda work, name: None)
    for index, count in enumerate((312, 330)):
        say(model, index, *training(backends[index], count))
    return model


def say(model, index, *records):
    for record in records:
        model._hear(model.lanes[index].run, record)
    model.drain()


@pytest.mark.parametrize("backends", [("tf.function", "torch.eager"), ("tf.eager", "torch.eager")])
def test_both_are_asked_for_one_step(asked, backends):
    Asking().look(trained(*backends), SIDES)
    (first, step), (second, other) = asked
    assert (first, second) == SIDES
    assert step == other > 330


def test_a_lane_that_makes_a_graph_in_each_step_is_asked_anew_beside_one_that_compiled(asked):
    model, asking = trained("tf.function", "torch.eager"), Asking()
    for index in SIDES:
        say(model, index, GraphsTold(200, ()))
    asking.look(model, SIDES)
    assert asked == []
    say(model, 0, Compiled(311, "retrace", 1, "another shape"))
    asking.look(model, SIDES)
    asking.look(model, SIDES)
    assert [index for index, _ in asked] == [0, 1]
    assert len({step for _, step in asked}) == 1


def test_a_static_lane_is_not_asked_anew_beside_another(asked):
    model, asking = trained("tf.function", "torch.eager"), Asking()
    for index in SIDES:
        say(model, index, GraphsTold(200, ()))
    asking.ask(model, [1], SIDES)
    assert asked == [(1, 0)]


def test_a_lane_before_its_first_step_is_not_asked(asked):
    model, asking = RaceModel(race("tf.function", "torch.eager"), lambda work, name: None), Asking()
    say(model, 1, *training("torch.eager", 312))
    asking.look(model, SIDES)
    assert asked == [(1, 0)]
    say(model, 1, GraphsTold(340, ()))
    say(model, 0, *training("tf.function", 312))
    asking.look(model, SIDES)
    assert [index for index, _ in asked] == [1, 0, 1]
