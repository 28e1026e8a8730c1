"""The app with live lanes, driven by keys: every wait is for a condition, with a generous deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from unittest.mock import patch

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from fwtui.race.request import RaceRequest, parse_lane
from fwtui.tui.app import NO_KEYS, FwtuiApp
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.line import Line
from fwtui.tui.live.screen import LiveScreen
from tests.scripted import step

DEADLINE_S = 60
FOREVER = "1000000"
ScreenType = TypeVar("ScreenType", bound=Screen[Any])


class Driven:
    """The app, and what can be seen of it."""

    def __init__(self, pilot: Pilot[int]) -> None:
        self.pilot = pilot
        assert isinstance(pilot.app, FwtuiApp)
        self.app: FwtuiApp = pilot.app

    def top(self, kind: type[ScreenType]) -> ScreenType:
        """The screen on top, which is one of these."""
        assert isinstance(self.app.screen, kind)
        return self.app.screen

    @property
    def lanes(self) -> list[Lane]:
        return self.app.model.lanes

    async def until(self, holds: Callable[[], object], what: object = "") -> None:
        """Waits until `holds()`."""
        by = time.monotonic() + DEADLINE_S
        while not holds():
            assert time.monotonic() < by, f"waited in vain: {what}\n{self.text()}"
            await asyncio.sleep(0.03)

    async def shows(self, *texts: str) -> None:
        """Waits until the screen shows each text."""
        for text in texts:
            await self.until(lambda text=text: text in self.text(), text)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def trains(self, *indices: int, steps: int = 5) -> None:
        """Waits until each of these lanes has done so many more steps, in the run that it is in now."""
        for index in indices:
            lane = self.lanes[index]
            before = lane.history.steps
            await self.until(lambda lane=lane, n=before: lane.history.steps >= n + steps, f"lane {index + 1}")
            assert self.lanes[index] is lane

    async def quiet(self) -> list[int]:
        """Waits until every lane is paused and has said so; the steps of each."""
        await self.until(lambda: all(lane.history.standing == "paused" for lane in self.lanes), "all paused")
        await self.heartbeats()
        return [lane.history.steps for lane in self.lanes]

    async def heartbeats(self) -> None:
        """Waits until every lane's process has said that it is alive, twice: whatever it does is done."""
        for lane in self.lanes:
            for _ in range(2):
                heard = lane.history.heard_ns
                await self.until(lambda lane=lane, heard=heard: lane.history.heard_ns > heard, "a heartbeat")

    def text(self) -> str:
        """The screen on top, as text."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    def line(self, selector: str) -> str:
        """One of the live screen's lines, in its widest variant."""
        return self.app._live.query_one(selector, Line).plain

    def dialog(self, part: str = "detail") -> str:
        """A part of the dialog on top."""
        return str(self.app.screen.query_one(f".dialog--{part}", Static).render())

    def on_top(self) -> bool:
        """Whether no dialog is open."""
        return isinstance(self.app.screen, LiveScreen)


@asynccontextmanager
async def driven(
    *lanes: str, size: tuple[int, int] = (80, 24), keys: Mapping[str, str] = NO_KEYS, **settings: Any
) -> AsyncIterator[Driven]:
    """Runs the app; no lane of it is left afterwards.

    Args:
        lanes: each as on the command line.
        keys: see `FwtuiApp`.
        settings: of the `RaceRequest`; by default the steps are as good as endless, a few hundred a second.
    """
    settings = {"steps": FOREVER, "pace": "300", "device": "cpu", "linger": True, **settings}
    app = FwtuiApp(RaceRequest(tuple(map(parse_lane, lanes)), **settings), keys=keys)
    # The pilot waits for an idle process after each key; with live lanes that is its limit of a second.
    with patch("textual.app.wait_for_idle", a_moment), patch("textual.pilot.wait_for_idle", a_moment):
        async with app.run_test(size=size) as pilot:
            try:
                yield Driven(pilot)
            finally:
                step.RELEASE.set()
                await asyncio.to_thread(app.model.close, 5)
                step.RELEASE.clear()


async def a_moment(*_: float) -> None:
    """In place of waiting for an idle process, which one that trains or draws never is."""
    await asyncio.sleep(0.02)
