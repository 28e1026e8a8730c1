"""The live race: a panel a lane side by side, the verdict below."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Footer, Static

from fwtui.measure.statistics import StepTimes
from fwtui.measure.verdict import Speed
from fwtui.tui.charts.raster import Scale
from fwtui.tui.curves import KINDS, LaneCurves, SharedAxes
from fwtui.tui.model import RaceModel
from fwtui.tui.widgets.chart import Chart
from fwtui.tui.widgets.lane_panel import LanePanel, LaneView, colour_names
from fwtui.tui.widgets.top_bar import TopBar
from fwtui.tui.widgets.verdict_bar import VerdictBar

LEAST_COLUMNS, LEAST_ROWS = 60, 16
OTHER_ROWS, ZOOMED_OTHER_ROWS = 5, 2
THREE_CHARTS_ROWS = 27
NARROW_COLUMNS = 118
DRAW_EVERY, STATISTICS_EVERY, QUIET_EVERY, DIALOG_EVERY = 2, 4, 6, 10


class LiveScreen(Screen[None]):
    """Shows a `RaceModel`; the app tells it when to look again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "app.pick_backend", "backend", tooltip="another backend in this lane"),
        Binding("d", "app.pick_device", "device", tooltip="another device for this lane"),
        Binding("w", "app.pick_workload", "workload", tooltip="another workload in every lane"),
        Binding(
            "space", "app.pause", "pause", tooltip="pause or resume every lane; a lane that is done trains on"
        ),
        Binding("full_stop", "app.step", "step", tooltip="one step in every lane", key_display="."),
        Binding("r", "app.restart", "restart", tooltip="start this lane anew"),
        Binding("question_mark", "app.help", "help", tooltip="this page", key_display="?"),
        Binding("q", "app.quit_with(0)", "quit", tooltip="end every lane and leave"),
        Binding("enter", "zoom", "zoom", tooltip="this lane alone, or all again"),
        Binding("l", "app.log", "log", tooltip="what this lane's process printed"),
        Binding("y", "toggle_scale", "log scale", tooltip="loss on a logarithmic or a linear scale"),
        Binding("s", "app.lane_settings", "settings", tooltip="this lane's own rate, batch, device, threads"),
        Binding("p", "app.pause_lane", show=False, tooltip="pause or resume this lane alone"),
        Binding("R", "app.restart_all", show=False, tooltip="start every lane anew", key_display="R"),
        Binding("a", "app.add_lane", show=False, tooltip="add a lane like this one; all start anew"),
        Binding("x", "app.remove_lane", show=False, tooltip="remove this lane; the others start anew"),
        Binding("tab", "next_lane(1)", show=False, tooltip="the next lane"),
        Binding("shift+tab", "next_lane(-1)", show=False, tooltip="the lane before"),
        Binding("up,k", "next_chart(-1)", show=False, tooltip="the chart above"),
        Binding("down,j", "next_chart(1)", show=False, tooltip="the chart below"),
        Binding("escape", "unzoom", show=False, tooltip="back: all lanes, no cursor"),
    ]

    def __init__(self, model: RaceModel) -> None:
        super().__init__()
        self._model = model
        # Kept, not queried for: when the app leaves, its timer finds some widgets gone already.
        self._top, self._verdict = TopBar(id="top"), VerdictBar(id="verdict")
        self._axes = SharedAxes()
        self._scale: Scale = "log"
        self._kind = KINDS[0]
        self._speed: Speed | None = None
        self._times: list[StepTimes | None] = []
        self._ticks = 0
        self._stale = False

    def compose(self) -> ComposeResult:
        yield self._top
        with Container(id="lanes"):
            for index in range(len(self._model.lanes)):
                yield LanePanel(index)
        yield self._verdict
        yield Static(id="too-small")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """The first lane is the one that keys act on."""
        self.fit()
        self.call_after_refresh(self.focus_lane, 0)

    def on_resize(self) -> None:
        """Chooses what there is room for."""
        self.fit()

    @property
    def lane_index(self) -> int:
        """The lane that keys act on: the one with the focus."""
        focused = self.focused
        panel = (
            next((node for node in focused.ancestors if isinstance(node, LanePanel)), None)
            if focused
            else None
        )
        return min(panel.index, len(self._model.lanes) - 1) if panel else 0

    def focus_lane(self, index: int) -> None:
        """Gives the focus to a lane, on the chart that was looked at last."""
        panels = list(self.query(LanePanel))
        if panels:
            panels[index % len(panels)].chart(self._kind).focus(scroll_visible=False)

    def fit(self) -> None:
        """Fits the layout to the window: how many lanes side by side, one chart or three in each."""
        width, height = self.size
        small = width < LEAST_COLUMNS or height < LEAST_ROWS
        self.set_class(small, "-too-small")
        if small:
            text = (
                f"fwtui needs {LEAST_COLUMNS}×{LEAST_ROWS},\nthis is {width}×{height}"
                if height > 1
                else "too small"
            )
            self.query_one("#too-small", Static).update(text)
        narrow = width < NARROW_COLUMNS
        self.set_class(narrow, "-narrow")
        self.query_one(Footer).compact = narrow
        lanes = len(self._model.lanes)
        columns = lanes if lanes <= 2 or width >= 60 * lanes else 2
        rows = -(-lanes // columns)
        grid = self.query_one("#lanes", Container)
        grid.styles.grid_size_columns, grid.styles.grid_size_rows = columns, rows
        room = height - ZOOMED_OTHER_ROWS if self.maximized else (height - OTHER_ROWS) // rows
        one_chart = room < THREE_CHARTS_ROWS
        self.set_class(one_chart, "-one-chart")
        for panel in self.query(LanePanel):
            panel.set_class(one_chart, "-one-chart")
            for kind in KINDS:
                chart = panel.chart(kind)
                chart.display = not one_chart or kind == self._kind
                chart.x_axis = one_chart or kind == KINDS[-1]
        self.look()

    def look(self, statistics: bool = True) -> None:
        """Shows the race as it stands.

        Args:
            statistics: whether to work out percentiles and the verdict anew, which costs more than the rest.
        """
        model = self._model
        if statistics or len(self._times) != len(model.lanes):
            self._stale = False
            self._times = [history.step_times() for history in model.histories]
            self._speed = model.judge_speed()
        curves = [LaneCurves.of(history) for history in model.histories]
        self._axes.fit(curves, model.steps_total(), self._scale)
        differences = model.differences()
        colours = colour_names(model.lanes)
        for panel, lane in zip(self.query(LanePanel), model.lanes, strict=False):
            index = panel.index
            others = [other for place, other in enumerate(curves) if place != index]
            settings = tuple((name, values[index]) for name, values in differences.items())
            panel.show(
                LaneView(
                    lane, self._times[index], curves[index], others, self._axes, settings, colours[index]
                )
            )
        self._top.show_race(model)
        self._verdict.show(model, self._speed)

    def tick(self, heard: bool) -> None:
        """Called several times a second; `heard`: whether any lane has said anything.

        Under a dialog the race is looked at once a second: each look paints the whole screen anew there.
        """
        self._ticks += 1
        self._stale |= heard
        statistics = self._stale and self._ticks % STATISTICS_EVERY == 0
        if self.app.screen is not self:
            due = self._ticks % DIALOG_EVERY == 0
        else:
            due = (
                self._ticks % QUIET_EVERY == 0
                or (self._stale and self._ticks % DRAW_EVERY == 0)
                or statistics
            )
        if due:
            self.look(statistics)

    def on_chart_cursor_moved(self, event: Chart.CursorMoved) -> None:
        """One chart's cursor moves all the others'."""
        for chart in self.query(Chart):
            chart.cursor = event.step

    def action_next_lane(self, by: int) -> None:
        """Gives the focus to the next lane."""
        self.focus_lane((self.lane_index + by) % len(self._model.lanes))

    def action_next_chart(self, by: int) -> None:
        """Gives the focus to the next chart of the lane; where there is room for one only, shows that."""
        index = self.lane_index
        self._kind = KINDS[(KINDS.index(self._kind) + by) % len(KINDS)]
        self.fit()
        self.focus_lane(index)

    def action_toggle_scale(self) -> None:
        """Loss on a logarithmic or a linear scale, in all lanes."""
        self._scale = "linear" if self._scale == "log" else "log"
        for panel in self.query(LanePanel):
            panel.chart("loss").scale = self._scale
        self.look()

    def action_zoom(self) -> None:
        """One lane alone, or all again."""
        if self.maximized is not None:
            self.action_unzoom()
            return
        self.maximize(self.query(LanePanel)[self.lane_index], container=False)
        self.call_after_refresh(self.fit)

    def action_unzoom(self) -> None:
        """All lanes again."""
        index = self.lane_index
        self.minimize()
        self.call_after_refresh(self.fit)
        self.call_after_refresh(self.focus_lane, index)
