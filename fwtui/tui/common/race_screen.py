"""What every screen of a race shares: its keys, the row on top, the footer, and when to look again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from fwtui.tui.common.base_screen import BaseScreen
from fwtui.tui.common.key_footer import KeyFooter
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.top_bar import TopBar

LEAST_COLUMNS, LEAST_ROWS = 60, 16
NARROW_COLUMNS = 118
STATISTICS_EVERY, QUIET_EVERY, DIALOG_EVERY = 2, 3, 5

_SCREENS = (
    Binding("1", "app.show_live", "live", tooltip="the live race: loss, step times, memory", id="live"),
    Binding("2", "app.show('graph')", "graph", tooltip="why? the graphs that the lanes run", id="graph"),
    Binding("3", "app.show('ops')", "ops", tooltip="why? what a step does, op by op", id="ops"),
    Binding("4", "app.show('source')", "source", tooltip="why? the source that it comes from", id="source"),
    Binding(
        "5",
        "app.show('parity')",
        "parity",
        tooltip="same answer? each gradient and parameter compared",
        id="parity",
    ),
)
_RACE = (
    Binding("b", "app.pick_backend", "backend", tooltip="another backend in this lane", id="backend"),
    Binding("w", "app.pick_workload", "workload", tooltip="another workload in every lane", id="workload"),
    Binding(
        "space",
        "app.pause",
        "pause",
        tooltip="pause or resume every lane; a lane that is done trains on",
        id="pause",
    ),
    Binding("full_stop", "app.step", "step", tooltip="one step in every lane", key_display=".", id="step"),
    Binding("d", "app.pick_device", "device", tooltip="another device for this lane", id="device"),
    Binding("r", "app.restart", "restart", tooltip="restart this lane", id="restart"),
    Binding("l", "app.log", "log", tooltip="what this lane's process printed", id="log"),
    Binding(
        "c", "app.compilations", "compiled", tooltip="what was traced or compiled, and why", id="compiled"
    ),
    Binding(
        "s",
        "app.lane_settings",
        "settings",
        tooltip="this lane's own rate, batch, device, threads",
        id="settings",
    ),
)
_ALWAYS = (
    Binding("question_mark", "app.help", "help", tooltip="all keys and words", key_display="?", id="help"),
    Binding("q", "app.leave", "quit", tooltip="exit: end every lane and leave", id="quit"),
)


class RaceScreen(BaseScreen[None]):
    """Show a `RaceModel`; the app calls `tick` to have it refreshed.

    Attributes:
        COMMON: keys in the footer that give way before the screen's own, the most useful first.
    """

    COMMON: ClassVar[tuple[Binding, ...]] = _RACE
    BINDINGS: ClassVar[list[BindingType]] = [
        *_SCREENS,
        *_RACE,
        *_ALWAYS,
        Binding(
            "h", "app.histogram", show=False, tooltip="how the step times are distributed", id="histogram"
        ),
        Binding(
            "M",
            "app.memory",
            show=False,
            tooltip="memory: each lane's share of its GPU and of the machine",
            key_display="M",
            id="memory",
        ),
        Binding(
            "p", "app.pause_lane", show=False, tooltip="pause or resume this lane alone", id="pause-lane"
        ),
        Binding(
            "R",
            "app.restart_all",
            show=False,
            tooltip="restart every lane",
            key_display="R",
            id="restart-all",
        ),
        Binding(
            "a",
            "app.add_lane",
            show=False,
            tooltip="add a lane like this one; the others go on",
            id="add-lane",
        ),
        Binding(
            "x", "app.remove_lane", show=False, tooltip="remove this lane; the others go on", id="remove-lane"
        ),
        Binding("tab", "next_lane(1)", show=False, tooltip="the next lane"),
        Binding("shift+tab", "next_lane(-1)", show=False, tooltip="the lane before"),
    ]

    def __init__(self, model: RaceModel) -> None:
        super().__init__()
        self._model = model
        # Kept, not queried for: when the app leaves, its timer finds some widgets gone already.
        self._top = TopBar(id="top")
        groups = (_SCREENS, self.COMMON, _ALWAYS)
        self._footer = KeyFooter(*([binding.action for binding in bindings] for bindings in groups))
        self._frames = 0
        self._stale = False

    def compose(self) -> ComposeResult:
        # Before there are parts that would be styled once more.
        self._classify(*self.app.size)
        yield self._top
        yield from self.parts()
        yield Static(id="too-small")
        yield self._footer

    def parts(self) -> Iterable[Widget]:
        """The widgets between the row on top and the footer."""
        raise NotImplementedError

    @property
    def lane_index(self) -> int:
        """The lane that keys act on."""
        raise NotImplementedError

    def focus_lane(self, index: int) -> None:
        """Make keys act on this lane from now on."""
        raise NotImplementedError

    def look(self, statistics: bool = True) -> None:
        """Show the present state of the race.

        Args:
            statistics: whether to compute again what costs more than the rest.
        """
        raise NotImplementedError

    def on_mount(self) -> None:
        """The first layout."""
        self.fit()

    def on_resize(self) -> None:
        """Chooses what there is room for."""
        self.fit()

    def on_screen_resume(self) -> None:
        """Shows what happened meanwhile."""
        self.look()

    def fit(self) -> None:
        """Fits the layout to the window, and shows the race in it."""
        width, height = self.size
        self._classify(width, height)
        if self.has_class("-too-small"):
            text = (
                f"fwtui needs {LEAST_COLUMNS}×{LEAST_ROWS},\nthis is {width}×{height}"
                if height > 1
                else "too small"
            )
            self.query_one("#too-small", Static).update(text)
        self._footer.narrow = self.has_class("-narrow")
        self.lay_out(width, height)
        self.look()

    def _show_frame(self) -> None:
        """Shows the race in the row on top, and what keys do at present in the footer."""
        self._top.show_race(self._model)
        self._footer.labels = self.key_labels()

    def key_labels(self) -> dict[str, str]:
        """What actions do at present, where their keys' own words do not say it."""
        lanes = self._model.lanes
        if self._model.paused:
            return {"app.pause": "go on"}
        if all(lane.history.ended for lane in lanes) and not all(lane.over for lane in lanes):
            return {"app.pause": "train on"}
        return {}

    def _classify(self, width: int, height: int) -> None:
        self.set_class(width < LEAST_COLUMNS or height < LEAST_ROWS, "-too-small")
        self.set_class(width < NARROW_COLUMNS, "-narrow")

    def lay_out(self, width: int, height: int) -> None:
        """Fit the widgets between the row on top and the footer to a window of `width` by `height` cells."""
        raise NotImplementedError

    def tick(self, heard: bool, is_due: bool) -> None:
        """Called several times a second.

        Under a dialog only every fifth frame is drawn: each repaints the whole screen there.

        Args:
            heard: whether any lane has said anything since the last call.
            is_due: whether a frame may be drawn now.
        """
        self._stale |= heard
        if not is_due:
            return
        self._frames += 1
        statistics = self._stale and self._frames % STATISTICS_EVERY == 0
        if self.app.screen is not self:
            draws = self._frames % DIALOG_EVERY == 0
        else:
            draws = self._stale or self._frames % QUIET_EVERY == 0
        if draws:
            self._stale &= not statistics
            self.look(statistics)

    async def press(self, event: events.Key) -> bool:
        """Run a key's action to its end before the next key is handled; return whether it has one.

        Textual sends a key to the widget that has the focus by then, and it bubbles up to the app later: a
        key meant for a dialog that the key before it opens would be run as a command.
        """
        active = self.active_bindings.get(event.key)
        if active is None or not active.enabled or active.binding.priority:
            return False
        return await self.app.run_action(active.binding.action, active.node)

    def action_next_lane(self, by: int) -> None:
        """Make keys act on the next lane."""
        self.focus_lane((self.lane_index + by) % len(self._model.lanes))
