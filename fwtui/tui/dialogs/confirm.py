"""Asks once before much is lost."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from fwtui.tui.dialogs.dialog import Dialog


class Confirm(Dialog[bool | None]):
    """Returns True where it is confirmed, and else False or None.

    Args:
        question: what is asked, as a title.
        detail: what will be lost.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "dismiss(True)", "Yes"),
        Binding("escape,n", "dismiss(False)", "No"),
    ]

    def __init__(self, question: str, detail: str) -> None:
        super().__init__()
        self._question, self._detail = question, detail

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content.assemble((self._question, "bold")), classes="dialog--title")
            yield Static(Content.assemble((self._detail, "$dim")), classes="dialog--question")
            yield Static(
                Content.assemble("enter", (" yes   ", "$dim"), "esc", (" no", "$dim")),
                classes="dialog--keys",
            )
