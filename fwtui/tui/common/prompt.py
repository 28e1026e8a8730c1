"""One line to type words into, whose effect is seen while they are typed."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static


class Prompt(Horizontal):
    """A one-line input, shown only while it is open.

    Args:
        hint: what can be typed, shown while nothing is.
        typed: called with the words whenever they change; `entered`: called on Enter. Calls, not
            messages: the next key may already be on its way, and must meet the screen that they result in.
    """

    DEFAULT_CSS = """
    Prompt {
        height: 1;
        Static { width: auto; margin: 0 1 0 0; }
        Input { width: 1fr; background: transparent; &:focus { background-tint: $background 0%; } }
    }
    """

    def __init__(
        self, hint: str, typed: Callable[[str], None], entered: Callable[[], None], *, id: str
    ) -> None:
        super().__init__(id=id)
        self._typed = typed
        self._label, self._input = Static(), _Words(hint, self._changed, entered)
        self._keys = Static(Content.assemble("enter", (" keep   ", "$dim"), "esc", (" drop", "$dim")))
        self.display = False

    def compose(self) -> ComposeResult:
        yield self._label
        yield self._input
        yield self._keys

    def ask(self, label: str, text: str) -> None:
        """Asks for the words of `label`, beginning with `text`."""
        self._label.update(Content.assemble((label, "$dim")))
        self._input.value, self._input.cursor_position = text, len(text)
        self.display, self._input.disabled = True, False
        self.screen.set_focus(self._input)

    def insert(self, character: str) -> None:
        """Has one more character, at the cursor."""
        self._input.replace(character, *self._input.selection)

    def close(self) -> None:
        """Asks no more."""
        self.display, self._input.disabled = False, True
        self.screen.set_focus(None)

    def _changed(self, text: str) -> None:
        if self.display:
            self._typed(text)


class _Words(Input):
    """The words. Disabled while hidden: the screen's keys would go to it."""

    def __init__(self, hint: str, changed: Callable[[str], None], entered: Callable[[], None]) -> None:
        # A focus that comes late would select what was typed by then, and the next key would replace it.
        super().__init__(placeholder=hint, compact=True, disabled=True, select_on_focus=False)
        self._changed, self._entered = changed, entered

    def watch_value(self, value: str) -> None:
        self._changed(value)

    async def action_submit(self) -> None:
        self._entered()
