"""Where answers go: tables to standard output, JSON to a file that is known to be writable beforehand."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterable
from io import StringIO
from typing import IO, Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from fwtui.core.inputs import SpecError

PIPED_COLUMNS = 120


def console(stderr: bool = False) -> Console:
    """A console on standard output or error; a pipe has 120 columns unless `COLUMNS` says otherwise."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else shutil.get_terminal_size((PIPED_COLUMNS, 25)).columns
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False)


def show(answer: RenderableType) -> None:
    """Prints `answer` on standard output, without the spaces that pad its lines."""
    out = console()
    out.width = out.width  # as it is now: from here on the console writes to a string
    out.file = drawn = StringIO()
    out.print(answer)
    say("".join(f"{line.rstrip()}\n" for line in drawn.getvalue().splitlines()))


def say(text: str) -> None:
    """Writes `text` to standard output at once; SpecError where that takes no more."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_output()
        raise SpecError("standard output", error.strerror, "somewhere to write to") from None


def discard_output() -> None:
    """Sends what is still buffered nowhere: the interpreter would else complain about it as it leaves."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(problems: Iterable[str]) -> None:
    """Write a line for each problem to standard error, beside what standard output gets."""
    for problem in problems:
        console(stderr=True).print(Text(problem, "red"), soft_wrap=True)


def plain_table(**settings: Any) -> Table:
    """A table without frames: it reads well in a log, and is copied without litter."""
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", **settings)


class JsonOutput:
    """Destination of the JSON output, opened before the work begins, so that a bad path fails at once.

    Args:
        path: a file's path, or `-` for standard output.

    Raises:
        SpecError: the file cannot be written.
    """

    def __init__(self, path: str) -> None:
        self.standard = path == "-"
        self._path = path
        self._file: IO[str] | None = None
        if self.standard:
            return
        try:
            # To append: what was there stays until there is something to replace it.
            self._file = open(path, "a", encoding="utf-8", opener=_open)  # noqa: SIM115, `write` closes it
        except (OSError, ValueError) as error:
            raise self._error(error) from None

    def write(self, value: Any) -> None:
        """Writes `value` in place of what the file held; SpecError where that fails."""
        if self._file is None:
            utf8 = "utf" in (sys.stdout.encoding or "").lower()
            say(dumps(value, ascii_only=not utf8) + "\n")
            return
        text = dumps(value) + "\n"
        try:
            with self._file as file:
                if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    file.truncate(0)
                file.write(text)
        except OSError as error:
            raise self._error(error) from None

    def _error(self, error: OSError | ValueError) -> SpecError:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return SpecError("--json", self._path, f"a file that can be written, or - ({why})")


def _open(path: str, flags: int) -> int:
    """Open a file without waiting for whoever reads a pipe: where there is no reader, that is an error."""
    fd = os.open(path, flags | os.O_NONBLOCK, 0o666)
    os.set_blocking(fd, True)
    return fd


def dumps(value: Any, ascii_only: bool = False) -> str:
    """`value` as JSON to read: objects indented, arrays of numbers on one line.

    Raises:
        ValueError: it holds a NaN or an infinity, which JSON has not.
    """

    def dump(value: Any, indent: str) -> str:
        inner = indent + "  "
        if isinstance(value, dict) and value:
            rows = [f"{inner}{json.dumps(str(key))}: {dump(item, inner)}" for key, item in value.items()]
            return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            return "[\n" + ",\n".join(inner + dump(item, inner) for item in value) + f"\n{indent}]"
        return json.dumps(value, allow_nan=False, ensure_ascii=ascii_only)

    return dump(value, "")


def is_terminal(stream: Any) -> bool:
    """Whether `stream` is a terminal that can redraw a line."""
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"
