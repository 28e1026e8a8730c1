"""The chart in an app: what it says, what it repaints, how its cursor moves."""

from __future__ import annotations

import numpy as np
import pytest
from textual.app import App
from textual.containers import Vertical
from textual.geometry import Region
from textual.screen import Screen

from fwtui.tui.charts import compose
from fwtui.tui.charts.axes import Limits
from fwtui.tui.charts.chart import Chart, Curve

STEPS = np.arange(200)
VALUES = 100 * np.exp(-STEPS / 40.0) + 1


def curve(n, role="own", factor=1.0):
    return Curve(STEPS[:n], VALUES[:n] * factor, VALUES[:n] * factor, role)


class Repaints:
    """Writes down what a chart's tiles ask to have repainted, as regions of the chart."""

    def __init__(self, chart, monkeypatch):
        self.asked = []
        for tile in chart.children:
            monkeypatch.setattr(tile, "refresh", self._note(tile, tile.refresh))

    def _note(self, tile, refresh):
        def noted(*regions, **kwargs):
            self.asked.append([region.translate((tile.columns[0], 0)) for region in regions])
            return refresh(*regions, **kwargs)

        return noted

    @property
    def regions(self):
        return [region for regions in self.asked for region in regions]


class Charts(App):
    CSS = "Chart { height: 1fr; }"

    def __init__(self, count=1, **kwargs):
        super().__init__()
        self.count, self.kwargs, self.moves = count, kwargs, []

    def compose(self):
        with Vertical():
            for at in range(self.count):
                yield Chart("loss", id=f"c{at}", **self.kwargs)

    def on_chart_cursor_moved(self, message):
        self.moves.append((message.control.id, message.step))
        for chart in self.query(Chart):
            chart.cursor = message.step

    @property
    def chart(self):
        return self.query_one("#c0", Chart)


def text(chart):
    return [chart.row(y, 0, chart.size.width).text for y in range(chart.size.height)]


def painted(chart):
    """The rows as the tiles last painted them, their caches included."""
    parts = [tile.render_lines(tile.size.region) for tile in chart.children]
    return ["".join(strip.text for strip in strips) for strips in zip(*parts, strict=True)]


async def test_title_figures_frame_and_curve():
    app = Charts(gutter=6, x_axis=True)
    async with app.run_test(size=(60, 12)) as pilot:
        app.chart.show([curve(200)], (0, 200), Limits(0, 100), figures="p50 201")
        await pilot.pause()
        rows = text(app.chart)
        assert rows[0].startswith("loss ")
        assert rows[0].endswith(" p50 201")
        assert rows[1].startswith("   100┤")
        assert rows[9].startswith("     0┤")
        assert rows[10].startswith("      └┬")
        assert rows[11].rstrip().endswith("200")
        assert any("⠀" < character <= "⣿" for character in "".join(rows))


async def test_without_data_there_is_no_frame():
    app = Charts(empty="no steps yet")
    async with app.run_test(size=(60, 9)) as pilot:
        await pilot.pause()
        assert "│" not in "".join(text(app.chart))
        assert text(app.chart)[4].strip() == "no steps yet"
        app.chart.empty = "stopped before the first step"
        assert text(app.chart)[4].strip() == "stopped before the first step"


async def test_a_grown_curve_repaints_few_cells(monkeypatch):
    app = Charts(gutter=6)
    async with app.run_test(size=(100, 14)) as pilot:
        show = lambda n: app.chart.show([curve(n)], (0, 200), Limits(0, 100), figures="f")  # noqa: E731
        show(100)
        await pilot.pause()
        repaints = Repaints(app.chart, monkeypatch)
        show(104)
        assert all(repaints.asked)
        assert all(isinstance(region, Region) and region.height == 1 for region in repaints.regions)
        assert 1 <= len(repaints.regions) <= 3
        assert sum(region.area for region in repaints.regions) <= 12


async def test_nothing_new_repaints_nothing(monkeypatch):
    app = Charts()
    async with app.run_test(size=(100, 14)) as pilot:
        app.chart.show([curve(100)], (0, 200))
        await pilot.pause()
        repaints = Repaints(app.chart, monkeypatch)
        app.chart.show([curve(100)], (0, 200))
        assert repaints.asked == []


async def test_new_figures_repaint_their_row_only(monkeypatch):
    app = Charts()
    async with app.run_test(size=(100, 14)) as pilot:
        app.chart.show([curve(100)], (0, 200), figures="p50 201 µs")
        await pilot.pause()
        repaints = Repaints(app.chart, monkeypatch)
        app.chart.figures = "p50 207 µs"
        assert repaints.regions == [Region(96, 0, 1, 1)]


@pytest.mark.parametrize("padding", [0, 3])
async def test_what_was_repainted_is_what_is_shown(padding):
    """After many partial repaints every row is what a fresh chart would draw."""
    app = Charts(count=2, gutter=6, x_axis=True)
    async with app.run_test(size=(90, 30)) as pilot:
        for chart in app.query(Chart):
            chart.styles.padding = padding
        await pilot.pause()
        for n in range(1, 200, 23):
            app.chart.show([curve(n, "other", 1.2), curve(n)], (0, 200), figures=str(n))
            await pilot.pause()
        fresh = app.query_one("#c1", Chart)
        fresh.show([curve(n, "other", 1.2), curve(n)], (0, 200), app.chart.y_limits, figures=str(n))
        assert painted(app.chart) == text(fresh)


async def test_a_chart_that_nobody_sees_draws_nothing(monkeypatch):
    drawn = []
    app = Charts()
    async with app.run_test(size=(100, 14)) as pilot:
        app.chart.show([curve(50)], (0, 200), figures="before")
        await pilot.pause()
        real = compose.compose
        monkeypatch.setattr(compose, "compose", lambda *args: drawn.append(1) or real(*args))
        app.push_screen(Screen())
        await pilot.pause()
        drawn.clear()
        for n in range(51, 60):
            app.chart.show([curve(n)], (0, 200), figures="after")
        await pilot.pause()
        assert drawn == []
        app.pop_screen()
        await pilot.pause()
        assert len(drawn) == 1
        assert painted(app.chart)[0].rstrip().endswith("after")


async def test_a_hidden_chart_is_up_to_date_when_shown():
    app = Charts(count=2)
    async with app.run_test(size=(100, 20)) as pilot:
        app.chart.show([curve(50)], (0, 200), figures="before")
        app.chart.display = False
        await pilot.pause()
        app.chart.show([curve(60)], (0, 200), figures="after")
        app.chart.display = True
        await pilot.pause()
        assert painted(app.chart)[0].rstrip().endswith("after")


async def test_keys_move_the_cursor_and_say_so():
    app = Charts(count=2)
    async with app.run_test(size=(120, 30)) as pilot:
        for chart in app.query(Chart):
            chart.show([curve(50)], (0, 49))
        app.chart.focus()
        await pilot.press("left", "left", "shift+left", "right", "home", "left", "end")
        assert app.moves == [("c0", step) for step in (49, 48, 38, 39, 0, 49)]
        other = app.query_one("#c1", Chart)
        assert other.cursor == 49
        assert text(other)[0].rstrip().endswith(f"step 49  {VALUES[49]:.5g}")
        assert any("│" in row[9:] for row in text(other)[1:])
        await pilot.press("escape")
        assert app.moves[-1] == ("c0", None)
        assert other.cursor is None
        assert "step" not in text(other)[0]


async def test_setting_the_cursor_posts_nothing():
    app = Charts()
    async with app.run_test() as pilot:
        app.chart.show([curve(50)], (0, 49))
        app.chart.cursor = 7
        await pilot.pause()
        assert app.moves == []


async def test_escape_without_a_cursor_is_left_to_others():
    class Back(Charts):
        BINDINGS = [("escape", "back", "Back")]  # noqa: RUF012
        backs = 0

        def action_back(self):
            self.backs += 1

    app = Back()
    async with app.run_test() as pilot:
        app.chart.show([curve(50)], (0, 49))
        app.chart.focus()
        await pilot.press("end", "escape")
        assert app.backs == 0
        await pilot.press("escape")
        assert app.backs == 1


async def test_keys_move_by_columns_where_a_column_holds_many_steps():
    app = Charts()
    async with app.run_test(size=(59, 10)) as pilot:
        x = np.arange(0, 100_000, 10)
        values = np.ones(len(x))
        app.chart.show([Curve(x, values, values)], (0, 100_000))
        app.chart.focus()
        await pilot.press("end", "left")
        (_, first), (_, second) = app.moves
        assert 1_900 <= first - second <= 2_100


async def test_the_mouse_moves_the_cursor_and_a_click_places_it():
    app = Charts(count=2, gutter=8)
    async with app.run_test(size=(59, 40)) as pilot:
        app.chart.show([curve(50)], (0, 49))
        await pilot.hover("#c0", offset=(9 + 20, 5))
        assert app.chart.cursor == 20
        await pilot.hover("#c0", offset=(9 + 30, 5))
        assert app.chart.cursor == 30
        await pilot.hover("#c1", offset=(2, 0))
        assert app.chart.cursor is None
        await pilot.click("#c0", offset=(9 + 10, 5))
        await pilot.hover("#c0", offset=(9 + 30, 5))
        assert app.chart.cursor == 10
        assert app.chart.has_focus


async def test_a_step_without_a_value_is_not_known():
    app = Charts(count=2)
    async with app.run_test(size=(100, 20)):
        app.chart.show([curve(50)], (0, 200))
        app.chart.cursor = 120
        assert text(app.chart)[0].rstrip().endswith("step 120  n/a")


async def test_a_bucket_of_many_steps_reads_as_a_range():
    app = Charts()
    async with app.run_test(size=(100, 20)):
        app.chart.show([Curve(np.array([0, 10]), np.array([1.0, 2.0]), np.array([4.0, 5.0]))], (0, 20))
        app.chart.cursor = 15
        assert text(app.chart)[0].rstrip().endswith("step 15  2 – 5")


async def test_the_scale_can_change():
    app = Charts(gutter=6)
    async with app.run_test(size=(80, 20)):
        app.chart.show([curve(200)], (0, 200), Limits(0, 150))
        assert app.chart.y_limits == Limits(0, 150)
        app.chart.scale = "log"
        assert app.chart.y_limits.scale == "log"
        assert "   100┤" in "".join(text(app.chart))


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (6, 3), (20, 4), (30, 1), (80, 24), (200, 60)])
async def test_every_size(size):
    app = Charts(x_axis=True)
    async with app.run_test(size=size) as pilot:
        app.chart.show([curve(200, "other", 2.0), curve(200, "extra", 0.5), curve(200)], figures="p50 201 µs")
        app.chart.focus()
        await pilot.press("end", "left")
        assert [len(row) for row in text(app.chart)] == [size[0]] * size[1]


async def test_data_may_come_before_the_first_paint():
    class Early(Charts):
        def on_mount(self):
            self.chart.show([curve(50)], (0, 200), figures="early")

    app = Early()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        assert painted(app.chart)[0].rstrip().endswith("early")


async def test_values_that_are_not_finite_do_no_harm():
    app = Charts()
    async with app.run_test(size=(60, 10)):
        bad = np.array([np.nan, np.inf, -np.inf])
        app.chart.show([Curve(np.arange(3), bad, bad)], (0, 3))
        assert "no steps yet" in "".join(text(app.chart))
        bad[0] = 1.0
        app.chart.show([Curve(np.arange(3), bad, bad)], (0, 3))
        app.chart.cursor = 1
        assert text(app.chart)[0].rstrip().endswith("step 1  n/a")


async def test_figures_that_do_not_fit_give_way_before_the_heading_does():
    app = Charts()
    async with app.run_test(size=(38, 12)) as pilot:
        app.chart.heading = "step time"
        app.chart.show([curve(200)], (0, 200), Limits(0, 100), figures="p50 311  p95 492  p99 1,216 µs")
        await pilot.pause()
        head = text(app.chart)[0]
        assert head.startswith("step time ")
        assert head.endswith("p95 492  p99 1,216 µs")
        assert "p50" not in head
