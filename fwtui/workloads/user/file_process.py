"""A process that executes a user's file, which may end, hang or crash instead of the app."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Self

from fwtui.core.inputs import SpecError
from fwtui.core.text import place, plain
from fwtui.system.child_process import Child, command
from fwtui.system.run_module import UNFIT
from fwtui.workloads.user.errors import UserFileError

_EVERY_S = 0.25
_KEPT_BYTES = 20_000
_CHUNK = 1 << 20


class FileProcess:
    """One process. Its answers come through a pipe of their own, apart from what the file prints.

    Attributes:
        stage: what it is about, such as `when it is loaded`.

    Args:
        path: the user's file.
        module: what runs in the process; its last argument is the descriptor of the answers' pipe.
        python: the interpreter that runs it; None: fwtui's own.

    Raises:
        SpecError: no process can be started.
    """

    def __init__(self, path: Path, module: str, stage: str, python: str | None = None) -> None:
        self.stage = stage
        self._path, self._output, self._python = path, b"", python
        ends: list[int] = []
        try:
            ends += os.pipe()
            ends += os.pipe()
            self._answers, answers_end, self._printed, output = ends
            self._child = Child(
                command(module, str(answers_end), python=python),
                in_own_environment=python is None,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=(answers_end,),
            )
        except OSError as error:
            for fd in ends:
                os.close(fd)
            if python is not None:
                raise SpecError("--python", python, f"a Python interpreter ({error})") from None
            accepted = f"a machine with processes and pipes to spare ({error})"
            raise SpecError("--workload", str(path), accepted) from None
        for fd in (answers_end, output):
            os.close(fd)
        for fd in (self._answers, self._printed):
            os.set_blocking(fd, False)

    @property
    def requests(self) -> IO[bytes]:
        """What the process reads as its standard input."""
        stdin = self._child.process.stdin
        assert stdin is not None
        return stdin

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.end()
        self.requests.close()
        for fd in (self._answers, self._printed):
            os.close(fd)

    def listen(self, take: Callable[[bytes], bool], waiting: Callable[[float], None], limit_s: float) -> None:
        """Give `take` what the process answers, until it returns True.

        Args:
            waiting: is called with the seconds so far, a few times a second.

        Raises:
            UserFileError: the process ends, or its time does.
        """
        began = time.monotonic()
        with selectors.DefaultSelector() as selector:
            for fd in (self._answers, self._printed):
                selector.register(fd, selectors.EVENT_READ)
            while (seconds := time.monotonic() - began) < limit_s:
                is_over = self._child.process.poll() is not None  # what it started may hold its pipes
                ready = [key.fd for key, _ in selector.select(0 if is_over else _EVERY_S)]
                for fd in sorted(ready, key=lambda fd: fd == self._answers):  # what it printed first
                    data = os.read(fd, _CHUNK)
                    if not data:
                        selector.unregister(fd)
                    elif fd == self._printed:
                        self._output = (self._output + data)[-_KEPT_BYTES:]
                    elif take(data):
                        return
                if is_over and not ready:
                    raise self._ended(self._child.process.returncode, limit_s)
                waiting(seconds)
        raise self._ended(None, limit_s)

    def error(self, what: str, hint: str) -> UserFileError:
        """An error that blames the line in which Python crashed, where it did."""
        return UserFileError(place(self._path, self._crashed_line()), what, hint)

    def _ended(self, exit: int | None, limit_s: float) -> UserFileError:
        if exit == UNFIT and self._python is not None:
            *_, last = ["", *self._output.decode("utf-8", "replace").strip().splitlines()]
            return UserFileError(self._path.name, f"cannot be used by {self._python}", plain(last))
        if exit is None:
            hint = "load data in batches(rng, data) and give --data, or take less of it"
            return self.error(f"is not done after {limit_s:.0f} s {self.stage}", hint)
        if exit < 0:
            try:
                name = signal.Signals(-exit).name
            except ValueError:
                name = f"signal {-exit}"
            return self.error(f"crashes Python ({name}) {self.stage}", "mend what is called there")
        hint = "put what only a script does under if __name__ == '__main__':"
        return self.error(f"ends Python (exit code {exit}) {self.stage}", hint)

    def _crashed_line(self) -> int | None:
        """The innermost line of the file in the traceback that Python prints where it crashes."""
        printed = self._output.decode("utf-8", "replace")
        named = re.search(rf'File "{re.escape(str(self._path))}", line (\d+)', printed)
        return int(named[1]) if named else None
