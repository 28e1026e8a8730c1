"""What a lane in a thread does to the process that it shares with fwtui must not look like success."""

from __future__ import annotations

import os
import sys
import threading
from typing import NoReturn

EXIT_CODE = 2
_exit = os._exit


def guard() -> None:
    """Has `os._exit(0)` in any thread but the main one be told, and end the process with exit code 2."""
    os._exit = _ended


def _ended(status: int) -> NoReturn:
    if status == 0 and threading.current_thread() is not threading.main_thread():
        if sys.__stderr__ is not None:
            sys.__stderr__.write("fwtui: os._exit(0): a lane ended the process that it shares with fwtui\n")
            sys.__stderr__.flush()
        status = EXIT_CODE
    _exit(status)
