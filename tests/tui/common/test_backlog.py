"""Keys that wait: what is painted meanwhile, and that nothing is left unpainted after them."""

from __future__ import annotations

import pytest

from fwtui.tui.common import backlog as module
from fwtui.tui.common.backlog import LATE_S, PAINT_EVERY_S, Backlog
from fwtui.tui.dialogs.help import HelpScreen
from fwtui.tui.live.screen import LiveScreen
from tests.tui.dialogs.test_dialogs import running
from tests.tui.terminal.test_terminal import Terminal


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


class TestBacklog:
    @pytest.fixture
    def clock(self, monkeypatch):
        monkeypatch.setattr(module, "time", clock := Clock())
        return clock

    @pytest.fixture
    def backlog(self, clock):
        self.afterwards, self.paints = [], 0
        return Backlog(self.afterwards.append, self.paint)

    def paint(self):
        self.paints += 1

    def test_keys_in_time_leave_nothing_out(self, backlog, clock):
        for _ in range(5):
            backlog.handles(clock.now - LATE_S / 2)
            assert not backlog.skips_paint()
        assert not self.afterwards

    def test_while_keys_wait_some_paints_are_left_out_and_made_up_for(self, backlog, clock):
        assert not backlog.skips_paint()
        clock.now += PAINT_EVERY_S / 2
        backlog.handles(clock.now - 2 * LATE_S)
        backlog.handles(clock.now - 3 * LATE_S)
        assert backlog.skips_paint()
        (caught_up,) = self.afterwards
        caught_up()
        assert self.paints == 1
        assert not backlog.skips_paint()

    def test_the_screen_does_not_stand_still_however_many_wait(self, backlog, clock):
        backlog.handles(clock.now - 9)
        painted = 0
        for _ in range(100):
            clock.now += PAINT_EVERY_S / 10
            painted += not backlog.skips_paint()
        assert painted == 10

    def test_what_was_not_left_out_is_not_painted_again(self, backlog, clock):
        backlog.handles(clock.now - 9)
        assert not backlog.skips_paint()
        self.afterwards[0]()
        assert self.paints == 0


async def test_what_waiting_keys_left_unpainted_is_painted_after_them(monkeypatch):
    painted = []
    async with running() as d:
        display = d.app._display
        monkeypatch.setattr(
            d.app, "_display", lambda screen, update: (painted.append(screen), display(screen, update))
        )
        monkeypatch.setattr(module, "LATE_S", -1.0)  # every key is late
        monkeypatch.setattr(module, "PAINT_EVERY_S", 1e9)
        for keys, shown in (("question_mark", HelpScreen), ("escape", LiveScreen)):
            del painted[:]
            await d.press(keys)
            await d.until(lambda: painted, "a paint")
            assert isinstance(painted[-1], shown)


async def test_textual_paints_by_the_method_that_is_stood_in_for(monkeypatch):
    asked = []
    async with running() as d:
        monkeypatch.setattr(d.app.backlog, "skips_paint", lambda: asked.append(1) or True)
        monkeypatch.setattr(d.app, "_display", lambda *_: pytest.fail("painted"))
        await d.press("question_mark", "escape", "2", "1")
        assert asked


def test_after_a_hundred_keys_at_once_the_last_one_leaves():
    with Terminal("process", "scripted.ok", "scripted.slow", rows=45, columns=160) as terminal:
        terminal.shows("steady")
        for _ in range(25):  # a lone escape, and not the beginning of the key after it
            terminal.press("?l\x10b\x1b\x1b\x1b\x1b")
        terminal.press("\x1b\x1b")
        terminal.press("q")
        terminal.press("\x1bq")
        assert terminal.ends() == 0
        assert terminal.is_restored()
