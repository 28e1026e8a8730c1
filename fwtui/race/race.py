"""A race: its lanes, who may step when, and the words that are passed to them. It knows no screen."""

from __future__ import annotations

import math
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from time import perf_counter_ns

import numpy as np

from fwtui.core.outcome import Ended, Failure
from fwtui.core.records import (
    Built,
    Device,
    HostRecord,
    Imported,
    LogLine,
    Record,
    RunStateChanged,
    Steps,
    TurnEnded,
)
from fwtui.core.spec import LaneSpec, RaceSpec
from fwtui.lane.control import LaneCommand, UseDevice
from fwtui.race.hosts import HOSTS, Host
from fwtui.race.schedule import AWAITED_S, HUNG_S, SILENT_S, Turns

Sink = Callable[["LaneRun", Record], None]
StartThread = Callable[[Callable[[], None], str], object]

_WATCH_S = 0.25


@dataclass(eq=False)
class LaneRun:
    """One run of a lane: another backend or a restart in the same place is another run.

    Attributes:
        lane: the place, counted from 0; another one where a lane before it has been removed.
        number: counts all runs of a race, so that late records of an earlier run can be distinguished.
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
        hung_s, silent_s: how long a lane that hangs may keep its turn, see `fwtui.race.schedule`.
        awaited_s: how long a lane waits for the others' imports, to agree on a device and to begin together.
    """

    def __init__(
        self,
        spec: RaceSpec,
        sink: Sink,
        start_thread: StartThread = daemon_thread,
        hung_s: float = HUNG_S,
        silent_s: float = SILENT_S,
        awaited_s: float = AWAITED_S,
    ) -> None:
        self.spec = spec
        self._sink, self._start_thread = sink, start_thread
        self._numbers = count()
        self._lock = threading.RLock()
        self._imported: dict[int, tuple[Device, ...]] = {}
        self._undecided: set[int] = set()
        self._device: str | None = None
        self._paused: set[int] = set()
        self._done: dict[int, int] = {}
        self._launched: set[int] = set()
        self._live: dict[int, LaneRun] = {}
        self._runs = [self._new(lane, lane_spec) for lane, lane_spec in enumerate(spec.lanes)]
        self._hung_s, self._silent_s = hung_s, silent_s if spec.host == "process" else None
        self._awaited_s = awaited_s
        # Lanes of one machine take turns: those of another disturb nobody there.
        self._turns: dict[str, Turns] = {}
        for machine in dict.fromkeys(run.spec.interpreter.machine for run in self._runs):
            on_it = [run for run in self._runs if run.spec.interpreter.machine == machine]
            self._add_turns(machine, [run.number for run in on_it if run.spec.by_turns])
        self._asked_at: float | None = None
        self._undecided = {run.number for run in self._runs if run.spec.device == "auto"}

    def _add_turns(self, machine: str, runs: Iterable[int]) -> Turns:
        steps = min((lane.steps for lane in self.spec.lanes), default=1)
        pace = self.spec.lanes[0].pace if self.spec.lanes else None
        limits = self._hung_s, self._silent_s
        turns = Turns(runs, steps, self._tell_run, *limits, awaited_s=self._awaited_s, pace=pace)
        self._turns[machine] = turns
        return turns

    def _turns_of(self, run: LaneRun) -> Turns | None:
        """Who gives the run its turns; None for one that takes none."""
        if not run.spec.by_turns:
            return None
        machine = run.spec.interpreter.machine
        with self._lock:
            return self._turns.get(machine) or self._add_turns(machine, ())

    @property
    def runs(self) -> tuple[LaneRun, ...]:
        """The present run of every lane."""
        return tuple(self._runs)

    def start(self) -> None:
        """Starts every lane that has not been started."""
        for run in self._runs:
            self._launch(run)

    def pause(self, lane: int) -> None:
        """Halts the lane after the step that it is in."""
        number = self._runs[lane].number
        self._paused.add(number)
        if turns := self._turns_of(self._runs[lane]):
            turns.pause(number)
        self._tell(lane, LaneCommand("pause"))

    def resume(self, lane: int) -> None:
        """Lets a paused lane go on."""
        self._paused.discard(self._runs[lane].number)
        self._tell(lane, LaneCommand("resume"))
        if turns := self._turns_of(self._runs[lane]):
            turns.resume(self._runs[lane].number)

    def step(self, lane: int) -> None:
        """Pauses the lane and has it take one step, in its turn where lanes take turns."""
        if self._runs[lane].number not in self._paused:
            self.pause(lane)
        if turns := self._turns_of(self._runs[lane]):
            turns.single(self._runs[lane].number)
        else:
            self._tell(lane, LaneCommand("step"))

    def train_on(self, lane: int, steps: int) -> None:
        """Gives a lane that lingers more steps, before it is done or after; a paused one goes on."""
        if self._runs[lane].number in self._paused:
            self.resume(lane)
        self._tell(lane, LaneCommand("train-on", steps))

    def ask(self, lane: int, query: LaneCommand) -> None:
        """Asks the lane to tell something, see `fwtui.lane.control.Query`."""
        self._tell(lane, query)

    def stop(self, lane: int) -> None:
        """Stops the lane for good; it says `Ended` when it is over."""
        self._tell(lane, LaneCommand("stop"))

    def replace(self, lane: int, spec: LaneSpec, paused: bool = False) -> LaneRun:
        """Stops the lane and starts another run in its place, without waiting for the old one's end.

        Args:
            paused: whether the new run begins paused, before its first step.
        """
        with self._lock:
            old, run = self._runs[lane], self._new(lane, spec)
            self._runs[lane] = run
            self._forget(old)
            self._expect(run)
        # The old run keeps its turn, if it has it, until it has stopped: no two may step at a time.
        old.host.tell(LaneCommand("stop"))
        if paused:
            self.pause(lane)
        self._launch(run)
        return run

    def add(self, spec: LaneSpec) -> LaneRun:
        """Starts one lane more, in the last place; the others go on."""
        with self._lock:
            run = self._new(len(self._runs), spec)
            self._runs.append(run)
            self._expect(run)
        self._launch(run)
        return run

    def remove(self, lane: int) -> None:
        """Stops a lane for good and closes the gap; the others go on."""
        with self._lock:
            old = self._runs.pop(lane)
            self._forget(old)
            for place, run in enumerate(self._runs):
                run.lane = place
            self._decide_device()
        old.host.tell(LaneCommand("stop"))

    def _expect(self, run: LaneRun) -> None:
        if run.spec.device == "auto":
            self._undecided.add(run.number)

    def _forget(self, run: LaneRun) -> None:
        self._imported.pop(run.number, None)
        self._undecided.discard(run.number)
        self._paused.discard(run.number)

    def watch(self) -> None:
        """Lets no lane wait for one that hangs. Cheap; call it twice a second; `wait` does so itself."""
        with self._lock:
            if self._asked_at is not None and time.monotonic() - self._asked_at > self._awaited_s:
                self._decide_device(among_all=False)
        for turns in list(self._turns.values()):
            turns.watch()

    def wait(self, timeout: float | None = None) -> bool:
        """Blocks until every lane is over; False when `timeout` seconds have passed before."""
        by = math.inf if timeout is None else time.monotonic() + timeout
        while live := list(self._live.values()):
            self.watch()
            left = by - time.monotonic()
            if not live[0].over.wait(max(0, min(_WATCH_S, left))) and left <= 0:
                return False
        return True

    def close(self, timeout: float = 0.5) -> bool:
        """Kills every lane and waits for their threads; False where one is still busy (the thread host)."""
        for run in list(self._live.values()):
            run.host.kill()
        return self.wait(timeout)

    def _new(self, lane: int, spec: LaneSpec) -> LaneRun:
        holder: list[LaneRun] = []
        host = HOSTS[self.spec.host](spec, lambda record: self._heard(holder[0], record))
        run = LaneRun(lane, next(self._numbers), spec, host, threading.Event())
        holder.append(run)
        self._live[run.number] = run
        return run

    def _launch(self, run: LaneRun) -> None:
        if run.number in self._launched:
            return
        self._launched.add(run.number)

        def work() -> None:
            try:
                run.host.run()
            except Exception as error:  # of ours: it must not take the other lanes down
                for line in "".join(traceback.format_exception(error)).splitlines():
                    self._sink(run, LogLine(line))
                reason = " ".join(f"{type(error).__name__}: {error}".split())
                failure = Failure("fwtui", reason, "the lane's log has the whole story", in_log=True)
                self._heard(run, Ended.failed(self._done.get(run.number, 0), perf_counter_ns(), failure))
            finally:
                if turns := self._turns_of(run):
                    turns.leave(run.number)
                run.over.set()
                del self._live[run.number]

        self._start_thread(work, f"lane {run.lane + 1}: {run.spec.backend}")

    def _tell(self, lane: int, word: LaneCommand | UseDevice) -> None:
        self._runs[lane].host.tell(word)

    def _tell_run(self, number: int, word: LaneCommand) -> None:
        self._live[number].host.tell(word)

    def _heard(self, run: LaneRun, record: Record) -> None:
        """Acts on what a lane says, then passes it on. In that lane's thread."""
        if isinstance(record, Steps):
            self._done[run.number] = record.first + record.count
        if isinstance(record, Imported | Ended):
            with self._lock:
                if run in self._runs:
                    self._learn_devices(run.number, record)
        if turns := self._turns_of(run):
            number = run.number
            if not isinstance(record, HostRecord):
                turns.heard(number)
            if isinstance(record, Built) or (
                isinstance(record, RunStateChanged) and record.standing != "paused"
            ):
                turns.ready(number)
            elif isinstance(record, Steps):
                if record.first == 0:  # the first step, which comes alone, may have compiled
                    turns.stepped(number)
                else:
                    turns.timed(number, float(np.frombuffer(record.step_ns, np.int64).min()))
            elif isinstance(record, TurnEnded):
                turns.over(number)
            elif isinstance(record, Ended):
                (turns.done if record.lingers else turns.leave)(number)
        self._sink(run, record)

    def _learn_devices(self, number: int, record: Imported | Ended) -> None:
        if isinstance(record, Imported):
            self._imported[number] = record.devices
        else:
            self._imported[number] = ()
            self._undecided.discard(number)
        self._decide_device()

    def _decide_device(self, among_all: bool = True) -> None:
        """Answers the lanes that wait for a device, once every lane's framework has said what it reaches.

        Not `among_all`: whatever the lanes reach that have not said so yet.
        A decision holds for the race: a lane that joins later gets the same device where it can.
        """
        asking = sorted(self._undecided & self._imported.keys())
        if not asking:
            self._asked_at = None
            return
        if among_all and any(run.number not in self._imported for run in self._runs):
            self._asked_at = time.monotonic() if self._asked_at is None else self._asked_at
            return
        self._device = best_device([self._imported[number] for number in asking], self._device)
        for number in asking:
            self._live[number].host.tell(UseDevice(self._device))
        self._undecided.difference_update(asking)
        self._asked_at = None


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
