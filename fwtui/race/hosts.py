"""Where a lane's training loop runs: in a child process that the calling thread drives, or in that thread."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from time import perf_counter_ns
from typing import Protocol

from fwtui.measure import machine
from fwtui.race.control import Control, UseDevice, Word
from fwtui.race.records import (
    Built,
    Ended,
    LogLine,
    PhaseEntered,
    ProcessMemory,
    Record,
    Steps,
)
from fwtui.race.runner import Runner, run_lane
from fwtui.race.spec import LaneSpec

Emit = Callable[[Record], None]

CHILD = (sys.executable, "-m", "fwtui.race.child")
SILENCE_LIMIT_S = 60.0
STOP_GRACE_S = 0.5
_POLL_S = 0.1
_MEMORY_S = 0.5
_LOG_LINE_MAX = 2000
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Host(Protocol):
    """Runs one lane; `run` is called once, in a thread of the lane's own."""

    def run(self) -> None:
        """Blocks until the lane is over; everything that happens goes to `emit`, an `Ended` last."""

    def tell(self, word: Word | UseDevice) -> None:
        """Passes a word on; from any thread, never blocks for long."""

    def kill(self) -> None:
        """Ends the lane as fast as can be; from any thread."""


class ProcessHost:
    """Drives a lane in a child process.

    Args:
        spec: what to train.
        emit: receives the records, in the thread that calls `run`.
        silence_limit_s: a child that says nothing for so long, not even that it is alive, is killed.
    """

    def __init__(self, spec: LaneSpec, emit: Emit, silence_limit_s: float = SILENCE_LIMIT_S) -> None:
        self._spec, self._emit = spec, emit
        self._silence_limit_s = silence_limit_s
        self._child: subprocess.Popen[bytes] | None = None
        self._words: Connection | None = None
        self._lock = threading.Lock()
        self._stop_by: float | None = None
        self._ended: Ended | None = None
        self._step = 0
        self._silence_s: float | None = None

    def run(self) -> None:
        """Starts the child, relays its records, and accounts for its end."""
        self._emit(PhaseEntered("spawn", perf_counter_ns()))
        try:
            records = self._spawn()
        except OSError as error:
            self._emit(self._end("failed", f"no process could be started: {error}"))
            return
        if records is None:
            self._emit(self._end("stopped", "stopped"))
            return
        assert self._child is not None
        log = threading.Thread(target=self._read_log, daemon=True)
        log.start()
        try:
            self._relay(records)
        finally:
            self.kill()
            self._child.wait()
            log.join(timeout=1)
            records.close()
        if self._ended is None or self._ended.lingers:
            self._emit(self._account())

    def tell(self, word: Word | UseDevice) -> None:
        """Sends a word; a `stop` that is not heeded within half a second becomes a kill."""
        with self._lock:
            if isinstance(word, Word) and word.verb == "stop" and self._stop_by is None:
                self._stop_by = time.monotonic() + STOP_GRACE_S
            if self._words is not None:
                with contextlib.suppress(OSError):  # a dead child is told of by `run`
                    self._words.send(word)

    def kill(self) -> None:
        """Kills the child and all that it may have started."""
        with self._lock:
            self._stop_by = self._stop_by or time.monotonic()
            child = self._child
            if child is not None and child.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
            if self._words is not None:
                self._words.close()
                self._words = None

    def _spawn(self) -> Connection | None:
        """The child, started and given its spec; None where a stop came first."""
        with self._lock:
            if self._stop_by is not None:
                return None
            # A session of its own: Ctrl+C in the terminal is the app's to handle, and the child can be
            # killed with all that it starts.
            child = subprocess.Popen(
                CHILD,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
            assert child.stdin is not None
            assert child.stdout is not None
            self._child = child
            self._words = Connection(os.dup(child.stdin.fileno()), readable=False)
            child.stdin.close()
            records = Connection(os.dup(child.stdout.fileno()), writable=False)
            child.stdout.close()
            with contextlib.suppress(OSError):
                self._words.send(self._spec)
            return records

    def _relay(self, records: Connection) -> None:
        heard_at = time.monotonic()
        memory_at = heard_at
        while True:
            now = time.monotonic()
            if self._stop_by is not None and now > self._stop_by:
                return
            if now - heard_at > self._silence_limit_s:
                self._silence_s = now - heard_at
                return
            if now >= memory_at:
                memory_at = now + _MEMORY_S
                self._sample_memory()
            try:
                if not records.poll(_POLL_S):
                    continue
                record: Record = records.recv()
            except (EOFError, OSError):
                return
            heard_at = time.monotonic()
            if isinstance(record, Steps):
                self._step = record.first + record.count
            if isinstance(record, Built | Ended):
                self._sample_memory()
            self._emit(record)
            self._ended = record if isinstance(record, Ended) else self._ended
            if isinstance(record, Ended) and not record.lingers:
                return

    def _sample_memory(self) -> None:
        assert self._child is not None
        pid = self._child.pid
        rss = machine.resident_bytes(pid)
        if rss:
            self._emit(ProcessMemory(rss, machine.resident_peak_bytes(pid), machine.gpu_bytes(pid)))

    def _read_log(self) -> None:
        assert self._child is not None
        assert self._child.stderr is not None
        with self._child.stderr as stream:
            # Read through a buffer by lines, but never wait for the end of one that has none.
            while line := stream.readline(_LOG_LINE_MAX):
                self._emit(LogLine(clean(line.decode(errors="replace"))))

    def _account(self) -> Ended:
        """How the child ended, from what it said last, what it was told, and its exit status."""
        assert self._child is not None
        code = self._child.returncode
        if self._silence_s is not None:
            return self._end("failed", f"no answer for {self._silence_s:.0f} s", "r starts it again")
        if self._stop_by is not None and (code in (0, 1, -signal.SIGKILL)):
            return self._end("stopped", "stopped")
        return self._end("failed", *describe_exit(code))

    def _end(self, outcome: str, reason: str, hint: str = "") -> Ended:
        return Ended(outcome, self._step, perf_counter_ns(), reason, hint)  # type: ignore[arg-type]


class ThreadHost:
    """Runs a lane's training loop in the very thread that calls `run`."""

    def __init__(self, spec: LaneSpec, emit: Emit) -> None:
        self._control = Control(spec.steps, spec.by_turns)
        self._emit = emit
        self._memory_at = 0.0
        self._runner = Runner(spec, self._relay, self._control)

    def run(self) -> None:
        """Trains."""
        run_lane(self._runner, os.getpid())

    def tell(self, word: Word | UseDevice) -> None:
        """Passes a word on."""
        self._control.tell(word)

    def kill(self) -> None:
        """Asks the loop to stop: a thread cannot be made to."""
        self._control.tell(Word("stop"))

    def _relay(self, record: Record) -> None:
        now = time.monotonic()
        if now >= self._memory_at or isinstance(record, Built | Ended):
            self._memory_at = now + _MEMORY_S
            pid = os.getpid()
            rss, peak, gpu = (
                machine.resident_bytes(pid),
                machine.resident_peak_bytes(pid),
                machine.gpu_bytes(pid),
            )
            self._emit(ProcessMemory(rss, peak, gpu, shared=True))
        self._emit(record)


HOSTS: dict[str, Callable[[LaneSpec, Emit], Host]] = {"process": ProcessHost, "thread": ThreadHost}


def clean(text: str) -> str:
    """`text` without control characters and escape sequences: it goes to a terminal."""
    return _CONTROL.sub("", text).rstrip()


def describe_exit(code: int) -> tuple[str, str]:
    """A child's exit status in words: (reason, hint)."""
    if code >= 0:
        return (
            f"its process ended by itself with exit code {code}",
            "the lane's log may say why; r starts it again",
        )
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "an unknown signal"
    hint = {
        int(signal.SIGKILL): "somebody killed it, or the system was out of memory; r starts it again",
        int(signal.SIGTERM): "somebody ended it; r starts it again",
    }.get(-code, "the framework crashed; the lane's log may say why; r starts it again")
    return f"its process was killed by {name} (signal {-code})", hint
