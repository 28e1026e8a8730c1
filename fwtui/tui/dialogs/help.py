"""All keys, from the bindings themselves, and on a page of its own what the words on the screen mean."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from fwtui.tui.dialogs.commands import commands_of
from fwtui.tui.dialogs.definitions import Definitions, Section
from fwtui.tui.dialogs.dialog import Dialog
from fwtui.tui.dialogs.glossary import MEANINGS

_PAGES = ("Keys", "Words")
_PLACES = ("This screen", "Everywhere")


class HelpScreen(Dialog[None]):
    """Lists the keys of the screen below, those of what has the focus there first, or the words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss(None)", "Back"),
        Binding("tab,right,left", "turn", "Words"),
    ]

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._below = below
        self._page = 0

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -tall"):
            yield Static(self._title(), classes="dialog--title")
            with VerticalScroll():
                yield Definitions(self._keys())
            yield Static(
                Content.assemble(
                    *("tab", (" the other page   ", "$dim"), "↑ ↓", (" scroll   ", "$dim")),
                    *("esc", (" back", "$dim")),
                ),
                classes="dialog--keys",
            )

    def on_mount(self) -> None:
        """Scrolls by key at once."""
        self.query_one(VerticalScroll).focus()

    async def action_turn(self) -> None:
        """Shows the other page."""
        self._page = 1 - self._page
        self.query_one(".dialog--title", Static).update(self._title())
        scroll = self.query_one(VerticalScroll)
        await scroll.remove_children()
        await scroll.mount(Definitions([("", MEANINGS)] if self._page else self._keys()))
        scroll.scroll_home(animate=False)

    def _title(self) -> Content:
        styles = ("bold underline", "$dim") if self._page == 0 else ("$dim", "bold underline")
        first, second = ((name, style) for name, style in zip(_PAGES, styles, strict=True))
        return Content.assemble(first, "   ", second)

    def _keys(self) -> list[Section]:
        """Those of the widget with the focus, of the screen, and of the app."""
        groups: dict[str, list[tuple[str, str]]] = {name: [] for name in (self._focused(), *_PLACES)}
        for command in commands_of(self._below):
            place = {self._below: _PLACES[0], self.app: _PLACES[1]}.get(command.node, self._focused())
            groups[place].append((command.key, command.meaning))
        return [(name, keys) for name, keys in groups.items() if keys]

    def _focused(self) -> str:
        """What has the focus, in words."""
        heading = getattr(self._below.focused, "heading", "")
        return f"The chart in focus: {heading}" if heading else "Where the focus is"
