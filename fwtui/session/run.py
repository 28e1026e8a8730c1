"""Runs a race without a screen, to its end or to the first signal that asks for one."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from signal import Signals

from fwtui.core.records import Probed, Record
from fwtui.core.spec import RaceSpec
from fwtui.measure.history import History
from fwtui.measure.loss_gap import LossGap
from fwtui.measure.probe_gap import ProbeRow
from fwtui.measure.speed import Speed
from fwtui.race.race import LaneRun, Race
from fwtui.session.same_answer import SameAnswer
from fwtui.session.session import Session
from fwtui.system import memory

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
TICK_S = 0.1
FREE_BYTES = 2_000_000_000
"""Memory assumed to be free where the system does not report it."""
PROBES_SHARE = 4
"""Divisor of the free memory: a quarter is for probes that one lane has sent and another has not yet."""

Heard = tuple[LaneRun, Record] | signal.Signals
Watch = Callable[[list[History]], None]


@dataclass(frozen=True)
class Result:
    """Result of a race.

    Attributes:
        lanes: the history of each lane, with all its steps.
        gap: how far the lanes' losses are apart.
        probes: the lanes' probes, compared; empty where they sent none.
        same: whether the lanes agree in all of that.
        speed: which one is faster; None where too little was measured.
        signal: what cut the race short; None where it ran to its end.
        settled: whether every lane's thread has ended; a C++ call under the thread host can outlast a stop.
    """

    spec: RaceSpec
    lanes: list[History]
    gap: LossGap
    probes: Sequence[ProbeRow]
    same: SameAnswer
    speed: Speed | None
    signal: Signals | None
    settled: bool

    @classmethod
    def of(cls, session: Session, cut_short: Signals | None, settled: bool) -> Result:
        """What a session has come to."""
        same, faster = session.same_answer(), session.speed()
        lanes, probes = list(session.lanes), session.probes.rows
        return cls(session.spec, lanes, session.gap, probes, same, faster, cut_short, settled)

    @property
    def outcomes(self) -> list[str | None]:
        """How each lane ended; None for one that has not."""
        return [lane.ended.outcome if lane.ended else None for lane in self.lanes]


def run(spec: RaceSpec, watch: Watch = lambda lanes: None, stopped: threading.Event | None = None) -> Result:
    """Runs `spec` in this thread's sight; `watch` is called ten times a second, and after each probe.

    Ctrl+C, SIGTERM and SIGHUP end it early: every lane is killed, and the records received so far are kept.

    Args:
        stopped: ends it early once it is set, in place of signals, which only a main thread receives.
    """
    free = memory.free_bytes()
    probe_bytes = (FREE_BYTES if free is None else free) // PROBES_SHARE // len(spec.lanes)
    lanes = [History(raw_steps=None, probe_bytes=probe_bytes) for _ in spec.lanes]
    # The lanes' threads and the signal handler put, this thread takes: SimpleQueue allows both.
    heard: SimpleQueue[Heard] = SimpleQueue()
    race = Race(spec, lambda run, record: heard.put((run, record)))

    def watching(lanes: list[History]) -> None:
        watch(lanes)
        if stopped is not None and stopped.is_set():
            heard.put(signal.SIGINT)

    signals = _signals_to(heard) if stopped is None else contextlib.nullcontext()
    with signals, _standard_output_kept(spec):
        try:
            race.start()
            cut_short = _follow(race, heard, lanes, watching)
        finally:  # also where `watch` fails: no lane may go on training unattended
            settled = race.close()
        _drain(heard, lanes, watching)
    session = Session(spec, lanes)
    session.update_losses()
    session.update_probes()
    return Result.of(session, cut_short, settled)


def _follow(
    race: Race, heard: SimpleQueue[Heard], lanes: list[History], watch: Watch
) -> signal.Signals | None:
    """Process records and signals until every lane is over or a signal came; return that signal, or None."""
    while True:
        over = race.wait(0)  # asked first: the last records of a lane are then already in the queue
        cut_short = _drain(heard, lanes, watch)
        if over or cut_short:
            return cut_short
        watch(lanes)
        race.wait(TICK_S)


def _drain(heard: SimpleQueue[Heard], lanes: list[History], watch: Watch) -> signal.Signals | None:
    """Process all that is in the queue; return the last signal among it, or None.

    Probes are watched one by one: a compared probe can be dropped before the next one is kept.
    """
    cut_short = None
    with contextlib.suppress(Empty):
        while True:
            match heard.get_nowait():
                case signal.Signals() as came:
                    cut_short = came
                case (run, record):
                    lanes[run.lane].apply(record)
                    if isinstance(record, Probed) and cut_short is None:
                        watch(lanes)
    return cut_short


@contextlib.contextmanager
def _signals_to(heard: SimpleQueue[Heard]) -> Iterator[None]:
    """Put signals into the queue, instead of raising an exception in the middle of anything."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        if before[number] is not signal.SIG_IGN:  # nohup ignores SIGHUP, and means it
            signal.signal(number, lambda came, _frame: heard.put(signal.Signals(came)))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _standard_output_kept(spec: RaceSpec) -> Iterator[None]:
    """Under the thread host, what a framework prints goes to standard error: the other is for the answer."""
    if spec.host != "thread":
        yield
        return
    sys.stdout.flush()
    with contextlib.redirect_stdout(sys.stderr):
        kept = os.dup(1)
        os.dup2(2, 1)
        try:
            yield
        finally:
            ctypes.CDLL(None).fflush(None)  # what C code has printed and not yet written
            os.dup2(kept, 1)
            os.close(kept)
