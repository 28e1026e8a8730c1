"""The app: owns the race, and turns keys into what is asked of it."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size

from fwtui.core.inputs import one_of
from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.race.request import RaceRequest
from fwtui.tui.common import textual_leak
from fwtui.tui.common.auto_check import AutoCheck
from fwtui.tui.common.backlog import Backlog
from fwtui.tui.common.changes import Changes
from fwtui.tui.common.compare_screen import CompareScreen
from fwtui.tui.common.composed import screen_text
from fwtui.tui.common.continuation import Continuation
from fwtui.tui.common.frame_rate import FrameRate, usual_fps
from fwtui.tui.common.key_order import KeyOrder
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.race_screen import RaceScreen
from fwtui.tui.common.selection import Selection
from fwtui.tui.common.themes import DARK, LIGHT, THEMES
from fwtui.tui.dialogs.commands import Command, commands_of
from fwtui.tui.dialogs.help import HelpScreen
from fwtui.tui.dialogs.histogram import HistogramScreen
from fwtui.tui.dialogs.memory import MemoryScreen
from fwtui.tui.dialogs.palette import Palette
from fwtui.tui.graph.screen import GraphScreen
from fwtui.tui.lane_actions import LaneActions
from fwtui.tui.live.screen import LiveScreen
from fwtui.tui.ops.screen import OpsScreen
from fwtui.tui.parity.screen import ParityScreen
from fwtui.tui.source.screen import SourceScreen
from fwtui.tui.terminal.driver import TerminalDriver

TICK_S = 0.1
WATCH_S = 0.5
START_S = 0.5
INTERRUPT_S = 2.0
NO_KEYS: Mapping[str, str] = MappingProxyType({})
_SCREENSHOT = "screenshot: export this screen as an SVG file in the current folder"


class FwtuiApp(LaneActions):
    """Shows one race.

    Args:
        request: what to run; SpecError where it makes no sense.
        fps: frames a second at most; None: what is usual, see `usual_fps`.
        clock: gives the present in ns, see `History`.
        theme: one of ours or of Textual's; SpecError for another.
        keys: keys with commas between, by action, in place of the usual ones, see `fwtui.config.keys`.
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
        Binding("t", "toggle_dark", show=False, tooltip="dark or light theme", id="theme"),
        Binding("ctrl+p", "command_palette", show=False, tooltip="every action by name", id="actions"),
        Binding(
            "Y",
            "copy",
            show=False,
            tooltip="copy the selected text, or the screen",
            key_display="Y",
            id="copy",
        ),
        Binding("ctrl+c", "interrupt", show=False, priority=True, tooltip="copy selected text; twice: leave"),
        Binding(
            "ctrl+l", "redraw", show=False, priority=True, tooltip="draw the whole screen again", id="redraw"
        ),
        Binding("ctrl+z", "suspend_process", show=False, priority=True, tooltip="suspend; fg goes on"),
        Binding("ctrl+q", "leave", show=False, priority=True, system=True),
    ]

    def __init__(
        self,
        request: RaceRequest,
        fps: float | None = None,
        clock: Callable[[], int] = time.perf_counter_ns,
        theme: str | None = None,
        keys: Mapping[str, str] = NO_KEYS,
    ) -> None:
        textual_leak.patch()
        super().__init__()
        self._painted_size: Size | None = None
        self._frames = FrameRate(usual_fps() if fps is None else fps, TICK_S, self._takes_frame)
        self.model = self.MODEL(request, self._start_thread, clock)
        self._auto_check = AutoCheck(self.model)
        self._continuation = Continuation(self.model)
        self._changes = Changes(self._start_thread, self._refuse)
        for own in THEMES:
            self.register_theme(own)
        self.theme = one_of("--theme", theme or DARK.name, tuple(sorted(self.available_themes)))
        self.set_keymap(dict(keys))
        self._key_order = KeyOrder(self, self._press)
        self.backlog = Backlog(self._key_order.call_after, self._paint_all)
        self._selection = Selection()
        self._live = LiveScreen(self.model)
        self._others: dict[str, RaceScreen] = {
            "graph": GraphScreen(self.model, self._selection),
            "ops": OpsScreen(self.model, self._selection),
            "source": SourceScreen(self.model, self._selection),
            "parity": ParityScreen(self.model),
        }
        self._here: RaceScreen = self._live
        self._is_started = False
        self._leaves_with: int | None = None
        self._interrupted_at = -INTERRUPT_S

    async def on_event(self, event: events.Event) -> None:
        """Keys do all that they do one after the other, see `RaceScreen.press` and `KeyOrder`."""
        is_new = not event.is_forwarded and bool(self.screen_stack)
        if is_new and isinstance(event, events.Key | events.Paste):
            if not self._key_order.keeps(event):
                await self._press(event)
        else:
            await super().on_event(event)

    async def _press(self, key: events.Key | events.Paste) -> None:
        self.backlog.handles(key.time)
        if self.screen is not self._here or isinstance(key, events.Paste):
            target = self.focused or self.screen
            await super().on_event(key)
            self._key_order.follow(target)
        elif key.key == "escape" and self._changes.inspecting:
            self._changes.cancel()
        elif not await self._here.press(key):
            await super().on_event(key)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, for themes that do not know of them."""
        return dict((DARK if self.current_theme.dark else LIGHT).variables)

    def commands(self) -> list[Command]:
        """Every action that has a key at the moment, and one that has none."""
        found = [one for one in commands_of(self.screen) if one.action != "command_palette"]
        return [*found, Command("screenshot", _SCREENSHOT, "", "app.save_screen", self)]

    def action_command_palette(self) -> None:
        """Every action by name."""
        if isinstance(self.screen, Palette):
            return

        async def chosen(command: Command | None) -> None:
            if command is not None:
                await self.run_action(command.action, command.node)

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
        if self._is_started:
            return
        # The objects that exist by now live until the end: a collection that walks through them delays a key.
        gc.collect()
        gc.freeze()
        self._is_started = True
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

    def paints(self, size: Size) -> None:
        """Has all be drawn where the size is another one: what was painted since the terminal got it is not
        where it was meant to be.
        """
        if size != self._painted_size and isinstance(self._driver, TerminalDriver):
            self._painted_size = size
            self._driver.forget_screen()

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

    def action_histogram(self) -> None:
        """How the step times are distributed."""
        self.push_screen(HistogramScreen(self.model))

    def action_memory(self) -> None:
        """Where the memory has gone."""
        self.push_screen(MemoryScreen(self.model))

    def action_quit_with(self, code: int) -> None:
        """Leaves; the lanes are ended once the terminal is restored."""
        self._changes.cancel()
        # A screen that is being built when its app leaves is left empty, and stumbles over that.
        if self._is_started:
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
        if isinstance(self._here, CompareScreen) and self._others[name] is not self._here:
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
        self.theme = (LIGHT if self.current_theme.dark else DARK).name
