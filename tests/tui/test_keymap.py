"""Keys of the user's own."""

from __future__ import annotations

import pytest
from textual.binding import Binding

from fwtui.config.keys import EVERYWHERE, SCREENS
from fwtui.core.inputs import SpecError
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.tui.app import FwtuiApp
from fwtui.tui.common.compare_screen import CompareScreen
from fwtui.tui.common.key_footer import KeyFooter
from fwtui.tui.common.race_screen import RaceScreen
from fwtui.tui.graph.screen import GraphScreen
from fwtui.tui.live.screen import LiveScreen
from fwtui.tui.ops.screen import OpsScreen
from fwtui.tui.parity.screen import ParityScreen
from fwtui.tui.source.screen import SourceScreen
from tests.tui.driving import driven

CLASSES = {
    "live": LiveScreen,
    "graph": GraphScreen,
    "ops": OpsScreen,
    "source": SourceScreen,
    "parity": ParityScreen,
}


def keys_of(*classes: type) -> dict[str, str]:
    bindings = [one for owner in classes for one in vars(owner).get("BINDINGS", ())]
    return {one.id: one.key for one in bindings if isinstance(one, Binding) and one.id}


def test_the_table_of_keys_is_that_of_the_screens():
    assert keys_of(FwtuiApp, RaceScreen) == EVERYWHERE
    for name, screen in CLASSES.items():
        shared = [CompareScreen] if issubclass(screen, CompareScreen) else []
        assert keys_of(*shared, screen) == SCREENS[name], name


@pytest.mark.usefixtures("scripted_backends")
async def test_other_keys_do_it_and_are_shown():
    async with driven("scripted.ok", "scripted.other", size=(160, 45), keys={"pause": "P,f5"}) as d:
        await d.trains(0, 1)
        assert "P pause" in d.app.screen.query_one(KeyFooter).plain
        await d.press("space")
        await d.trains(0, 1)
        await d.press("f5")
        await d.until(lambda: all(lane.history.standing == "paused" for lane in d.lanes))
        await d.press("P")
        await d.trains(0, 1)


def test_another_theme():
    request = RaceRequest(lanes=(LaneRequest("torch.eager"),))
    assert FwtuiApp(request, theme="nord").theme == "nord"
    with pytest.raises(SpecError, match=r"--theme: got 'none such'; accepted: .*fwtui-dark"):
        FwtuiApp(request, theme="none such")
