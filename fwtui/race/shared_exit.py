"""Keep a lane that runs in a thread from ending the shared process with exit code 0."""

from __future__ import annotations

import os
import sys
import threading
from typing import NoReturn

EXIT_CODE = 2
_exit = os._exit


def guard() -> None:
    """Patch `os._exit`: status 0 outside the main thread is reported, and becomes exit code 2."""
    os._exit = _ended


def _ended(status: int) -> NoReturn:
    if status == 0 and threading.current_thread() is not threading.main_thread():
        if sys.__stderr__ is not None:
            sys.__stderr__.write("fwtui: os._exit(0): a lane ended the process that it shares with fwtui\n")
            sys.__stderr__.flush()
        status = EXIT_CODE
    _exit(status)
