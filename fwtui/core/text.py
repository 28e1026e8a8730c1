"""Text that others wrote (users, frameworks, the system), made fit to be shown in a terminal."""

from __future__ import annotations  # plain

from pathlib import Path

MAX_LINE = 200
MAX_NAME = 40
"""Characters of a name in a table."""


def printable(text: str) -> str:
    r"""`text` on one line, with an escape such as `\x1b` for each character that a terminal would act on.

    Different texts stay different, but for their white space.
    """
    return text if text.isprintable() else "".join(map(_escaped, " ".join(text.split())))


def printable_lines(text: str) -> str:
    """The same, line by line; tabs stay."""
    if text.isprintable():
        return text
    return "".join(c if c in "\n\t" else _escaped(c) for c in text.replace("\r\n", "\n"))


def plain(text: str, max_length: int = MAX_LINE) -> str:
    """`printable`, cut to the length of a message."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= max_length else line[: max_length - 1] + "…"


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def place(path: Path, line: int | None) -> str:
    """`my_net.py:12`."""
    return path.name if line is None else f"{path.name}:{line}"
