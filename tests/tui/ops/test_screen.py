"""The ops screen: its keys against lanes that have told `two-layer`'s ops, and against live ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fwtui.core.oplog import OpLog, TensorStats
from fwtui.core.outcome import Ended
from fwtui.core.records import NotLogged, OpsLogged
from fwtui.ops.align import log_pair
from fwtui.tui.common.selection import Place
from fwtui.tui.ops.screen import OpsScreen
from tests import two_layer_steps as steps
from tests.tui import still
from tests.tui.driving import driven
from tests.tui.still import Scene, importing, pressing, race, training
from tests.tui.why import LARGE, SMALL, shown, told

STATIC = ("tf.function", "torch.eager")
NOT_FINITE = TensorStats(1.0, 0.5, 2.0, nans=3)


def here(d):
    """The op at the cursor, as lane and the framework's name for it."""
    place = d.app._selection.place
    screen = d.app._others["ops"]
    return place.lane, screen._controller.pairing.ops(screen.sides.index(place.lane))[place.op].op


def rows(d):
    """What the table shows, a line each, without its head."""
    table = d.top(OpsScreen)._table
    return [table.render_line(y).text.rstrip() for y in range(1, table.size.height)]


def ops(d, side=1):
    """The ops of a side from the top, by number."""
    controller = d.app._others["ops"]._controller
    return [
        row.ops[side] for row in controller.rows(None) if hasattr(row, "ops") and row.ops[side] is not None
    ]


def steps_shown(d):
    """Of which step each side's log is."""
    return [log.step for log in d.app._others["ops"]._controller.pairing.logs]


def says(d, index, record):
    """A lane says something more."""
    d.app.model._hear(d.app.model.lanes[index].run, record)
    d.app.model.drain()
    d.app._others["ops"].look()


def at_step(backend, step, faulty=None):
    """A log before that step; the op `faulty` gave NaN."""
    logged = steps.logged(backend)
    told = [replace(op, fingerprints=(NOT_FINITE,)) if op.number == faulty else op for op in logged.ops]
    return OpsLogged(step, OpLog(tuple(told), logged.log.how, logged.log.took_ns))


async def test_counterparts_share_a_row_and_lead_to_each_other():
    async with shown(told(), "3", "down", size=(160, 60)) as d:
        assert isinstance(d.app.screen, OpsScreen)
        pairs = [line for line in rows(d) if "MatMul" in line]
        assert len(pairs) == 5
        assert all("─=─" in line and "aten.mm" in line for line in pairs)
        headings = [line.split()[0] for line in rows(d) if line.startswith((" forward", " backward", " upd"))]
        assert headings == ["forward", "backward", "update"]
        assert any("·" in line and "aten.detach" in line and "MatMul" not in line for line in rows(d))
        assert here(d) == (0, "MatMul")
        await d.shows("step 100 · 25 ops", "64×1000 float32 ← batch x", "1000×100 float32 ← 0 ReadVariableOp")
        await d.shows("hidden = tf.nn.relu(", "matrix product: 0 aten.mm   outputs apart by")
        await d.press("g")
        assert here(d) == (1, "aten.mm")
        assert d.app._selection.place.source[0].endswith("net_torch.py")
        await d.press("backspace")
        assert here(d) == (0, "MatMul")
        await d.press("up", "g")
        assert here(d) == (0, "ReadVariableOp")
        await d.shows("none needed: it computes nothing")
        await d.press("tab")
        assert here(d) == (1, "aten.mm")
        await d.press("tab")
        assert here(d) == (0, "MatMul")


async def test_the_cursor_moves():
    async with shown(told(), "3", "down", "j", "k", "down") as d:
        assert here(d) == (0, "Relu")
        await d.press("end")
        assert here(d) == (0, "ResourceApplyGradientDescent")
        await d.press("down", "home", "up")
        assert here(d) == (0, "ReadVariableOp")
        await d.press("pagedown")
        assert d.app._selection.place.op > 5
        await d.press("home")
        table = d.top(OpsScreen)._table
        line = next(y for y, text in enumerate(rows(d), 1) if "aten.relu" in text)
        await d.pilot.click(table, offset=(table.size.width - 30, line))
        assert here(d) == (1, "aten.relu")
        await d.pilot.click(table, offset=(5, line))
        assert here(d) == (0, "Relu")
        await d.pilot.click(table, offset=(5, 1))
        assert here(d) == (0, "Relu")


async def test_what_was_selected_elsewhere_is_looked_for():
    async with shown(told(*STATIC), "3", "1") as d:
        traced = steps.told("tf.function").graphs[0]
        (index,) = [i for i, node in enumerate(traced.nodes) if node.name == "gradient_tape/matmul/MatMul"]
        d.app._selection.place = Place(0, node=(traced.kind, index))
        await d.press("3")
        place = d.app._selection.place
        assert steps.logged("tf.function").ops[place.op].name == "gradient_tape/matmul/MatMul"
        assert place.node == (traced.kind, index)
        await d.press("down", "up")
        assert d.app._selection.place.node == (traced.kind, index)
        line = steps.logged("torch.eager").ops[3].source
        d.app._selection.place = Place(1, source=line)
        await d.press("1", "3")
        assert d.app._selection.place.op == 3
        d.app._selection.place = nowhere = Place(1, source=("/nowhere/net.py", 7))
        await d.press("1", "3")
        assert d.app._selection.place == nowhere


async def test_totals_and_timeline():
    async with shown(told(*STATIC), "3", "down", "down", "v") as d:
        first, *_, last = [line for line in rows(d) if line]
        assert first.split()[:3] == ["matrix", "product", "5"]
        assert " 5 " in first[60:]
        # The call holds the kernels, and is not counted beside them.
        assert last.split()[:3] == ["all", "ops", "15"]
        await d.press("o")
        await d.shows("the most bytes first")
        await d.press("escape", "home")
        assert here(d) == (0, "_MklMatMul")
        await d.press("v")
        await d.shows("timeline", "╷")
        bars = [row[36:73] for row in rows(d) if row[5:].startswith(("  Relu ", "  Square ", "  Sum "))]
        begins = [len(bar) - len(bar.lstrip()) for bar in bars]
        assert begins == sorted(begins)
        assert begins[0] < begins[-1]
        assert len(begins) == 3


async def test_sorted_filtered_and_one_thing_less():
    async with shown(told(), "3", "o") as d:
        logged = steps.logged("torch.eager").ops
        await d.shows("the longest first")
        assert logged[ops(d)[0]].host_ns == max(op.host_ns for op in logged)
        await d.press("F", "F")
        await d.shows("only backward")
        assert {logged[op].phase for op in ops(d)} == {"backward"}
        assert d.app._selection.place.op in ops(d, 0)
        await d.press("escape", "escape")
        assert ops(d)[:5] == [0, 1, 2, 3, 4]
        # A jump to what a filter hides takes the filter away.
        await d.press("F", "F", "F")
        place = d.app._selection.place
        assert (place.lane, steps.logged("tf.eager").ops[place.op].phase) == (0, "update")
        d.app._selection.place = Place(0, op=1)
        await d.press("1", "3")
        assert here(d) == (0, "MatMul")
        assert "only" not in d.text()


async def test_search():
    async with shown(told(), "3", "tab", "slash", *"mm") as d:
        prompt = d.top(OpsScreen)._prompt
        assert prompt.display
        assert prompt.region.y > d.app._others["ops"].query_one("#ops-about").region.y
        assert here(d) == (1, "aten.mm")
        await d.press("enter")
        await d.shows("/ mm 1 of 5")
        await d.press("n", "n")
        await d.shows("/ mm 3 of 5")
        await d.press("N", "N", "N")
        await d.shows("/ mm 5 of 5")
        await d.press("escape")
        await d.until(lambda: "/ mm" not in d.text(), "no search")
        place = d.app._selection.place
        await d.press("slash", *"relu")
        await d.until(lambda: here(d) == (1, "aten.relu"), "found while it is typed")
        await d.press("escape")
        assert d.app._selection.place == place
        await d.press("slash", *"ReadVar", "enter")
        await d.until(lambda: here(d) == (0, "ReadVariableOp"), "found across")


async def test_logs_are_followed_or_stay_and_come_as_often_as_is_set():
    async with shown(told(), "3", "z") as d:
        await d.shows("frozen")
        says(d, 1, at_step("torch.eager", 200))
        assert "step 200" not in d.text()
        await d.press("z")
        # The other lane is on its way to that step: until then what is shown stays of one and the same.
        await d.press("down")
        assert steps_shown(d) == [100, 100]
        says(d, 0, at_step("tf.eager", 200))
        assert steps_shown(d) == [200, 200]
        says(d, 0, at_step("tf.eager", 201))
        assert steps_shown(d) == [200, 200]
        says(d, 1, at_step("torch.eager", 202))
        assert steps_shown(d) == [200, 200]
        # Logs of two steps are aligned, but not held against each other.
        # A lane that halts comes to no other step.
        d.app.model.toggle_pause([1])
        says(d, 0, at_step("tf.eager", 210))
        assert steps_shown(d) == [210, 202]
        await d.shows("of another step")
        d.app.model.toggle_pause([1])
        lanes = d.app.model.lanes
        await d.press("plus", "plus")
        assert [lane.log_every for lane in lanes] == [100, 100]
        await d.shows("one step in 100")
        await d.press("minus", "minus", "minus")
        assert [lane.log_every for lane in lanes] == [None, None]
        await d.press("exclamation_mark")
        assert all(lane.until_nan for lane in lanes)
        await d.shows("until the first NaN")
        await d.press("exclamation_mark")
        assert not any(lane.until_nan for lane in lanes)


async def test_the_first_nan_stays_with_the_cursor_on_it():
    async with shown(told(), "3", "v", "F", "exclamation_mark") as d:
        says(d, 0, at_step("tf.eager", 149))
        says(d, 1, at_step("torch.eager", 150, faulty=12))
        said = "lane 2, step 150: the first NaN is from op 12 aten.mul"
        assert d.app.model.lanes[0].until_nan
        await d.shows(f"✗ {said}", "✗ 3 NaN", "frozen")
        assert here(d) == (1, "aten.mul")
        # The other lane comes to the same step, and then logs no more.
        says(d, 0, at_step("tf.eager", 150))
        assert steps_shown(d) == [150, 150]
        assert not d.app.model.lanes[0].until_nan
        says(d, 1, at_step("torch.eager", 151))
        assert "step 151" not in d.text()
        await d.press("escape", "escape")
        await d.until(lambda: any("aten.mul" in line and " NaN" in line for line in rows(d)), "a mark")
        await d.press("z")
        says(d, 0, at_step("tf.eager", 151))
        await d.shows("step 151")
        # It is known already: nothing need be logged for it.
        await d.press("exclamation_mark")
        await d.shows(said)


async def test_lanes_that_cannot_tell_or_not_yet():
    cannot = [*training("torch.eager", 312), NotLogged(312, "no profiler \x1b[31mhere")]
    async with shown(Scene(race(), [importing("tf.function"), cannot]), "3") as d:
        await d.shows(
            "◌ importing 2 s, its ops come once it trains", r"cannot tell its ops: no profiler \x1b[31mhere"
        )
        await d.press("g", "v", "down", "F", "slash", "a", "enter", "exclamation_mark", "z", "tab")
        await d.press("escape", "escape", "escape", "escape")
        # Names from frameworks reach the terminal plain.
        logged = steps.logged("torch.eager")
        odd = {"op": "aten.\x1b[31mmm\n", "name": "[bold]名前\x07", "source": ("/a\x1b/n\t.py", 3)}
        log = OpLog((replace(logged.ops[0], **odd), *logged.ops[1:]), logged.log.how, None)
        says(d, 1, OpsLogged(312, log))
        await d.press("home")
        await d.shows(r"aten.\x1b[31mmm", r"[bold]名前\x07", "no log on the other side")
        assert "\x1b" not in d.text()


async def test_lanes_that_take_no_steps_tell_no_new_logs():
    failed = [*training("torch.eager", 12), Ended("failed", 12, still.NOW, "no [room] left")]
    async with shown(Scene(race(), [importing("tf.function"), failed]), "3") as d:
        await d.shows("the lane has failed and logs no more ops: no [room] left", "follows live")
        d.app.model.toggle_pause([0])
        d.top(OpsScreen).look()
        await d.shows("no new logs   1 paused, 2 failed")


async def test_one_side_at_a_time_in_a_small_window(monkeypatch):
    # A long log is aligned beside the screen.
    monkeypatch.setattr(log_pair, "MOST_AT_ONCE", 10)
    async with shown(told(), "3", size=SMALL) as d:
        await d.shows("= 0 aten.mm")
        assert "torch.eager" not in d.text()
        await d.press("end")
        # The scrollbar covers no end of a line.
        table = d.top(OpsScreen)._table
        assert any(line.endswith("22 …") for line in rows(d))
        assert max(map(len, rows(d))) == table.size.width - 1
        await d.press("home", "down", "g")
        await d.shows("= 1 MatMul")
        assert "tf.eager" not in d.text()
        await d.press("v")
        await d.shows("matrix product")


@pytest.mark.usefixtures("scripted_backends")
async def test_lanes_that_train_are_followed_until_the_first_nan():
    async with driven("scripted.nan", "scripted.many", size=LARGE) as d:
        await d.press("3")
        await d.shows("MatMul", "1,000 ops")
        screen = d.top(OpsScreen)
        step = screen._controller.pairing.logs[1].step
        await d.until(lambda: screen._controller.pairing.logs[1].step > step + 100, "a newer log")
        await d.press("z", "r", "exclamation_mark")
        await d.shows("the first NaN is from op", "✗ 1 NaN")


@pytest.fixture
def looks(snap_compare, monkeypatch):
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")

    def looks(scene, size, *keys):
        return snap_compare(still.still_app(scene), terminal_size=size, run_before=pressing(*keys))

    return looks


@pytest.mark.parametrize("size", [pytest.param(LARGE, id="160x45"), pytest.param(SMALL, id="80x24")])
def test_log(looks, size):
    assert looks(told(), size, "3", "down", "down")


def test_timeline_of_a_call_and_its_kernels(looks):
    assert looks(told(*STATIC), LARGE, "3", "down", "down", "v", "v")


def test_totals_in_a_small_window(looks):
    assert looks(told(*STATIC), SMALL, "3", "down", "v")
