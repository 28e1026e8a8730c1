"""Has a user's file looked at by a process of its own."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fwtui.core.inputs import SpecError
from fwtui.core.spec import WorkloadSpec
from fwtui.system.child_process import is_child
from fwtui.workloads.user.description import Description, from_json
from fwtui.workloads.user.errors import MEND, UserFileError
from fwtui.workloads.user.file_process import FileProcess

LIMIT_S = 120.0
"""How long a file may take to be loaded."""
_MOST_BYTES = 10_000_000

Waiting = Callable[[str, float], None]
"""Receives the file's name and for how many seconds it has been looked at, a few times a second."""


def ignore(name: str, seconds: float) -> None:
    """For those who need not know."""


def inspect(spec: WorkloadSpec, calls: bool = False, waiting: Waiting = ignore) -> Description:
    """What the file that `spec` names offers.

    Args:
        calls: whether its functions are called, too.

    Raises:
        UserFileError: the file cannot be used.
        SpecError: a size, a setting or the data makes no sense.
    """
    path = Path(spec.name)
    if is_child():  # a file that starts fwtui while fwtui executes it would start it for ever
        hint = "put what runs fwtui under if __name__ == '__main__':"
        raise UserFileError(path.name, "is to be executed in a process that fwtui started to do so", hint)
    with FileProcess(path, "fwtui.workloads.user.inspection", "when it is loaded") as process:
        request = {"name": spec.name, "preset": spec.preset, "sizes": spec.sizes, "data": spec.data}
        with contextlib.suppress(OSError):  # it has ended: the reason is read below
            process.requests.write(json.dumps(request | {"calls": calls}).encode())
            process.requests.close()
        words = _Words(process)
        process.listen(words.take, lambda seconds: waiting(path.name, seconds), LIMIT_S)
        try:
            if (given := words.answer.get("description")) is not None:
                return from_json(given)
            found = _error(words.answer)
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            found = None  # not written by ours
        if found is None and (name := words.answer.get("raised")) is not None:
            found = process.error(f"raises {name} {process.stage}", MEND)
        what = f"writes into a pipe that is not its own {process.stage}"
        raise found or process.error(what, "write to files it opened")


class _Words:
    """What an inspection says: a stage as it begins, a JSON object a line, and the answer.

    Attributes:
        answer: the first that is no stage.
    """

    def __init__(self, process: FileProcess) -> None:
        self.answer: Mapping[str, Any] = {}
        self._process, self._said = process, b""

    def take(self, data: bytes) -> bool:
        """Take in a part of it; return whether there is an answer by now."""
        *lines, self._said = (self._said + data).split(b"\n")
        self._said = self._said[:_MOST_BYTES]
        for line in lines:
            with contextlib.suppress(ValueError, RecursionError):
                word = json.loads(line)
                if isinstance(word, dict) and "stage" in word:
                    self._process.stage = str(word["stage"])
                elif isinstance(word, dict) and word:
                    self.answer = word
                    return True
        return False


def _error(answer: Mapping[str, Any]) -> SpecError | None:
    """What a file's process says is wrong."""
    if (error := answer.get("own_error")) is not None:
        where, what, hint = map(str, error)
        return UserFileError(where, what, hint)
    if (error := answer.get("spec_error")) is not None:
        option, got, accepted = error
        return SpecError(str(option), got, str(accepted))
    return None
