"""The machine's NVIDIA GPUs as their driver counts them, asked in a thread of its own.

A driver that hangs, fails, refuses, or is not there leaves everybody with the last word about it, and nobody
waiting. The standard library alone, as it runs on other hosts, too.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from fwtui.core.gpu import Card
from fwtui.core.text import plain

ASK_S = 0.5
LIMIT_S = 3.0
"""So long a driver may take to answer."""
RETRY_S = 5.0
IDLE_S = 10.0
"""Nobody has looked for so long: the driver is left alone."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the driver has said last.

    Attributes:
        driver: its version.
        problem: why it says nothing; "" where it does.
    """

    cards: tuple[Card, ...] = ()
    driver: str | None = None
    problem: str = ""

    def card(self, pci_bus_id: str) -> Card | None:
        """The card in a slot; None where there is none."""
        return next((card for card in self.cards if card.pci_bus_id == pci_bus_id), None)


class GpuError(Exception):
    """The driver cannot be asked; the message is one line."""


class Driver(Protocol):
    """What can be asked; each may raise `GpuError`, and may take for ever."""

    def version(self) -> str:
        """The driver's version."""

    def cards(self) -> tuple[Card, ...]:
        """Every GPU, now."""


def _nvml() -> Driver:
    from fwtui.system.nvml import Nvml

    return Nvml()


class GpuMonitor:
    """Asks a driver about twice a second, for as long as somebody looks.

    Args:
        connect: gives a driver; may raise `GpuError`, and may take for ever.
        limit_s: an answer that takes longer is taken to be none.
    """

    def __init__(
        self, connect: Callable[[], Driver] = _nvml, ask_s: float = ASK_S, limit_s: float = LIMIT_S
    ) -> None:
        self._connect, self._ask_s, self._limit_s = connect, ask_s, limit_s
        self._changed = threading.Condition()
        self._reading: Reading | None = None
        self._asked_at: float | None = None
        self._looked_at = 0.0
        self._thread: threading.Thread | None = None

    def read(self) -> Reading:
        """What was said last; never waits."""
        with self._changed:
            return self._read()

    def first(self, limit_s: float = LIMIT_S) -> Reading:
        """The same, once something has been said: waits for that, at most so long."""
        with self._changed:
            self._look()
            self._changed.wait_for(lambda: self._reading is not None, timeout=limit_s)
            return self._read()

    def _read(self) -> Reading:
        self._look()
        if self._asked_at is not None and (late := time.monotonic() - self._asked_at) > self._limit_s:
            driver = self._reading.driver if self._reading else None
            return Reading(driver=driver, problem=f"the driver has not answered for {late:.0f} s")
        return self._reading or Reading(problem="the driver has not answered yet")

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        self._changed.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._follow, name="GPUs", daemon=True)
            self._thread.start()

    def _follow(self) -> None:
        driver: Driver | None = None
        version: str | None = None
        while True:
            with self._changed:
                self._changed.wait_for(lambda: time.monotonic() - self._looked_at < IDLE_S)
                self._asked_at = time.monotonic()
            try:
                if driver is None:
                    driver = self._connect()
                    version = driver.version()
                reading = Reading(driver.cards(), version)
            except GpuError as error:
                driver, reading = None, Reading(driver=version, problem=str(error))
            except Exception as error:  # of the binding's own: the thread must go on, and say so
                what = f"the NVIDIA driver cannot be asked: {type(error).__name__}: {error}"
                driver, reading = None, Reading(driver=version, problem=plain(what))
            with self._changed:
                self._reading, self._asked_at = reading, None
                self._changed.notify_all()
            time.sleep(self._ask_s if driver is not None else RETRY_S)


@functools.cache
def monitor() -> GpuMonitor:
    """This process's own."""
    return GpuMonitor()
