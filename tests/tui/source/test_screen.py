"""The source screen: its keys against lanes that have told `two-layer`'s ops, and its look."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from fwtui.backends import catalogue
from fwtui.backends.logbook import in_net
from fwtui.core.outcome import Ended
from fwtui.core.records import NotLogged, OpsLogged
from fwtui.format import numbers
from fwtui.ops.align import log_pair
from fwtui.ops.align.align import align
from fwtui.tui.common.selection import Place
from fwtui.tui.source.costs import Costs
from fwtui.tui.source.screen import SourceScreen
from fwtui.tui.source.side_panel import SourceSide
from fwtui.workloads.user.template import write
from tests import scripted, two_layer_steps
from tests.tui.still import NOW, Scene, importing, pressing, race, still_app, training
from tests.tui.why import BOTH, LARGE, SMALL, shown, told


def side(d, at):
    """What a side shows, as text."""
    lines = d.app.screen.query(SourceSide)[at].lines
    return "\n".join(lines.render_line(row).text.rstrip() for row in range(lines.size.height))


def place(d):
    """What is selected: lane, op, and where."""
    now = d.app._selection.place
    return now.lane, now.op, None if now.source is None else (now.source[0].rpartition("/")[2], now.source[1])


async def test_both_nets_with_what_each_line_asked_for_and_when_it_runs():
    async with shown(told("tf.function", "torch.eager"), "4") as d:
        left, right = side(d, 0), side(d, 1)
        assert "trace: once a signature, 1 so far" in left
        assert "▶ new graph: each iteration" in right
        assert "▶ run: each iteration" in left
        (hidden,) = [line for line in right.split("\n") if "torch.relu" in line]
        costs = Costs.of(two_layer_steps.logged("torch.eager"))
        cost = next(cost for source, cost in costs.lines.items() if source[1] == 18)
        assert hidden.split()[-4:-1] == ["7", *numbers.duration(cost.ns).split()]
        assert hidden.split()[:2] == ["18", "hidden"]
        (call,) = [line for line in left.split("\n") if "self._run_train(" in line]
        assert call.split()[-3] == "1"
        await d.shows("kernels", "in a call of")
        await d.shows(
            "net_torch.py:18", f"25 ops in {numbers.duration(costs.total.ns)}", "forward 3", "backward 2"
        )


async def test_one_key_leads_across_one_through_the_ops_of_a_line_and_one_back():
    async with shown(told(), "4") as d:
        assert place(d) == (0, 1, ("net_tensorflow.py", 17))
        await d.press("down", "g")
        assert place(d) == (1, 3, ("net_torch.py", 19))
        await d.shows("↔ MatMul net_tensorflow.py:18")
        await d.press("e", "e")
        assert place(d) == (1, 14, ("net_torch.py", 19))
        await d.shows("3 of 5")
        await d.press("g")
        assert place(d)[::2] == (0, ("net_tensorflow.py", 18))
        await d.press("backspace")
        assert place(d) == (1, 14, ("net_torch.py", 19))
        await d.press("backspace")
        assert place(d) == (0, 4, ("net_tensorflow.py", 18))


async def test_long_logs_are_matched_beside_the_screen(monkeypatch):
    monkeypatch.setattr(log_pair, "MOST_AT_ONCE", 0)
    go_on = threading.Event()

    def waiting(*sides):
        assert not all(sides) or go_on.wait(30)
        return align(*sides)

    monkeypatch.setattr(log_pair, "align", waiting)
    try:
        async with shown(told(), "4") as d:
            await d.shows("1 tf.eager · matching…", "25 ops in")
            await d.press("down", "g")
            assert place(d)[0] == 0
            go_on.set()
            await d.until(lambda: "matching…" not in d.text(), "matched")
            assert "no counterpart" not in d.text()
            await d.press("g")
            assert place(d) == (1, 3, ("net_torch.py", 19))
    finally:
        go_on.set()


async def test_each_side_keeps_its_line():
    async with shown(told(), "4", "end", "tab", "down") as d:
        assert place(d)[::2] == (1, ("net_torch.py", 19))
        await d.press("tab")
        here = place(d)
        await d.press("down", "pagedown")
        assert place(d) == here
        await d.press("home")
        assert place(d) == (0, None, ("net_tensorflow.py", 13))
        await d.press("g")
        assert "1 tf.eager · no counterpart" in d.text()
        await d.press("e")
        assert place(d) == (0, None, ("net_tensorflow.py", 13))


async def test_search():
    async with shown(told(), "4", "slash", *"PREDICT") as d:
        assert place(d)[2] == ("net_tensorflow.py", 18)
        await d.press("enter")
        await d.press("n")
        assert place(d)[2] == ("net_tensorflow.py", 19)
        await d.press("n", "N", "N")
        assert place(d)[2] == ("net_tensorflow.py", 18)
        await d.press("backspace")
        assert place(d)[2] == ("net_tensorflow.py", 17)
        for key in ("slash", *"err", "escape"):
            await d.press(key)
        assert place(d)[2] == ("net_tensorflow.py", 17)
        for key in ("slash", *"zq", "enter"):
            await d.press(key)
        await d.shows("1 tf.eager · no line has that")
        await d.press("1")
        assert d.on_top()


async def test_what_is_selected_elsewhere_and_asked_for_by_no_line_or_is_not_there():
    async with shown(told("tf.function", "torch.eager"), "4") as d:
        selection = d.app._selection

        async def at(place):
            selection.place = place
            d.top(SourceScreen).look()
            await d.pilot.pause()
            return selection.place

        unknown = Place(1, op=7)  # aten.ones_like
        assert await at(unknown) == unknown
        await d.shows("nobody knows the line", "1 of 2")
        await d.press("down")
        assert selection.place.source is not None
        assert await at(Place(0, op=0)) == Place(0, 0, None, selection.place.source)
        await d.shows("self._run_train(")
        assert (await at(Place(0, op=999))).op == 999
        gone = ("/no/such/file.py", 3)
        assert await at(Place(1, op=4, source=gone)) == Place(1, source=gone)
        node = Place(1, node=("step", 4))
        assert (await at(node)).source[1] == 18
        assert await at(Place(1, node=("nothing", 4))) == Place(1, node=("nothing", 4))


async def test_a_narrow_window_shows_one_side():
    async with shown(told(), "4", size=SMALL) as d:
        await d.shows("tf.nn.relu", "1 tf.eager")
        assert "torch.relu" not in d.text()
        await d.press("g")
        await d.shows("torch.relu", "2 torch.eager")
        assert "tf.nn.relu" not in d.text()


async def test_the_first_log_takes_the_cursor_to_what_it_tells_of_unless_it_was_moved():
    scene = Scene(race(*BOTH), [training(name, 312) for name in BOTH])
    async with shown(scene, "4") as d:
        await d.shows("ops: asked, come with the next step", "ops n/a")
        assert place(d) == (0, None, ("net_tensorflow.py", 13))
        d.lanes[0].history.apply(two_layer_steps.logged(BOTH[0]))
        d.top(SourceScreen).look()
        assert place(d) == (0, 1, ("net_tensorflow.py", 17))
        await d.press("home")
        d.top(SourceScreen).look()
        assert place(d) == (0, None, ("net_tensorflow.py", 13))
        d.lanes[1].history.apply(NotLogged(312, "no ops\x1b[31m to tell"))
        d.top(SourceScreen).look()
        await d.shows(r"ops n/a: no ops\x1b[31m to tell")


async def test_lanes_that_paused_ended_or_never_began():
    ended = [*training("torch.eager", 500), Ended("done", 500, NOW)]
    async with shown(Scene(race(*BOTH), [training("tf.eager", 312), ended], (0,)), "4") as d:
        assert "‖ new tape: each iteration" in side(d, 0)
        assert "▶" not in side(d, 1)
        await d.shows("ops n/a: the lane takes no more questions", "✓ done", "‖ paused")
    async with shown(Scene(race(*BOTH), [importing("tf.eager"), importing("torch.eager")]), "4") as d:
        await d.shows("ops: once the lane trains")
        assert "def squared_error" in side(d, 0)


async def test_a_file_of_the_users_that_is_edited_or_gone(tmp_path):
    path = tmp_path / "my_net.py"
    write(path)
    scene = Scene(race(*BOTH, workload=str(path)), [training(name, 312) for name in BOTH])
    async with shown(scene, "4") as d:
        assert "def tensorflow_loss" in side(d, 0)
        assert "def torch_loss" in side(d, 1)
        assert side(d, 0).startswith("my_net.py ─")
        path.write_text(f"#\n{path.read_text()}")
        d.top(SourceScreen).look()
        await d.shows("1 tf.eager · edited since, r restarts it")
    async with shown(scene) as d:
        path.unlink()
        await d.press("4")
        await d.shows("my_net.py: No such file or directory")
        assert "Eager.step" not in side(d, 0)
        assert "def step" in side(d, 0)


@pytest.fixture
def nets_alone(monkeypatch):
    """Without the steps, which change more often than a picture of them should."""
    scripted.offer(
        monkeypatch, [replace(entry, source=entry.source[:1]) for entry in map(catalogue.entry, BOTH)]
    )
    scene = told()
    for said in scene.said:
        place = next(place for place, one in enumerate(said) if isinstance(one, OpsLogged))
        ops = [op if in_net(op.source) else replace(op, source=None) for op in said[place].ops]
        said[place] = replace(said[place], log=replace(said[place].log, ops=tuple(ops)))
    return scene


@pytest.mark.parametrize("size", [pytest.param(LARGE, id="160x45"), pytest.param(SMALL, id="80x24")])
def test_look(snap_compare, monkeypatch, nets_alone, size):
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    assert snap_compare(still_app(nets_alone), terminal_size=size, run_before=pressing("4", "down"))
