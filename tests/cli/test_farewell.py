"""What the terminal keeps of a live race."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fwtui.cli.farewell import say_farewell
from fwtui.core.outcome import Ended, Failure
from fwtui.measure.agreement import Place
from fwtui.measure.arrays import ArrayGap
from fwtui.measure.probe_gap import Gap
from fwtui.parity import words
from fwtui.race.request import LaneRequest
from tests.tui import still
from tests.tui.still import done, importing, race, training

BOTH = ("tf.function", "torch.eager")


@pytest.fixture
def kept(monkeypatch, capsys):
    """What is printed of lanes that said so much."""

    def kept(*said, request=None, check=None):
        model = still.still_model(request or race(*BOTH))
        for index, records in enumerate(said):
            for record in records:
                model._hear(model.lanes[index].run, record)
        model.drain()
        model.checking = check
        model.close()  # as it is by the time when the terminal is restored
        say_farewell(model)
        return "".join(capsys.readouterr())

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
    finding = SimpleNamespace(same=same, reason="", result=SimpleNamespace(spec=spec), place=None)
    check = SimpleNamespace(finding=finding, failure="", running=False)
    assert f"same answer?  {told}" in kept(*apart(), check=check)


def test_the_place_that_a_check_has_found_is_kept(kept, monkeypatch):
    gap = Gap(1, ArrayGap(0.5, 0.5, 1.0))
    found = SimpleNamespace(same=False, reason="", place=Place(0, 0, "backward", ("gradient", "b2"), gap))
    monkeypatch.setattr(words, "verdict", lambda finding: "no: in float64")
    monkeypatch.setattr(words, "where", lambda finding: ["step 0, backward: gradient b2", "my_net.py:77"])
    out = kept(*apart(), check=SimpleNamespace(finding=found, failure="", running=False))
    assert "same answer?  no: in float64; step 0, backward: gradient b2; my_net.py:77" in out
    assert "fwtui parity tells" not in out


def test_why_a_lane_failed_is_kept(kept):
    ended = Ended.failed(
        20, still.NOW, Failure("user code", "my_net.py:9: ValueError: no idea", "fix this line")
    )
    reason = "lane 2 torch.eager failed: my_net.py:9: ValueError: no idea (fix this line)"
    assert reason in kept(done(BOTH[0]), [*training(BOTH[1], 20), ended])


def test_lanes_that_ran_when_the_user_left_were_stopped(kept):
    out = kept(*(training(name, 300) for name in BOTH))
    assert next(line for line in out.splitlines() if line.startswith("outcome")).split() == [
        "outcome",
        *["stopped"] * 2,
    ]


def test_nothing_is_kept_of_a_race_without_a_step(kept):
    assert kept(*map(importing, BOTH)) == ""
