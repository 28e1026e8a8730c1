"""Base class of all screens and dialogs. The only place that overrides methods of Textual's screen."""

from __future__ import annotations

from typing import Protocol, cast

from textual.events import Event, Mount, Resize, ScreenResume
from textual.geometry import Offset, Size
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

from fwtui.tui.common.backlog import Backlog


class Paints(Protocol):
    """An app that knows whether keys wait, and what the terminal shows."""

    @property
    def backlog(self) -> Backlog: ...

    def paints(self, size: Size) -> None:
        """A screen of this size is about to be painted."""


class BaseScreen(Screen[ScreenResultType]):
    """Skips paints while keys are queued, ignores clicks on removed widgets, and survives an early end."""

    async def on_event(self, event: Event) -> None:
        """Handle an event, unless the screen is closed before its parts are mounted.

        Textual then mounts none of them, or not what is inside of them, and still sends that they are
        mounted: what looks for one would fail.
        """
        is_whole = bool(self.children) and not self._pruning
        if is_whole or not isinstance(event, Mount | Resize | ScreenResume):
            await super().on_event(event)

    def _compositor_refresh(self) -> None:
        # Every paint goes through here: those of a changed layout, and those of changed widgets.
        app = cast("Paints", self.app)
        if not app.backlog.skips_paint():
            app.paints(self._compositor.size)
            super()._compositor_refresh()

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Return the widget at a place of the screen, and the place within its text.

        A widget that was removed since the last paint is none: Textual would begin a selection in it, and ask
        for the parent that it no longer has.
        """
        widget, offset = super().get_widget_and_offset_at(x, y)
        return (widget, offset) if widget is not None and widget.is_attached else (None, None)
