"""The user's own network on the screen: edited, run anew, broken, mended; the app lives through all of it."""

import pytest

from fwtui.tui.app import FwtuiApp
from tests.tui.driving import driven
from tests.workloads.user.test_workload import FILE

pytestmark = pytest.mark.usefixtures("scripted_backends")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "my_net.py"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture
def told(monkeypatch):
    """What the app notifies its user of."""
    messages = []
    monkeypatch.setattr(FwtuiApp, "notify", lambda app, message, **_: messages.append(message))
    return messages


async def test_an_edited_file_runs_anew_and_a_broken_one_is_told(path, told):
    async with driven("scripted.ok", "scripted.slow", workload=str(path), steps=None, size=(160, 45)) as d:
        await d.shows("my_net.py", "hidden 4, wide 8, batch 8", "of 20")
        path.write_text(FILE.replace("STEPS = 20", "STEPS = 50000").replace("HIDDEN = 4", "HIDDEN = 6"))
        await d.press("R")
        await d.shows("hidden 6, wide 12, batch 8", "of 50,000")
        await d.trains(0, 1)
        running = list(d.lanes)
        path.write_text(FILE.replace("HIDDEN = 4", "HIDDEN = = 4"))
        await d.press("R")
        await d.until(lambda: told, "a notification")
        assert told == ["my_net.py:5: not valid Python: invalid syntax; fix this line"]
        await d.press("r")
        await d.until(lambda: len(told) == 2, "another notification")
        assert d.lanes == running
        path.write_text(FILE.replace("STEPS = 20", "STEPS = 90"))
        await d.press("r")
        await d.shows("of 90")
        await d.until(lambda: d.lanes[0].history.ended, "the end of the mended one")


async def test_what_the_files_functions_do_wrong_fails_the_lane_alone(path):
    path.write_text(FILE.replace("while True:", "for _ in range(90):"))
    async with driven("scripted.ok", workload=str(path), size=(160, 45)) as d:
        await d.shows(
            "✗ failed", "my_net.py:16: batches() ended after 90 batches", "put `while True:` around"
        )
        await d.press("l")
        await d.shows("UserFileError")


async def test_the_file_can_be_chosen_again_after_another_workload(path):
    async with driven("scripted.ok", workload=str(path), size=(160, 45)) as d:
        await d.shows("my_net.py")
        await d.press("w", "home", "enter")
        await d.shows("two-layer")
        assert "my_net.py" not in d.text()
        await d.press("w", "end", "enter")
        await d.shows("my_net.py", "hidden 4")
        await d.trains(0)


async def test_m_without_another_metric_says_so(path, told):
    async with driven("scripted.ok", workload=str(path), size=(160, 45)) as d:
        await d.trains(0)
        await d.press("m")
        assert told == ["the network returns its loss alone"]


async def test_a_file_that_hangs_is_looked_at_beside_the_race(path, told):
    async with driven("scripted.ok", workload=str(path), size=(160, 45)) as d:
        await d.trains(0)
        running = list(d.lanes)
        path.write_text(FILE.replace("HIDDEN = 4", "while True: pass"))
        await d.press("R", "b")
        await d.shows("Lane 1: backend")
        await d.press("escape")
        await d.shows("looking at my_net.py, ", "esc leaves things as they are")
        await d.trains(0)
        await d.press("escape")
        await d.shows("hidden 4, wide 8, batch 8")
        assert d.lanes == running
        path.write_text(FILE.replace("HIDDEN = 4", "HIDDEN = 6"))
        await d.press("R", "a")
        await d.shows("hidden 6, wide 12, batch 8")
        await d.until(lambda: len(d.lanes) == 2, "another lane")
        assert told == []
