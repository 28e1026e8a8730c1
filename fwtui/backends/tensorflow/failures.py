"""What went wrong in a traced or compiled step, with the cause first."""

from __future__ import annotations

import re

_UNSUPPORTED = re.compile(r"Detected unsupported operations .*? on \S+: (\w+)")


def cause(error: Exception) -> Exception:
    """The error to raise instead of `error`, which a traced step has raised; `error` itself if it is plain.

    AutoGraph raises a copy of what the net raised, whose message begins with its traceback; XLA names the
    graph, by a name that nobody gave it, before it says what it cannot compile. The whole message stays as a
    note.
    """
    found = _unsupported(error) or _original(error)
    if found is not error:
        found.add_note(str(error))
    return found


def _unsupported(error: Exception) -> Exception | None:
    unsupported = _UNSUPPORTED.search(str(error))
    return NotImplementedError(f"XLA cannot compile {unsupported[1]}") if unsupported else None


def _original(error: Exception) -> Exception:
    while str(error).startswith("in user code:") and isinstance(error.__context__, Exception):
        error = error.__context__
    return error
