"""The parity screen: its keys against lanes that train, its map and table against lanes that have said
fixed things."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from fwtui.core.spec import Probes
from fwtui.tui.charts.chart import Chart
from fwtui.tui.live.screen import LiveScreen
from fwtui.tui.parity.screen import ParityScreen
from tests.tui import still
from tests.tui.driving import Driven, driven
from tests.tui.still import Scene, pressing, probed, race, training

BOTH = ("tf.function", "torch.eager")
NAMES = tuple(f"block{block}.{part}" for block in range(5) for part in ("weight", "bias"))


def astray(step, name):
    return 0.01 if name == "gradient w2" and step >= 6 else 0.0


def scene(steps=312, off=astray, **probes):
    said = [[*training(BOTH[0], steps), *probed(BOTH[0], steps, **probes)]]
    said.append([*training(BOTH[1], steps), *probed(BOTH[1], steps, off=off, **probes)])
    return Scene(race(), said)


@asynccontextmanager
async def shown(what, *keys, size=(160, 45)):
    """The parity screen of a race that stands still."""
    async with still.still_app(what).run_test(size=size) as pilot:
        await pressing("5", *keys)(pilot)
        yield Driven(pilot)


def details(d):
    return d.app._others["parity"]._cell._shown.plain


@pytest.mark.usefixtures("scripted_backends")
async def test_from_one_screen_to_the_other_while_lanes_train():
    async with driven("scripted.ok", "scripted.tilt", probe_every="growing", size=(120, 30)) as d:
        await d.trains(0, 1)
        await d.press("5")
        assert isinstance(d.app.screen, ParityScreen)
        await d.shows("≠ apart", "step 6, backward", "gradients", "✗-3")
        await d.trains(0, 1)
        assert not any(chart.has_focus for chart in d.app.screen.query(Chart))
        await d.press("space")
        await d.quiet()
        await d.shows("‖ paused")
        await d.press("5", "1")
        assert isinstance(d.app.screen, LiveScreen)
        await d.press("space")
        await d.trains(0, 1)


@pytest.mark.usefixtures("scripted_backends")
async def test_the_races_keys_act_on_the_chosen_lane():
    async with driven("scripted.ok", "scripted.other", probe_every="growing") as d:
        await d.trains(0, 1)
        await d.press("tab", "5")
        first, second = d.lanes
        assert d.top(ParityScreen).lane_index == 1
        await d.press("r")
        assert d.lanes[0] is first
        assert d.lanes[1] is not second
        await d.press("tab", "b")
        assert "Lane 1: backend" in d.text()
        await d.press("escape", "x")
        await d.until(lambda: len(d.lanes) == 1, "one lane")
        await d.shows("one lane has nothing to be compared with")
        await d.press("a")
        await d.trains(0, 1, steps=1)
        await d.press("1")
        await d.until(lambda: len(d.app.screen.query("LanePanel")) == 2, "two panels")


@pytest.mark.usefixtures("scripted_backends")
async def test_a_lane_that_fails_is_no_agreement():
    async with driven("scripted.ok", "scripted.raise", probe_every="growing") as d:
        await d.press("5")
        await d.shows("n/a", "lane 2 failed after 20 steps")


@pytest.mark.usefixtures("scripted_backends")
async def test_a_check_finds_the_place_while_the_lanes_wait():
    async with driven("scripted.ok", "scripted.steep", probe_every="growing", size=(120, 40)) as d:
        await d.trains(0, 1)
        await d.press("5")
        await d.shows("≠ apart", "f finds")
        await d.press("f")
        await d.shows("esc cancels")
        await d.until(lambda: not d.app.model.is_checking, "the check")
        await d.shows("✗ no", "not the same mathematics", "could not be logged")
        assert details(d).startswith("gradient w2")
        await d.trains(0, 1)
        finding = d.app.model.checking.finding
        assert {lane.dtype for lane in finding.result.spec.lanes} == {"float32"}
        assert finding.result.spec.lanes[0].steps == 2
        await d.press("r")
        await d.shows("f finds")


@pytest.mark.usefixtures("scripted_backends")
async def test_a_check_can_be_cancelled_and_lanes_that_were_paused_stay_so():
    async with driven("scripted.ok", "scripted.other", probe_every="growing") as d:
        await d.trains(0, 1)
        await d.press("5", "tab", "p")
        await d.until(lambda: d.lanes[1].history.standing == "paused", "lane 2 paused")
        await d.press("f")
        checking = d.app.model.checking
        await d.until(lambda: d.lanes[0].paused, "lane 1 waits")
        await d.press("escape")
        assert d.app.model.checking is None
        await d.trains(0)
        assert d.lanes[1].paused
        await d.until(lambda: not checking.running, "the end")
        assert checking.finding is None
        assert not checking.failure


@pytest.mark.usefixtures("scripted_backends")
async def test_one_lane_has_nothing_to_check():
    async with driven("scripted.ok", probe_every="growing") as d:
        await d.press("5", "f")
        assert d.app.model.checking is None
        await d.shows("nothing to check")


async def test_both_screens_give_one_answer():
    async with shown(scene(), "1") as d:
        assert isinstance(d.app.screen, LiveScreen)
        assert "≠ apart  step 6, backward: gradient w2" in d.line("#same")


async def test_the_cursor_begins_at_the_worst_cell_and_moves():
    async with shown(scene()) as d:
        assert details(d).startswith("gradient w2")
        assert "✗ above 1e-04" in details(d)
        assert "at        [3, 5]" in details(d)
        assert "the largest element" in details(d)
        await d.press("home")
        assert details(d).startswith("gradient w2   before step 0")
        assert "within 1e-04" in details(d)
        await d.press("right", "right", "up")
        assert details(d).startswith("gradient w1   before step 2")
        await d.press("up", "up", "up")
        assert details(d).startswith("loss   before step 2")
        assert "a single number" in details(d)
        await d.press("end", "pagedown")
        assert details(d).startswith("parameter w2   before step 211")
        await d.press("right", "shift+left")
        assert details(d).startswith("parameter w2   before step 4")
        await d.press("escape")
        assert details(d).startswith("gradient w2")


async def test_the_table_tells_the_step_at_the_cursor():
    async with shown(scene(), "end") as d:
        rows = d.app.screen._rows
        lines = str(rows.render()).splitlines()
        assert [line.split()[0] for line in lines[1:]] == ["loss", *["gradient"] * 2, *["parameter"] * 2]
        assert sum("✗" in line for line in lines) == 1
        await d.press("o")
        assert "✗" in str(rows.render()).splitlines()[1]


async def test_in_a_small_window_the_table_takes_the_maps_place():
    async with shown(scene(), size=(80, 24)) as d:
        screen = d.app.screen
        assert screen._map.size.height > 8
        assert not screen._rows.size
        assert "gradient w2[3, 5]" in details(d)
        await d.press("enter", "o", "up", "up")
        assert screen._rows.size.height > 8
        assert not screen._map.size
        # Up from the largest gap, in the table's order, there is none.
        assert "gradient w2[3, 5]" in details(d)
        await d.press("down")
        assert "gradient w2" not in details(d)
        await d.press("escape")
        assert screen._map.size.height > 8


@pytest.mark.parametrize("size", [(160, 45), (60, 16)])
async def test_many_quantities_scroll_with_the_cursor(size):
    async with shown(scene(steps=30, off=lambda step, name: 0, names=NAMES), "home", size=size) as d:
        await d.press(*["pageup"] * 3)
        for name in ("loss", *NAMES, *NAMES):
            text = d.text()
            assert name in text
            await d.press("down")
        assert "block4.bias" in d.text()
        await d.press("enter")
        assert "block4.bias" in d.text()


async def test_probes_that_share_a_cell_are_told_by_the_worst():
    steps = 130

    def once(step, name):
        return 0.02 if step == 101 and name == "gradient w1" else 0

    what = scene(steps=steps, off=once, probes=Probes(every=1))
    what = Scene(race(probe_every="1"), what.said)
    async with shown(what, size=(80, 24)) as d:
        assert "gradient w1[3, 5] before step 101" in details(d)
        assert d.text().count("✗") >= 3
    async with shown(what) as d:
        assert details(d).startswith("gradient w1   before step 101")
        assert "the largest of 2 probes" in details(d)


@pytest.mark.parametrize("size", [(160, 45), (80, 24), (60, 16), (40, 10)])
async def test_a_click_moves_the_cursor(size):
    async with shown(scene(), size=size) as d:
        heat, screen = d.app.screen._map, d.app.screen
        if not heat.size:
            assert "needs 60×16" in d.text()
            return
        layout = heat.layout_now
        line = next(y for y in range(layout.body) if "w1" in heat.render_line(y).text)
        await d.pilot.click(heat, offset=(layout.gutter + 2 * layout.cell, line))
        assert screen._chosen == (("gradient", "w1"), 2)
        await d.pilot.click(heat, offset=(1, line))
        await d.pilot.click(heat, offset=(layout.gutter, heat.size.height - 1))
        assert screen._chosen == (("gradient", "w1"), 2)


async def test_dark_and_light():
    async with shown(scene()) as d:
        heat = d.app.screen._map
        before = heat.render_line(2)
        await d.press("t")
        assert heat.render_line(2) != before
        assert heat.render_line(2).text == before.text
