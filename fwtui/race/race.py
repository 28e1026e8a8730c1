"""A race: its lanes, who may step when, and the words that are passed to them. It knows no screen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np

from fwtui.race.control import UseDevice, Word
from fwtui.race.hosts import HOSTS, Host
from fwtui.race.records import Built, Device, Ended, Imported, Record, Steps, TurnOver
from fwtui.race.schedule import Turns
from fwtui.race.spec import LaneSpec, RaceSpec

Sink = Callable[["LaneRun", Record], None]
StartThread = Callable[[Callable[[], None], str], object]


@dataclass(frozen=True, eq=False)
class LaneRun:
    """One run of a lane: another backend or a restart in the same place is another run.

    Attributes:
        lane: the place, counted from 0.
        number: counts all runs of a race, so that what an earlier run still says can be told apart.
    """

    lane: int
    number: int
    spec: LaneSpec
    host: Host
    over: threading.Event


def daemon_thread(work: Callable[[], None], name: str) -> None:
    """Starts `work` in a thread that does not keep the interpreter alive."""
    threading.Thread(target=work, name=name, daemon=True).start()


class Race:
    """Runs up to four lanes, each in a thread of its own.

    Args:
        spec: what to run.
        sink: receives each record with the run that said it, in that lane's thread; must not block.
        start_thread: starts a function in a thread; Textual's thread workers in the app.
    """

    def __init__(self, spec: RaceSpec, sink: Sink, start_thread: StartThread = daemon_thread) -> None:
        self.spec = spec
        self._sink, self._start_thread = sink, start_thread
        self._numbers = count()
        self._lock = threading.RLock()
        self._imported: dict[int, tuple[Device, ...]] = {}
        self._undecided: set[int] = set()
        self._device: str | None = None
        self._paused: set[int] = set()
        steps = min((lane.steps for lane in spec.lanes), default=1)
        by_turns = any(lane.by_turns for lane in spec.lanes)
        self._turns = Turns(range(len(spec.lanes)), steps, self._tell) if by_turns else None
        self._leaving: list[LaneRun] = []
        self._runs = [self._new(lane, lane_spec) for lane, lane_spec in enumerate(spec.lanes)]
        self._undecided = {run.lane for run in self._runs if run.spec.device == "auto"}

    @property
    def runs(self) -> tuple[LaneRun, ...]:
        """The present run of every lane."""
        return tuple(self._runs)

    def start(self) -> None:
        """Starts every lane."""
        for run in self._runs:
            self._launch(run)

    def pause(self, lane: int) -> None:
        """Halts the lane after the step that it is in."""
        self._paused.add(lane)
        if self._turns:
            self._turns.pause(lane)
        self._tell(lane, Word("pause"))

    def resume(self, lane: int) -> None:
        """Lets a paused lane go on."""
        self._paused.discard(lane)
        self._tell(lane, Word("resume"))
        if self._turns:
            self._turns.resume(lane)

    def step(self, lane: int) -> None:
        """Pauses the lane and has it take one step, in its turn where lanes take turns."""
        if lane not in self._paused:
            self.pause(lane)
        if self._turns:
            self._turns.single(lane)
        else:
            self._tell(lane, Word("step"))

    def train_on(self, lane: int, steps: int) -> None:
        """Gives a lane that is done, and lingers, more steps."""
        if lane in self._paused:
            self.resume(lane)
        self._tell(lane, Word("train-on", steps))
        if self._turns:
            self._turns.ready(lane)

    def stop(self, lane: int) -> None:
        """Stops the lane for good; it says `Ended` when it is over."""
        self._tell(lane, Word("stop"))

    def replace(self, lane: int, spec: LaneSpec) -> LaneRun:
        """Stops the lane and starts another run in its place, without waiting for the old one's end."""
        old = self._runs[lane]
        old.host.tell(Word("stop"))
        self._leaving = [run for run in [*self._leaving, old] if not run.over.is_set()]
        with self._lock:
            if self._turns:
                self._turns.leave(lane)
            self._paused.discard(lane)
            self._imported.pop(lane, None)
            run = self._new(lane, spec)
            self._runs[lane] = run
            if spec.device == "auto":
                self._undecided.add(lane)
            self._decide_device()
        self._launch(run)
        return run

    def wait(self, timeout: float | None = None) -> bool:
        """Blocks until every lane is over; False when `timeout` seconds have passed before."""
        by = None if timeout is None else time.monotonic() + timeout
        return all(run.over.wait(None if by is None else max(0, by - time.monotonic())) for run in self._runs)

    def close(self, timeout: float = 0.5) -> bool:
        """Kills every lane and waits for their threads; False where one is still busy (the thread host)."""
        for run in [*self._runs, *self._leaving]:
            run.host.kill()
        return self.wait(timeout)

    def _new(self, lane: int, spec: LaneSpec) -> LaneRun:
        holder: list[LaneRun] = []
        host = HOSTS[self.spec.host](spec, lambda record: self._heard(holder[0], record))
        holder.append(LaneRun(lane, next(self._numbers), spec, host, threading.Event()))
        return holder[0]

    def _launch(self, run: LaneRun) -> None:
        def work() -> None:
            try:
                run.host.run()
            finally:
                run.over.set()

        self._start_thread(work, f"lane {run.lane + 1}: {run.spec.backend}")

    def _tell(self, lane: int, word: Word | UseDevice) -> None:
        self._runs[lane].host.tell(word)

    def _heard(self, run: LaneRun, record: Record) -> None:
        """Acts on what a lane says, then passes it on. In that lane's thread."""
        if self._runs[run.lane] is run:
            if isinstance(record, Imported | Ended):
                with self._lock:
                    self._imported[run.lane] = record.devices if isinstance(record, Imported) else ()
                    if isinstance(record, Ended):
                        self._undecided.discard(run.lane)
                    self._decide_device()
            if self._turns and run.spec.by_turns:
                self._schedule(self._turns, run.lane, record)
        self._sink(run, record)

    def _schedule(self, turns: Turns, lane: int, record: Record) -> None:
        if isinstance(record, Built):
            turns.ready(lane)
        elif isinstance(record, Steps):
            turns.timed(lane, float(np.median(np.frombuffer(record.step_ns, np.int64))))
        elif isinstance(record, TurnOver):
            turns.over(lane)
        elif isinstance(record, Ended):
            turns.leave(lane)

    def _decide_device(self) -> None:
        """Answers the lanes that wait for a device, once every lane's framework has said what it reaches.

        A decision holds for the race: a lane that joins later gets the same device where it can.
        """
        if not self._undecided or any(run.lane not in self._imported for run in self._runs):
            return
        heard = [self._imported[lane] for lane in sorted(self._undecided)]
        self._device = best_device(heard, self._device)
        for lane in self._undecided:
            self._tell(lane, UseDevice(self._device))
        self._undecided.clear()


def best_device(heard: list[tuple[Device, ...]], preferred: str | None = None) -> str:
    """The best device that all of `heard` can use: a CUDA GPU, else Apple's, else the CPU.

    Args:
        heard: each lane's devices; a lane that has none (its import failed) is left out.
        preferred: taken where all can use it.
    """
    usable = [{device.name for device in devices if device.reason is None} for devices in heard if devices]
    common = set.intersection(*usable) if usable else set()
    if preferred in common and preferred is not None:
        return preferred
    cuda = sorted((name for name in common if name.startswith("cuda:")), key=lambda name: int(name[5:]))
    return cuda[0] if cuda else "mps" if "mps" in common else "cpu"
