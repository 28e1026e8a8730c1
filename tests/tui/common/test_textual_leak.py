"""What removed widgets had drawn is let go of."""

from __future__ import annotations

import gc

import pytest
from textual._styles_cache import StylesCache
from textual.color import Color

from fwtui.tui.common import textual_leak
from tests.tui.dialogs.test_dialogs import running


def caches() -> int:
    gc.unfreeze()  # the app freezes what there is when it starts, which may be in between
    gc.collect()
    return sum(isinstance(one, StylesCache) for one in gc.get_objects())


@pytest.mark.slow
async def test_dialogs_that_are_gone_leave_nothing_behind():
    async with running() as d:
        keys = ("question_mark", "escape", "l", "escape")
        await d.press(*keys * 2)  # the last two are let go of with the next ones
        before = caches()
        await d.press(*keys * 2)
        assert d.on_top()
        assert caches() < before + 12, "four dialogs have some thirty-five"


def test_the_colours_are_the_same():
    textual_leak.patch()
    found = StylesCache().get_inner_outer(Color(10, 20, 30), Color(200, 100, 0, 0.5))
    inner, outer = found
    assert inner.background == Color(10, 20, 30) + Color(200, 100, 0, 0.5)
    assert outer.background == Color(10, 20, 30)
    assert StylesCache().get_inner_outer(Color(10, 20, 30), Color(200, 100, 0, 0.5)) is found
