"""Leaving, in every way and at every time: the exit code, the terminal as it was, and nothing left behind."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

APP = Path(__file__).parents[1] / "app_in_terminal.py"
DEADLINE_S = 60
ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
UNDONE = {b"1000": b"l", b"1003": b"l", b"1006": b"l", b"2004": b"l", b"7": b"h", b"25": b"h"}
"""Modes (mouse, paste, wrapped lines, cursor), and the letter that a shell wants behind each."""


class Terminal:
    """A terminal with the app in it."""

    def __init__(
        self, *words: str, rows: int = 24, columns: int = 80, controlling: bool = False, **environment: str
    ) -> None:
        self.master, self._slave = pty.openpty()
        self._ends = [self.master, self._slave]
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(self._slave)
        self.seen = b""
        self.app = subprocess.Popen(
            [sys.executable, str(APP), *words],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment},
            start_new_session=True,
            preexec_fn=_take_terminal if controlling else None,
        )

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.app.kill()
        self.app.wait()
        self.hang_up()

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Reads what the app writes until `holds()`."""
        by = time.monotonic() + DEADLINE_S
        while not holds():
            assert time.monotonic() < by, f"waited in vain: {what}; the last seen: {self.seen[-2000:]!r}"
            self._read(0.05)

    def shows(self, *texts: str) -> None:
        """Waits until each text has been written in one piece."""
        for text in texts:
            self.until(lambda text=text: text.encode() in self.seen, text)

    def press(self, keys: str) -> None:
        self.press_bytes(keys.encode())

    def press_bytes(self, data: bytes) -> None:
        os.write(self.master, data)

    def stop(self, number: signal.Signals) -> None:
        """Stops the app, and waits until it stands still."""
        self.app.send_signal(number)
        process = psutil.Process(self.app.pid)
        self.until(lambda: process.status() == psutil.STATUS_STOPPED, "the stop")

    def fills(self) -> None:
        """Reads nothing until the app can write no more; a busy kernel is slow to make room."""
        by, full = time.monotonic() + DEADLINE_S, 0
        while full < 20:
            assert time.monotonic() < by, "waited in vain for a terminal that is full"
            full = 0 if select.select([], [self._slave], [], 0)[1] else full + 1
            time.sleep(0.05)

    def hang_up(self) -> None:
        """Closes the terminal."""
        while self._ends:
            os.close(self._ends.pop())

    def lanes(self) -> list[psutil.Process]:
        """The processes below the app, but for the one that cleans up after it."""
        below = psutil.Process(self.app.pid).children(recursive=True)
        return [one for one in below if not any("reaper_process" in word for word in _words(one))]

    def ends(self) -> int:
        """Waits for the app's end; its exit code, as a shell shows it."""
        self.until(lambda: self.app.poll() is not None, "the app's end")
        while self._read(0.1):
            pass
        code = self.app.returncode
        return code if code >= 0 else 128 - code

    def is_restored(self) -> bool:
        """Whether the terminal is as it was before the app."""
        assert self.seen.count(ENTERED) == self.seen.count(LEFT) == 1
        for mode, letter in UNDONE.items():
            assert re.findall(rb"\x1b\[\?%s([hl])" % mode, self.seen)[-1:] == [letter], mode
        return self.is_as_before()

    def is_as_before(self) -> bool:
        """Whether its line is: echo, signals."""
        return termios.tcgetattr(self._slave) == self.before

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self.master], [], [], seconds)
        data = os.read(self.master, 1 << 16) if ready else b""
        self.seen += data
        return data


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # over by now
        return []


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def gone(processes: list[psutil.Process], seconds: float = 20) -> bool:
    """Whether all of them are over before so many seconds have passed."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return not [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


BUSY = {
    "an import that never ends": ("sleepy.ok", "importing"),
    "a build that never ends": ("scripted.stuck", "building"),
    "training": ("scripted.other", "steady"),
}
WAYS = {
    "q": (lambda terminal: terminal.press("q"), 0),
    "Ctrl+C": (lambda terminal: terminal.press("\x03\x03"), 130),
    "SIGINT": (lambda terminal: terminal.app.send_signal(signal.SIGINT), 130),
    "SIGTERM": (lambda terminal: terminal.app.send_signal(signal.SIGTERM), 143),
    "SIGHUP": (lambda terminal: terminal.app.send_signal(signal.SIGHUP), 129),
    "an error in the app": (lambda terminal: terminal.press("b"), 1),
}
CASES = [
    ("q", "training", "process"),
    ("q", "training", "thread"),
    ("q", "a build that never ends", "thread"),
    ("Ctrl+C", "training", "process"),
    ("Ctrl+C", "an import that never ends", "thread"),
    ("SIGINT", "training", "thread"),
    ("SIGTERM", "a build that never ends", "process"),
    ("SIGHUP", "training", "process"),
    ("an error in the app", "training", "thread"),
]


@pytest.mark.parametrize(("way", "busy", "host"), CASES, ids=map(", ".join, CASES))
def test_leaving(way, busy, host):
    leave, code = WAYS[way]
    backend, phase = BUSY[busy]
    with Terminal(host, backend, "scripted.slow", *(["raise"] if code == 1 else [])) as terminal:
        terminal.shows(phase, "steady")
        lanes = terminal.lanes()
        assert len(lanes) == (2 if host == "process" else 0)
        leave(terminal)
        assert terminal.ends() == code
        assert terminal.is_restored()
        assert gone(lanes)
        after = terminal.seen[terminal.seen.rindex(LEFT) :]
        assert (b"an error of the app's own" in after) == (code == 1)


def test_killed_outright_nothing_is_left():
    with Terminal("process", "scripted.wedged", "sleepy.ok", "scripted.slow") as terminal:
        terminal.shows("importing", "steady")
        lanes = terminal.lanes()
        assert len(lanes) == 3
        terminal.app.kill()
        assert gone(lanes, 2)


GOING = {
    "before the first paint, not told": (ENTERED.decode(), None, False),
    "before the first paint, told": (ENTERED.decode(), None, True),
    "in training, not told": ("steady", None, False),
    "while it is stopped, not told": ("steady", signal.SIGTSTP, False),
}
"""Cases: what the app shows by then, what stops it before, and whether the system sends it a SIGHUP."""


@pytest.mark.parametrize(("shown", "stop", "told"), GOING.values(), ids=GOING)
def test_terminal_that_goes_away(shown, stop, told):
    with Terminal("process", "sleepy.ok", "scripted.slow", controlling=told) as terminal:
        terminal.shows(shown)
        if stop:
            terminal.stop(stop)
        lanes = terminal.lanes()
        terminal.hang_up()
        terminal.app.send_signal(signal.SIGCONT)
        assert terminal.app.wait(DEADLINE_S) == 129
        assert gone(lanes)


@pytest.mark.slow
def test_terminal_that_takes_nothing(tmp_path):
    forced = tmp_path / "forced"
    with Terminal("process", "scripted.slow", "hasty", rows=50, columns=200, FORCED=str(forced)) as terminal:
        terminal.shows("steady")
        lanes = terminal.lanes()
        terminal.press("t" * 12)  # dark and light: the whole screen anew
        terminal.fills()
        terminal.app.terminate()
        assert terminal.app.wait(DEADLINE_S) == 143
        assert forced.exists()
        assert gone(lanes)


def test_stopped_without_a_word_and_continued_it_leaves_as_ever():
    with Terminal("process", "scripted.slow", controlling=True) as terminal:
        terminal.shows("steady")
        terminal.stop(signal.SIGSTOP)
        seen = len(terminal.seen)
        terminal.app.send_signal(signal.SIGCONT)
        terminal.until(lambda: b"steady" in terminal.seen[seen:], "the screen again")
        terminal.press("q")
        assert terminal.ends() == 0
        assert terminal.is_as_before()


def test_ctrl_z_suspends_and_sigcont_goes_on():
    with Terminal("process", "scripted.slow", controlling=True) as terminal:
        terminal.shows("steady")
        terminal.press("\x1a")
        app = psutil.Process(terminal.app.pid)
        terminal.until(lambda: app.status() == psutil.STATUS_STOPPED, "the app stopped")
        assert terminal.is_as_before()
        seen = len(terminal.seen)
        terminal.app.send_signal(signal.SIGCONT)
        terminal.until(lambda: b"steady" in terminal.seen[seen:], "the screen again")
        terminal.press("q")
        assert terminal.ends() == 0
        assert terminal.is_as_before()


def test_what_is_written_past_python_goes_to_the_log():
    with Terminal("thread", "scripted.noisy", "scripted.slow", rows=45, columns=160) as terminal:
        terminal.shows("steady")
        assert b"C++ says" not in terminal.seen
        assert b"and more" not in terminal.seen
        terminal.press("l")
        terminal.shows("C++ says", "and more", "Python says")
        terminal.press("qq")
        assert terminal.ends() == 0
        assert terminal.is_restored()


def test_without_colours():
    with Terminal("process", "scripted.slow", NO_COLOR="1", TERM="vt100") as terminal:
        terminal.shows("steady")
        terminal.press("q")
        assert terminal.ends() == 0
        assert terminal.is_restored()
        assert not [code for code in re.findall(rb"\x1b\[([\d;]*)m", terminal.seen) if coloured(code)]


def coloured(code: bytes) -> bool:
    """Whether a code sets a colour that is no shade of grey."""
    return any(len(set(rgb)) > 1 for rgb in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", code))


@pytest.mark.parametrize("host", ["process", "thread"])
def test_a_killed_app_leaves_the_terminal_as_it_was(host):
    with Terminal(host, "scripted.ok", "scripted.slow") as terminal:
        terminal.shows("scripted.slow")
        terminal.until(lambda: ENTERED in terminal.seen, "application mode")
        lanes = terminal.lanes()
        terminal.app.kill()
        assert terminal.ends() == 128 + signal.SIGKILL
        terminal.until(lambda: LEFT in terminal.seen and terminal.is_restored(), "the terminal as it was")
        terminal.until(lambda: not any(lane.is_running() for lane in lanes), "the lanes' end")


def test_a_lane_in_a_thread_that_ends_the_app_leaves_the_terminal_as_it_was():
    with Terminal("thread", "scripted.exit", "scripted.slow") as terminal:
        assert terminal.ends() == 3
        terminal.until(lambda: LEFT in terminal.seen and terminal.is_restored(), "the terminal as it was")


def drawn_again(terminal: Terminal, how: Callable[[], object], *texts: str) -> None:
    """All of these are written once more, though nothing of them has changed."""
    terminal.seen = terminal.seen[:0]
    how()
    terminal.shows(*texts)


def test_all_is_drawn_again_after_another_size_and_when_asked():
    with Terminal("process", "scripted.ok", "scripted.other", rows=45, columns=160) as terminal:

        def resize(*sizes: tuple[int, int]) -> None:
            for rows, columns in sizes:
                fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                terminal.app.send_signal(signal.SIGWINCH)

        terminal.shows("steady")
        drawn_again(terminal, lambda: terminal.press("\x0c"), "two-layer", "What now?", "quit")
        drawn_again(terminal, lambda: resize((30, 160)), "two-layer", "What now?", "quit")
        # What the smaller window has cut away is not there any more.
        drawn_again(terminal, lambda: resize((45, 160)), "two-layer", "What now?", "quit")
        drawn_again(terminal, lambda: resize((1, 1), (45, 160)), "two-layer", "What now?", "quit")
        terminal.app.send_signal(signal.SIGTERM)
        assert terminal.ends() == 128 + signal.SIGTERM
