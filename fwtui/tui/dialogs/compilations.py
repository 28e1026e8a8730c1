"""What a lane traced or compiled, when, at what cost and why, and where a compiler had to leave gaps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from fwtui.core.records import Compiled, GraphBroken
from fwtui.format import numbers
from fwtui.tui.common.lane import Lane
from fwtui.tui.dialogs.dialog import Dialog

_REFRESH_S = 0.5


class CompilationsScreen(Dialog[None]):
    """Follows what one lane says of its traces, compilations and graph breaks."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,c", "dismiss(None)", "Back")]

    def __init__(self, lane: Lane) -> None:
        super().__init__()
        self._lane = lane
        self._shown: tuple[int, int, bool] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -tall"):
            yield Static(classes="dialog--title")
            with VerticalScroll():
                yield Static(classes="compilations--times")
                yield Static(classes="compilations--breaks")
            yield Static(
                Content.assemble("↑ ↓", (" scroll   ", "$dim"), "esc", (" back", "$dim")),
                classes="dialog--keys",
            )

    def on_mount(self) -> None:
        """Shows what there is, and looks for more now and then."""
        self.query_one(VerticalScroll).focus()
        self._follow()
        self.set_interval(_REFRESH_S, self._follow)

    def _follow(self) -> None:
        history = self._lane.history
        known = (len(history.compiled), len(history.graph_breaks), history.first_step_ns is not None)
        if known == self._shown:
            return
        self._shown = known
        lane = f"Lane {self._lane.run.lane + 1} · {self._lane.spec.backend}"
        cost = [one.cost_ns for one in history.compiled if one.cost_ns is not None]
        total = f" in {numbers.duration(sum(cost))}" if len(cost) == history.compilations > 0 else ""
        title = f"{lane}: {numbers.compilations(history.compiled)}{total}"
        self.query_one(".dialog--title", Static).update(Content.assemble((title, "bold")))
        times = self.query_one(".compilations--times", Static)
        times.update(_times(history.compiled, history.first_step_ns is not None))
        breaks = self.query_one(".compilations--breaks", Static)
        breaks.display = bool(history.graph_breaks)
        breaks.update(_breaks(history.graph_breaks))


def _times(compiled: Sequence[Compiled], stepped: bool) -> Table | Text:
    if not compiled:
        nothing = "Nothing is traced or compiled: each step runs op by op, as the code says."
        return Text(nothing if stepped else "No step has been taken yet.", "dim")
    table = _table("step", "what", "took", "why")
    for one in compiled:
        table.add_row(*map(Text, (f"{one.step:,}", one.kind, numbers.duration(one.cost_ns), one.reason)))
    return table


def _breaks(breaks: Sequence[GraphBroken]) -> Table:
    table = _table("step", "graph break", "why")
    for one in breaks:
        where = numbers.NA if one.where is None else f"{Path(one.where[0]).name}:{one.where[1]}"
        table.add_row(*map(Text, (f"{one.step:,}", where, one.reason)))
    return table


def _table(*names: str) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="dim")
    for name in names:
        figures = name in ("step", "took")
        table.add_column(Text(name), justify="right" if figures else "left", no_wrap=name != "why")
    return table
