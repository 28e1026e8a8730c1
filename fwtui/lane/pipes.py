"""The ends of a pipe that carries messages."""

from __future__ import annotations

import os
import threading
from collections import deque
from typing import Any

from fwtui.core.codec import Decoder
from fwtui.lane.wire import Frames, framed

_READ_BYTES = 1 << 20


class Sender:
    """The end that messages are written to; takes over its file descriptor. From any thread."""

    def __init__(self, fd: int) -> None:
        self._fd, self._lock = fd, threading.Lock()

    def send(self, message: Any) -> None:
        """Write a message.

        Raises:
            OSError: nobody reads any more; or the descriptor does not block, and there is no room for it.
        """
        parts = framed(message)  # where there is no memory for that, nothing of it has been sent
        with self._lock:
            for part in parts:
                rest = memoryview(part)
                while rest:
                    rest = rest[os.write(self._fd, rest) :]

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self._fd)


class Receiver:
    """The end that messages are read from; takes over its file descriptor."""

    def __init__(self, fd: int, decoder: Decoder) -> None:
        self._fd, self._frames = fd, Frames(decoder)
        self._came: deque[Any] = deque()

    def receive(self) -> Any:
        """Wait for a message.

        Raises:
            EOFError: nobody writes any more.
            NotAMessageError: something else came.
        """
        while not self._came:
            data = os.read(self._fd, _READ_BYTES)
            if not data:
                raise EOFError
            self._came += self._frames.feed(data)
        return self._came.popleft()
