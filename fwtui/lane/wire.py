"""How a message travels through a pipe: after a mark that no text begins with, in parts of any size.

The first part is the message as `fwtui.core.codec` writes it; each array in it is a part of its own. Memory
is taken as bytes arrive, not as a header says that they will.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator
from typing import Any

from fwtui.core.codec import Decoder, NotAMessageError, encode

MAX_PARTS = 1 << 20
MAX_MESSAGE_BYTES = 1 << 36
"""More than any lane has to say: what claims to be larger is no message."""
# The first byte of no UTF-8 text: what somebody prints into the pipe is not taken for a message.
_MARK = b"\xf5fwt"
_HEAD = struct.Struct(f"!{len(_MARK)}sI")


def framed(message: Any) -> list[bytes]:
    """A message as it travels: bytes to be sent one after the other.

    Raises:
        TypeError: it is none.
    """
    text, parts = encode(message)
    sizes = [len(text), *map(len, parts)]
    return [_HEAD.pack(_MARK, len(sizes)) + _sizes(len(sizes)).pack(*sizes) + text, *parts]


class Frames:
    """Puts messages together again, from whatever pieces they come in.

    Args:
        rewrite: gives another text for a message's, such as with paths of another machine replaced.
    """

    def __init__(self, decoder: Decoder, rewrite: Callable[[bytes], bytes] | None = None) -> None:
        self._decoder, self._rewrite = decoder, rewrite
        self._whole: list[Any] = []
        self._reader = self._read()
        self._wanted = next(self._reader)
        self._came = bytearray()

    def feed(self, data: bytes) -> list[Any]:
        """The messages that are complete with `data`.

        Raises:
            NotAMessageError: something else came.
            MemoryError: there is none for a part.
        """
        rest = memoryview(data)
        while rest:
            piece = rest[: self._wanted - len(self._came)]
            self._came += piece
            rest = rest[len(piece) :]
            while len(self._came) == self._wanted:
                part, self._came = bytes(self._came), bytearray()
                self._wanted = self._reader.send(part)
        whole, self._whole = self._whole, []
        return whole

    def _read(self) -> Generator[int, bytes, None]:
        """Parse messages: a coroutine that yields how many bytes it needs next, and is sent those bytes."""
        while True:
            mark, count = _HEAD.unpack((yield _HEAD.size))
            if mark != _MARK:
                raise NotAMessageError(f"it begins with {mark!r}")
            if not 1 <= count <= MAX_PARTS:
                raise NotAMessageError(f"it has {count} parts")
            sizes = _sizes(count).unpack((yield _sizes(count).size))
            if sum(sizes) > MAX_MESSAGE_BYTES:
                raise NotAMessageError(f"it has {sum(sizes)} bytes")
            parts: list[bytes] = []
            while len(parts) < count:
                parts.append((yield sizes[len(parts)]))
            text, *parts = parts
            text = self._rewrite(text) if self._rewrite else text
            self._whole.append(self._decoder.decode(text, parts))
            del parts, text  # not kept until the next message has come


def _sizes(count: int) -> struct.Struct:
    return struct.Struct(f"!{count}Q")
