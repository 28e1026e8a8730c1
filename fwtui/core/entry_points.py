"""What installed packages add to fwtui, found by their entry points.

The format is Python's own: https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib import metadata
from typing import Any

from fwtui.core.error_text import error_text
from fwtui.core.text import plain, printable_lines


def in_group(group: str) -> list[metadata.EntryPoint]:
    """Every installed package's entry points in `group`, sorted by name; imports none of them."""
    return sorted(_installed().select(group=group), key=lambda one: (one.name, one.value))


@cache
def _installed() -> Any:  # Python 3.11's type differs from later ones', and has `select` as well
    """Those of all groups: to read the metadata of every installed package takes tens of milliseconds."""
    return metadata.entry_points()


def forget() -> None:
    """Search for packages again at the next question, as after one was installed."""
    _installed.cache_clear()


@contextlib.contextmanager
def _printing_cleaned() -> Iterator[None]:
    """What a package prints ends up in no answer on standard output, and does nothing to the terminal."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            yield
    finally:
        if text := printable_lines(printed.getvalue()):
            sys.stderr.write(text)


def load(
    group: str, problem: Callable[[str, Any, dict[str, Any]], str]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Import what the entry points in `group` name.

    Args:
        problem: is given an entry point's name, what it names, and what was accepted before; says why that
            cannot be used, or "".

    Returns:
        What can be used, by entry point's name, and a line for each that cannot, whatever its module raises.
    """
    accepted: dict[str, Any] = {}
    problems = []
    for entry_point in in_group(group):
        loaded = None
        try:
            with _printing_cleaned():
                loaded = entry_point.load()
                why = problem(entry_point.name, loaded, accepted)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            why = error_text(error)
        if why:
            package = entry_point.dist.name if entry_point.dist else "a package without a name"
            where = f"{package}: {entry_point.name} = {entry_point.value} in {group} cannot be used"
            problems.append(plain(f"{where}: {why}"))
        else:
            accepted[entry_point.name] = loaded
    return accepted, tuple(problems)
