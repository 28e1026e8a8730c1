"""A screen that is closed while it opens."""

from __future__ import annotations

import pytest

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
