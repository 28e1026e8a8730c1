"""What the live screen costs: first paint, bytes to the terminal, the app's processor time, answer to a key.

    python benchmarks/screen.py [--seconds 15] [--size 160x45] [--lanes tf.function,torch.eager]

The app runs in a pseudo-terminal that is read as fast as it writes. Ratios and shares are of this one run.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import termios
import time

import psutil

EMPTY_APP = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("painted-first")
Empty().run()
"""
PAINTS = 7
KEYS = 30


class Terminal:
    """A program in a pseudo-terminal of its own."""

    def __init__(self, command: list[str], size: tuple[int, int]) -> None:
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.environ["COLORTERM"] = "truecolor"
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            os.execvp(command[0], command)
        self.received = 0

    def read(self, seconds: float, until: bytes | None = None) -> float | None:
        """Reads for so long, or until the bytes come; the time of their arrival, None where they did not."""
        end, tail = time.perf_counter() + seconds, b""
        while (left := end - time.perf_counter()) > 0:
            if not select.select([self.fd], [], [], left)[0]:
                break
            try:
                chunk = os.read(self.fd, 65536)
            except OSError:  # Linux's end of file on a terminal whose program has ended
                break
            self.received += len(chunk)
            tail = (tail + chunk)[-100_000:]
            if until is not None and until in tail:
                return time.perf_counter()
        return None

    def close(self) -> None:
        """Ends the program."""
        os.kill(self.pid, signal.SIGTERM)
        self.read(1)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def first_paint(command: list[str], size: tuple[int, int], text: bytes) -> float:
    """Seconds from the start of the program until it has written `text`."""
    terminal = Terminal(command, size)
    at = terminal.read(20, text)
    terminal.close()
    if at is None:
        raise SystemExit(f"{command}: nothing painted within 20 s")
    return at - terminal.started


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--size", default="160x45")
    parser.add_argument("--lanes", default="tf.function,torch.eager")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    size = (width, height)
    command = [sys.executable, "-m", "fwtui", "--lanes", options.lanes, "--steps", "1000000"]
    empty = [sys.executable, "-c", EMPTY_APP]

    paints = [
        (first_paint(command, size, b"two-layer"), first_paint(empty, size, b"painted-first"))
        for _ in range(PAINTS)
    ]
    ours, theirs = (statistics.median(column) for column in zip(*paints, strict=True))
    print(
        f"first paint                 {ours:.2f} s, an empty Textual app {theirs:.2f} s: {ours / theirs:.2f}×"
    )

    terminal = Terminal(command, size)
    if terminal.read(60, b"steady") is None:
        raise SystemExit("no lane became steady within 60 s")
    terminal.read(3)
    process = psutil.Process(terminal.pid)
    cpu, received, began = sum(process.cpu_times()[:2]), terminal.received, time.perf_counter()
    terminal.read(options.seconds)
    elapsed = time.perf_counter() - began
    print(f"bytes to the terminal       {(terminal.received - received) / elapsed / 1e3:.1f} KB/s")
    busy = (sum(process.cpu_times()[:2]) - cpu) / elapsed
    print(f"app's processor time        {100 * busy:.1f} % of one core")
    print(f"app's resident memory       {process.memory_info().rss / 1e6:.0f} MB")
    answers = []
    for _ in range(KEYS):
        pressed = time.perf_counter()
        os.write(terminal.fd, b"b")
        shown = terminal.read(5, b": backend")
        if shown is not None:
            answers.append((shown - pressed) * 1e3)
        os.write(terminal.fd, b"\x1b")
        terminal.read(0.4)
    terminal.close()
    answers.sort()
    median, worst = statistics.median(answers), answers[-1]
    print(f"key pressed → dialog shown  p50 {median:.0f} ms, worst of {len(answers)} {worst:.0f} ms")


if __name__ == "__main__":
    main()
