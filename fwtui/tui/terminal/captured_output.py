"""Keeps what frameworks print off the screen, where they run in the app's own process.

Their C++ code writes to file descriptors 1 and 2 whatever Python's streams are. So both lead into a pipe
while the app runs, and Textual, which draws on standard error, gets a file of its own to the terminal.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TextIO

from textual.events import Print
from textual.message import Message

from fwtui.race.processes.inbox import LOG_LINE_MAX, clean

_READ = 1 << 16
_LAST_LINES_S = 1.0


class PrintForwarder:
    """Takes what Python code prints while an app captures it, in the thread that prints."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def post_message(self, message: Message) -> bool:
        """Passes a print on at once: a lane may print more than the app's message queue could bear."""
        if isinstance(message, Print):
            # A lane that outlives the app has nowhere to print to.
            with contextlib.suppress(OSError):
                os.write(self._fd, message.text.encode(errors="replace"))
        return True

    async def _post_message(self, message: Message) -> bool:
        return self.post_message(message)


@contextlib.contextmanager
def captured_output(hear: Callable[[str], None]) -> Iterator[PrintForwarder]:
    """Leads everything that this process prints to `hear`, but what goes to `sys.__stderr__`.

    `sys.__stderr__` and `sys.__stdout__` lead to the terminal; so do `sys.stderr` and `sys.stdout`, which an
    app replaces with its own while it runs. All is as it was afterwards, also after an exception.

    Args:
        hear: receives each line, without control characters, in a thread of its own.

    Yields:
        What the app is to hand its prints to (`App.begin_capture_print`).
    """
    sys.stdout.flush()
    sys.stderr.flush()
    before = sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__
    terminal = os.dup(1), os.dup(2)
    reading, writing = os.pipe()
    reader = threading.Thread(target=_read_lines, args=(reading, hear), name="output", daemon=True)
    reader.start()
    out, err = _text(terminal[0], before[0]), _text(terminal[1], before[1])
    sys.stdout = sys.__stdout__ = out  # type: ignore[misc, assignment]
    sys.stderr = sys.__stderr__ = err  # type: ignore[misc, assignment]
    os.dup2(writing, 1)
    os.dup2(writing, 2)
    try:
        yield PrintForwarder(writing)
    finally:
        sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__ = before  # type: ignore[misc]
        for number, stream in ((1, out), (2, err)):
            stream.flush()
            os.dup2(stream.fileno(), number)
            stream.close()
        os.close(writing)
        # Whoever was started meanwhile may hold the pipe open, so not for ever.
        reader.join(_LAST_LINES_S)


def _text(fd: int, like: TextIO) -> TextIO:
    return open(fd, "w", encoding=like.encoding, errors=like.errors, buffering=1)


def _read_lines(fd: int, hear: Callable[[str], None]) -> None:
    with open(fd, "rb", buffering=0) as pipe:
        line = b""
        while data := pipe.read(_READ):
            *lines, line = (line + data).split(b"\n")
            if len(line) > LOG_LINE_MAX:
                lines, line = [*lines, line], b""
            for one in lines:
                hear(_shown(one))
        if line:
            hear(_shown(line))


def _shown(line: bytes) -> str:
    return clean(line[:LOG_LINE_MAX].decode(errors="replace"))
