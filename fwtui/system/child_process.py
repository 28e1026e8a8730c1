"""How fwtui starts Python processes of its own, and how they end with it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_RUN_MODULE = str(Path(__file__).with_name("run_module.py"))


def command(module: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line that runs `module`, one of fwtui's.

    `-P` keeps the current folder, where a user's `random.py` may lie, out of the module search path.
    """
    return (sys.executable, "-P", _RUN_MODULE, module, *arguments)


def die_with(parent: int) -> None:
    """Ask Linux to kill this process with its parent: a hung framework cannot notice a closed pipe."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def kill_group(pid: int) -> None:
    """Kill a child that leads a session, and all that it started there."""
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
