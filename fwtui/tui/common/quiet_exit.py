"""An app that ignores missing widgets while it exits.

While Textual leaves, widgets go before the messages that still wait for them: a dialog that the last key has
opened is mounted without its children, a screen is fitted to a size that it no longer has. Textual then ends
with a traceback and the exit code 1, as if the app had failed.
"""

from __future__ import annotations

from textual.app import App, ReturnType, ScreenError
from textual.css.query import QueryError
from textual.dom import DOMError
from textual.errors import TextualError
from textual.widget import WidgetError

GONE = (QueryError, DOMError, ScreenError, TextualError, WidgetError)
"""Raised by Textual for a widget or a screen that does not exist."""


class QuietExit(App[ReturnType]):
    """Ignores errors about missing widgets and screens once `exit` was called; reports all others."""

    def _handle_exception(self, error: Exception) -> None:
        if not (self._exit and isinstance(error, GONE)):
            super()._handle_exception(error)
