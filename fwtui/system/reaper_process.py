"""Waits until fwtui has ended, then cleans up what is left: `python -I -S reaper_process.py TOKEN`.

Standard input brings a JSON object a line:

    {"child": PID, "folder": PATH or null}           a child that leads a session, and its temporary folder
    {"folder": PATH}                                 another folder
    {"gone": PID}                                    it has ended, and its folder is removed
    {"terminal": PATH, "modes": …, "characters": …}  a terminal that a screen is drawn on, as it was before
    {"terminal": null}                               it is as it was before

Its end is fwtui's. What was left then is killed, removed and restored.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import termios
from pathlib import Path
from typing import Any

MARK = "FWTUI_TOKEN"
RESTORE = (
    "\x1b[?2026l"  # draw what comes
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # no mouse
    "\x1b[?1004l\x1b[?2004l\x1b[?2048l\x1b[<u"  # no focus events, pastes, sizes, and keys as ever
    "\x1b[?1049l\x1b[?7h\x1b[?25h\x1b[0m\r"  # the lines from before, wrapped, a cursor, no colour
)


def main() -> None:
    """Takes in what there is to clean up until fwtui ends, then cleans up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    children: dict[int, str | None] = {}
    folders: list[str] = []
    terminal: dict[str, Any] = {"terminal": None}
    for line in sys.stdin:
        with contextlib.suppress(ValueError):  # cut short by the end
            message = json.loads(line)
            if "child" in message:
                children[message["child"]] = message["folder"]
            elif "folder" in message:
                folders.append(message["folder"])
            elif "gone" in message:
                children.pop(message["gone"], None)
            else:
                terminal = message
    for pid in children:
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
    for pid in _marked(f"{MARK}={sys.argv[1]}".encode()):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    if terminal["terminal"] is not None:
        _restore(**terminal)
    for folder in [*filter(None, children.values()), *folders]:
        shutil.rmtree(folder, ignore_errors=True)


def _marked(mark: bytes) -> list[int]:
    """Processes that children have started, also in sessions of their own; Linux alone shows them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def _restore(terminal: str, modes: list[Any], characters: list[int]) -> None:
    with contextlib.suppress(OSError, termios.error):
        fd = os.open(terminal, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        os.write(fd, RESTORE.encode())
        termios.tcsetattr(fd, termios.TCSANOW, [*modes, [bytes([one]) for one in characters]])


if __name__ == "__main__":
    main()
