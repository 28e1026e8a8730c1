"""What is behind a dialog: the same as Textual makes of it, in less time."""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Size
from textual.renderables.background_screen import BackgroundScreen
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions

from fwtui.tui.common.composed import screen_rows
from fwtui.tui.dialogs.dialog import Dialog
from fwtui.tui.dialogs.dimmed import Dimmed
from tests.tui.dialogs.test_dialogs import running


async def test_the_same_rows_as_textuals():
    async with running() as d:
        live = d.app.screen
        await d.press("question_mark")
        dialog = d.app.screen
        assert isinstance(dialog, Dialog)
        tint = dialog.styles.background
        assert 0 < tint.a < 1
        width, height = live.size
        ours = Dimmed(live, tint).render_strips(width, height, Style(), RenderOptions(None, None))
        rows = screen_rows(live, Size(width, height))
        theirs = [
            Strip(list(BackgroundScreen.process_segments([Segment(*one) for one in row], tint)))
            for row in rows
        ]
        assert [strip.simplify() for strip in ours] == [strip.simplify() for strip in theirs]
        assert ours[0].text == rows[0].text
