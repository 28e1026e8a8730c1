"""Why a process that executes a user's file ended, in one line that blames the right line of it."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from fwtui.core.text import place
from fwtui.workloads.user.errors import UserFileError


def end_of_process(path: Path, exit: int | None, output: bytes, stage: str, limit_s: float) -> UserFileError:
    """What became of a process that gave no answer.

    Args:
        exit: its exit status; None where it was ended because its time was over.
        output: the end of what it printed.
        stage: what it was about, such as `when it is loaded`.
    """
    where = place(path, crashed_line(path, output))
    if exit is None:
        hint = "load data in batches(rng, data) and give --data, or take less of it"
        return UserFileError(where, f"is not done after {limit_s:.0f} s {stage}", hint)
    if exit < 0:
        try:
            name = signal.Signals(-exit).name
        except ValueError:
            name = f"signal {-exit}"
        return UserFileError(where, f"crashes Python ({name}) {stage}", "mend what is called there")
    hint = "put what only a script does under if __name__ == '__main__':"
    return UserFileError(where, f"ends Python (exit code {exit}) {stage}", hint)


def crashed_line(path: Path, output: bytes) -> int | None:
    """The innermost line of the file in the traceback that Python prints where it crashes."""
    named = re.search(rf'File "{re.escape(str(path))}", line (\d+)', output.decode("utf-8", "replace"))
    return int(named[1]) if named else None
