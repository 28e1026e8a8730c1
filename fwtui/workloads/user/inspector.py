"""Has a user's file looked at by a process of its own, which may end, hang or crash instead of the app."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fwtui.core.inputs import SpecError
from fwtui.core.spec import WorkloadSpec
from fwtui.core.text import place
from fwtui.system.child_process import Child, command, is_child
from fwtui.workloads.user.description import Description, from_json
from fwtui.workloads.user.errors import MEND, UserFileError
from fwtui.workloads.user.process_end import crashed_line, end_of_process

LIMIT_S = 120.0
"""How long a file may take to be loaded."""
_EVERY_S = 0.25
_KEPT_BYTES = 20_000
_MOST_BYTES = 10_000_000
_CHUNK = 1 << 16

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
    with _Process(spec, calls) as process:
        process.wait(lambda seconds: waiting(path.name, seconds))
        answer = process.answer
    try:
        if (given := answer.get("description")) is not None:
            return from_json(given)
        found = _error(answer)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
        found = None  # not written by ours
    raise found or _without_answer(path, process)


def _error(answer: Mapping[str, Any]) -> SpecError | None:
    """What a file's process says is wrong."""
    if (error := answer.get("own_error")) is not None:
        where, what, hint = map(str, error)
        return UserFileError(where, what, hint)
    if (error := answer.get("spec_error")) is not None:
        option, got, accepted = error
        return SpecError(str(option), got, str(accepted))
    return None


class _Process:
    """One process that looks at one file.

    Attributes:
        answer: its first answer.
        stage: what it was about.
        output: the end of what was printed.
        exit: its exit status; None where it was ended because its time was over.
    """

    def __init__(self, spec: WorkloadSpec, calls: bool) -> None:
        self.answer: Mapping[str, Any] = {}
        self.stage, self.output = "when it is loaded", b""
        self.exit: int | None = None
        self._said = b""
        try:
            answers, theirs = os.pipe()
            printed, output = os.pipe()
        except OSError as error:
            raise SpecError("--workload", spec.name, f"a machine with pipes to spare ({error})") from None
        try:
            self._child = Child(
                command("fwtui.workloads.user.inspection", str(theirs)),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=(theirs,),
            )
        except OSError as error:
            for fd in (answers, printed):
                os.close(fd)
            raise SpecError("--workload", spec.name, f"a machine that starts processes ({error})") from None
        finally:
            os.close(theirs)
            os.close(output)
        self._answers, self._printed = answers, printed
        request = {"name": spec.name, "preset": spec.preset, "sizes": spec.sizes, "data": spec.data}
        stdin = self._child.process.stdin
        assert stdin is not None
        with contextlib.suppress(OSError):
            stdin.write(json.dumps(request | {"calls": calls}).encode())
            stdin.close()

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.end()
        for fd in (self._answers, self._printed):
            os.close(fd)

    def wait(self, waiting: Callable[[float], None]) -> None:
        """Reads until it has answered, is over, or its time is."""
        began = time.monotonic()
        with selectors.DefaultSelector() as selector:
            for fd in (self._answers, self._printed):
                os.set_blocking(fd, False)
                selector.register(fd, selectors.EVENT_READ)
            while (seconds := time.monotonic() - began) < LIMIT_S:
                is_over = self._child.process.poll() is not None  # what it started may hold its pipes
                ready = [key.fd for key, _ in selector.select(0 if is_over else _EVERY_S)]
                for fd in ready:
                    if not self._read(fd):
                        selector.unregister(fd)
                if self.answer or (is_over and not ready):
                    self.exit = self._child.process.poll() or 0
                    return
                waiting(seconds)

    def _read(self, fd: int) -> bool:
        """Takes in what there is; False at the end."""
        data = os.read(fd, _CHUNK)
        if fd == self._printed:
            self.output = (self.output + data)[-_KEPT_BYTES:]
            return bool(data)
        *lines, self._said = (self._said + data).split(b"\n")
        for line in lines:
            if self.answer:
                break  # a stage written in the same breath is not what the answer is about
            with contextlib.suppress(ValueError, RecursionError):
                word = json.loads(line)
                if isinstance(word, dict) and "stage" in word:
                    self.stage = str(word["stage"])
                elif isinstance(word, dict):
                    self.answer = word
        return bool(data) and len(self._said) < _MOST_BYTES


def _without_answer(path: Path, process: _Process) -> UserFileError:
    """Why a file's process gave no description."""
    stage = process.stage
    where = place(path, crashed_line(path, process.output))
    if (name := process.answer.get("raised")) is not None:
        return UserFileError(where, f"raises {name} {stage}", MEND)
    if process.answer:
        return UserFileError(
            where, f"writes into a pipe that is not its own {stage}", "write to files it opened"
        )
    return end_of_process(path, process.exit, process.output, stage, LIMIT_S)
