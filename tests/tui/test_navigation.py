"""What is selected on one of graph, ops and source is selected on the others, and one key leads back."""

from __future__ import annotations

import pytest

from fwtui.measure.history import History
from fwtui.tui.common.key_footer import KeyFooter
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.selection import Place, Selection
from tests import two_layer_steps
from tests.tui.still import Scene, done, race, training
from tests.tui.why import BOTH, shown, told


def op(d):
    """The selected op: its lane, name and phase."""
    place = d.app._selection.place
    logged = two_layer_steps.logged(BOTH[place.lane]).ops[place.op]
    return place.lane, logged.op, logged.phase


def line(d):
    """The selected line."""
    file, number = d.app._selection.place.source
    return f"{file.rpartition('/')[2]}:{number}"


def screen(d):
    return getattr(d.app.screen, "NAME", "")


async def test_from_an_op_to_its_counterpart_its_line_its_node_and_back():
    async with shown(told(), "3") as d:
        while op(d) != (0, "MatMul", "backward"):
            await d.press("down")
        await d.press("g")
        assert op(d) == (1, "aten.mm", "backward")
        there = d.app._selection.place
        await d.press("4")
        assert (screen(d), line(d), op(d)) == ("source", "net_torch.py:19", (1, "aten.mm", "backward"))
        await d.shows("net_torch.py:19")
        await d.press("g")
        assert line(d) == "net_tensorflow.py:18"
        await d.press("2")
        assert screen(d) == "graph"
        kind, index = d.app._selection.place.node
        graph = next(one for one in two_layer_steps.told(BOTH[0]).graphs if one.kind == kind)
        assert (graph.nodes[index].op, graph.nodes[index].phase) == ("MatMul", "backward")
        for name, at in (
            ("source", "net_tensorflow.py:18"),
            ("source", "net_torch.py:19"),
            ("ops", "net_torch.py:19"),
        ):
            await d.press("backspace")
            assert (screen(d), line(d)) == (name, at)
        assert d.app._selection.place.op == there.op
        await d.press("backspace")
        assert op(d) == (0, "MatMul", "backward")
        await d.press("backspace")
        assert op(d) == (0, "MatMul", "backward")


async def test_from_a_line_to_its_ops_and_a_node_to_its_line():
    async with shown(told(), "4", "tab", "down", "down") as d:
        assert line(d) == "net_torch.py:20"
        await d.press("3")
        assert (screen(d), op(d)) == ("ops", (1, "aten.sub", "forward"))
        await d.press("2")
        assert (screen(d), line(d)) == ("graph", "net_torch.py:20")
        await d.press("4")
        assert (screen(d), line(d)) == ("source", "net_torch.py:20")
        await d.press("1")
        assert d.on_top()
        await d.press("4")
        assert line(d) == "net_torch.py:20"


async def test_a_lane_that_starts_anew_is_forgotten_and_the_other_is_not():
    async with shown(told(), "4", "g", "g") as d:
        lanes, selection = d.lanes, d.app._selection

        def anew(*indices):
            for index in indices:
                lanes[index] = Lane(lanes[index].run, History())

        assert [place.lane for _, place in selection._before] == [0, 1]
        d.app._change(lambda: anew(1))
        assert [place.lane for _, place in selection._before] == [0]
        assert line(d) == "net_tensorflow.py:17"
        d.app._change(lambda: anew(0))
        assert not selection._before
        assert selection.place.op is None
        await d.press("tab", "g")
        d.app._change(lambda: anew(0, 1))
        assert not selection._before
        assert selection.place.lane == 1


def test_what_was_before_is_bounded_and_says_nothing_twice():
    selection = Selection()
    for number in range(300):
        selection.place = Place(0, op=number // 2)
        selection.jumped("ops")
    assert len(selection._before) == 100
    assert selection.back() == "ops"
    assert selection.place == Place(0, op=149)
    selection.forget()
    assert selection.back() is None


def test_a_lane_comes_beside_one_of_the_other_framework_and_stays_there():
    selection, four = Selection(), ["tensorflow", "tensorflow", "torch", "torch"]
    assert [selection.sides(lane, four) for lane in (0, 2, 0, 1, 2, 3, 0)] == [
        *((0, 2), (0, 2), (0, 2)),
        *((1, 2), (1, 2)),
        *((0, 3), (0, 3)),
    ]
    assert selection.sides(0, four[:2]) == (0, 1)
    assert selection.sides(0, ["torch"]) == (0,)


@pytest.mark.parametrize(("said", "paused"), [(training, (0, 1)), (done, ())], ids=["paused", "done"])
async def test_a_lane_that_stands_is_said_to_answer_at_once(said, paused):
    async with shown(Scene(race(*BOTH), [said(name, 312) for name in BOTH], paused)) as d:
        for key, told in (("2", "asked, comes"), ("3", "asked: the log comes"), ("4", "ops: asked, come")):
            await d.press(key)
            await d.shows(f"{told} at once")


async def test_no_key_in_the_footer_is_ever_cut():
    async with shown(Scene(race(*BOTH), [training(name, 312) for name in BOTH])) as d:
        for width, height in ((160, 45), (80, 24), (60, 16)):
            await d.pilot.resize_terminal(width, height)
            for key in "12345":
                await d.press(key)
                await d.pilot.pause()
                footer = d.app.screen.query_one(KeyFooter)
                assert len(footer.plain) <= footer.content_size.width, (key, width)
                names = footer.keys
                assert (names[:5], names[-2:]) == (list("12345"), ["question_mark", "q"])
                assert len(names) >= {160: 12, 80: 8, 60: 7}[width], key


async def test_a_screen_has_its_footer_from_the_first_and_keeps_it():
    async with shown(Scene(race(*BOTH), [training(name, 312) for name in BOTH])) as d:
        for name in ("graph", "ops", "source", "parity"):
            await d.app.action_show(name)
            keys = d.app.screen.query_one(KeyFooter).keys
            assert len(keys) > 7, name
            await d.pilot.pause()
            await d.press("tab")
            assert d.app.screen.query_one(KeyFooter).keys == keys, name
