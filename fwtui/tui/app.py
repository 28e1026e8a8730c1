"""The app: owns the race, and turns keys into what is asked of it."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from fwtui.core.inputs import SpecError
from fwtui.core.spec import MAX_LANES
from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.race.plan import LaneRequest, RaceRequest, plan, with_lane
from fwtui.tui.common import textual_leak
from fwtui.tui.common.auto_check import AutoCheck
from fwtui.tui.common.backlog import Backlog
from fwtui.tui.common.changes import Changes
from fwtui.tui.common.compare_screen import WhyScreen
from fwtui.tui.common.composed import screen_text
from fwtui.tui.common.continuation import Continuation
from fwtui.tui.common.frame_rate import FrameRate, usual_fps
from fwtui.tui.common.model import Lane, RaceModel
from fwtui.tui.common.quiet_exit import QuietExit
from fwtui.tui.common.race_screen import RaceScreen
from fwtui.tui.common.selection import Selection
from fwtui.tui.common.themes import DARK, THEMES
from fwtui.tui.dialogs.choices import (
    backend_choices,
    device_choices,
    present_settings,
    workload_choices,
)
from fwtui.tui.dialogs.commands import Command, commands_of
from fwtui.tui.dialogs.compilations import CompilationsScreen
from fwtui.tui.dialogs.confirm import Confirm
from fwtui.tui.dialogs.help import HelpScreen
from fwtui.tui.dialogs.histogram import HistogramScreen
from fwtui.tui.dialogs.lane_settings import LaneSettings
from fwtui.tui.dialogs.log import LogScreen
from fwtui.tui.dialogs.palette import Palette
from fwtui.tui.dialogs.picker import Picker
from fwtui.tui.graph.screen import GraphScreen
from fwtui.tui.live.screen import LiveScreen
from fwtui.tui.ops.screen import OpsScreen
from fwtui.tui.parity.screen import ParityScreen
from fwtui.tui.source.screen import SourceScreen
from fwtui.tui.terminal.driver import TerminalDriver
from fwtui.workloads import catalogue as workloads

TICK_S = 0.1
WATCH_S = 0.5
START_S = 0.5
INTERRUPT_S = 2.0
ASK_FROM_S = 1_800.0
"""Training of so long is not thrown away without a question."""
_SCREENSHOT = "screenshot: export this screen as an SVG file in the current folder"


class FwtuiApp(QuietExit[int]):
    """Shows one race.

    Args:
        request: what to run; SpecError where it makes no sense.
        fps: frames a second at most; None: what is usual, see `usual_fps`.
    """

    TITLE = "fwtui"
    CSS_PATH: ClassVar = [
        "app.tcss",
        "common/compare_screen.tcss",
        *(f"{name}/screen.tcss" for name in ("graph", "ops", "source")),
    ]
    ENABLE_COMMAND_PALETTE = False  # it has one of its own
    MODEL = RaceModel

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "toggle_dark", show=False, tooltip="dark or light theme"),
        Binding("ctrl+p", "command_palette", show=False, tooltip="every action by name"),
        Binding("Y", "copy", show=False, tooltip="copy the selected text, or the screen", key_display="Y"),
        Binding("ctrl+c", "interrupt", show=False, priority=True, tooltip="copy selected text; twice: leave"),
        Binding("ctrl+l", "redraw", show=False, priority=True, tooltip="draw the whole screen again"),
        Binding("ctrl+z", "suspend_process", show=False, priority=True, tooltip="suspend; fg goes on"),
        Binding("ctrl+q", "leave", show=False, priority=True, system=True),
    ]

    def __init__(self, request: RaceRequest, fps: float | None = None) -> None:
        textual_leak.patch()
        super().__init__()
        self._frames = FrameRate(usual_fps() if fps is None else fps, TICK_S, self._takes_frame)
        self.model = self.MODEL(request, self._start_thread)
        self._auto_check = AutoCheck(self.model)
        self._continuation = Continuation(self.model)
        self._changes = Changes(self._start_thread, self._refuse)
        self._shown_notes: tuple[str, ...] = ()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name
        self.backlog = Backlog(self.call_later, self._paint_all)
        self._selection = Selection()
        self._live = LiveScreen(self.model)
        self._others: dict[str, RaceScreen] = {
            "graph": GraphScreen(self.model, self._selection),
            "ops": OpsScreen(self.model, self._selection),
            "source": SourceScreen(self.model, self._selection),
            "parity": ParityScreen(self.model),
        }
        self._here: RaceScreen = self._live
        self._stands = False
        self._leaves_with: int | None = None
        self._interrupted_at = -INTERRUPT_S

    async def on_event(self, event: events.Event) -> None:
        """A race's keys do all that they do one after the other, see `RaceScreen.press`."""
        if isinstance(event, events.Key):
            self.backlog.handles(event.time)
        in_front = bool(self.screen_stack) and self.screen is self._here
        if isinstance(event, events.Key) and not event.is_forwarded and in_front:
            if event.key == "escape" and self._changes.inspecting:
                self._changes.cancel()
            elif not await self._here.press(event):
                await super().on_event(event)
        else:
            await super().on_event(event)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, for themes that do not know of them."""
        return dict(DARK.variables)

    def commands(self) -> list[Command]:
        """Every action that a key of this moment stands for, and one that has no key."""
        found = [one for one in commands_of(self.screen) if one.action != "command_palette"]
        return [*found, Command("screenshot", _SCREENSHOT, "", "app.save_screen", self)]

    def action_command_palette(self) -> None:
        """Every action by name."""
        if isinstance(self.screen, Palette):
            return

        def chosen(command: Command | None) -> None:
            if command is not None:
                self.call_next(self.run_action, command.action, command.node)

        self.push_screen(Palette(self.commands()), chosen)

    def action_save_screen(self) -> None:
        """Saves what the screen shows as an SVG file in the current folder."""
        try:
            path = self.save_screenshot(path=os.curdir)
        except OSError as error:
            text = f"not saved in {plain(os.getcwd())}: {error.strerror}"  # noqa: PTH109
            self.notify(text, severity="error", markup=False)
        else:
            self.notify(f"saved {os.path.relpath(path)}", markup=False)

    def on_mount(self) -> None:
        """Starts the race after the first paint."""
        # What is installed lives on while another screen is shown.
        self.install_screen(self._live, "live")
        for name, screen in self._others.items():
            self.install_screen(screen, name)
        self.push_screen(self._live)
        self.call_after_refresh(self._start)
        # A dialog that a key opens at once may hold back the paint behind it, and what waits for that.
        self.set_timer(START_S, self._start)

    def _start(self) -> None:
        if self._stands:
            return
        # What stands by now stands until the end: a collection that walks through it holds up a key.
        gc.collect()
        gc.freeze()
        self._stands = True
        if self._leaves_with is not None:
            self.exit(self._leaves_with)
            return
        self.model.start()
        self._tell_notes()
        self.set_interval(TICK_S, self._tick)
        self.set_interval(WATCH_S, self.model.watch)

    def _start_thread(self, work: Callable[[], None], name: str) -> None:
        self.run_worker(work, name=name, group="lanes", thread=True, exit_on_error=True)

    def _tick(self) -> None:
        self._changes.tick()
        self.model.inspecting = self._changes.inspecting
        heard = self.model.drain()
        self._auto_check.tick()
        self._continuation.tick()
        self.model.training_left_s = self._continuation.left_s
        is_due = self._frames.is_due()
        if self.screen_stack:  # when the app leaves, its screens go before its timers
            self._here.tick(heard, is_due)

    def _takes_frame(self) -> bool:
        return not isinstance(self._driver, TerminalDriver) or self._driver.link.takes_frame()

    def action_redraw(self) -> None:
        """Draws every cell, as after something else has written to the terminal."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.forget_screen()
        self._paint_all()

    def _paint_all(self) -> None:
        if self.screen_stack:
            self.screen.refresh(layout=True)

    def action_copy(self) -> None:
        """Copies the text that the mouse has selected, or what the screen shows, by way of the terminal."""
        self._copy(self.screen.get_selected_text() or screen_text(self.screen))

    def action_interrupt(self) -> None:
        """Copies the selected text; without any, leaves where it is asked to twice."""
        if selected := self.screen.get_selected_text():
            self._copy(selected)
            self.screen.clear_selection()
        elif time.monotonic() - self._interrupted_at < INTERRUPT_S:
            self.action_quit_with(130)
        else:
            self._interrupted_at = time.monotonic()
            self.notify("ctrl+c again leaves", timeout=INTERRUPT_S)

    def _copy(self, text: str) -> None:
        self.copy_to_clipboard(text)
        lines = numbers.plural(text.count("\n") + 1, "line")
        self.notify(f"copied {lines} to the terminal's clipboard (OSC 52)")

    def action_leave(self) -> None:
        """Leaves; where much would be lost, once that is confirmed."""
        self._confirmed("Leave?", "leaving", lambda: self.action_quit_with(0))

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

    def action_histogram(self) -> None:
        """How the step times are distributed."""
        self.push_screen(HistogramScreen(self.model))

    def action_quit_with(self, code: int) -> None:
        """Leaves; the lanes are ended once the terminal is restored."""
        self._changes.cancel()
        # A screen that is being built when its app leaves is left empty, and stumbles over that.
        if self._stands:
            self.exit(code)
        else:
            self._leaves_with = code

    def quit_on(self, number: signal.Signals) -> None:
        """Leaves as a program should that was asked to by a signal."""
        self.action_quit_with(128 + number)

    def action_help(self) -> None:
        """All keys and words."""
        self.push_screen(HelpScreen(self.screen))

    async def action_show_live(self) -> None:
        """The live race."""
        await self._show(self._live)

    async def action_show(self, name: str) -> None:
        """Another screen of the race; what is selected on the one before is looked for there."""
        if isinstance(self._here, WhyScreen) and self._others[name] is not self._here:
            self._selection.jumped(self._here.NAME)
        await self._show(self._others[name])

    async def action_go_back(self) -> None:
        """Where the last jump came from."""
        name = self._selection.back()
        if name is None:
            return
        if self._here is self._others[name]:
            self._here.look()
        else:
            await self._show(self._others[name])

    async def _show(self, screen: RaceScreen) -> None:
        if self.screen is self._here and screen is not self._here:
            screen.focus_lane(self._here.lane_index)
            self._here = screen
            # The next key may already be on its way to the other screen, which must be there by then.
            await self.switch_screen(screen)

    def action_toggle_dark(self) -> None:
        """Dark or light."""
        names = [theme.name for theme in THEMES]
        self.theme = names[1 - names.index(self.theme)] if self.theme in names else names[0]

    def action_pause(self) -> None:
        """Pauses every lane, or lets all go on; where every lane is done, trains on."""
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
        """Starts the lane with the focus anew."""
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
            return plan(with_lane(self.model.request, index, lane), workloads.known)

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
            self.notify(f"{MAX_LANES} lanes are the most", severity="warning")
            return

        def with_one_more() -> RaceRequest | None:
            lanes = self.model.request.lanes
            if index >= len(lanes) or len(lanes) == MAX_LANES:
                return None
            return replace(self.model.request, lanes=(*lanes, lanes[index]))

        self._changes.submit(
            with_one_more, lambda wanted: self._change(lambda: self.model.add_lane(wanted, workloads.load))
        )

    def action_remove_lane(self) -> None:
        """The race without the lane with the focus."""
        index = self._here.lane_index
        if len(self.model.request.lanes) == 1:
            self.notify("one lane is the least", severity="warning")
            return

        def with_one_less() -> RaceRequest | None:
            lanes = self.model.request.lanes
            if index >= len(lanes) or len(lanes) == 1:
                return None
            return replace(self.model.request, lanes=lanes[:index] + lanes[index + 1 :])

        def change(wanted: RaceRequest) -> None:
            self._change(lambda: self.model.remove_lane(index, wanted, workloads.load))

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
            self._change(lambda: self.model.set_lane(index, wanted.lanes[index], workloads.load))

        self._changes.submit(request, change)

    def _set_race(self, request: Callable[[], RaceRequest]) -> None:
        def change(wanted: RaceRequest) -> None:
            self._change(lambda: self.model.set_race(wanted, workloads.load))

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
