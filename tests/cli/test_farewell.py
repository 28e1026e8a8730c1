"""What the terminal keeps of a live race."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fwtui.cli.farewell import say_farewell
from fwtui.race.plan import LaneRequest
from fwtui.tui.common.model import RaceModel
from tests.tui import still
from tests.tui.still import done, importing, race, training

BOTH = ("tf.function", "torch.eager")


@pytest.fixture
def kept(monkeypatch, capsys):
    """What is printed of lanes that said so much."""
    still.stop_clock(monkeypatch)

    def kept(*said, request=None, check=None):
        model = RaceModel(request or race(*BOTH), lambda work, name: None)
        for index, records in enumerate(said):
            for record in records:
                model._hear(model.lanes[index].run, record)
        model.drain()
        model.checking = check
        model.close()  # as it is by the time when the terminal is restored
        say_farewell(model)
        return capsys.readouterr().out

    return kept


def test_the_essential_lines_the_answers_and_the_command(kept):
    out = kept(*map(done, BOTH))
    rows = {line[:16].strip(): line[16:].split() for line in out.splitlines()}
    assert rows["outcome"] == ["done", "done"]
    assert rows["steps"] == ["500", "500"]
    assert "import" not in rows
    assert "same answer?  yes: largest relative gap" in out
    assert "faster?       1 tf.function: 2.0" in out
    command = "fwtui bench --lanes tf.function,torch.eager --probe-every growing"
    assert f"again, without a screen:  {command}\n" in out


def test_a_lane_that_was_still_training_is_said_to_have_been(kept):
    out = kept(*(training(name, 300) for name in BOTH))
    assert "outcome         running        running" in out


def test_the_command_has_the_lanes_own_settings(kept):
    lanes = (LaneRequest("tf.function", lr="2e-6"), LaneRequest("torch.eager"))
    request = still.race("tf.function lr=2e-6", "torch.eager", keep_training=True)
    assert request.lanes == lanes
    out = kept(*map(done, BOTH), request=request)
    assert "fwtui bench --lane 'tf.function lr=2e-6' --lane torch.eager --probe-every growing\n" in out


def apart():
    losses = still.two_layer_losses(BOTH[1], 500) * 1.01
    return done(BOTH[0]), [*training(BOTH[1], 500, losses=losses), *done(BOTH[1])[-1:]]


def test_lanes_apart_that_nothing_was_found_out_about_are_no_no(kept):
    assert "same answer?  apart, by a bug or by rounding: " in kept(*apart())


@pytest.mark.parametrize(
    ("same", "told"), [(True, "yes, but for rounding: a check of 9 steps"), (False, "no: ")]
)
def test_what_a_check_has_found_counts(kept, same, told):
    spec = SimpleNamespace(lanes=[SimpleNamespace(steps=9)])
    finding = SimpleNamespace(same=same, reason="", result=SimpleNamespace(spec=spec))
    check = SimpleNamespace(finding=finding, failure="", running=False)
    assert f"same answer?  {told}" in kept(*apart(), check=check)


def test_nothing_is_kept_of_a_race_without_a_step(kept):
    assert kept(*map(importing, BOTH)) == ""
