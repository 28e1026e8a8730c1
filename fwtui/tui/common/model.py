"""Model of the race on the screen: the race, each lane's history, and the verdict. No widgets.

Lanes speak from their own threads into a queue; `drain`, called by the app's one timer, is where their
records become history. Every record is taken in; only drawing is thinned.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from queue import Empty, SimpleQueue
from time import perf_counter_ns

from fwtui.core.records import LogLine, Record, TurnEnded
from fwtui.core.spec import RaceSpec, WorkloadSpec
from fwtui.lane.control import LaneCommand
from fwtui.measure.history import History
from fwtui.race.plan import differences, plan
from fwtui.race.race import LaneRun, Race, StartThread
from fwtui.race.request import LaneRequest, RaceRequest, with_lane
from fwtui.race.user_files import UserFiles
from fwtui.session.session import Session
from fwtui.tui.common.lane import Lane, seconds_left, trained_s
from fwtui.tui.common.parity_job import ParityJob
from fwtui.workloads import catalogue as workloads


class RaceModel:
    """The race on the screen.

    Args:
        request: what the user asked for; SpecError where it makes no sense.
        start_thread: starts a lane's thread; called in the app's own thread.
    """

    def __init__(
        self, request: RaceRequest, start_thread: StartThread, clock: Callable[[], int] = perf_counter_ns
    ) -> None:
        self._start_thread, self._clock = start_thread, clock
        self._heard: SimpleQueue[tuple[LaneRun, Record]] = SimpleQueue()
        self.disturbed = False
        """Whether a lane trained while another one's framework was being imported."""
        self.inspecting: tuple[str, float] | None = None
        """The user's file that is inspected for a change of the race, and for how many seconds."""
        self.training_left_s: float | None = None
        """For how long lanes will train beyond the steps that are compared; None where they do not."""
        self.own: WorkloadSpec | None = None
        """The user's own network, so that it can be chosen again after another one."""
        self.request: RaceRequest
        self.spec: RaceSpec
        self.race: Race
        self.lanes: list[Lane]
        self.session: Session
        self.checking: ParityJob | None = None
        """The parity check that is running, or the last one of this race."""
        self.queries = 0
        """Number of requests for a lane's ops or graphs."""
        self._held: list[int] = []
        self._set(request, plan(request))

    def start(self) -> None:
        """Starts every lane."""
        self.race.start()

    def drain(self) -> bool:
        """Apply the records received since the last call; return whether there were any."""
        heard = False
        while True:
            try:
                run, record = self._heard.get_nowait()
            except Empty:
                break
            lane = self.lanes[run.lane] if run.lane < len(self.lanes) else None
            if lane is not None and lane.run is run:
                lane.history.apply(record)
                heard = True
        for lane in self.lanes:
            lane.waits_for = self._awaited_by(lane)
        if heard:
            self.session.update_losses()
        # Comparing all the arrays of one step takes a while, and keys must not wait for several.
        compared = self.session.incomparable is None and self.session.update_probes(at_most=1)
        if self._held and not self.is_checking:
            held = [index for index in self._held if self.lanes[index].paused]
            self._held = []
            self.toggle_pause(held)
        return heard or compared

    def _awaited_by(self, lane: Lane) -> str:
        """Return what of another lane this one waits for; "" where it does not."""
        mine = lane.history
        if self.is_checking and self.request.keep_training and not lane.over:
            return "the check"
        if mine.ended is not None or lane.paused or mine.imported is None:
            return ""
        others = [other for other in self.lanes if other is not lane and other.history.ended is None]
        if not mine.steps and (mine.built is not None or mine.phase == "import"):
            # A lane that is imported and not built waits for a device, as this one does, until it builds.
            for other in others:
                if other.history.imported is None:
                    return f"lane {other.run.lane + 1}'s import"
            for other in others:
                if other.history.built is None and other.history.phase != "import":
                    return f"lane {other.run.lane + 1}'s build"
        if mine.built is not None and lane.spec.by_turns and mine.busy_since_ns is None:
            for other in others:
                if (now := other.present_step()) is not None:
                    return f"lane {other.run.lane + 1}'s {now}"
        return ""

    @property
    def is_checking(self) -> bool:
        """Whether a parity check runs."""
        return self.checking is not None and self.checking.running

    def check(self, steps: int, is_automatic: bool = False) -> None:
        """Start a parity check of `steps` steps; the lanes wait until it has ended.

        Args:
            is_automatic: whether it starts by itself; it must not disturb what a lane is asked for then.
        """
        if self.is_checking:
            return
        training = [lane.history.ended is None and not lane.paused for lane in self.lanes]
        self._held = [index for index, trains in enumerate(training) if trains]
        self.toggle_pause(self._held)
        self.checking = ParityJob(self.spec, steps, self.log_error, is_automatic)
        self._start_thread(self.checking.work, "parity check")

    def drop_check(self) -> None:
        """Ends the parity check, or forgets what it came to."""
        if self.checking is not None:
            self.checking.stop()
            self.checking = None

    def _end_check(self) -> None:
        """Ends a check that runs, as lanes are about to train."""
        if self.is_checking:
            self.drop_check()

    def _query(self, index: int, word: LaneCommand) -> None:
        """Asks a lane for something that it times: no check that started by itself may run meanwhile."""
        self.queries += 1
        checking = self.checking
        if checking is not None and checking.running and checking.is_automatic:
            checking.is_interrupted = True
            self.drop_check()
        self.race.ask(index, word)

    def watch(self) -> None:
        """Takes the turn from a lane that hangs; to be called about twice a second."""
        self.race.watch()

    @property
    def histories(self) -> list[History]:
        """Each lane's history."""
        return [lane.history for lane in self.lanes]

    @property
    def paused(self) -> bool:
        """Whether every lane that could train is paused."""
        able = [lane for lane in self.lanes if not lane.over]
        return bool(able) and all(lane.paused for lane in able)

    def differences(self) -> dict[str, tuple[str, ...]]:
        """Return the settings in which lanes differ, apart from their backend."""
        return differences(self.spec.lanes)

    def trained_s(self) -> float:
        """For how many seconds the lane that has trained longest has, since its first step."""
        return max(map(trained_s, self.histories), default=0.0)

    def steps_total(self) -> int:
        """Steps that the longest lane will have done."""
        return max(max(lane.limit, lane.history.steps) for lane in self.lanes)

    @property
    def compared_steps(self) -> int | None:
        """How many steps the answers are compared over; None: over all that the lanes will do."""
        return self.spec.lanes[0].steps if self.request.keep_training else None

    @property
    def is_past_comparison(self) -> bool:
        """Whether a lane has done steps that are not compared any more."""
        compared = self.compared_steps
        return compared is not None and any(lane.history.steps > compared for lane in self.lanes)

    def seconds_left(self) -> float | None:
        """Until the last lane is done, at its rate so far; None where that is unknown."""
        left = [seconds_left(lane) for lane in self.lanes if lane.history.ended is None]
        known = [seconds for seconds in left if seconds is not None]
        return None if len(known) < len(left) or not left else max(known)

    def toggle_pause(self, indices: Sequence[int]) -> None:
        """Pauses these lanes; where all of them are paused, lets them go on."""
        lanes = [index for index in indices if not self.lanes[index].over]
        resume = all(self.lanes[index].paused for index in lanes)
        if resume and lanes:
            self._end_check()
        for index in lanes:
            self.lanes[index].paused = not resume
            (self.race.resume if resume else self.race.pause)(index)

    def train_on(self, index: int) -> None:
        """Gives a lane that is done as many steps again."""
        self._end_check()
        self.lanes[index].paused = False
        self.extend(index, self.lanes[index].spec.steps)

    def extend(self, index: int, steps: int) -> None:
        """Gives a lane more steps, before it is done or after."""
        self.lanes[index].limit += steps
        self.race.train_on(index, steps)

    def step(self, indices: Sequence[int]) -> None:
        """Pauses these lanes and has each take one step."""
        self._end_check()
        self._held = [index for index in self._held if index not in indices]
        for index in indices:
            if not self.lanes[index].over:
                self.lanes[index].paused = True
                self.race.step(index)

    def ask_ops(self, index: int, step: int = 0) -> None:
        """Has a lane log the ops of that step, or of its next one where it is beyond it: before the step, or
        at once where it is paused or done.
        """
        self._query(index, LaneCommand("log-ops", step))

    def log_every(self, index: int, steps: int) -> None:
        """Make a lane log the ops before every `steps`-th step from now on; 0 turns it off."""
        self.lanes[index].log_every, self.lanes[index].until_nan = steps or None, False
        self.race.ask(index, LaneCommand("log-every", steps))

    def log_until_nan(self, index: int) -> None:
        """Make a lane log the ops before each step until one log holds a NaN."""
        self.lanes[index].log_every, self.lanes[index].until_nan = 1, True
        self.race.ask(index, LaneCommand("log-until-nan"))

    def ask_graphs(self, index: int, step: int = 0) -> None:
        """Request a lane's graphs of that step, as `ask_ops` its ops."""
        self._query(index, LaneCommand("tell-graphs", step))

    def set_lane(self, index: int, lane: LaneRequest, files: UserFiles | None = None) -> None:
        """Runs something else in one lane; the others train on. SpecError where it makes no sense."""
        request = with_lane(self.request, index, lane)
        spec = plan(request, files)
        self.request, self.spec = request, spec
        self.restart(index)

    def restart(self, index: int) -> None:
        """Restart one lane as it was planned; the others keep training."""
        old = self.lanes[index]
        paused = old.paused and old.history.ended is None
        run = self.race.replace(index, self.spec.lanes[index], paused)
        self.race.spec = self.spec
        self.lanes[index] = Lane(run, self._history(), paused)
        self._mark_disturbed(lane for lane in self.lanes if lane.run.lane != index)
        self._restart_comparison()

    def set_race(self, request: RaceRequest, files: UserFiles | None = None) -> None:
        """Runs another race; SpecError, with the old one untouched, where it makes no sense."""
        self._restart_all(request, plan(request, files))

    def add_lane(self, request: RaceRequest, files: UserFiles | None = None) -> None:
        """Add the last lane of `request`, else the present one; the others keep training where they can.

        Lanes that share the cores out are all restarted. SpecError as `set_race`.
        """
        spec = plan(request, files)
        if spec.lanes[:-1] != self.spec.lanes:
            self._restart_all(request, spec)
            return
        self._adopt(request, spec)
        run = self.race.add(spec.lanes[-1])
        self.lanes.append(Lane(run, self._history()))
        self._restart_comparison()
        self._mark_disturbed(self.lanes[:-1])

    def remove_lane(self, index: int, request: RaceRequest, files: UserFiles | None = None) -> None:
        """Remove a lane, which `request` lacks; the others keep training where they can, as in `add_lane`."""
        spec = plan(request, files)
        if spec.lanes != self.spec.lanes[:index] + self.spec.lanes[index + 1 :]:
            self._restart_all(request, spec)
            return
        self._adopt(request, spec)
        self.race.remove(index)
        del self.lanes[index]
        self._restart_comparison()

    def with_workload(self, name: str, preset: str) -> RaceRequest:
        """The request with another workload in every lane; what was set for the old one alone is dropped."""
        lanes = tuple(replace(lane, lr=None, batch=None) for lane in self.request.lanes)
        return replace(
            self.request,
            workload=name,
            preset=preset,
            data=self.own.data if self.own and name == self.own.name else None,
            sizes=(),
            lr=None,
            batch=None,
            steps=None,
            lanes=lanes,
        )

    def shape(self) -> str:
        """The network in a few signs."""
        return workloads.load(self.spec.lanes[0].workload).shape()

    def close(self, timeout: float = 0.5) -> bool:
        """Ends every lane, and a check that runs; False where a lane's thread is still busy.

        What a check has found is kept: it is part of what is said on leaving.
        """
        self._end_check()
        return self.race.close(timeout)

    def hear_print(self, line: str) -> None:
        """Add what this process printed to every lane's log: under the thread host its lane is unknown."""
        for lane in self.lanes:
            self._heard.put((lane.run, LogLine(line)))

    def log_error(self, error: Exception) -> None:
        """Write an error of fwtui's own, with its traceback, to the log of every lane; from any thread."""
        for line in "".join(traceback.format_exception(error)).splitlines():
            self.hear_print(line)

    def _history(self) -> History:
        return History(clock=self._clock)

    def _set(self, request: RaceRequest, spec: RaceSpec) -> None:
        self.request, self.spec, self._held = request, spec, []
        if spec.lanes[0].workload.name not in workloads.names():
            self.own = spec.lanes[0].workload
        self.race = Race(spec, self._hear, self._start_thread)
        self.lanes = [Lane(run, self._history()) for run in self.race.runs]
        self.disturbed = False
        self._restart_comparison()

    def _restart_all(self, request: RaceRequest, spec: RaceSpec) -> None:
        self.race.close(timeout=0)
        self._set(request, spec)
        self.race.start()

    def _adopt(self, request: RaceRequest, spec: RaceSpec) -> None:
        """Takes in a request that differs in its number of lanes alone."""
        self.request, self.spec, self.race.spec, self._held = request, spec, spec, []
        self.drop_check()

    def _mark_disturbed(self, others: Iterable[Lane]) -> None:
        """A framework is imported while these lanes train."""
        self.disturbed = any(lane.history.built and not lane.history.ended for lane in others)

    def _restart_comparison(self) -> None:
        self.drop_check()
        self.session = Session(self.spec, self.histories, self.compared_steps)

    def _hear(self, run: LaneRun, record: Record) -> None:
        if not isinstance(record, TurnEnded):
            self._heard.put((run, record))
