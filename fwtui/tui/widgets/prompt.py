"""One line to type words into, whose effect is seen while they are typed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static


class Prompt(Horizontal):
    """Asks for words; shown only while it does.

    Args:
        hint: what can be typed, shown while nothing is.
    """

    DEFAULT_CSS = """
    Prompt {
        height: 1;
        Static { width: auto; margin: 0 1 0 0; }
        Input { width: 1fr; background: transparent; &:focus { background-tint: $background 0%; } }
    }
    """

    class Typed(Message):
        """The words as they are by now."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Entered(Message):
        """The words stand."""

    def __init__(self, hint: str, *, id: str) -> None:
        super().__init__(id=id)
        # Disabled while hidden: the screen's keys would go to it.
        self._label, self._input = Static(), Input(placeholder=hint, compact=True, disabled=True)
        self._keys = Static(Content.assemble("enter", (" keep   ", "$dim"), "esc", (" drop", "$dim")))
        self.display = False

    def compose(self) -> ComposeResult:
        yield self._label
        yield self._input
        yield self._keys

    def ask(self, label: str, text: str) -> None:
        """Asks for the words of `label`, beginning with `text`."""
        self._label.update(Content.assemble((label, "$dim")))
        with self._input.prevent(Input.Changed):
            self._input.value = text
        self.display, self._input.disabled = True, False
        self.screen.set_focus(self._input)  # at once: the next key may already be on its way

    def close(self) -> None:
        """Asks no more."""
        self.display, self._input.disabled = False, True
        self.screen.set_focus(None)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:
            self.post_message(self.Typed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Entered())
