"""Any size of window, and any change of it, while lanes train."""

import pytest

from fwtui.tui.app import FwtuiApp
from fwtui.tui.charts.chart import Chart
from tests.tui.driving import driven

pytestmark = pytest.mark.usefixtures("scripted_backends")
SIZES = [(160, 45), (60, 16), (20, 5), (1, 1), (240, 70), (119, 30), (60, 60), (80, 24)]


@pytest.mark.parametrize("lanes", [1, 4])
async def test_resizing_while_lanes_train(lanes):
    async with driven(*["scripted.ok"] * lanes) as d:
        await d.trains(*range(lanes))
        for width, height in SIZES:
            await d.pilot.resize_terminal(width, height)
            await d.pilot.pause()
            assert d.app.size == (width, height)
            small = width < 60 or height < 16
            assert d.app._live.has_class("-too-small") == small
            charts = [chart for chart in d.app._live.query(Chart) if chart.display and chart.size.height]
            assert small or len(charts) >= lanes
        await d.trains(*range(lanes))


@pytest.mark.parametrize("size", [(60, 16), (20, 5)])
async def test_every_dialog_in_a_small_window(size):
    async with driven("scripted.ok", "scripted.other", size=size) as d:
        await d.trains(0, 1, steps=1)
        for key in ("b", "d", "w", "s", "l", "question_mark", "enter", "ctrl+p"):
            await d.press(key)
            await d.press("escape")
            await d.until(lambda: len(d.app.screen_stack) == 2, key)
            assert d.on_top()
        text = d.text()
        assert ("needs 60×16" in text) == (size == (20, 5))


async def test_a_dialog_while_the_window_shrinks_and_grows():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1, steps=1)
        await d.press("b")
        for width, height in SIZES:
            await d.pilot.resize_terminal(width, height)
            await d.pilot.pause()
        await d.press("escape")
        assert d.on_top()
        await d.trains(0, 1, steps=1)


async def test_without_colours(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with driven("scripted.ok", "scripted.nan") as d:
        assert isinstance(d.app, FwtuiApp)
        await d.shows("✗ diverged", "● steady")
