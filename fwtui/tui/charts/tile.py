"""Some columns of a chart, as a widget of their own: Textual repaints a changed row from its left edge on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from fwtui.tui.charts.chart import Chart


class Tile(Widget):
    """Some columns of a chart."""

    DEFAULT_CSS = """
    Tile { width: 1fr; height: 100%; }
    """

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self._chart = chart

    @property
    def columns(self) -> tuple[int, int]:
        """First and last column (exclusive) of the chart that this tile shows."""
        left = self.region.x - self._chart.content_region.x
        return left, left + self.size.width

    def render_line(self, y: int) -> Strip:
        return self._chart.row(y, *self.columns)
