"""How fwtui starts Python processes of its own, and how they end with it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fwtui.system.reaper import TOKEN, marked_environment, reaper
from fwtui.system.reaper_process import MARK

_PR_SET_PDEATHSIG = 1
_RUN_MODULE = str(Path(__file__).with_name("run_module.py"))
_FOLDER_PREFIX = "fwtui-"
_OWN_ENVIRONMENT = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
"""What tells an interpreter where its packages are."""


def command(module: str, *arguments: str, python: str | None = None) -> tuple[str, ...]:
    """Return the command line that runs `module`, one of fwtui's.

    `-P` keeps the current folder, where a user's `random.py` may lie, out of the module search path.

    Args:
        python: the interpreter that runs it; None: this process's own. An older one does not know `-P`, and
            could not say that it is too old.
    """
    interpreter = (sys.executable, "-P") if python is None else (python,)
    return (*interpreter, _RUN_MODULE, module, *arguments)


def is_child() -> bool:
    """Whether fwtui started this process, or one that this process comes from."""
    return os.environ.get(MARK, TOKEN) != TOKEN


class Child:
    """A child process that leads a session, and has a temporary folder for as long as it lives.

    It ends with this process, and so does all that it has started.

    Attributes:
        process: what was started.

    Args:
        command: what to run.
        in_own_environment: whether it finds the packages that this process finds; False for another
            interpreter, which has its own.
        settings: for `subprocess.Popen`.

    Raises:
        OSError: no process could be started.
    """

    def __init__(self, command: Sequence[str], in_own_environment: bool = True, **settings: Any) -> None:
        environment = marked_environment()
        if not in_own_environment:
            for name in _OWN_ENVIRONMENT:
                environment.pop(name, None)
        try:
            self._folder: str | None = tempfile.mkdtemp(prefix=_FOLDER_PREFIX)
        except OSError:  # no room, or none to write to: what the child needs of it, it will say
            self._folder = None
        else:
            environment["TMPDIR"] = self._folder
        try:
            # A session of its own: Ctrl+C in the terminal is this process's to handle, and the child can be
            # killed with all that it starts.
            self.process: subprocess.Popen[bytes] = subprocess.Popen(
                command, env=environment, start_new_session=True, **settings
            )
        except BaseException:
            self._remove_folder()
            raise
        reaper.child(self.process.pid, self._folder)

    @property
    def pid(self) -> int:
        """The child's process id, and that of its session."""
        return self.process.pid

    def kill(self) -> None:
        """Kill it, and all that it has started in its session; from any thread."""
        with contextlib.suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """Kill what is left of it, wait for its end, and remove its folder."""
        self.kill()
        self.process.wait()
        self._remove_folder()
        reaper.child_is_gone(self.pid)

    def _remove_folder(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def die_with(parent: int) -> None:
    """Ask Linux to kill this process with its parent: a hung framework cannot notice a closed pipe."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def use_own_temporary_folder() -> None:
    """Have what this process writes to temporary files end with it; frameworks leave some behind."""
    if not Path(tempfile.gettempdir()).name.startswith(_FOLDER_PREFIX):
        with contextlib.suppress(OSError):
            tempfile.tempdir = tempfile.mkdtemp(prefix=_FOLDER_PREFIX)
            reaper.folder(tempfile.tempdir)


def shared_temporary_folder() -> Path:
    """Where temporary files go that outlive a child: in a child, where its own folder lies."""
    folder = Path(tempfile.gettempdir())
    return folder.parent if folder.name.startswith(_FOLDER_PREFIX) else folder
