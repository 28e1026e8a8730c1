"""Every key, against races that really run."""

import pytest
from textual.widgets import Input

from fwtui.tui.charts.chart import Chart
from fwtui.tui.dialogs.palette import found
from fwtui.tui.live.lane_panel import LanePanel
from fwtui.tui.live.screen import LiveScreen
from tests.tui.driving import driven

pytestmark = pytest.mark.usefixtures("scripted_backends")


async def test_another_backend_is_shown_then_chosen_while_the_other_lane_trains_on():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        before = d.app.model.request
        await d.press("b")
        assert "Runs now" in d.dialog()
        await d.press("down")
        assert "starts scripted.other at step 0; lane 2" in " ".join(d.dialog().split())
        assert d.app.model.request == before
        first, second = d.lanes
        await d.press("enter")
        assert d.on_top()
        assert d.lanes[0].spec.backend == "scripted.other"
        assert d.lanes[0] is not first
        assert d.lanes[1] is second
        await d.trains(1)
        await d.trains(0)
        assert d.lanes[1] is second


async def test_escape_leaves_all_as_it_was():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        before, lanes = d.app.model.request, list(d.lanes)
        for key in ("b", "d", "w", "s", "l", "c", "question_mark", "ctrl+p"):
            await d.press(key)
            assert not d.on_top()
            await d.press("down", "escape")
            await d.until(d.on_top, key)
        assert d.app.model.request == before
        assert d.lanes == lanes
        await d.trains(0, 1)


async def test_a_device_that_cannot_be_used_says_why_and_cannot_be_chosen():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        lanes = list(d.lanes)
        await d.press("d")
        assert "is restarted on cpu" in d.dialog()
        await d.press("down")
        assert "no CUDA build of Scripted" in d.dialog()
        await d.press("enter")
        assert not d.on_top()
        assert d.lanes == lanes
        await d.press("up", "enter")
        await d.until(d.on_top, "the live screen")
        assert d.lanes == lanes, "it runs there already"
        await d.trains(0, 1)


async def test_another_workload_in_every_lane():
    async with driven("scripted.ok lr=0.5", "scripted.other") as d:
        await d.trains(0, 1)
        await d.press("w", "down", "down")
        assert "handwritten digits" in d.dialog()
        assert d.app.model.spec.lanes[0].workload.name == "two-layer"
        await d.press("enter")
        assert [lane.spec.workload.name for lane in d.lanes] == ["digits-mlp"] * 2
        assert [lane.spec.learning_rate for lane in d.lanes] == [0.1, 0.1]
        await d.trains(0, 1)
        await d.shows("digits-mlp", "held-out")


@pytest.mark.parametrize(
    ("host", "schedule"), [("process", "turns"), ("process", "race"), ("thread", "turns")]
)
async def test_pause_one_step_and_resume(host, schedule):
    async with driven("scripted.ok", "scripted.other", host=host, schedule=schedule) as d:
        await d.trains(0, 1)
        await d.press("space")
        await d.shows("paused")
        await d.until(lambda: all(lane.history.standing == "paused" for lane in d.lanes), "all paused")
        before = [lane.history.steps for lane in d.lanes]
        for count in (1, 2, 3):
            await d.press("full_stop")
            after = [steps + count for steps in before]
            await d.until(lambda: [lane.history.steps for lane in d.lanes] == after, (before, after))  # noqa: B023
        if host == "process":
            assert await d.quiet() == after
        await d.press("space")
        await d.trains(0, 1)
        assert not any(lane.paused for lane in d.lanes)


async def test_a_step_pauses_what_runs():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        await d.press("full_stop")
        steps = await d.quiet()
        assert all(lane.paused for lane in d.lanes)
        await d.heartbeats()
        assert [lane.history.steps for lane in d.lanes] == steps


async def test_pause_one_lane_alone():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        await d.press("tab", "p")
        await d.until(lambda: d.lanes[1].history.standing == "paused", "lane 2 paused")
        assert [lane.paused for lane in d.lanes] == [False, True]
        steps = d.lanes[1].history.steps
        await d.trains(0)
        assert d.lanes[1].history.steps == steps
        await d.press("p")
        await d.trains(1)


@pytest.mark.parametrize(("key", "host"), [("space", "process"), ("p", "thread")])
async def test_lanes_that_are_done_train_on(key, host):
    async with driven("scripted.ok", "scripted.other", steps="60", pace=None, host=host) as d:
        await d.until(lambda: all(lane.history.ended for lane in d.lanes), "both done")
        await d.shows("✓ done", "✓ yes")
        await d.press(key)
        lanes = d.lanes if key == "space" else d.lanes[:1]
        await d.until(lambda: all(lane.history.steps == 120 for lane in lanes), "120 steps")
        await d.until(lambda: all(lane.history.ended for lane in lanes), "done again")
        assert d.lanes[1].history.steps == (120 if key == "space" else 60)


async def test_restart_of_one_lane_and_of_all():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        first, second = d.lanes
        await d.press("tab", "r")
        assert d.lanes[0] is first
        assert d.lanes[1] is not second
        assert d.lanes[1].history.steps == 0
        await d.trains(0, 1)
        first, second = d.lanes
        await d.press("R")
        assert d.lanes[0] is not first
        assert d.lanes[1] is not second
        await d.trains(0, 1)
        assert d.app._live.lane_index == 1


async def test_settings_of_one_lane():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        first, second = d.lanes
        await d.press("s")
        field = d.app.screen.query_one(Input)
        assert field.value == "scripted.ok"
        for text, word in (
            ("scripted.ok lr=-1", "above 0"),
            ("scripted.ok colour=red", "colour=red"),
            ("nothing", "torch.eager"),
            ("scripted.ok 'lr=1", "BACKEND key=value"),
            ("", "BACKEND key=value"),
        ):
            field.value = text
            await d.press("enter")
            assert not d.on_top()
            assert "accepted" in d.dialog()
            assert word in d.dialog()
        field.value = "scripted.ok lr=0.5"
        await d.pilot.pause()
        assert "accepted" not in d.dialog()
        await d.press("enter")
        await d.until(d.on_top, "the live screen")
        assert d.lanes[0] is not first
        assert d.lanes[1] is second
        assert d.lanes[0].spec.learning_rate == 0.5
        assert "lr 0.5" in d.line("#lane-1 .lane--title")
        assert "lr 1e-06" in d.line("#lane-2 .lane--title")
        await d.trains(0, 1)
        await d.until(lambda: "lr" in d.line("#same"), "the verdict names the rate")


async def test_one_to_four_lanes_and_the_others_go_on():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        for count in (3, 4):
            before = list(d.lanes)
            await d.press("a")
            await d.until(lambda: panels(d) == count, count)  # noqa: B023
            assert d.lanes[:-1] == before
            await d.trains(*range(count), steps=1)
        await d.press("a")
        assert len(d.lanes) == 4
        for count in (3, 2, 1):
            before = list(d.lanes)
            await d.press("tab" if count == 2 else "shift+tab", "x")
            await d.until(lambda: panels(d) == count, count)  # noqa: B023
            assert [lane.run.lane for lane in d.lanes] == list(range(count))
            assert all(lane in before for lane in d.lanes)
            await d.trains(*range(count), steps=1)
        await d.press("x")
        assert len(d.lanes) == 1
        assert len([one for one in d.app.screen_stack if isinstance(one, LiveScreen)]) == 1
        await d.until(lambda: "turns" not in d.line("#top"), "no turns")
        await d.press("a", "x", "a", "x", "a")
        await d.until(lambda: panels(d) == len(d.lanes) == 2, "two again")
        await d.trains(0, 1)


def panels(d):
    return len([panel for panel in d.app._live.query("LanePanel") if panel.display])


async def test_lanes_that_share_out_the_cores_all_start_anew_with_another_one():
    async with driven("scripted.ok", "scripted.other", schedule="race") as d:
        await d.trains(0, 1)
        before = list(d.lanes)
        await d.press("a")
        await d.until(lambda: panels(d) == 3, "three lanes")
        shared = before[0].spec.cores is not None or before[0].spec.threads > 1
        assert (d.lanes[0] in before) is not shared
        await d.trains(0, 1, 2)


async def test_the_log_follows_and_is_clean():
    async with driven("scripted.noisy", "scripted.ok", steps="40") as d:
        await d.press("l")
        await d.shows("line 39 red")
        assert "\x1b" not in d.text()
        assert "\x07" not in d.text()
        assert "printed 40 lines" in d.dialog("title")
        await d.press("l")
        assert d.on_top()
        await d.press("tab", "l")
        assert "printed 0 lines" in d.dialog("title")


async def test_the_loss_has_two_scales_and_the_app_two_themes():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        charts = list(d.app.screen.query(".chart-metric").results(Chart))
        assert {chart.scale for chart in charts} == {"log"}
        await d.press("y")
        assert {chart.scale for chart in charts} == {"linear"}
        assert {chart.figures for chart in charts} == {"linear"}
        await d.press("y", "t")
        assert {chart.scale for chart in charts} == {"log"}
        assert d.app.theme == "fwtui-light"
        await d.press("t")
        assert d.app.theme == "fwtui-dark"


async def test_zoom_and_back():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)

        def shown_panels():
            return [panel.index for panel in d.app.screen.query(LanePanel) if panel.display]

        for back in ("escape", "enter"):
            await d.press("tab")
            lane = d.app._live.lane_index
            await d.press("enter")
            await d.until(lambda lane=lane: shown_panels() == [lane], "zoomed")
            await d.trains(0, 1)
            await d.press(back)
            await d.until(lambda: shown_panels() == [0, 1], "all lanes")
            await d.pilot.pause()
            assert d.app._live.lane_index == lane


async def test_lanes_and_charts_by_key():
    async with driven("scripted.ok", "scripted.other", "scripted.slow", size=(160, 45)) as d:
        await d.trains(0, 1, 2)
        seen = []
        for key in ("tab", "tab", "tab", "shift+tab", "shift+tab"):
            await d.press(key)
            seen.append(d.app._live.lane_index)
        assert seen == [1, 2, 0, 2, 1]
        kinds = []
        for key in ("down", "down", "down", "up", "j", "k"):
            await d.press(key)
            assert isinstance(d.app.focused, Chart)
            kinds.append(d.app.focused.heading)
            assert d.app._live.lane_index == 1
        assert kinds == ["step time", "memory", "loss", "memory", "loss", "memory"]


async def test_the_cursor_is_in_all_charts():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        await d.press("space")
        await d.quiet()
        charts = list(d.app.screen.query(Chart))

        def cursors():
            return {chart.cursor for chart in charts}

        assert cursors() == {None}
        await d.press("left")
        (last,) = cursors()
        await d.press("left")
        (at,) = cursors()
        assert 0 < at < last
        await d.press("right")
        assert cursors() == {last}
        await d.press("home")
        assert cursors() == {0}
        await d.press("escape")
        assert cursors() == {None}


async def test_help_lists_every_key_of_the_bindings():
    async with driven("scripted.ok", size=(160, 80)) as d:
        await d.trains(0)
        bindings = [one.binding for one in d.app._live.active_bindings.values()]
        await d.press("question_mark")
        await d.shows("Keys")
        for binding in bindings:
            assert binding.tooltip or binding.system or binding.action in INHERITED, binding
            assert binding.tooltip in d.text()
            if binding.tooltip:
                row = next(row for row in d.text().splitlines() if binding.tooltip in row)
                assert d.app.get_key_display(binding) in row
        await d.press("q")
        assert d.on_top()
        assert d.app.return_code is None


INHERITED = ("screen.copy_text", "screen.text_select_all")
"""Textual's own, which act on selected text."""


async def test_the_palette_has_every_action_of_every_screen():
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        for key in "12345":
            await d.press(key)
            bindings = [active.binding for active in d.app.screen.active_bindings.values()]
            known = {command.meaning: command for command in d.app.commands()}
            wanted = {one.tooltip for one in bindings if one.tooltip and one.action != "command_palette"}
            assert len(known) > 8
            assert set(known) == wanted | {
                "screenshot: export this screen as an SVG file in the current folder"
            }
            for one in bindings:
                if one.tooltip in known:
                    assert d.app.get_key_display(one) in known[one.tooltip].key.split(" ")
            for one in bindings:
                assert one.tooltip or one.system or one.action in INHERITED, (key, one)


@pytest.mark.parametrize(
    "words",
    [
        "quit",
        "exit",
        "leave",
        "zoom",
        "restart",
        "log",
        "theme",
        "screenshot",
        "svg",
        "Lane alone",
        "compare",
    ],
)
async def test_the_words_of_the_footer_and_the_help_find_an_action(words):
    async with driven("scripted.ok", "scripted.other") as d:
        best, *_ = found(d.app.commands(), words)
        assert words.lower() in f"{best.name} {best.meaning}".lower()
        assert found(d.app.commands(), "xyzzy") == []


async def test_an_action_is_found_by_its_words_and_carried_out(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with driven("scripted.ok", "scripted.other") as d:
        await d.trains(0, 1)
        await d.press("ctrl+p")
        await d.press(*"linear")
        await d.shows("log scale  this chart on a logarithmic or")
        await d.press("enter")
        await d.until(d.on_top, "the live screen")
        await d.until(lambda: d.app._live._scale("metric") == "linear", "the linear scale")
        await d.press("ctrl+p", *"svg", "enter")
        await d.until(lambda: list(tmp_path.glob("*.svg")), "a screenshot")
        await d.until(lambda: [one for one in d.app._notifications if "saved" in one.message], "a note")


@pytest.mark.parametrize(
    ("dialog", "key", "code"),
    [(None, "q", 0), (None, "ctrl+q", 0), (None, "ctrl+c ctrl+c", 130), ("s", "ctrl+c ctrl+c", 130)],
)
async def test_leaving(dialog, key, code):
    async with driven("scripted.ok") as d:
        await d.trains(0)
        if dialog:
            await d.press(dialog)
        await d.press(*key.split())
        await d.until(lambda: d.app.return_value == code, code)
