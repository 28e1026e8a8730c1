"""Same answer? Every gradient and parameter at every probed step, its worst element, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from fwtui.measure.probe_gap import Key, ProbeComparison, ProbeRow
from fwtui.tui.charts.axes import NUMBER
from fwtui.tui.charts.chart import Chart
from fwtui.tui.common import judgement
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.parity_job import ParityJob
from fwtui.tui.common.race_screen import NARROW_COLUMNS, RaceScreen
from fwtui.tui.parity import heat_cells as drawing
from fwtui.tui.parity.cell_details import CellDetails
from fwtui.tui.parity.finding_panel import FindingPanel
from fwtui.tui.parity.gap_legend import GapLegend, curves
from fwtui.tui.parity.gap_rows import GapRows
from fwtui.tui.parity.gap_table import GapTable
from fwtui.tui.parity.heat_cells import Heat
from fwtui.tui.parity.heat_map import Cursor, HeatMap
from fwtui.tui.parity.summary_lines import ParityLines

_FRAME_ROWS = 2
_HEAT_SHARE = 0.62
_OTHER_ROWS = 6
_FAR = 10


class ParityScreen(RaceScreen):
    """Shows how far the lanes are apart, down to each gradient and parameter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f", "check", "find", tooltip="find what differs first, and tell rounding from a bug", id="check"
        ),
        Binding(
            "enter", "table", "table", tooltip="the figures of the step at the cursor, or the map", id="table"
        ),
        Binding(
            "o",
            "order",
            "order",
            tooltip="the figures in the network's order, or the largest first",
            id="order",
        ),
        Binding("up,k", "move(-1, 0)", show=False, tooltip="the quantity above"),
        Binding("down,j", "move(1, 0)", show=False, tooltip="the quantity below"),
        Binding("left", "move(0, -1)", show=False, tooltip="the probe before"),
        Binding("right", "move(0, 1)", show=False, tooltip="the probe after"),
        Binding("shift+left", f"move(0, -{_FAR})", show=False, tooltip="ten probes back"),
        Binding("shift+right", f"move(0, {_FAR})", show=False, tooltip="ten probes on"),
        Binding("pageup", f"move(-{_FAR}, 0)", show=False, tooltip="ten quantities up"),
        Binding("pagedown", f"move({_FAR}, 0)", show=False, tooltip="ten quantities down"),
        Binding("home", "to_end(False)", show=False, tooltip="the first probe"),
        Binding("end", "to_end(True)", show=False, tooltip="the last probe"),
        Binding("escape", "back", show=False, tooltip="back: the map, at its worst cell; end the check"),
    ]

    def __init__(self, model: RaceModel) -> None:
        super().__init__(model)
        self._lines = ParityLines(id="parity-lines")
        self._map, self._rows = HeatMap(id="map"), GapRows(id="rows")
        self._finding = FindingPanel(id="finding")
        self._cell, self._legend = CellDetails(id="cell"), GapLegend(id="gap-legend")
        self._chart = Chart("", scale="log", formatter=NUMBER, x_axis=True, id="gaps")
        self._chart.can_focus = False  # keys move the map's cursor, and the chart's with it
        self._map_frame = Vertical(self._map, id="map-frame")
        self._rows_frame = Vertical(self._rows, id="rows-frame")
        self._comparison: ProbeComparison | None = None
        self._table = GapTable()
        self._heat: Heat | None = None
        self._probes = -1
        self._lane = 0
        self._chosen: tuple[Key, int] | None = None
        """Quantity and step at which the user has put the cursor; None: it stays with the worst."""
        self._by_gap = False
        self._titles = ("", "")
        self._found: ParityJob | None = None

    def parts(self) -> Iterable[Widget]:
        """The answer; the map over the table; to their right, or below, details at the cursor."""
        chart = Vertical(self._legend, self._chart, id="gaps-frame")
        found = Vertical(self._finding, id="finding-frame")
        left = Vertical(self._map_frame, self._rows_frame, found, id="left")
        right = Vertical(Vertical(self._cell, id="cell-frame"), chart, id="right")
        yield Vertical(self._lines, Horizontal(left, right, id="parity-body"), id="parity")

    @property
    def lane_index(self) -> int:
        """The lane that keys act on."""
        return min(self._lane, len(self._model.lanes) - 1)

    def focus_lane(self, index: int) -> None:
        """Has keys act on this lane from now on."""
        self._lane = index
        self.look()

    def lay_out(self, width: int, height: int) -> None:
        """In a narrow window the table, or a finding, takes the map's place."""
        table, narrow = self.has_class("-table"), width < NARROW_COLUMNS
        found = narrow and self.has_class("-found")
        empty = not self._table.keys
        self.set_class(empty, "-empty")
        self._map_frame.display = empty or not (table or found)
        self._rows_frame.display = not (empty or found) and (table or not narrow)
        self._fit_map()

    def _fit_map(self) -> None:
        frame = self._map_frame
        width, height = self.size
        if width < NARROW_COLUMNS or not self._table.keys:
            frame.styles.height = "1fr"
            return
        wanted = drawing.lines(len(self._heat.labels) if self._heat else 0) + _FRAME_ROWS
        frame.styles.height = min(wanted, int((height - _OTHER_ROWS) * _HEAT_SHARE))

    def look(self, statistics: bool = True) -> None:
        """Show the present state of the race, whatever `statistics` is: nothing here is computed twice."""
        if not self.is_mounted:
            return
        model = self._model
        found = judgement.judge(model)
        self._show_frame()
        self._lines.show(model, found, self.lane_index)
        self._take_in()
        assert self._heat is not None
        at = self._cursor()
        empty = judgement.waiting(model) if not self._table.keys else ""
        self._map.show(self._heat, at, empty)
        self._show_check(found)
        self._show_cell(at)

    def _take_in(self) -> None:
        """Makes an array of the probes where there are new ones."""
        comparison = self._model.session.probes
        if comparison is not self._comparison:
            self._comparison, self._table = comparison, GapTable()
            self._probes, self._chosen = -1, None
            self.remove_class("-found")
        if len(comparison.rows) == self._probes:
            return
        self._probes = len(comparison.rows)
        labels = len(self._heat.labels) if self._heat else 0
        eps = float(np.finfo(self._model.session.dtype).eps)
        self._map_frame.border_subtitle = f"{self._model.session.dtype} rounds at {eps:.1e}"
        self._heat = self._table.heat(comparison.rows, self._model.session.gap.tolerance, eps)
        if len(self._heat.labels) != labels:
            self.lay_out(*self.size)
        drawn = curves(self._heat, self._table.keys)
        self._legend.show_kinds([kind for kind, _ in drawn])
        self._chart.empty = "no gap above 0" if self._table.keys else "no probe yet"
        self._chart.show([curve for _, curve in drawn])

    def _show_check(self, found: judgement.Judgement) -> None:
        """Show the state of the check; once it has found a place, move the cursor there."""
        model = self._model
        checking = model.checking
        # Where there is no probe, the map has room for it.
        reason = found.reason if found.hopeless and self._table.keys else ""
        self._finding.show(checking, model.session.incomparable is None, self.has_class("-narrow"), reason)
        if checking is not None and checking.finding is not None and checking is not self._found:
            self._found = checking
            # A check that started by itself must not hide the cell or table that the user has open.
            if not (checking.is_automatic and (self._chosen or self.has_class("-table"))):
                self.add_class("-found")
                if (first := checking.finding.place) is not None:
                    self._chosen = first.key, first.last
            self.fit()

    def _cursor(self) -> Cursor | None:
        """Return the cursor: where the user has put it, or at the largest gap."""
        heat = self._heat
        if heat is None or not heat.relative.size:
            return None
        if self._chosen is not None and self._chosen[0] in self._table.keys:
            row = self._table.keys.index(self._chosen[0])
            return row, min(int(np.searchsorted(heat.steps, self._chosen[1])), len(heat.steps) - 1)
        proving = [self._model.session.summary.proves(key) for key in self._table.keys]
        gaps = np.where(np.isnan(heat.relative) | ~np.array(proving)[:, None], -1.0, heat.relative)
        row, step = divmod(int(gaps.argmax()), gaps.shape[1])
        return row, step

    def _show_cell(self, at: Cursor | None) -> None:
        """What is at the cursor, and the whole step around it."""
        model = self._model
        tight = self.has_class("-narrow")
        if at is None:
            self._cell.show(model, None, (), None, tight)
            self._rows.show([], None, model)
            self._chart.cursor = None
            return
        key = self._table.keys[at[0]]
        row, *others = self._at(at)
        self._cell.show(model, key, (row.step, *(one.step for one in others)), row.gaps.get(key), tight)
        self._rows.show([(one, row.gaps.get(one)) for one in self._order(row)], key, model)
        self._chart.cursor = row.step if self._chosen else None
        titles = (
            f"before step {row.step:,}",
            "the largest gap first" if self._by_gap else "the network's order",
        )
        if titles != self._titles:  # setting them repaints the whole frame
            self._titles = titles
            self._rows_frame.border_title, self._rows_frame.border_subtitle = titles

    def _at(self, at: Cursor) -> list[ProbeRow]:
        """The probe that a cell shows, and those that share the cell with it, which differ less."""
        assert self._heat is not None
        layout = self._map.layout_now
        members = list(layout.members(layout.column(at[1]), len(self._heat.steps)) if layout else [at[1]])
        gaps = np.nan_to_num(self._heat.relative[at[0], members], nan=-1.0, posinf=np.inf)
        rows = [self._model.session.probes.rows[member] for member in members]
        return [rows.pop(int(gaps.argmax())), *rows]

    def _order(self, row: ProbeRow) -> list[Key]:
        """The quantities as the table lists them."""
        if not self._by_gap:
            return list(self._table.keys)
        gaps = {key: gap.relative for key, gap in row.gaps.items()}
        return sorted(self._table.keys, key=lambda key: -gaps.get(key, -1.0))

    def on_heat_map_clicked(self, event: HeatMap.Clicked) -> None:
        """The cursor to the cell that was clicked."""
        self._choose(event.row, event.step)

    def _choose(self, row: int, step: int) -> None:
        if self._heat is not None:
            self._chosen = self._table.keys[row], int(self._heat.steps[step])
            self.look()

    def action_move(self, rows: int, columns: int) -> None:
        """Moves the cursor: up and down through the quantities, in the order in which they are seen."""
        at, layout = self._cursor(), self._map.layout_now
        if at is None or self._heat is None:
            return
        order = list(self._table.keys)
        if self.has_class("-table"):
            order = self._order(self._at(at)[0])
        place = order.index(self._table.keys[at[0]]) + rows
        row = self._table.keys.index(order[min(max(place, 0), len(order) - 1)])
        step = at[1] + columns
        if layout is not None and columns:
            column = layout.column(at[1]) + columns
            step = int(layout.starts[min(max(column, 0), len(layout.starts) - 1)])
        self._choose(row, min(max(step, 0), len(self._heat.steps) - 1))

    def action_to_end(self, last: bool) -> None:
        """The cursor to the first or the last probe."""
        at = self._cursor()
        if at is not None and self._heat is not None:
            self._choose(at[0], len(self._heat.steps) - 1 if last else 0)

    def action_table(self) -> None:
        """The figures of the step, or the map; from a finding, the map."""
        if self.has_class("-narrow") and self.has_class("-found"):
            self.remove_class("-found")
        else:
            self.toggle_class("-table")
        self.fit()

    def action_order(self) -> None:
        """The figures in the network's order, or the largest gap first."""
        self._by_gap = not self._by_gap
        self.look()

    def action_check(self) -> None:
        """Starts the check, over the steps that all lanes have done, or up to the first that differs."""
        model = self._model
        if model.session.incomparable is not None:
            self.notify(model.session.incomparable, severity="warning")
            return
        model.check(judgement.steps_to_check(model, judgement.judge(model)))
        self.look()

    def action_back(self) -> None:
        """One thing less: a check that runs, then the table and the cursor's place, then a finding."""
        found = self.has_class("-narrow") and self.has_class("-found")
        if self._model.is_checking or found or not (self._chosen or self.has_class("-table")):
            self._model.drop_check()
            self.remove_class("-found")
        else:
            self._chosen = None
            self.remove_class("-table")
        self.fit()
