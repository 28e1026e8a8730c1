"""A screen that is closed while it opens."""

from __future__ import annotations

import pytest
from textual.containers import Vertical

from fwtui.tui.common.base_screen import BaseScreen
from tests.tui.dialogs.test_dialogs import running

KEYS = ["2", "3", "4", "5", "question_mark", "b", "w", "s", "c", "l", "h", "ctrl+p"]


@pytest.mark.parametrize("key", KEYS)
async def test_a_screen_that_is_closed_before_its_parts_are_mounted_is_no_error(key, monkeypatch):
    """As when the app is left right behind the key that opens the screen."""
    closed = []

    async def close_and_compose(self, compose=BaseScreen._compose):
        closed.append(self)
        self.remove()
        await compose(self)

    async with running() as d:
        monkeypatch.setattr(BaseScreen, "_compose", close_and_compose)
        d.app.simulate_key(key)
        await d.until(lambda: closed, "a screen that is closed at once")
    # An error of the screen is raised where the app is left.


@pytest.mark.parametrize("key", KEYS)
async def test_nor_is_one_that_is_closed_when_some_of_them_are(key, monkeypatch):
    """What is inside of its outermost part is never mounted then."""
    closed = []

    async def close_and_compose(self, compose=Vertical._compose):
        closed.append(self)
        self.screen.remove()
        await compose(self)

    async with running() as d:
        screens = len(d.app.screen_stack)
        monkeypatch.setattr(Vertical, "_compose", close_and_compose)
        d.app.simulate_key(key)
        await d.until(lambda: closed or len(d.app.screen_stack) > screens, "a screen that is opened")
