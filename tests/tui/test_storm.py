"""Ten thousand keys, clicks and sizes, and lanes that are killed: the app lives, and leaves when asked."""

from __future__ import annotations

import fcntl
import random
import signal
import struct
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from tests.tui.terminal.test_terminal import LEFT, Terminal, gone

EVENTS, BURST, KILL_EVERY = 10_000, 20, 300
SEED = 4
LANES = ("scripted.ok", "scripted.slow", "scripted.other", "scripted.tilt")
PRINTED = "abcdefghijklmnoprstuvwxyzDFNRXYZ12345.?/+-!0 "
"""All but `q`, which would end it."""
KEYS = [
    *PRINTED,
    *("\r", "\t", "\x1b", "\x1b[Z", "\x7f", "\x10", "\x0c"),
    *(f"\x1b[{code}" for code in ("A", "B", "C", "D", "H", "F", "5~", "6~", "1;2C", "1;2D")),
]
SIZES = [(1, 1), (16, 60), (24, 80), (45, 160), (200, 500)]


def event(rng: random.Random, terminal: Terminal) -> None:
    """One key, click, turn of the wheel or size."""
    kind = rng.random()
    if kind < 0.85:
        terminal.press(rng.choice(KEYS))
    elif kind < 0.97:
        button, column, row = rng.choice([0, 0, 64, 65]), rng.randint(1, 160), rng.randint(1, 45)
        terminal.press(f"\x1b[<{button};{column};{row}M\x1b[<{button};{column};{row}m")
    else:
        rows, columns = rng.choice([*SIZES, (rng.randint(1, 60), rng.randint(1, 200))])
        resize(terminal, rows, columns)


def resize(terminal: Terminal, rows: int, columns: int) -> None:
    fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    terminal.app.send_signal(signal.SIGWINCH)


@pytest.mark.slow
def test_ten_thousand_events_and_killed_lanes(tmp_path):
    storm(SEED, LANES[:3], tmp_path / "errors")


def storm(seed: int, lanes: Sequence[str], errors: Path) -> None:
    """Ten thousand events, and the end; a traceback of the app's is written to `errors`."""
    rng = random.Random(seed)
    with Terminal("process", *lanes, rows=45, columns=160, ERRORS=str(errors)) as terminal:
        terminal.shows("steady")
        for number in range(1, EVENTS + 1):
            event(rng, terminal)
            if number % KILL_EVERY == 0 and (children := terminal.lanes()):
                rng.choice(children).kill()
            if number % BURST == 0:
                terminal.app.send_signal(signal.SIGCONT)  # the palette may have suspended it
                by = time.monotonic() + 0.2
                while time.monotonic() < by:
                    terminal._read(0.02)
                assert not errors.exists(), f"an error by event {number}: {errors.read_text()}"
                assert terminal.app.poll() is None, f"ended after {number} events: {terminal.seen[-2000:]!r}"
                terminal.seen = terminal.seen[-100_000:]
        resize(terminal, 45, 160)
        app = psutil.Process(terminal.app.pid)
        terminal.until(lambda: app.cpu_percent(1.0) < 80, "an app that has caught up")
        children = app.children(recursive=True)
        terminal.seen = b"\x1b[?1049h"  # how it began has not been kept
        terminal.app.send_signal(signal.SIGTERM)
        assert terminal.ends() == 128 + signal.SIGTERM
        # A log that is looked at may hold a traceback of its lane's; what is left on the terminal may not.
        after = terminal.seen[terminal.seen.rindex(LEFT) :]
        assert b"Traceback" not in after, after[-5000:]
        assert terminal.is_as_before()
        assert gone(children)
