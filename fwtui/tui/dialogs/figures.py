"""A dialog of figures that are followed while it is open."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from fwtui.tui.common.model import RaceModel
from fwtui.tui.dialogs.dialog import Dialog

_REFRESH_S = 1.0
_LEAST_CELLS = 20


class FiguresDialog(Dialog[None]):
    """Shows what `text` gives, again each second and where the room changes.

    Attributes:
        HEADING, ABOUT: what it is called, and a few words on it.
    """

    HEADING: ClassVar[str]
    ABOUT: ClassVar[str]

    def __init__(self, model: RaceModel) -> None:
        super().__init__()
        self._model = model
        self._body = Static()

    def text(self, cells: int) -> Content:
        """The figures, in a room so many cells wide."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -wide"):
            title = Content.assemble((self.HEADING, "bold"), (f"  {self.ABOUT}", "$dim"))
            yield Static(title, classes="dialog--title")
            with VerticalScroll():
                yield self._body
            keys = Content.assemble("↑ ↓", (" scroll   ", "$dim"), "esc", (" back", "$dim"))
            yield Static(keys, classes="dialog--keys")

    def on_mount(self) -> None:
        """Shows what there is, and what comes."""
        self.query_one(VerticalScroll).focus()
        self._show()
        self.set_interval(_REFRESH_S, self._show)

    def on_resize(self, event: events.Resize) -> None:
        """Fits the figures to the room."""
        super().on_resize(event)
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        self._body.update(self.text(max(self._body.size.width - 1, _LEAST_CELLS)))
