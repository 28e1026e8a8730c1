"""One list to choose from, where a choice can be seen before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from fwtui.tui.dialogs.dialog import Dialog
from fwtui.tui.dialogs.options import Options


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a picker.

    Attributes:
        key: what the picker returns.
        label: the line itself.
        detail: what the choice means and what will happen, shown while the line is highlighted.
        refusal: why it cannot be chosen; None: it can.
    """

    key: str
    label: str
    detail: str
    refusal: str | None = None


class _Choices(Options):
    """A list in which a click selects, and a click on what is selected chooses, as Enter does."""

    def on_click(self, event: events.Click) -> None:
        """Selects what was not selected before."""
        option = event.style.meta.get("option")
        if option is not None and option != self.highlighted:
            event.prevent_default()
            self.highlighted = option


class Picker(Dialog[str | None]):
    """Returns the key of the choice, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back"),
        Binding("j", "list_down", show=False),
        Binding("k", "list_up", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[Choice], current: str) -> None:
        super().__init__()
        self._title = title
        self._choices = list(choices)
        self._current = current
        self._begin = next((choice for choice in self._choices if choice.key == current), self._choices[0])

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content.assemble((self._title, "bold")), classes="dialog--title")
            yield _Choices(*(Option(self._prompt(choice), id=choice.key) for choice in self._choices))
            yield Static(self._detail(self._begin), classes="dialog--detail")
            yield Static(
                Content.assemble("enter", (" choose   ", "$dim"), "esc", (" back", "$dim")),
                classes="dialog--keys",
            )

    def on_mount(self) -> None:
        """Begins at what is chosen now."""
        self.query_one(OptionList).highlighted = self._choices.index(self._begin)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Shows what the highlighted choice would do."""
        detail = self._detail(self._choices[event.option_index])
        self.query_one(".dialog--detail", Static).update(detail, layout=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Makes the choice, unless it cannot be made, or was: a second Enter may already be on its way.

        To choose what is there already changes nothing.
        """
        if self._choices[event.option_index].refusal is None and self.is_current:
            self.dismiss(None if event.option.id == self._current else event.option.id)

    def action_list_down(self) -> None:
        """As the arrow key."""
        self.query_one(OptionList).action_cursor_down()

    def action_list_up(self) -> None:
        """As the arrow key."""
        self.query_one(OptionList).action_cursor_up()

    def _detail(self, choice: Choice) -> Content:
        if choice.refusal:
            return Content.assemble((f"not available: {choice.refusal}", "$warning"))
        return Content.assemble((choice.detail, "$dim"))

    def _prompt(self, choice: Choice) -> Content:
        mark = "●" if choice.key == self._current else " "
        if choice.refusal:
            return Content.assemble((f" {mark} {choice.label}", "$dim"), (f"  {choice.refusal}", "$dim"))
        return Content.assemble(f" {mark} ", choice.label)
