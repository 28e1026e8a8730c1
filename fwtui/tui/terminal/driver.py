"""Textual's way to the terminal, for one that may go away or stop the app at any moment.

Textual's own writer ends with the first write that fails, and after thirty more the app waits for it for
ever. Its handlers of a stop and of what follows run in the midst of whatever the app does: one that comes
while application mode begins has it begin twice.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import Any, TextIO

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from fwtui.tui.terminal.keyboard import Keyboard
from fwtui.tui.terminal.link import Link
from fwtui.tui.terminal.painted import PaintedScreen

_INPUT_EVERY_S = 0.1
_INPUT_BYTES = 1 << 16


class TerminalDriver(LinuxDriver):
    """Draws while there is a terminal. That there is none any more is for others to notice."""

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        assert sys.__stderr__ is not None
        self._file: Any = _Screen(sys.__stderr__)
        self._painted = PaintedScreen()
        self.link = Link(super().write)

    @property
    def is_drawing(self) -> bool:
        """Whether the writer thread is running."""
        return self._writer_thread is not None and self._writer_thread.is_alive()

    def write(self, data: str) -> None:
        """Writes; in vain while the app is stopped, or could not begin."""
        if self.is_drawing and (news := self._painted.filtered(data)):
            super().write(news)
            self.link.wrote()

    def start_application_mode(self) -> None:
        """Asks the terminal for the first time, before the first frame."""
        self._painted.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self.is_drawing:
            self._follow_sizes()
            self.link.begin()

    def _follow_sizes(self) -> None:
        """Has all be drawn again after each change of the window's size, also where it ends as it began."""
        resize = signal.getsignal(signal.SIGWINCH)

        def resized(number: int, frame: FrameType | None) -> None:
            self._painted.forget()
            if callable(resize):
                resize(number, frame)
            self._loop.call_soon_threadsafe(self._redraw)

        signal.signal(signal.SIGWINCH, resized)

    def _redraw(self) -> None:
        if self._app.screen_stack:
            self._app.screen.refresh(layout=True)

    def process_message(self, message: Message) -> None:
        """Keeps answers to the link's queries to itself."""
        if isinstance(message, events.CursorPosition):
            self.link.answered()
            return
        if isinstance(message, events.Resize):  # as some terminals tell it, without a signal
            self._painted.forget()
        super().process_message(message)

    def forget_screen(self) -> None:
        """Has the next paint be of every cell."""
        self._painted.forget()

    def _run_input_thread(self) -> None:
        with suppress(OSError):  # no terminal, no keys: no error of the app's
            self.run_input_thread()

    def run_input_thread(self) -> None:
        """Read input events until the app exits or the terminal closes."""
        keyboard = Keyboard()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                is_ready = bool(selector.select(_INPUT_EVERY_S))
                data = os.read(self.fileno, _INPUT_BYTES) if is_ready else b""
                if is_ready and not data:
                    return
                for event in keyboard.read(data):
                    self.process_message(event)

    def _sigtstp_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(super()._sigtstp_application)

    def _sigcont_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._go_on)

    def _go_on(self) -> None:
        if self._auto_restart and self.is_drawing:
            # Stopped without a word; a shell may have set the terminal's modes meanwhile.
            self.suspend_application_mode()
        super()._sigcont_application()


class _Screen:
    """What Textual's writer writes to: keeps nothing, so that nothing is left to fail later."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def fileno(self) -> int:
        return self._file.fileno()

    def flush(self) -> None:
        pass

    def write(self, text: str) -> None:
        data = text.encode(self._file.encoding, self._file.errors or "strict")
        try:
            while data:
                data = data[os.write(self._file.fileno(), data) :]
        except OSError:
            # The terminal is gone, and with it who would have read this.
            return
