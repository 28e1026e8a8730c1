"""What is suggested fits how the race stands, and each key does what is said of it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from fwtui.core.lane_model import LaneModel
from fwtui.core.outcome import Ended
from fwtui.core.records import Alive, Imported, NetInspected, PhaseEntered, RunStateChanged
from fwtui.tui.common.lane import NOTICED_S
from fwtui.tui.common.lane_status import status
from fwtui.tui.common.top_bar import _progress
from fwtui.tui.live.what_now import suggestions
from fwtui.tui.parity.summary_lines import _is_settled
from tests.measure.support import built
from tests.tui import still
from tests.tui.still import NOW, Scene, done, importing, race, training
from tests.tui.why import SMALL, shown

BOTH = ("tf.function", "torch.eager")


@pytest.fixture
def model(monkeypatch):
    """A race whose lanes have said so much."""

    def model(*said, paused=(), request=None):
        model = still.still_model(request or race(*BOTH))
        for index, records in enumerate(said):
            for record in records:
                model._hear(model.lanes[index].run, record)
        for index in paused:
            model.lanes[index].paused = True
        while model.drain():
            pass
        return model

    return model


def keys(model, lane=0):
    return [key for key, _ in suggestions(model, lane)]


def test_models_that_draw_random_numbers_are_compared_by_the_command(model):
    random = [*training(BOTH[0], 30), NetInspected(is_random=True)]
    drawing = model(random, training(BOTH[1], 30))
    assert "fwtui parity" not in keys(drawing), "a net of functions cannot be given any"
    spec = replace(drawing.lanes[0].run.spec, model=LaneModel("torch_model", (), (), (), ()))
    drawing.lanes[0].run.spec = spec
    assert keys(drawing)[0] == "fwtui parity"


def failed(outcome="failed"):
    return [*training(BOTH[1], 40), Ended(outcome, 40, NOW, "a reason")]


def apart(end=True):
    losses = still.two_layer_losses(BOTH[1], 500) * 1.01
    return done(BOTH[0]), [*training(BOTH[1], 500, losses=losses), *(done(BOTH[1])[-1:] if end else [])]


def test_each_state_has_keys_of_its_own(model):
    assert keys(model(*map(importing, BOTH))) == ["?", "w", "b"]
    running = [training(name, 300) for name in BOTH]
    assert keys(model(*running)) == ["2", "b", "w"]
    assert keys(model(*running, paused=(0, 1))) == ["space", ".", "3"]
    assert keys(model(*running, paused=(1,)), 1) == ["p", ".", "3"]
    assert keys(model(*map(done, BOTH))) == ["space", "5", "2"]
    assert keys(model(training(BOTH[0], 300), request=race(BOTH[0]))) == ["a", "2", "w"]


def test_a_lane_that_is_lost_is_led_to_and_restarted(model):
    lost = model(training(BOTH[0], 300), failed())
    assert keys(lost, 0) == ["tab", "R"]
    assert keys(lost, 1) == ["l", "r", "b"]
    assert keys(model(training(BOTH[0], 300), failed("diverged")), 1) == ["s", "r", "3"]


def test_lanes_apart_lead_to_the_place_and_to_the_check(model):
    assert keys(model(*apart())) == ["5", "5, then f"]
    assert keys(model(*apart(end=False))) == ["5", "space"]
    checked = model(*apart())
    checked.checking = SimpleNamespace(running=True, finding=None, failure="")
    assert keys(checked) == ["5", "space"]
    checked.checking = SimpleNamespace(
        running=False, finding=SimpleNamespace(same=False, place=None), failure=""
    )
    assert keys(checked) == ["5", "4", "3"]


def test_a_workload_whose_graph_changes_is_not_suggested_to_itself(model):
    lanes = [training(name, 300) for name in BOTH]
    assert dict(suggestions(model(*lanes), 0))["w"].startswith("dynamic-depth")
    there = model(*lanes, request=race(*BOTH, workload="dynamic-depth"))
    assert dict(suggestions(there, 0))["w"] == "another network"


def test_a_lane_that_waits_says_for_what(model):
    ready = [*importing(BOTH[1]), Imported("PyTorch", "2.13", (), 1, 0)]
    assert status(model(importing(BOTH[0]), ready).lanes[1])[0] == "◌ waits for lane 1's import"
    first = [*importing(BOTH[0]), Imported("TensorFlow", "2.21", (), 1, 0), PhaseEntered("build", NOW)]
    second = [*ready, PhaseEntered("build", NOW), built()]
    assert status(model(first, second).lanes[1])[0] == "◌ waits for lane 1's build"
    both = model(importing(BOTH[0]), ready, ready, request=race(BOTH[0], BOTH[1], BOTH[1]))
    assert [status(one)[0] for one in both.lanes[1:]] == ["◌ waits for lane 1's import"] * 2
    both = model(first[:-1], ready)
    assert [status(one)[0] for one in both.lanes] == ["◌ waits for a device"] * 2
    long_ago = NOW - int(2 * NOTICED_S * 1e9)
    first += [built(), PhaseEntered("trace", NOW), RunStateChanged("running", 0), Alive(0, long_ago)]
    second += [RunStateChanged("waiting", 0), Alive(0, None)]
    assert status(model(first, second).lanes[1])[0] == "◌ waits for lane 1's tracing"
    assert status(model(first, second).lanes[0])[0].startswith("◌ tracing")
    later = [*training(BOTH[0], 300), Alive(300, long_ago)]
    assert status(model(later, training(BOTH[1], 300)).lanes[1])[0] == "◌ waits for lane 1's step 300"
    assert status(model(later, training(BOTH[1], 300), paused=(1,)).lanes[1])[0] == "‖ paused"


def test_a_restarted_lane_has_the_presets_steps_to_do(model):
    """Whatever the other lane has done beyond them."""
    kept = race(*BOTH, keep_training=True)
    behind = model(training(BOTH[0], 300), training(BOTH[1], 700), request=kept)
    assert _progress(behind, 8).plain.startswith("300/500 ")
    assert not _is_settled(behind)
    beyond = model(training(BOTH[0], 600), training(BOTH[1], 700), request=kept)
    assert _is_settled(beyond)


async def test_in_a_small_window_the_state_keeps_its_first_words():
    ready = [*importing(BOTH[1]), Imported("PyTorch", "2.13", (), 1, 0)]
    async with shown(Scene(race(*BOTH), [importing(BOTH[0]), ready]), size=SMALL) as d:
        title = d.text().splitlines()[2]
        assert title.rstrip("│ ").endswith("◌ waits")
