"""Dialogs above a screen, of which each can take away none but itself.

Textual's `dismiss` removes whatever screen is uppermost by then: of two clicks or keys that arrive together,
the first would remove a dialog, and the second the screen below.
"""

from __future__ import annotations

from typing import Any

from textual import events
from textual.app import RenderResult
from textual.await_complete import AwaitComplete
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, Screen, ScreenResultType

from fwtui.tui.common.base_screen import BaseScreen
from fwtui.tui.dialogs.dimmed import Dimmed

LOW_ROWS = 22


def is_uppermost(screen: Screen[Any]) -> bool:
    """Whether nothing covers the screen, and it is not gone already."""
    stack = screen.app.screen_stack
    return bool(stack) and stack[-1] is screen


# Textual styles a class as it does its first base.
class Dialog(ModalScreen[ScreenResultType], BaseScreen[ScreenResultType]):
    """A dialog above the screen that it was opened on."""

    def render(self) -> RenderResult:  # type: ignore[override]  # a screen may return what any widget may
        """What is behind, dimmed."""
        behind = super().render()
        return Dimmed(behind.screen, behind.color) if isinstance(behind, BackgroundScreen) else behind

    def on_resize(self, event: events.Resize) -> None:
        """Keeps its last row, which says what keys do, in a low window."""
        self.set_class(event.size.height < LOW_ROWS, "-low")

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Removes this dialog, unless it is gone already or covered."""
        return super().dismiss(result) if is_uppermost(self) else AwaitComplete()

    def on_click(self, event: events.Click) -> None:
        """Remove the dialog on a click outside of it."""
        if event.widget is self:
            self.dismiss(None)
