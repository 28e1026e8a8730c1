"""How a record travels through a pipe: after a mark that no text begins with, in parts of any size.

The first part is the record; each array in it is a part of its own, which neither side copies as a whole
record would have to be. Memory is taken as bytes arrive, not as a header says that they will.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Generator
from typing import Any

# The first byte of no UTF-8 text: what somebody prints into the pipe is not taken for a record.
_MARK = b"\xf5fwt"
_HEAD = struct.Struct(f"!{len(_MARK)}sI")


class NoRecordError(Exception):
    """The bytes that came are no record."""


def framed(record: Any) -> list[bytes | memoryview]:
    """A record as it travels: bytes to be sent one after the other."""
    arrays: list[pickle.PickleBuffer] = []
    data = pickle.dumps(record, pickle.HIGHEST_PROTOCOL, buffer_callback=arrays.append)
    parts = [array.raw() for array in arrays]
    sizes = [len(data), *map(len, parts)]
    return [_HEAD.pack(_MARK, len(sizes)) + _sizes(len(sizes)).pack(*sizes) + data, *parts]


class Frames:
    """Puts records together again, from whatever pieces they come in."""

    def __init__(self) -> None:
        self._whole: list[Any] = []
        self._reader = self._read()
        self._wanted = next(self._reader)
        self._came = bytearray()

    def feed(self, data: bytes) -> list[Any]:
        """The records that are complete with `data`.

        Raises:
            NoRecordError: something else came.
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
        """Parse records: a coroutine that yields how many bytes it needs next, and is sent those bytes."""
        while True:
            mark, count = _HEAD.unpack((yield _HEAD.size))
            if mark != _MARK:
                raise NoRecordError(f"it begins with {mark!r}")
            sizes = _sizes(count).unpack((yield _sizes(count).size))
            parts: list[bytes] = []
            while len(parts) < count:
                parts.append((yield sizes[len(parts)]))
            record, *arrays = parts
            self._whole.append(_unpickled(record, arrays))
            del parts, record, arrays  # not kept until the next record has come


def _sizes(count: int) -> struct.Struct:
    return struct.Struct(f"!{count}Q")


def _unpickled(record: bytes, arrays: list[bytes]) -> Any:
    try:
        return pickle.loads(record, buffers=arrays)
    except MemoryError:
        raise
    except Exception as error:
        raise NoRecordError(str(error)) from error
