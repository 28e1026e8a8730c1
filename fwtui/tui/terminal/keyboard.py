"""Parse terminal input into key, mouse and paste events. The only place that uses Textual's parser.

Textual's input thread ends on bytes that are not UTF-8 and on some invalid sequences: no further key is
handled, not even `q`. And Textual reads a paste that contains an escape character partly as key presses, and
Esc with the key that follows within 100 ms as one key with Alt: over a slow link, which sends several keys in
one packet, Esc and Enter would make the choice that Esc was to cancel.
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
MAX_PASTED_CHARACTERS = 1 << 20
"""A longer paste is truncated."""
_PIECES = re.compile(r"\x1b\[[0-9;:<=>?]*[ -/]*[@-~]|\x1b|[^\x1b]+")
"""Splits text at complete control sequences."""
_CONTINUED = ("\x1b[M", "\x1b[[")
"""Look complete and are not: a mouse event of three further bytes, and the Linux console's function keys."""
_BEHIND_ESCAPE = "\x1b[O]PX^_\x7f"
"""What makes one sequence with an escape before it: controls of the terminal, and Alt+Backspace."""
PASTE_TIMEOUT_S = 2.0
"""A paste without an end marker ends after this time without input."""


class Keyboard:
    """Incremental parser: bytes may arrive in chunks of any size."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._parser = XTermParser()
        self._held = ""
        self._pasted: str | None = None
        self._heard_at = 0.0
        self._is_behind_escape = False

    def read(self, data: bytes) -> Iterator[Message]:
        """Yield the events of these bytes; call with no bytes to flush what timed out."""
        text, self._held = self._held + self._decoder.decode(data), ""
        now = time.monotonic()
        if data:
            self._heard_at = now
        elif self._pasted is not None and now - self._heard_at > PASTE_TIMEOUT_S:
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
                # The end marker may be split between two chunks, so its beginning must survive the limit.
                pasted, end, text = (self._pasted + text).partition(PASTE_END)
                tail = pasted[MAX_PASTED_CHARACTERS:][-len(PASTE_END) :]
                self._pasted = pasted[:MAX_PASTED_CHARACTERS] + tail
                if end:
                    yield self._end_of_paste()
        if not data:
            yield from self._keys(None)

    def _keys(self, text: str | None) -> Iterator[Message]:
        """Yield the events of text outside a paste; None lets the parser time out a pending escape."""
        for piece in [None] if text is None else _PIECES.findall(text):
            try:
                if piece and self._is_behind_escape and piece[0] not in _BEHIND_ESCAPE:
                    yield from self._timed_out()
                self._is_behind_escape = piece == "\x1b" or (piece is None and self._is_behind_escape)
                yield from self._parser.tick() if piece is None else self._parser.feed(piece)
                if piece and piece.startswith("\x1b[") and piece not in _CONTINUED:
                    self._drop_unknown()
            except Exception:
                # Textual's parser failed on an invalid sequence: drop that sequence alone.
                self._parser = XTermParser()

    def _drop_unknown(self) -> None:
        """Drop a complete sequence that Textual's parser takes for the beginning of one.

        The parser would wait for the rest, with every key that follows, and then type it all character by
        character.
        """
        for _ in self._timed_out():
            pass

    def _timed_out(self) -> Iterator[Message]:
        """Yield the events of what the parser holds back, as if nothing had followed for long."""
        if self._parser._timeout_time is not None:
            self._parser._timeout_time = 0.0
            yield from self._parser.tick()

    def _end_of_paste(self) -> events.Paste:
        text, self._pasted = (self._pasted or "")[:MAX_PASTED_CHARACTERS], None
        return events.Paste(text.replace("\x00", ""))


def _without_beginning(text: str) -> tuple[str, str]:
    """Split off a trailing part of the paste marker. A lone escape is not held back: it may be a key."""
    for length in range(len(PASTE) - 1, 1, -1):
        if text.endswith(PASTE[:length]):
            return text[:-length], text[-length:]
    return text, ""
