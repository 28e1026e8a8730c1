"""The command palette: every action by the words of the footer and of the help.

Textual has one of its own, which gathers its list in the background: keys that come before the list, or after
its end, raise there.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import Matcher
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from fwtui.tui.dialogs.commands import Command
from fwtui.tui.dialogs.dialog import Dialog
from fwtui.tui.dialogs.options import Options

_KEY_CELLS, _NAME_CELLS, _MEANING_CELLS = 9, 11, 48


class Palette(Dialog[Command | None]):
    """Returns the command that was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "dismiss(None)", "Back"),
        Binding("down,ctrl+n", "move('cursor_down')", show=False, priority=True),
        Binding("up", "move('cursor_up')", show=False, priority=True),
        Binding("pagedown", "move('page_down')", show=False, priority=True),
        Binding("pageup", "move('page_up')", show=False, priority=True),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = list(commands)
        self._found: list[Command] = []
        self._input = Input(
            placeholder="words of the footer or the help", classes="dialog--line", select_on_focus=False
        )
        self._list = Options(classes="dialog--commands")
        self._list.can_focus = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content.assemble(("Actions", "bold")), classes="dialog--title")
            yield self._input
            yield self._list
            yield Static(
                Content.assemble("enter", (" do it   ", "$dim"), "↑ ↓   ", "esc", (" back", "$dim")),
                classes="dialog--keys",
            )

    def on_mount(self) -> None:
        """Begins with everything."""
        self._find()
        self._input.focus()

    def on_key(self, event: events.Key) -> None:
        """Takes what is typed before the line has the focus."""
        if self.focused is not self._input and event.is_printable and event.character:
            self._input.insert_text_at_cursor(event.character)
            event.stop()

    def on_input_changed(self) -> None:
        """Lists what has the words."""
        self._find()

    def on_input_submitted(self) -> None:
        """Chooses what is highlighted, if anything is."""
        self._choose(self._list.highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chooses what was clicked, unless something else is listed there by now."""
        index = event.option_index
        if index < self._list.option_count and self._list.get_option_at_index(index) is event.option:
            self._choose(index)

    def action_move(self, how: str) -> None:
        """Moves the highlight."""
        getattr(self._list, f"action_{how}")()

    def _choose(self, index: int | None) -> None:
        if index is not None and index < len(self._found):
            self.dismiss(self._found[index])

    def _find(self) -> None:
        words = self._input.value.strip()
        self._found = found(self._commands, words)
        self._list.clear_options()
        self._list.add_options(Option(self._line(command)) for command in self._found)
        if self._found:
            self._list.highlighted = 0
        else:
            self._list.add_option(
                Option(Content.assemble(("no action has these words", "$dim")), disabled=True)
            )

    def _line(self, command: Command) -> Content:
        key = f"{command.key[:_KEY_CELLS]:>{_KEY_CELLS}}  "
        first, *rest = textwrap.wrap(command.meaning, _MEANING_CELLS)
        indent = "\n" + " " * (len(key) + _NAME_CELLS)
        meaning = indent.join([first, *rest])
        return Content.assemble((key, "bold"), f"{command.name:<{_NAME_CELLS}}", (meaning, "$dim"))


def found(commands: Sequence[Command], words: str) -> list[Command]:
    """The commands that `words` may mean, the likeliest first: all of them where there are none.

    Each of the words is in what is found; where there is no such command, its letters are, in their order.
    """
    if not words:
        return list(commands)
    wanted = words.lower().split()
    texts = {command: f"{command.name} {command.meaning}".lower() for command in commands}
    likely = [command for command, text in texts.items() if all(word in text for word in wanted)]
    if not likely:
        matcher = Matcher(words)
        scores = {command: matcher.match(text) for command, text in texts.items()}
        return sorted((one for one in commands if scores[one] > 0), key=lambda one: -scores[one])
    return sorted(likely, key=lambda one: (words != one.key, not one.name.startswith(words.lower())))
