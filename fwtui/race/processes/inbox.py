"""What a lane's process sends: records through one pipe, log lines through another, read in one thread.

Neither pipe is ever waited for: a process can be stopped, or die, in the middle of a record or of a line.
"""

from __future__ import annotations

import os
import re
import selectors
import time
from collections import deque
from typing import Any, Protocol

from fwtui.core.records import LogLine, Record

LOG_LINE_MAX = 2000
LOG_LINES_MAX = 1000
"""Log lines that are taken in within `_WINDOW_S`; of a flood, the last ones of each window."""
_WINDOW_S = 0.1
_READ = 1 << 16
_ESCAPE = r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
_CONTROL = re.compile(rf"{_ESCAPE}|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(text: str) -> str:
    """`text` without control characters and escape sequences, tabs as spaces: it goes to a terminal."""
    return _CONTROL.sub("", text).expandtabs().rstrip()


class Feed(Protocol):
    """Makes records of bytes."""

    def feed(self, data: bytes) -> list[Any]:
        """The records that are complete with `data`.

        Raises:
            NotAMessageError: something else came.
            MemoryError: there is none for what came.
        """


class Inbox:
    """Reads both pipes of one process; takes over, and closes, the two file descriptors.

    Args:
        frames: makes records of what comes through the first pipe.

    Attributes:
        open: whether the process can still send records.
        heard_at: when anything came last, be it a piece of a record; `time.monotonic`'s seconds.
    """

    def __init__(self, records_fd: int, log_fd: int, frames: Feed) -> None:
        self.open, self.heard_at = True, time.monotonic()
        self._records_fd, self._log_fd = records_fd, log_fd
        self._frames, self._line = frames, bytearray()
        self._held: deque[bytes] = deque(maxlen=LOG_LINES_MAX)
        self._left_out, self._room, self._window_at = 0, LOG_LINES_MAX, time.monotonic()
        self._selector = selectors.DefaultSelector()
        for fd in (records_fd, log_fd):
            os.set_blocking(fd, False)
            self._selector.register(fd, selectors.EVENT_READ)

    def read(self, timeout: float) -> list[Record]:
        """What has come by now, log lines first; waits `timeout` seconds at most.

        Raises:
            NotAMessageError: something else came.
            MemoryError: there is none for what came.
        """
        records: list[Record] = []
        for key, _ in self._selector.select(timeout):
            data = os.read(key.fd, _READ)
            if data:
                self.heard_at = time.monotonic()
            else:
                self._selector.unregister(key.fd)
                self.open &= key.fd != self._records_fd
            if key.fd == self._log_fd:
                self._hold(data)
            else:
                records += self._frames.feed(data)
        return [*self._lines(), *records]

    def rest(self, seconds: float) -> list[Record]:
        """What is left of the log of a process that is no more; no record of it counts any longer.

        Waits `seconds` at most for who else has its log.
        """
        if self.open:
            self._selector.unregister(self._records_fd)
            self.open = False
        by = time.monotonic() + seconds
        came: list[Record] = []
        while self._selector.get_map() and time.monotonic() < by:
            came += self.read(0.05)
        return came

    def close(self) -> None:
        """Closes both pipes."""
        self._selector.close()
        os.close(self._records_fd)
        os.close(self._log_fd)

    def _hold(self, data: bytes) -> None:
        """Keeps whole lines; also what is longer than a line may be, and what has no end at the end."""
        self._line += data
        pieces = bytes(self._line).split(b"\n")
        last = pieces.pop()
        if not data or len(last) > LOG_LINE_MAX:
            pieces, last = [*pieces, last] if last else pieces, b""
        self._line = bytearray(last)
        self._left_out += max(0, len(self._held) + len(pieces) - LOG_LINES_MAX)
        self._held.extend(pieces)
        if not data:
            self._room = LOG_LINES_MAX

    def _lines(self) -> list[Record]:
        """The lines that are held, as far as there is room for them in this window."""
        now = time.monotonic()
        if now - self._window_at >= _WINDOW_S:
            self._window_at, self._room = now, LOG_LINES_MAX
        if not self._held or self._room < len(self._held):
            return []
        self._room -= len(self._held)
        pieces, left_out = list(self._held), self._left_out
        self._held.clear()
        self._left_out = 0
        lines: list[Record] = [LogLine(f"… {left_out:,} lines left out …")] if left_out else []
        return lines + [
            LogLine(clean(piece[at : at + LOG_LINE_MAX].decode(errors="replace")))
            for piece in pieces
            for at in range(0, max(1, len(piece)), LOG_LINE_MAX)
        ]
