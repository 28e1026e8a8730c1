"""An analysis that fails is a line on its screen with a traceback in the log; lanes train on."""

from __future__ import annotations

import pytest

from fwtui.ops.align import log_pair
from fwtui.tui.graph import graph_pair
from fwtui.tui.ops import controller as ops_controller
from fwtui.tui.source.controller import SourceController
from tests.tui import why
from tests.tui.driving import driven
from tests.tui.why import LARGE, SMALL, shown


def fails(*_, **__):
    raise KeyError("a bug of ours")


def log_of(d) -> str:
    d.app.model.drain()
    return "\n".join(d.lanes[0].history.log)


SCREENS = {
    "graph": ("2", graph_pair, "_AT_ONCE"),
    "ops": ("3", log_pair, "MOST_AT_ONCE"),
    "source": ("4", log_pair, "MOST_AT_ONCE"),
}


@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["160x45", "80x24"])
@pytest.mark.parametrize("at_once", [0, 10**9], ids=["in the background", "in the refresh"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_matching_that_fails_is_a_line_on_its_screen(monkeypatch, screen, at_once, size):
    key, module, limit = SCREENS[screen]
    monkeypatch.setattr(module, "align", fails)
    monkeypatch.setattr(module, limit, at_once)
    async with shown(why.told(*why.BOTH), key, size=size) as d:
        await d.until(lambda: "failed, see the log (l)" in d.text())
        assert "KeyError: 'a bug of ours'" in log_of(d)
        assert "in fails" in log_of(d), "with its traceback"
        await d.press("down", "tab", "g", "1", key)
        await d.until(lambda: "failed, see the log (l)" in d.text())
        await d.press("g")
        assert "failed, see the log (l)" in d.text(), "and no other reason"


@pytest.mark.parametrize(
    ("key", "module", "name"),
    [
        ("3", ops_controller, "arrange"),
        ("4", SourceController, "lines_across"),
        ("2", graph_pair.Pairing, "counterparts"),
    ],
)
async def test_anything_else_that_fails_in_a_refresh_or_in_a_key_is_reported(monkeypatch, key, module, name):
    async with shown(why.told(*why.BOTH)) as d:
        monkeypatch.setattr(module, name, fails)
        await d.press(key, "g", "down", "g")
        (notice,) = [one.message for one in d.app._notifications]
        assert "screen failed, see the log (l): KeyError" in notice
        assert log_of(d).count("in fails") == 1, "once, however often it is refreshed"
        await d.press("1")
        assert d.app.screen is d.app._live


@pytest.mark.usefixtures("scripted_backends")
async def test_lanes_train_on_beside_it(monkeypatch):
    monkeypatch.setattr(log_pair, "align", fails)
    async with driven("scripted.ok", "scripted.other") as d:
        await d.until(lambda: all(lane.history.steps > 0 for lane in d.lanes))
        await d.press("3")
        await d.until(lambda: "failed, see the log (l)" in d.text())
        before = [lane.history.steps for lane in d.lanes]
        await d.until(
            lambda: all(lane.history.steps > done for lane, done in zip(d.lanes, before, strict=True))
        )
