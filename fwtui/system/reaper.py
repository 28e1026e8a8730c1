"""Has a process of its own clean up what this one leaves behind, however it ends: by `kill -9` as well.

That process is started with the first thing to clean up. It receives a message for each thing that comes or
goes, and cleans up when the pipe to it closes, see `reaper_process`.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import termios
import threading
from pathlib import Path

from fwtui.system.reaper_process import MARK

TOKEN = secrets.token_hex(8)
"""What the environment of every process that is started from here names, and of all that those start."""
_SCRIPT = str(Path(__file__).with_name("reaper_process.py"))


class Reaper:
    """The pipe to the process that cleans up; where none can be started, nothing is cleaned up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._failed = False

    def child(self, pid: int, folder: str | None) -> None:
        """Kill this child with its whole session, and remove its folder, once this process has ended."""
        self._send({"child": pid, "folder": folder})

    def folder(self, path: str) -> None:
        """Remove this folder once this process has ended."""
        self._send({"folder": path})

    def child_is_gone(self, pid: int) -> None:
        """Forget a child; another process may get its number."""
        self._send({"gone": pid})

    def terminal(self, fd: int) -> None:
        """Give this terminal back as it is now, once this process has ended."""
        with contextlib.suppress(OSError, termios.error):
            *modes, characters = termios.tcgetattr(fd)
            as_numbers = [one if isinstance(one, int) else ord(one) for one in characters]
            self._send({"terminal": os.ttyname(fd), "modes": modes, "characters": as_numbers})

    def terminal_is_restored(self) -> None:
        """Leave the terminal alone."""
        self._send({"terminal": None})

    def _send(self, message: dict[str, object]) -> None:
        with self._lock:
            if self._process is None and not self._failed:
                self._start()
            if self._process is not None:
                assert self._process.stdin is not None
                with contextlib.suppress(OSError):  # somebody killed it
                    self._process.stdin.write(json.dumps(message).encode() + b"\n")

    def _start(self) -> None:
        try:
            self._process = subprocess.Popen(
                # Isolated and without site-packages: ready in milliseconds, whatever lies around.
                (sys.executable, "-I", "-S", _SCRIPT, TOKEN),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,
            )
        except OSError:
            self._failed = True


reaper = Reaper()
"""Of this process."""


def marked_environment() -> dict[str, str]:
    """This process's environment, with what a child of it is known by.

    What a child starts itself, as PyTorch does to see what the processor can, imports nothing from the
    current folder either.
    """
    return {**os.environ, MARK: TOKEN, "PYTHONSAFEPATH": "1"}
