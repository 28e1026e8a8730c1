"""Where a lane's training loop runs: in a child process that the calling thread drives, or in that thread."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter_ns
from typing import Protocol

from fwtui.core.codec import NotAMessageError
from fwtui.core.greeting import PROTOCOL, Greeting
from fwtui.core.outcome import Ended, Failure
from fwtui.core.records import (
    Alive,
    Built,
    HostRecord,
    LogLine,
    Phase,
    PhaseEntered,
    Record,
    Steps,
)
from fwtui.core.spec import LaneSpec
from fwtui.core.text import plain
from fwtui.lane.control import Command, Control, LaneCommand
from fwtui.lane.run import run_lane
from fwtui.lane.runner import Runner
from fwtui.race.cleaning import cleaned
from fwtui.race.processes.failures import failure_by_exit, failure_to_start
from fwtui.race.processes.lane_process import LaneProcess
from fwtui.race.processes.local import measured
from fwtui.race.processes.start import start
from fwtui.race.processes.validation import validated
from fwtui.race.shared_exit import guard
from fwtui.system.child_process import use_own_temporary_folder
from fwtui.system.processor import ProcessorMeter

Emit = Callable[[Record], None]

SILENCE_LIMIT_S = 60.0
GREETING_LIMIT_S = 60.0
"""For a lane's interpreter to start, and to import what fwtui needs there."""
STUCK_LIMIT_S = 60.0
START_LIMIT_S = 1800.0
"""For the network to be built, for a batch, and for the first step, which may compile for long."""
STOP_GRACE_S = 0.5
_POLL_S = 0.1
_MOST_ASLEEP_S = 1.0
"""Between two looks at a lane: what is more, this process was stopped."""
_MEASURE_S = 0.5
_PATIENCE = 20
_LAST_WORDS_S = 1.0


class Host(Protocol):
    """Runs one lane; `run` is called once, in a thread of the lane's own."""

    def run(self) -> None:
        """Blocks until the lane is over; everything that happens goes to `emit`, an `Ended` last."""

    def tell(self, word: Command) -> None:
        """Passes a word on; from any thread, never blocks for long."""

    def kill(self) -> None:
        """Ends the lane as fast as can be; from any thread."""


class ProcessHost:
    """Drives a lane in a child process.

    Args:
        spec: what to train.
        emit: receives the records, in the thread that calls `run`.
        silence_limit_s: a child that says nothing for so long, not even that it is alive, is killed.
        stuck_limit_s: so is one that is in one step for so long, and for 20 times as long as in any before,
        start_limit_s: and one that builds its network, waits for a batch or is in its first step for so long.
    """

    def __init__(
        self,
        spec: LaneSpec,
        emit: Emit,
        silence_limit_s: float = SILENCE_LIMIT_S,
        stuck_limit_s: float = STUCK_LIMIT_S,
        start_limit_s: float = START_LIMIT_S,
    ) -> None:
        self._spec, self._emit = spec, emit
        self._silence_limit_s, self._stuck_limit_s = silence_limit_s, stuck_limit_s
        self._start_limit_s = start_limit_s
        self._process: LaneProcess | None = None
        self._begun = False
        self._early: list[Command] = []
        self._lock = threading.Lock()
        self._stop_by: float | None = None
        self._ended: Ended | None = None
        self._step = 0
        self._longest_s = 0.0
        # Since when, by the child's clock, it has been in its present step, and when that was first heard of.
        self._busy = 0, 0.0
        self._phase: Phase = "spawn"
        self._greeted = False
        self._last_line = ""

    def run(self) -> None:
        """Starts the child, relays its records, and reports how it ended."""
        self._emit(PhaseEntered("spawn", perf_counter_ns()))
        try:
            process = self._spawn()
        except OSError as error:
            self._emit(self._failed(failure_to_start(error, self._spec.interpreter)))
            return
        if process is None:
            self._emit(Ended("stopped", 0, perf_counter_ns(), "stopped"))
            return
        failure: Failure | None = None
        try:
            failure = self._relay(process)
        finally:
            asked = self._stop_by is not None
            self._clean_up(process)
        self._emit(self._outcome(process, failure, asked))

    def tell(self, word: Command) -> None:
        """Send a command; a `stop` that has no effect within half a second becomes a kill."""
        with self._lock:
            if isinstance(word, LaneCommand) and word.verb == "stop" and self._stop_by is None:
                self._stop_by = time.monotonic() + STOP_GRACE_S
            if self._process is not None and self._begun:
                self._process.send(word)
            else:
                self._early.append(word)

    def kill(self) -> None:
        """Kills the child and all that it may have started."""
        with self._lock:
            now = time.monotonic()
            self._stop_by = now if self._stop_by is None else min(now, self._stop_by)
            if self._process is not None:
                self._process.kill()

    def _spawn(self) -> LaneProcess | None:
        """The process, started and given its spec; None where a stop came first."""
        if self._stop_by is not None:
            return None
        process = start(self._spec)  # may pack a user's data for another host
        with self._lock:
            self._process = process
            if self._stop_by is not None:
                process.kill()
        # Outside the lock, so that a process that never reads it can be killed.
        process.begin(self._spec)
        with self._lock:
            self._begun = True
            for word in self._early:
                process.send(word)
        return process

    def _relay(self, process: LaneProcess) -> Failure | None:
        """Passes on what the child says until it is over; why, where this host gave it up."""
        inbox = process.inbox
        measure_at = time.monotonic()
        awake = _Awake()
        heard_at, quiet_since, began_s = inbox.heard_at, 0.0, 0.0
        while inbox.open:
            now, awake_s = time.monotonic(), awake.seconds()
            if self._stop_by is not None and now > self._stop_by:
                return None
            if now >= measure_at:
                measure_at = now + _MEASURE_S
                self._measure(process)
            gone = process.poll() is not None  # its pipes may live on, with what it started
            try:
                came = inbox.read(_POLL_S)
            except NotAMessageError as error:
                return _invalid(error)
            except MemoryError:
                reason = "fwtui itself is out of memory for what its process sent"
                return Failure("out of memory", reason, "smaller sizes may fit")
            if gone and inbox.heard_at < now:
                return None
            if process.is_preparing:
                began_s = quiet_since = awake_s
            if inbox.heard_at != heard_at:
                heard_at, quiet_since = inbox.heard_at, awake_s
            elif awake_s - quiet_since > self._silence_limit_s:
                return Failure("hung", f"no answer for {awake_s - quiet_since:.0f} s")
            if not self._greeted and awake_s - began_s > GREETING_LIMIT_S:
                who = self._spec.interpreter.title
                return Failure("hung", f"{who} has not started the lane after {awake_s - began_s:.0f} s")
            for record in came:
                failure = self._take(record, process, awake_s)
                if failure is not None or (self._ended and not self._ended.lingers):
                    return failure
        return None

    def _take(self, record: Record, process: LaneProcess, awake_s: float) -> Failure | None:
        """Pass a record on; why this host gives the lane up, where it does."""
        try:
            record = validated(cleaned(record), self._step)
        except NotAMessageError as error:
            return _invalid(error)
        self._note_line(record)
        if isinstance(record, Greeting):
            if record.protocol != PROTOCOL:
                return Failure("fwtui", f"its messages have version {record.protocol}, not {PROTOCOL}")
            self._greeted = True
            return None
        if not self._greeted and not isinstance(record, HostRecord | LogLine):
            return Failure("framework", "the lane process wrote something before its greeting")
        if isinstance(record, Steps):
            self._step = record.first + record.count
            longest_ns = max(memoryview(record.step_ns).cast("q"), default=0)
            self._longest_s = max(self._longest_s, longest_ns / 1e9)
            self._ended = None
        elif isinstance(record, Alive) and (stuck := self._stuck_s(record, awake_s)):
            return Failure("hung", f"stuck {self._busy_with(record)} for {stuck:.0f} s")
        elif isinstance(record, Built | Ended):
            process.built = record if isinstance(record, Built) else process.built
            self._measure(process)
        elif isinstance(record, PhaseEntered):
            self._phase = record.phase
        if isinstance(record, Ended):
            self._ended = record
            if not record.lingers:  # said when the last of the log has been
                return None
        self._emit(record)
        return None

    def _note_line(self, record: Record) -> None:
        """Keep the last line that it printed: why it ended, where it ends."""
        if isinstance(record, LogLine):
            self._last_line = record.text.strip() or self._last_line

    def _stuck_s(self, record: Alive, awake_s: float) -> float | None:
        """Return for how many seconds the child has been at one task, if longer than allowed; otherwise None.

        What has taken long before may take as long again.
        """
        if record.busy_since_ns is None:
            return None
        if record.busy_since_ns != self._busy[0]:
            self._busy = record.busy_since_ns, awake_s
        seconds = awake_s - self._busy[1]
        later = max(self._stuck_limit_s, _PATIENCE * self._longest_s)
        limit = later if record.step and record.in_step else self._start_limit_s
        return seconds if seconds > limit else None

    def _busy_with(self, record: Alive) -> str:
        if self._phase == "build":
            return "building its network"
        return f"in step {record.step}" if record.in_step else f"waiting for the batch of step {record.step}"

    def _clean_up(self, process: LaneProcess) -> None:
        """Kill what is left of the child, and read the last of its log."""
        if not process.inbox.open:  # it is about to be gone: how it went is worth knowing
            process.wait(_LAST_WORDS_S)
        process.end()
        for record in process.inbox.rest(_LAST_WORDS_S):
            self._note_line(record)
            self._emit(record)
        process.inbox.close()
        with self._lock:
            process.close()
            self._process = None

    def _measure(self, process: LaneProcess) -> None:
        for record in process.measured():
            self._emit(record)

    def _outcome(self, process: LaneProcess, failure: Failure | None, asked: bool) -> Ended:
        """Return how the child ended: by its last record, its exit status and whether a stop was `asked`."""
        code = process.poll()
        if self._ended is not None and not self._ended.lingers:
            return self._ended
        if failure is not None:
            return self._failed(failure)
        if asked and code in (None, 0, 1, -signal.SIGKILL):
            if self._ended:
                return replace(self._ended, lingers=False)
            return Ended("stopped", self._step, perf_counter_ns(), "stopped")
        return self._failed(failure_by_exit(code, self._spec, self._phase, self._last_line))

    def _failed(self, failure: Failure) -> Ended:
        return Ended.failed(self._step, perf_counter_ns(), failure)


def _invalid(error: NotAMessageError) -> Failure:
    hint = f"something writes into a pipe that is not its own ({plain(str(error))[:200]})"
    return Failure("framework", "the lane process wrote invalid data to its pipe", hint)


class _Awake:
    """Counts the seconds in which this process ran, by being asked often.

    Where it was stopped, as by Ctrl+Z, nothing could be heard from a lane, and the lane may have been stopped
    with it.
    """

    def __init__(self) -> None:
        self._last, self._seconds = time.monotonic(), 0.0

    def seconds(self) -> float:
        """Return the seconds so far; of the time since the last call at most `_MOST_ASLEEP_S` is counted."""
        now = time.monotonic()
        self._seconds += min(now - self._last, _MOST_ASLEEP_S)
        self._last = now
        return self._seconds


class ThreadHost:
    """Runs a lane's training loop in the very thread that calls `run`."""

    def __init__(self, spec: LaneSpec, emit: Emit) -> None:
        self._control = Control(spec.steps, spec.by_turns)
        self._emit = emit
        self._measure_at = 0.0
        self._processor = ProcessorMeter()
        self._built: Built | None = None
        self._runner = Runner(spec, self._relay, self._control)

    def run(self) -> None:
        """Trains."""
        use_own_temporary_folder()
        guard()
        run_lane(self._runner, os.getpid())

    def tell(self, word: Command) -> None:
        """Passes a word on."""
        self._control.tell(word)

    def kill(self) -> None:
        """Asks the loop to stop: a thread cannot be made to."""
        self._control.tell(LaneCommand("stop"))

    def _relay(self, record: Record) -> None:
        now = time.monotonic()
        if now >= self._measure_at or isinstance(record, Built | Ended):
            self._measure_at = now + _MEASURE_S
            self._built = record if isinstance(record, Built) else self._built
            for one in measured(os.getpid(), self._processor, self._built, shared=True):
                self._emit(one)
        self._emit(cleaned(record))


HOSTS: dict[str, Callable[[LaneSpec, Emit], Host]] = {"process": ProcessHost, "thread": ThreadHost}
