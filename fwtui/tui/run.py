"""From the first escape sequence to the last: runs the app, and leaves the terminal and the machine clean."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress

from fwtui.core.inputs import SpecError
from fwtui.race.request import RaceRequest
from fwtui.system.reaper import reaper
from fwtui.tui.app import NO_KEYS, FwtuiApp
from fwtui.tui.common.model import RaceModel
from fwtui.tui.terminal.captured_output import captured_output
from fwtui.tui.terminal.driver import TerminalDriver
from fwtui.tui.terminal.shutdown import leave_when_asked

_WORKERS = 32


def run(
    request: RaceRequest,
    farewell: Callable[[RaceModel], None] = lambda model: None,
    fps: float | None = None,
    theme: str | None = None,
    keys: Mapping[str, str] = NO_KEYS,
) -> int:
    """Shows the race until the user leaves.

    Args:
        fps, theme, keys: see `FwtuiApp`.
        farewell: is called once the terminal is as it was, unless that is gone or the app has failed.

    Returns:
        The exit code: 0 for `q`, 130 for Ctrl+C, 128 + N for signal N, 1 after an error in the app.

    Raises:
        SpecError: the request makes no sense; nothing has been drawn.
    """
    app = FwtuiApp(request, fps, theme=theme, keys=keys)
    app.driver_class = TerminalDriver
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(_WORKERS))
    asyncio.set_event_loop(loop)
    leave_when_asked(
        sys.stdin.fileno(), lambda number: loop.call_soon_threadsafe(app.quit_on, number), app.model.close
    )
    code: int | None = None
    reaper.terminal(sys.stdin.fileno())
    # A process of its own has its output captured by its host.
    output = captured_output(app.model.hear_print) if request.host == "thread" else nullcontext()
    try:
        with output as prints:
            if prints is not None:
                app.begin_capture_print(prints)
            code = app.run(loop=loop)
    finally:
        reaper.terminal_is_restored()
        clean = app.model.close()
        if app.return_code == 0 and code not in (None, 128 + signal.SIGHUP):
            with suppress(SpecError, OSError):  # the terminal may be gone by now
                farewell(app.model)
        if not clean:
            # A training loop in a thread of this process (a framework's import, a long compile) cannot be
            # ended, and the interpreter would wait for it.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(_code(app, code))
    return _code(app, code)


def _code(app: FwtuiApp, code: int | None) -> int:
    return code if code is not None else app.return_code or 0
