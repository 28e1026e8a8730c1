"""A lane's own process, `fwtui.lane.child RECORDS WORDS`, driven through two pipes.

Descriptor RECORDS carries records to the app; WORDS brings the spec, and then words. The standard streams
have no part in that: whatever prints, Python, C++ or a start-up file, prints into the lane's log. The process
imports the standard library, NumPy and one framework, so that it can run where there is no Textual.
"""

from __future__ import annotations

import os
import platform
import signal
import sys
import threading
import time

from fwtui.core.greeting import PROTOCOL, Greeting
from fwtui.core.records import Alive, Record
from fwtui.core.spec import LaneSpec
from fwtui.lane.control import Control
from fwtui.lane.messages import to_lane
from fwtui.lane.pipes import Receiver, Sender
from fwtui.lane.run import run_lane
from fwtui.lane.runner import Runner
from fwtui.system.child_process import die_with

HEARTBEAT_S = 0.5


def main() -> None:
    """Runs one lane and leaves, without the seconds that the frameworks' own clean-up can take."""
    parent = os.getppid()
    die_with(parent)
    records_fd, words_fd = map(int, sys.argv[-2:])
    for fd in (records_fd, words_fd):  # for nobody that is started here
        os.set_inheritable(fd, False)
    link = _Link(records_fd)
    link.emit(Greeting(PROTOCOL, platform.python_version(), time.perf_counter_ns()))
    words = Receiver(words_fd, to_lane())
    sys.stdout = sys.stderr  # by lines, where a pipe would be written in blocks
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    spec: LaneSpec = words.receive()
    control = Control(spec.steps, spec.by_turns)
    threading.Thread(target=_listen, args=(words, control), daemon=True).start()
    runner = Runner(spec, link.emit, control, owns_process=True)
    threading.Thread(target=_beat, args=(link, runner), daemon=True).start()
    run_lane(runner, os.getpid())
    sys.stderr.flush()
    # The app hangs up once it has read the memory that this process still holds.
    time.sleep(5)
    os._exit(0)


class _Link:
    """The way out, which the step loop and the heartbeat share."""

    def __init__(self, fd: int) -> None:
        self._sender = Sender(fd)

    def emit(self, record: Record) -> None:
        try:
            self._sender.send(record)
        except OSError:  # the app is gone, and with it the reason to live
            os._exit(1)


def _listen(words: Receiver, control: Control) -> None:
    try:
        while True:
            control.tell(words.receive())
    except (EOFError, OSError):
        os._exit(0)


def _beat(link: _Link, runner: Runner) -> None:
    while True:
        time.sleep(HEARTBEAT_S)
        link.emit(Alive(runner.step, runner.busy_since_ns, runner.in_step))


if __name__ == "__main__":
    main()
