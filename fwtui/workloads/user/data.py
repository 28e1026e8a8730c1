"""`--data FILE.npz`: a file's arrays, and minibatches of them.

The file is not trusted: its headers, and the sizes that they declare, are checked before anything is
unpacked.
"""

from __future__ import annotations

import contextlib
import math
import os
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from typing import IO, Any

import numpy as np

from fwtui.core.error_text import first_line
from fwtui.core.inputs import SpecError
from fwtui.core.workload import Arrays, Batch
from fwtui.system.memory import free_bytes

_NUMBERS = "biufc"
"""NumPy's kinds of dtypes that are numbers."""
_Reader = Callable[[IO[bytes]], tuple[tuple[int, ...], bool, np.dtype[Any]]]
_READERS: dict[tuple[int, int], _Reader] = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
"""By version of the format; a third one is for names of fields, and those are no numbers."""
_KINDS: dict[str, Callable[[int], bool]] = {
    "a folder": stat.S_ISDIR,
    "a pipe": stat.S_ISFIFO,
    "a socket": stat.S_ISSOCK,
    "a device": lambda mode: stat.S_ISCHR(mode) or stat.S_ISBLK(mode),
}


def check(path: str) -> None:
    """Looks at every array's header; SpecError where it is no `.npz` of numbers that fit into memory."""
    with _opened(path):
        pass


def rows(path: str) -> int:
    """The fewest rows of an array of the file; SpecError as `check`."""
    with _opened(path) as file:
        return min(_size(path, file, member)[1] for member in file.infolist())


def read(path: str) -> Arrays:
    """Every array of the file, read-only, for all that read them share them; SpecError as `check`."""
    with _opened(path) as file:
        arrays = {}
        for member in file.infolist():
            name = _name(member)
            try:
                with file.open(member) as stream:
                    arrays[name] = np.lib.format.read_array(stream, allow_pickle=False)
            except MemoryError:
                raise _error(path, f"there is no memory for '{name}'") from None
            except Exception as error:  # whatever the many ways of packing make of what is damaged
                raise _error(path, f"'{name}' cannot be read: {_why(error)}") from None
            arrays[name].flags.writeable = False
    return arrays


def minibatches(path: str, data: Arrays, batch: int, rng: np.random.Generator) -> Iterator[Batch]:
    """`batch` rows of every array, in a new order each epoch; what does not fill a batch is dropped.

    Raises:
        SpecError: the arrays have no rows, not equally many, or fewer than `batch`.
    """
    lengths = {name: len(array) if array.ndim else None for name, array in data.items()}
    if len(set(lengths.values())) != 1 or None in lengths.values():
        counts = ", ".join(f"{name} {'none' if n is None else n}" for name, n in lengths.items())
        raise _error(path, f"rows must be equally many in all arrays, and are: {counts}")
    rows = len(next(iter(data.values())))
    if batch > rows:
        raise SpecError("--batch", batch, f"a whole number from 1 to {rows:,}, the rows of the data")
    while True:
        order = rng.permutation(rows)
        for start in range(0, rows - batch + 1, batch):
            chosen = order[start : start + batch]
            yield {name: array[chosen] for name, array in data.items()}


@contextlib.contextmanager
def _opened(path: str) -> Iterator[zipfile.ZipFile]:
    """The file, each of whose members says that it is an array of numbers, and that all fit into memory."""
    with contextlib.ExitStack() as stack:
        try:
            stream = stack.enter_context(_regular(path))
            if stream.read(6) == b"\x93NUMPY":
                raise _error(path, "it is a single array")
            file = stack.enter_context(zipfile.ZipFile(stream))
        except SpecError:
            raise
        except (OSError, ValueError, NotImplementedError, EOFError, zipfile.BadZipFile) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or "it is none"
            raise _error(path, why) from None
        members = file.infolist()
        if not members:
            raise _error(path, "it holds no array")
        name, times = Counter(map(_name, members)).most_common(1)[0]
        if times > 1:
            raise _error(path, f"it holds '{name}' {times:,} times")
        most = free_bytes()
        needed = sum(_size(path, file, member)[0] for member in members)
        if most is not None and needed > most:
            raise _error(path, f"its arrays take {needed / 1e9:,.1f} GB, and {most / 1e9:,.1f} GB are free")
        yield file


def _regular(path: str) -> IO[bytes]:
    """The file, opened; a pipe or a device is not waited for."""
    opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(opened).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(opened, "rb")
    os.close(opened)
    kind = next((kind for kind, holds in _KINDS.items() if holds(mode)), "no file")
    raise _error(path, f"it is {kind}")


def _size(path: str, file: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int]:
    """The bytes and the rows of a member's array, by its header, which is read, and by the member's size."""
    name = _name(member)
    try:
        with file.open(member) as stream:
            version: tuple[int, int] = np.lib.format.read_magic(stream)
            read_header = _READERS.get(version)
            if read_header is None:
                raise _error(path, f"'{name}' is no array of numbers")
            shape, _, dtype = read_header(stream)
            left = member.file_size - stream.tell()
    except SpecError:
        raise
    except Exception as error:  # a header is a Python literal, and may break the parser in its own ways
        raise _error(path, f"'{name}' is no array that can be read: {_why(error)}") from None
    if dtype.kind not in _NUMBERS:
        raise _error(path, f"'{name}' is an array of {dtype!s:.60}, which are no numbers")
    nbytes = math.prod(shape) * dtype.itemsize
    if nbytes != left:
        raise _error(path, f"'{name}' says that it is {shape!s:.60} of {dtype}, and holds {left:,} bytes")
    return nbytes, shape[0] if shape else 0


def _why(error: Exception) -> str:
    return first_line(error)[:120] or type(error).__name__


def _name(member: zipfile.ZipInfo) -> str:
    return member.filename.removesuffix(".npy")


def _error(path: str, why: str) -> SpecError:
    return SpecError("--data", path, f"an .npz file as numpy.savez writes it ({why})")
