"""What keys do to lanes: pause, restart, another backend, device or workload, one lane more or less."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from fwtui.core.inputs import SpecError
from fwtui.core.spec import MAX_LANES
from fwtui.format import numbers
from fwtui.race.plan import plan
from fwtui.race.request import LaneRequest, RaceRequest, with_lane
from fwtui.race.user_files import ExaminedFiles, LastFiles
from fwtui.tui.common.changes import Changes
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.quiet_exit import QuietExit
from fwtui.tui.common.race_screen import RaceScreen
from fwtui.tui.common.selection import Selection
from fwtui.tui.dialogs.choices import (
    backend_choices,
    device_choices,
    present_settings,
    workload_choices,
)
from fwtui.tui.dialogs.compilations import CompilationsScreen
from fwtui.tui.dialogs.confirm import Confirm
from fwtui.tui.dialogs.lane_settings import LaneSettings
from fwtui.tui.dialogs.log import LogScreen
from fwtui.tui.dialogs.picker import Picker
from fwtui.tui.live.screen import LiveScreen
from fwtui.workloads import catalogue as workloads

ASK_FROM_S = 1_800.0
"""A race that has trained for this long is not ended without a question."""


class LaneActions(QuietExit[int]):
    """The part of the app that changes lanes; the app sets the attributes.

    Attributes:
        model: the race.
    """

    model: RaceModel
    _changes: Changes
    _here: RaceScreen
    _live: LiveScreen
    _selection: Selection
    _shown_notes: tuple[str, ...] = ()

    def _confirmed(self, question: str, doing: str, work: Callable[[], None]) -> None:
        """Does what ends lanes, after a question where they have trained for long."""
        trained_s = self.model.trained_s()
        if trained_s < ASK_FROM_S:
            work()
            return
        detail = f"The lanes have trained for {numbers.clock(trained_s)}; {doing} ends them."

        def answered(yes: bool | None) -> None:
            if yes:
                work()

        self.push_screen(Confirm(question, detail), answered)

    def action_pause(self) -> None:
        """Pause every lane, or resume all; where every lane is done, add steps."""
        done = [i for i, lane in enumerate(self.model.lanes) if lane.history.ended and not lane.over]
        training = [i for i, lane in enumerate(self.model.lanes) if not lane.history.ended]
        if training:
            self.model.toggle_pause(training)
        else:
            for index in done:
                self.model.train_on(index)
        self._here.look()

    def action_pause_lane(self) -> None:
        """The same for one lane."""
        index = self._here.lane_index
        lane = self.model.lanes[index]
        if lane.history.ended is None:
            self.model.toggle_pause([index])
        elif not lane.over:
            self.model.train_on(index)
        self._here.look()

    def action_step(self) -> None:
        """Has every lane take one step."""
        self.model.step(range(len(self.model.lanes)))
        self._here.look()

    def action_restart(self) -> None:
        """Restart the lane with the focus."""
        index = self._here.lane_index
        self._set_lane(index, lambda lane: lane)

    def action_restart_all(self) -> None:
        """Restarts every lane."""
        self._confirmed(
            "Restart all lanes?", "restarting", lambda: self._set_race(lambda: self.model.request)
        )

    def action_log(self) -> None:
        """Shows what the lane printed."""
        lane = self.model.lanes[self._here.lane_index]
        self.push_screen(LogScreen(lane, shared=self.model.spec.host == "thread"))

    def action_compilations(self) -> None:
        """Shows what was traced or compiled in the lane, and why."""
        self.push_screen(CompilationsScreen(self.model.lanes[self._here.lane_index]))

    def action_pick_backend(self) -> None:
        """Another backend in the lane with the focus."""
        index = self._here.lane_index
        lane = self.model.request.lanes[index]

        def chosen(name: str | None) -> None:
            if name is not None:
                self._set_lane(index, lambda lane: replace(lane, backend=name))

        self.push_screen(
            Picker(f"Lane {index + 1}: backend", backend_choices(self.model, index), lane.backend), chosen
        )

    def action_pick_device(self) -> None:
        """Another device for the lane with the focus."""
        index = self._here.lane_index
        built = self.model.lanes[index].history.built

        def chosen(name: str | None) -> None:
            if name is not None:
                self._set_lane(index, lambda lane: replace(lane, device=name))

        now = built.device if built else "cpu"
        self.push_screen(Picker(f"Lane {index + 1}: device", device_choices(self.model, index), now), chosen)

    def action_pick_workload(self) -> None:
        """Another workload in every lane."""
        workload = self.model.spec.lanes[0].workload

        def chosen(key: str | None) -> None:
            if key is not None:
                name, _, preset = key.rpartition("/")
                self._confirmed(
                    "Another workload?",
                    "changing it",
                    lambda: self._set_race(lambda: self.model.with_workload(name, preset)),
                )

        now = f"{workload.name}/{workload.preset}"
        self.push_screen(Picker("Every lane: workload", workload_choices(self.model), now), chosen)

    def action_lane_settings(self) -> None:
        """The lane's own settings as text."""
        index = self._here.lane_index

        def check(lane: LaneRequest) -> object:
            return plan(with_lane(self.model.request, index, lane), LastFiles())

        def chosen(lane: LaneRequest | None) -> None:
            if lane is not None:
                self._set_lane(index, lambda _: lane)

        now = present_settings(self.model, index)
        dialog = LaneSettings(f"Lane {index + 1}: settings", self.model.request.lanes[index], now, check)
        self.push_screen(dialog, chosen)

    def action_add_lane(self) -> None:
        """One more lane like the one with the focus."""
        index = self._here.lane_index
        if len(self.model.request.lanes) == MAX_LANES:
            self.notify(f"at most {MAX_LANES} lanes", severity="warning")
            return

        def with_one_more() -> RaceRequest | None:
            lanes = self.model.request.lanes
            if index >= len(lanes) or len(lanes) == MAX_LANES:
                return None
            return replace(self.model.request, lanes=(*lanes, lanes[index]))

        self._changes.submit(
            with_one_more, lambda wanted: self._change(lambda: self.model.add_lane(wanted, ExaminedFiles()))
        )

    def action_remove_lane(self) -> None:
        """The race without the lane with the focus."""
        index = self._here.lane_index
        if len(self.model.request.lanes) == 1:
            self.notify("at least one lane", severity="warning")
            return

        def with_one_less() -> RaceRequest | None:
            lanes = self.model.request.lanes
            if index >= len(lanes) or len(lanes) == 1:
                return None
            return replace(self.model.request, lanes=lanes[:index] + lanes[index + 1 :])

        def change(wanted: RaceRequest) -> None:
            self._change(lambda: self.model.remove_lane(index, wanted, ExaminedFiles()))

        self._changes.submit(with_one_less, change)

    def _set_lane(self, index: int, lane: Callable[[LaneRequest], LaneRequest]) -> None:
        """Runs something else in one lane.

        Args:
            lane: what, worked out from what the lane was asked to run when the change is made.
        """

        def request() -> RaceRequest | None:
            lanes = self.model.request.lanes  # this one may have been removed while a file was inspected
            return with_lane(self.model.request, index, lane(lanes[index])) if index < len(lanes) else None

        def change(wanted: RaceRequest) -> None:
            self._change(lambda: self.model.set_lane(index, wanted.lanes[index], ExaminedFiles()))

        self._changes.submit(request, change)

    def _set_race(self, request: Callable[[], RaceRequest]) -> None:
        def change(wanted: RaceRequest) -> None:
            self._change(lambda: self.model.set_race(wanted, ExaminedFiles()))

        self._changes.submit(request, change)

    def _refuse(self, error: SpecError) -> None:
        self.notify(str(error), severity="error", markup=False)
        self._here.look()

    def _change(self, change: Callable[[], None]) -> None:
        """Changes the race; SpecError, with the old one untouched, where it makes no sense."""
        before = list(self.model.lanes)
        change()
        self._tell_notes()
        self._forget(before)
        if len(self.model.lanes) != len(before):
            self._live.fit_lanes()
        self._here.look()

    def _tell_notes(self) -> None:
        """Shows what may not be meant in the user's file, once."""
        notes = workloads.notes(self.model.spec.lanes[0].workload)
        if notes != self._shown_notes:
            self._shown_notes = notes
            for note in notes:
                self.notify(note, severity="warning", markup=False)

    def _forget(self, before: Sequence[Lane]) -> None:
        """Lets go of what was selected in lanes that are no more as they were."""
        changed = [lane is not old for lane, old in zip(self.model.lanes, before, strict=False)]
        if all(changed) or len(self.model.lanes) != len(before):
            self._selection.forget()
        else:
            for index in (index for index, is_new in enumerate(changed) if is_new):
                self._selection.forget_lane(index)
