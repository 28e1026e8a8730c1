"""Changes of a race are made in their order, and none of them ends the app."""

from __future__ import annotations

import pytest

from fwtui.core.inputs import SpecError
from fwtui.race.request import RaceRequest
from fwtui.tui.common.changes import Changes
from fwtui.workloads import catalogue
from tests.tui.driving import driven
from tests.workloads.user.test_workload import FILE

BUILT_IN = RaceRequest()


class Recorded:
    """`Changes` whose inspections run when they are told to, and what came of them."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self.applied: list[str | None] = []
        self.threads: list = []
        self.changes = Changes(lambda work, name: self.threads.append(work), self._refuse)

    def _refuse(self, error: SpecError) -> None:
        self.refused.append(str(error))

    def submit(self, request, number=None):
        self.changes.submit(lambda: request, lambda wanted: self.applied.append(number or wanted.workload))


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "my_net.py"
    path.write_text(FILE, encoding="utf-8")
    return RaceRequest(workload=str(path))


def test_a_built_in_workload_is_known_at_once():
    recorded = Recorded()
    recorded.submit(BUILT_IN)
    assert recorded.applied == ["two-layer"]
    assert recorded.threads == []


def test_what_comes_while_a_file_is_inspected_waits_for_its_turn(own):
    recorded = Recorded()
    recorded.submit(own, "first")
    recorded.submit(BUILT_IN, "second")
    assert recorded.applied == []
    assert recorded.changes.inspecting == ("my_net.py", 0.0)
    recorded.threads.pop()()
    recorded.changes.tick()
    assert recorded.applied == ["first", "second"]
    assert recorded.changes.inspecting is None
    recorded.submit(own, "third")
    assert recorded.threads == [], "the file is as it was"
    assert recorded.applied == ["first", "second", "third"]


def test_a_change_of_what_is_gone_by_its_turn_is_dropped(own):
    recorded = Recorded()
    recorded.submit(own, "first")
    recorded.submit(None, "second")
    recorded.submit(BUILT_IN, "third")
    recorded.threads.pop()()
    recorded.changes.tick()
    assert recorded.applied == ["first", "third"]


def test_cancelling_drops_all_that_waits_and_what_the_inspection_finds(own):
    recorded = Recorded()
    recorded.submit(own)
    recorded.submit(BUILT_IN)
    work = recorded.threads.pop()
    recorded.changes.cancel()
    work()
    recorded.changes.tick()
    assert (recorded.applied, recorded.refused, recorded.changes.inspecting) == ([], [], None)


@pytest.mark.parametrize("error", [SpecError("--steps", 0, "more"), RuntimeError("of ours"), MemoryError()])
def test_an_error_refuses_its_own_change_alone(own, monkeypatch, error):
    recorded = Recorded()
    recorded.submit(own)
    recorded.submit(BUILT_IN)

    def fails(*_):
        raise error

    monkeypatch.setattr(catalogue, "fresh", fails)
    recorded.threads.pop()()
    recorded.changes.tick()
    assert recorded.applied == ["two-layer"]
    assert len(recorded.refused) == 1


@pytest.mark.usefixtures("scripted_backends")
async def test_keys_for_a_lane_that_is_removed_meanwhile_do_nothing(tmp_path):
    path = tmp_path / "my_net.py"
    path.write_text(FILE, encoding="utf-8")
    async with driven("scripted.ok", "scripted.other", workload=str(path), size=(160, 45)) as d:
        await d.trains(0, 1)
        path.write_text(
            FILE.replace("HIDDEN = 4", "import time; time.sleep(3)\nHIDDEN = 6"), encoding="utf-8"
        )
        await d.press("R", "tab", "x", "x", "r", "a")
        await d.shows("looking at my_net.py, ")
        await d.shows("hidden 6, wide 12, batch 8")
        await d.until(lambda: d.app._changes.inspecting is None and not d.app._changes._waiting, "no change")
        assert len(d.lanes) == 1
        await d.trains(0)
