"""A chart of one quantity over the steps. It is handed its data, and never fetches any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from fwtui.tui.charts import compose
from fwtui.tui.charts.axes import NUMBER, Formatter, Limits, fit_steps
from fwtui.tui.charts.cells import Cells, changes
from fwtui.tui.charts.compose import Curve, Ink, Plot, View
from fwtui.tui.charts.raster import Scale
from fwtui.tui.charts.tile import Tile

__all__ = ["Chart", "Curve"]

_MANY = 10
# Textual repaints a changed row from its widget's left edge on. Narrow widgets keep that short: four of them
# send 40 % of the bytes that one sends, while more would save little.
_TILES = 4


class Chart(Widget, can_focus=True):
    """Draws curves in a frame, and repaints only the cells that changed.

    The parent calls `show` with new data, as often as it likes. Axes are shared between charts by handing
    each the same limits; a cursor is shared by setting `cursor` of the others when one posts `CursorMoved`.
    """

    DEFAULT_CSS = """
    Chart {
        height: 1fr;
        width: 1fr;
        layout: horizontal;
        & > .chart--axis { color: $foreground 20%; }
        & > .chart--label { color: $foreground 50%; }
        & > .chart--title { color: $foreground 50%; }
        & > .chart--figures { color: $foreground; }
        & > .chart--other { color: $foreground 30%; }
        & > .chart--extra { color: $secondary; }
        & > .chart--own { color: $primary; }
        & > .chart--band { color: $primary 35%; }
        & > .chart--cursor { color: $foreground 50%; }
        & > .chart--readout { color: $foreground; text-style: bold; }
        & > .chart--empty { color: $foreground 35%; }
        &:focus > .chart--title { color: $foreground; text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"chart--{ink.name.lower()}" for ink in Ink if ink != Ink.BLANK}
    """One for each kind of cell: `chart--own`, `--extra` and `--other` for the curves, `--axis` and
    `--label` for the frame, `--title`, `--figures` and `--readout` for the first row, `--cursor`,
    `--empty`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move_cursor(-1)", show=False, tooltip="the cursor to the left, in all charts"),
        Binding("right", "move_cursor(1)", show=False, tooltip="the cursor to the right"),
        Binding(
            "shift+left", f"move_cursor({-_MANY})", show=False, tooltip="the cursor ten places to the left"
        ),
        Binding(
            "shift+right", f"move_cursor({_MANY})", show=False, tooltip="the cursor ten places to the right"
        ),
        Binding("home", "cursor_to_end(False)", show=False, tooltip="the cursor to the first step"),
        Binding("end", "cursor_to_end(True)", show=False, tooltip="the cursor to the last step"),
        Binding("escape", "clear_cursor", show=False, tooltip="remove the cursor"),
    ]

    scale: reactive[Scale] = reactive("linear", repaint=False, init=False)
    """How values are laid along the y axis."""

    figures: reactive[str] = reactive("", repaint=False, init=False)
    """Text on the right of the first row."""

    heading: reactive[str] = reactive("", repaint=False, init=False)
    """Text on the left of the first row."""

    empty: reactive[str] = reactive("", repaint=False, init=False)
    """Text shown while there is nothing to draw."""

    x_axis: reactive[bool] = reactive(False, repaint=False, init=False)
    """Whether the x axis and its labels are drawn below; two rows."""

    cursor: reactive[int | None] = reactive(None, repaint=False, init=False)
    """The step at the cursor; None: no cursor. Setting it posts no message."""

    mark: reactive[int | None] = reactive(None, repaint=False, init=False)
    """The step marked by a faint line; None: no line."""

    class CursorMoved(Message):
        """This chart's cursor was moved, by key or mouse; `step` is None when it was removed."""

        def __init__(self, chart: Chart, step: int | None) -> None:
            super().__init__()
            self.chart = chart
            self.step = step

        @property
        def control(self) -> Chart:
            return self.chart

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Chart.CursorMoved) and message.chart is self.chart

    def __init__(
        self,
        heading: str = "",
        *,
        scale: Scale = "linear",
        formatter: Formatter = NUMBER,
        gutter: int = 8,
        x_axis: bool = False,
        empty: str = "no steps yet",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """
        Args:
            heading: title on the left of the first row.
            scale: the y axis's scale to begin with.
            formatter: how values are written on the y axis and at the cursor.
            gutter: width of the y labels in cells. Charts with equal gutters line up.
            x_axis: whether to draw the x axis and its labels below; two rows.
            empty: what to say while there is nothing to draw.
        """
        super().__init__(name=name, id=id, classes=classes)
        self.set_reactive(Chart.heading, heading)
        self.set_reactive(Chart.scale, scale)
        self.set_reactive(Chart.empty, empty)
        self._formatter = formatter
        self._gutter = gutter
        self.set_reactive(Chart.x_axis, x_axis)
        self._curves: tuple[Curve, ...] = ()
        self._x_limits: tuple[float, float] | None = None
        self._y_limits: Limits | None = None
        self._fitted: Limits | None = None
        self._cells: Cells | None = None
        self._styles: list[Style] | None = None
        self._hovering = False
        self._tiles = [Tile(self) for _ in range(_TILES)]

    def compose(self) -> ComposeResult:
        yield from self._tiles

    # -- data --------------------------------------------------------------------------------------

    def show(
        self,
        curves: Sequence[Curve],
        x_limits: tuple[float, float] | None = None,
        y_limits: Limits | None = None,
        *,
        figures: str | None = None,
        mark: int | None = None,
    ) -> None:
        """Shows these curves from now on, in place of the ones before.

        Args:
            curves: the series. Their arrays are read until the next call, and must not change until then.
            x_limits: first and last step of the x axis; None: as the data needs.
            y_limits: the y axis, if it is shared with another chart (see `Limits.fit`); None: as the data
                needs. Limits for another scale than the chart's are not used.
            figures: new text on the right of the first row; None: as it is.
            mark: the step to mark with a faint line; None: no line.
        """
        self._curves = tuple(curves)
        self._x_limits = x_limits
        self._y_limits = y_limits
        if figures is not None:
            self.set_reactive(Chart.figures, figures)
        self.set_reactive(Chart.mark, mark)
        self._update()

    @property
    def y_limits(self) -> Limits | None:
        """The limits of the y axis as drawn; None where there is nothing to draw."""
        if self._y_limits is not None and self._y_limits.scale == self.scale:
            return self._y_limits
        self._fitted = Limits.fit(((c.low, c.high) for c in self._curves), self.scale, self._fitted)
        return self._fitted

    @property
    def x_limits(self) -> tuple[float, float]:
        """The limits of the x axis as drawn, in steps."""
        if self._x_limits is None:
            return fit_steps(max((int(c.x[-1]) for c in self._curves if len(c.x)), default=0))
        return self._x_limits

    def _view(self) -> View:
        return View(
            title=self.heading,
            figures=self.figures,
            x_limits=self.x_limits,
            y_limits=self.y_limits,
            gutter=self._gutter,
            x_axis=self.x_axis,
            formatter=self._formatter,
            cursor=self.cursor,
            mark=self.mark,
            empty=self.empty,
        )

    # -- drawing -----------------------------------------------------------------------------------

    def _update(self) -> None:
        """Redraw the chart if it is visible, and repaint only the cells that differ."""
        if not self._seen():
            # Drawn by `row` once it is seen. Only the first of many updates needs to say so.
            if self._cells is not None:
                self._invalidate()
            return
        before, size = self._cells, self.size
        after = compose.compose(self._view(), self._curves, size.width, size.height)
        self._cells = after
        if before is None or before.characters.shape != after.characters.shape:
            self._repaint()
            return
        for tile in self._tiles:
            columns = tile.columns
            spans = changes(before.part(*columns), after.part(*columns))
            if spans:
                tile.refresh(*[Region(start, row, end - start, 1) for row, start, end in spans])

    def _seen(self) -> bool:
        if not (self.is_attached and self.size and self.is_on_screen):
            return False
        # `Screen.is_current` also holds for the screen right below an opaque one, so look for oneself.
        for screen in reversed(self.app.screen_stack):
            if screen is self.screen:
                return True
            if screen.styles.background.a == 1:
                return False
        return False

    def _invalidate(self) -> None:
        self._cells = None
        self._repaint()

    def _repaint(self) -> None:
        for tile in self._tiles:
            tile.refresh()

    def row(self, y: int, start: int, end: int) -> Strip:
        """The cells of one row from column `start` up to `end` (exclusive)."""
        size = self.size
        if self._cells is None or self._cells.characters.shape != (size.height, size.width):
            self._cells = compose.compose(self._view(), self._curves, size.width, size.height)
        if not (0 <= y < size.height and start < end <= size.width):
            return Strip.blank(max(end - start, 0))
        return self._cells.part(start, end).strip(y, self._ink_styles())

    def _ink_styles(self) -> list[Style]:
        if self._styles is None:
            named = [f"chart--{ink.name.lower()}" for ink in Ink if ink != Ink.BLANK]
            self._styles = [self.rich_style, *(self.get_component_rich_style(name) for name in named)]
        return self._styles

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles = None
        self._repaint()

    def on_resize(self) -> None:
        self._invalidate()

    def on_show(self) -> None:
        self._invalidate()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return container.height

    def watch_scale(self) -> None:
        self._update()

    def watch_figures(self) -> None:
        self._update()

    def watch_x_axis(self) -> None:
        self._update()

    def watch_heading(self) -> None:
        self._update()

    def watch_empty(self) -> None:
        self._update()

    def watch_cursor(self) -> None:
        self._update()

    # -- cursor ------------------------------------------------------------------------------------

    def _steps(self) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
        """Return the steps that the cursor can be at: where the own curve's visible buckets begin."""
        shown = [curve for curve in self._curves if len(curve.x)]
        own = next((curve for curve in shown if curve.role == "own"), shown[0] if shown else None)
        if own is None:
            return np.empty(0, np.int64)
        low, high = self.x_limits
        first, last = np.searchsorted(own.x, low, side="left"), np.searchsorted(own.x, high, side="right")
        return own.x[first:last]

    def _move_to(self, step: int | None) -> None:
        if step != self.cursor:
            self.cursor = step
            self.post_message(self.CursorMoved(self, step))

    def action_move_cursor(self, count: int) -> None:
        """Moves the cursor by `count` places: steps, or columns of cells where a column holds several."""
        steps = self._steps()
        if len(steps) == 0:
            return
        if self.cursor is None:
            self._move_to(int(steps[-1]))
            return
        plot = Plot.of(self._view(), self.size.width, self.size.height)
        columns = (
            plot.column(float(steps[-1]), self.x_limits) - plot.column(float(steps[0]), self.x_limits) + 1
        )
        stride = max(round(len(steps) / columns), 1)
        at = int(np.searchsorted(steps, self.cursor, side="right")) - 1
        self._move_to(int(steps[min(max(at + count * stride, 0), len(steps) - 1)]))

    def action_cursor_to_end(self, last: bool) -> None:
        """Moves the cursor to the first or the last step."""
        steps = self._steps()
        if len(steps):
            self._move_to(int(steps[-1 if last else 0]))

    def action_clear_cursor(self) -> None:
        """Removes the cursor."""
        self._hovering = False
        self._move_to(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a cursor, `Esc` is left to whoever else wants it."""
        return not (action == "clear_cursor" and self.cursor is None)

    def _point(self, event: events.MouseEvent) -> bool:
        """Moves the cursor to the step under the mouse; false where there is none."""
        # The event comes from a tile, whose offset is not the chart's.
        offset = event.screen_offset - self.content_region.offset
        plot = Plot.of(self._view(), self.size.width, self.size.height)
        if not plot.left <= offset.x < plot.left + plot.columns:
            return False
        steps = self._steps()
        if not plot.top <= offset.y < plot.top + plot.rows or len(steps) == 0:
            return False
        first, end = plot.steps(offset.x - plot.left, self.x_limits)
        at = int(np.searchsorted(steps, (first + end) / 2))
        near = steps[max(at - 1, 0) : at + 1]
        self._move_to(int(min(near, key=lambda step: abs(float(step) - (first + end) / 2))))
        return True

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Hovering moves the cursor, unless one was placed by key or click."""
        if (self._hovering or self.cursor is None) and self._point(event):
            self._hovering = True

    def on_click(self, event: events.Click) -> None:
        """A click places the cursor, so that it stays when the mouse leaves."""
        self._hovering = False
        self._point(event)

    def on_leave(self) -> None:
        """A cursor that only followed the mouse goes with it."""
        if self._hovering and not self.is_mouse_over:
            self._hovering = False
            self._move_to(None)
