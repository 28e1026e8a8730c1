"""The live screen: the lanes' panels side by side, and the verdict below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget

from fwtui.measure.speed import Speed
from fwtui.measure.statistics import StepTimes
from fwtui.tui.charts.chart import Chart
from fwtui.tui.charts.raster import Scale
from fwtui.tui.common.lane_colours import colour_names
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.race_screen import RaceScreen
from fwtui.tui.live.curves import KINDS, LaneCurves, SharedAxes
from fwtui.tui.live.graph_ribbon import GraphRibbon
from fwtui.tui.live.lane_panel import LanePanel, LaneView
from fwtui.tui.live.verdict_bar import VerdictBar
from fwtui.tui.live.what_now_line import WhatNow

OTHER_ROWS, NARROW_OTHER_ROWS = 7, 5
THREE_CHARTS_ROWS = 26
LEAST_PANEL_COLUMNS = 50


class LiveScreen(RaceScreen):
    """Show every lane's losses, step times and memory."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "zoom", "zoom", tooltip="this lane alone, or all again", id="zoom"),
        Binding(
            "m",
            "next_metric",
            show=False,
            tooltip="another metric of the network's in the first chart",
            id="metric",
        ),
        Binding("up,k", "next_chart(-1)", "charts", tooltip="another chart of the lane", key_display="↑↓"),
        Binding("down,j", "next_chart(1)", show=False, tooltip="the next chart"),
        Binding(
            "y",
            "toggle_scale",
            "log scale",
            tooltip="this chart on a logarithmic or a linear scale",
            id="scale",
        ),
        Binding("escape", "unzoom", show=False, tooltip="back: all lanes, no cursor; end the check"),
    ]

    def __init__(self, model: RaceModel) -> None:
        super().__init__(model)
        self._verdict = VerdictBar(id="verdict")
        self._what_now = WhatNow(id="what-now")
        self._zoomed = False
        self._begin = 0
        self._axes = SharedAxes()
        self._metric = "loss"
        self._scales: dict[str, Scale] = {"loss": "log"}
        self._kind = KINDS[0]
        self._speed: Speed | None = None
        self._times: list[StepTimes | None] = []

    def parts(self) -> Iterable[Widget]:
        """A panel for each lane, the verdict, and what may be done next."""
        panels = (LanePanel(index, colour) for index, colour in enumerate(colour_names(self._model.lanes)))
        yield Container(*panels, id="lanes")
        yield self._verdict
        yield self._what_now

    def on_mount(self) -> None:
        """Focus the first lane, unless another was requested before."""
        self.call_after_refresh(self.focus_lane, self._begin)

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
        """Give the focus to a lane, on the kind of chart that had it last."""
        panels = self._panels
        if not panels:
            self._begin = index
            return
        panel = panels[index % len(panels)]
        if not panel.display:
            self._display(panel.index)
        panel.chart(self._kind).focus(scroll_visible=False)

    def fit_lanes(self) -> None:
        """Show a panel for each lane; from the next refresh on each shows the lane at its index."""
        index = min(self.lane_index, len(self._model.lanes) - 1)
        self._zoomed = False
        colours = colour_names(self._model.lanes)
        first = len(self.query(LanePanel))
        missing = (LanePanel(lane, colours[lane]) for lane in range(first, len(colours)))
        self.query_one("#lanes", Container).mount(*missing)
        self._display(index)
        self.call_after_refresh(self.fit)
        self.call_after_refresh(self.focus_lane, index)

    def _display(self, index: int) -> None:
        """Shows the panel of each lane, or where one is zoomed that of `index` alone."""
        lanes = len(self._model.lanes)
        for panel in self.query(LanePanel):  # one that is not needed now may be again
            panel.display = panel.index == index if self._zoomed else panel.index < lanes

    @property
    def _panels(self) -> list[LanePanel]:
        """The panels that are shown."""
        return list(self.query(LanePanel))[: len(self._model.lanes)]

    def lay_out(self, width: int, height: int) -> None:
        """How many lanes side by side, one chart or three in each."""
        lanes = 1 if self._zoomed else len(self._model.lanes)
        columns = lanes if lanes <= 2 or width >= LEAST_PANEL_COLUMNS * lanes else 2
        rows = -(-lanes // columns)
        grid = self.query_one("#lanes", Container)
        grid.styles.grid_size_columns, grid.styles.grid_size_rows = columns, rows
        room = (height - (NARROW_OTHER_ROWS if self.has_class("-narrow") else OTHER_ROWS)) // rows
        one_chart = room < THREE_CHARTS_ROWS
        for panel in self._panels:
            panel.set_class(one_chart, "-one-chart")
            for kind in KINDS:
                chart = panel.chart(kind)
                chart.display = not one_chart or kind == self._kind
                chart.x_axis = one_chart or kind == KINDS[-1]

    def look(self, statistics: bool = True) -> None:
        """Show the present state of the race; `statistics`: compute percentiles and the verdict again."""
        model = self._model
        if statistics or len(self._times) != len(model.lanes):
            self._times = [history.step_times() for history in model.histories]
            self._speed = model.session.speed()
        if self._metric not in self._metrics():
            self._show_metric("loss")
        curves = [LaneCurves.of(history, self._metric) for history in model.histories]
        self._axes.fit(curves, model.steps_total(), {kind: self._scale(kind) for kind in KINDS})
        differences = model.differences()
        colours = colour_names(model.lanes)
        compared_steps = model.compared_steps if model.is_past_comparison else None
        for panel, lane in zip(self._panels, model.lanes, strict=False):
            index = panel.index
            others = [other for place, other in enumerate(curves) if place != index]
            settings = tuple((name, values[index]) for name, values in differences.items())
            panel.show(
                LaneView(
                    lane,
                    self._times[index],
                    curves[index],
                    others,
                    self._axes,
                    self._metric,
                    settings,
                    colours[index],
                    compared_steps,
                )
            )
        self._show_frame()
        self._verdict.show(model, self._speed)
        self._what_now.show_race(model, self.lane_index)

    def on_chart_cursor_moved(self, event: Chart.CursorMoved) -> None:
        """One chart's cursor moves all the others'."""
        for chart in self.query(Chart):
            chart.cursor = event.step
        for ribbon in self.query(GraphRibbon):
            ribbon.move_cursor(event.step)

    def action_next_chart(self, by: int) -> None:
        """Gives the focus to the next chart of the lane; where there is room for one only, shows that."""
        index = self.lane_index
        self._kind = KINDS[(KINDS.index(self._kind) + by) % len(KINDS)]
        self.fit()
        self.focus_lane(index)

    def action_toggle_scale(self) -> None:
        """The chart with the focus on a logarithmic or a linear scale, in all lanes."""
        what = self._metric if self._kind == "metric" else self._kind
        self._scales[what] = "linear" if self._scale(self._kind) == "log" else "log"
        for panel in self._panels:
            panel.chart(self._kind).scale = self._scale(self._kind)
        self.look()

    def action_next_metric(self) -> None:
        """Another of the metrics that the network returns, in the first chart of all lanes."""
        names = self._metrics()
        if len(names) == 1:
            self.notify("the network returns its loss alone")
        self._show_metric(names[(names.index(self._metric) + 1) % len(names)])
        self.look()

    def _scale(self, kind: str) -> Scale:
        return self._scales.get(self._metric if kind == "metric" else kind, "linear")

    def _metrics(self) -> list[str]:
        """Return the names of the metrics that the lanes' networks returned, the loss first."""
        returned = (name for history in self._model.histories for name in history.metrics)
        return list(dict.fromkeys(["loss", *returned]))

    def _show_metric(self, name: str) -> None:
        if name != self._metric:
            self._axes.y.pop("metric", None)
        self._metric = name
        for panel in self._panels:
            panel.chart("metric").scale = self._scale("metric")

    def key_labels(self) -> dict[str, str]:
        """The same, with where `enter` leads while one lane is shown alone."""
        return super().key_labels() | ({"zoom": "back"} if self._zoomed else {})

    def action_zoom(self) -> None:
        """One lane alone, or all again."""
        self._zoom(not self._zoomed)

    def action_unzoom(self) -> None:
        """All lanes again; where all are shown, ends a parity check."""
        if not self._zoomed and self._model.is_checking:
            self._model.drop_check()
            self.look()
            return
        self._zoom(False)

    def _zoom(self, zoomed: bool) -> None:
        index = self.lane_index
        self._zoomed = zoomed
        self._display(index)
        self.call_after_refresh(self.fit)
        self.call_after_refresh(self.focus_lane, index)
