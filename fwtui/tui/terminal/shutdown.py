"""Shut down on a signal or when the terminal goes away, whatever the app is doing at the time."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable

GRACE_S = 5.0
"""Time in which the app may exit by itself before it is forced to."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_READ = 1 << 10


def leave_when_asked(
    terminal: int, leave: Callable[[signal.Signals], object], force: Callable[[], object]
) -> None:
    """Start to listen for signals and for the end of the terminal; to be called in the main thread.

    A terminal that is gone counts as SIGHUP, which not every process on it is sent.

    Args:
        terminal: file descriptor of the terminal.
        leave: called once, in a thread, with the signal: asks the app to leave.
        force: called before the process ends with 128 + the signal, where the app has not left in time.
    """
    signals_fd, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    # Python writes a signal's number there at once; a handler would wait for the main thread, which may
    # itself wait for a terminal that takes nothing more.
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    for number in _SIGNALS:
        signal.signal(number, lambda *_: None)

    def watch() -> None:
        number = _asked(signals_fd, terminal)
        leave(number)
        time.sleep(GRACE_S)
        force()
        os._exit(128 + number)

    threading.Thread(target=watch, name="leaving", daemon=True).start()


def _asked(signals_fd: int, terminal: int) -> signal.Signals:
    """Wait for a reason to exit: a signal's number at `signals_fd`, or the end of the terminal."""
    poll = select.poll()
    poll.register(signals_fd, select.POLLIN)
    poll.register(terminal, 0)  # nothing but its end
    while True:
        for fd, event in poll.poll():
            if fd == signals_fd:
                # Other signals arrive here, too, such as a new window size or a stop.
                came = os.read(signals_fd, _READ)
                asked = [number for number in _SIGNALS if number in came]
                if asked:
                    return asked[0]
            elif event & select.POLLHUP:
                return signal.SIGHUP
            else:  # a system that cannot poll a terminal says so at once, and for ever
                poll.unregister(fd)
