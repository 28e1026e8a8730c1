"""Makes events of what a terminal sends, whatever that is. The one place that knows Textual's parser.

Textual's parser raises on bytes that are not UTF-8 and on some sequences that are no keys, and its thread
ends then: no key is heard any more, nor the one that leaves. And a paste that holds an escape is to it a
paste, and keys that nobody has pressed.
"""

from __future__ import annotations

import codecs
import re
import time
from collections.abc import Iterator

from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

PASTE, PASTE_END = "\x1b[200~", "\x1b[201~"
MOST_PASTED = 1 << 20
"""A longer paste is cut there."""
_PIECES = re.compile(r"\x1b\[[0-9;:<=>?]*[ -/]*[@-~]|\x1b|[^\x1b]+")
"""Whole sequences apart from what stands between them."""
PASTE_LIMIT_S = 2.0
"""A paste whose end has not come for so long has ended."""


class Keyboard:
    """Takes bytes as they come, in pieces of any size."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._parser = XTermParser()
        self._held = ""
        self._pasted: str | None = None
        self._heard_at = 0.0

    def read(self, data: bytes) -> Iterator[Message]:
        """Yield what these bytes are; without any, what those before come to by now."""
        text, self._held = self._held + self._decoder.decode(data), ""
        now = time.monotonic()
        if data:
            self._heard_at = now
        elif self._pasted is not None and now - self._heard_at > PASTE_LIMIT_S:
            yield self._end_of_paste()
        while text:
            if self._pasted is None:
                keys, begin, text = text.partition(PASTE)
                if not begin and data:
                    keys, self._held = _without_beginning(keys)
                yield from self._keys(keys)
                if begin:
                    self._pasted = ""
            else:
                # An end that comes in two pieces is found in both together.
                pasted, end, text = (self._pasted + text).partition(PASTE_END)
                self._pasted = pasted
                if end:
                    yield self._end_of_paste()
        if not data:
            yield from self._keys(None)

    def _keys(self, text: str | None) -> Iterator[Message]:
        """What is no paste; None: how long it is ago decides whether an escape was a key."""
        for piece in [None] if text is None else _PIECES.findall(text):
            try:
                yield from self._parser.tick() if piece is None else self._parser.feed(piece)
            except Exception:
                # It is Textual's parser that has stumbled, over what is no key: that piece is lost.
                self._parser = XTermParser()

    def _end_of_paste(self) -> events.Paste:
        text, self._pasted = (self._pasted or "")[:MOST_PASTED], None
        return events.Paste(text.replace("\x00", ""))


def _without_beginning(text: str) -> tuple[str, str]:
    """The text without what may be the beginning of a paste's mark, and that; a lone escape may be a key."""
    for length in range(len(PASTE) - 1, 1, -1):
        if text.endswith(PASTE[:length]):
            return text[:-length], text[-length:]
    return text, ""
