"""The graph screen: its keys against lanes that have told `two-layer`'s graphs, and against live ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets import Input

from fwtui.core.graph import Node, NoGraph, Tensor
from fwtui.core.outcome import Ended
from fwtui.core.records import Compiled, GraphsCaptured
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.selection import Place
from fwtui.tui.graph.lane_graphs import LaneGraphs
from fwtui.tui.graph.screen import GraphScreen
from fwtui.tui.graph.side_panel import GraphLines
from fwtui.tui.graph.status import unpaired
from tests import two_layer_steps as steps
from tests.tui import still, why
from tests.tui.driving import driven
from tests.tui.still import NOW, Scene, importing, pressing, race, training
from tests.tui.why import LARGE, SMALL, shown

BOTH = ("tf.function", "torch.eager")


def scene(*lanes):
    """Lanes that have said this, or have told what `two-layer` is in them."""
    return Scene(race(*BOTH), lanes) if lanes else why.told(*BOTH)


def told(backend):
    """A lane that has told its graphs before step 100, and trained on."""
    return [*training(backend, 312), steps.told(backend)]


def graph(backend, kind):
    return next(one for one in steps.told(backend).graphs if one.kind == kind)


def here(d):
    """The node that is selected, as lane and what it is called."""
    place = d.app._selection.place
    kind, index = place.node
    return place.lane, graph(BOTH[place.lane], kind).nodes[index].name


def lines(d, side):
    """What a side shows, as text."""
    widget = d.app.screen.query(GraphLines)[side]
    return "\n".join(widget.render_line(row).text.rstrip() for row in range(widget.size.height))


async def test_one_key_leads_to_the_counterpart_one_to_the_source_and_one_back():
    async with shown(scene(), "2") as d:
        assert here(d) == (0, "matmul")
        assert "matrix product" in d.text()
        await d.press("g")
        assert here(d) == (1, "mm")
        await d.press("4")
        assert d.app._selection.place.source[0].endswith("net_torch.py")
        await d.press("backspace")
        assert isinstance(d.app.screen, GraphScreen)
        assert here(d) == (1, "mm")
        await d.press("backspace")
        assert here(d) == (0, "matmul")
        await d.press("tab")
        assert here(d) == (1, "mm"), "a side keeps its cursor"


async def test_inputs_and_outputs_are_walked_and_each_jump_leads_back():
    async with shown(scene(), "2", "g") as d:
        await d.press("right_square_bracket")
        assert here(d) == (1, "relu")
        await d.press("left_square_bracket")
        assert here(d) == (1, "mm")
        seen = []
        for _ in range(3):
            await d.press("left_square_bracket")
            seen.append(here(d)[1])
        assert seen == ["batch x", "parameter w1", "batch x"]
        assert "input 1 of 2 of #4" in d.text()
        await d.press("left_square_bracket")
        await d.press("down", "left_square_bracket")
        assert "it takes nothing" in d.text()
        await d.press("1", "2")
        assert "it takes nothing" not in d.text()
        for _ in range(4):
            await d.press("backspace")
        assert here(d) == (1, "mm")


async def test_inputs_have_names_where_there_is_no_room_for_a_column_of_names():
    async with shown(scene(), "2", size=(120, 35)) as d:
        inputs = lines(d, 1).split("forward")[0]
        assert all(name in inputs for name in ("batch x", "batch y", "parameter w1", "parameter w2"))


def with_an_op_of_its_own(backend):
    """A lane in whose first graph one op does what nothing does in `two-layer`, and one lays that out."""
    first, *others = steps.told(backend).graphs
    own = Node("FFT", "fft", "backward", ((4, 0),), (Tensor("complex64", (64, 100)),))
    layout = Node("Tile", "tile", "backward", ((len(first.nodes), 0),), (Tensor("complex64", (64, 200)),))
    return [
        *training(backend, 312),
        GraphsCaptured(100, (replace(first, nodes=(*first.nodes, own, layout)), *others)),
    ]


async def ask(d, key, text):
    """Types words into a prompt, and enters them."""
    await d.press(key)
    await d.until(lambda: isinstance(d.app.focused, Input), "a prompt")
    await d.press(*("space" if sign == " " else sign for sign in text))
    await d.press("enter")
    await d.until(lambda: d.app.focused is None, "no prompt")


async def test_search_filter_and_what_stands_alone_are_dropped_one_by_one():
    lanes = scene(with_an_op_of_its_own("tf.function"), told("torch.eager"))
    async with shown(lanes, "2") as d:
        await ask(d, "slash", "matrix product")
        assert here(d) == (0, "matmul")
        await d.shows("matrix product 1 of 5")
        await d.press("n", "n", "N")
        assert here(d) == (0, "matmul_1")
        await ask(d, "F", "backward")
        assert "forward" not in lines(d, 0)
        assert lines(d, 0).count("MatMul") == 3
        assert lines(d, 1).count("aten.mm") == 3
        await d.press("D")
        assert "MatMul" not in lines(d, 0)
        assert "FFT" in lines(d, 0)
        assert "Tile" not in lines(d, 0), "it computes nothing"
        await d.shows("only +")
        await d.press("escape")
        assert "matrix product" not in d.text().splitlines()[-2]
        await d.press("escape")
        assert "FFT" in lines(d, 0)
        assert "backward" not in d.text().splitlines()[-2]
        await d.press("escape")
        await ask(d, "slash", "relu")
        await ask(d, "F", "tensorflow")
        await d.press("g")
        assert here(d) == (1, "threshold_backward"), "a jump shows what was left out"
        assert "tensorflow" not in d.text().splitlines()[-2]


async def test_a_prompt_that_is_left_changes_nothing():
    async with shown(scene(), "2") as d:
        await ask(d, "F", "relu")
        await d.press("end")
        before, at = lines(d, 0), here(d)
        await d.press("slash", *"nothing", "escape", "F", *"x", "escape")
        await d.until(lambda: (lines(d, 0), here(d)) == (before, at))
        await ask(d, "F", "nonsense")
        await d.shows("no node like that here")
        await d.press("down", "g", "left_square_bracket", "left", "v", "n")
        await d.press("escape")
        assert "MatMul" in lines(d, 0)


def test_the_graph_that_is_shown_first_is_not_the_one_with_what_no_step_runs():
    step = graph("tf.function", "traced")
    built = replace(step, kind="built", nodes=(*step.nodes, step.nodes[0]))
    lane = LaneGraphs()
    lane.take_in(GraphsCaptured(100, (replace(step, kind="fetched"), built)))
    assert lane.kind == "fetched"


async def test_groups_open_and_close():
    async with shown(scene(), "2") as d:
        assert "Const" not in lines(d, 0)
        await d.press("left", "left")
        assert d.app._selection.place == Place(0)
        assert "ReadVariableOp" not in lines(d, 0)
        assert "2 ReadVariableOp, 2 MatMul, 1 Relu" in d.text()
        await d.press("enter", "right")
        assert here(d) == (0, "matmul/ReadVariableOp")
        await d.press("g")
        await d.shows("none needed: it computes nothing")
        await d.press("left", "up", "right")
        assert lines(d, 0).count("Const") == 6
        await d.press("end", "pageup", "home")
        assert d.app._selection.place == Place(0)


async def test_other_graphs_of_a_lane_and_why_one_is_missing():
    missing = NoGraph("kernels", "the [bold]kernels[/]", "it\x1b[2J needs\na compiler")
    more = steps.told("torch.eager")
    lane = [*training("torch.eager", 312), GraphsCaptured(100, (*more.graphs, missing))]
    async with shown(scene(told("tf.function"), lane), "2", "tab", "e") as d:
        assert "the [bold]kernels[/]" in d.text()
        assert "could not be captured" in d.text()
        assert r"it\x1b[2J needs a compiler" in d.text()
        assert "\x1b" not in d.text()
        assert "no graph on the other side" in d.text()
        await d.press("g", "down", "slash", "x", "enter", "D", "v")
        await d.press("e", "D")
        assert "MmBackward0" in lines(d, 1)
        await d.press("tab", "e")
        assert "after Grappler" in d.text()


async def test_graphs_are_asked_for_once_and_again_after_a_compilation(monkeypatch):
    asked = []
    monkeypatch.setattr(RaceModel, "ask_graphs", lambda _, index, step=0: asked.append(index))
    async with shown(scene(training("tf.function", 312), importing("torch.eager")), "2") as d:
        assert asked == [0]
        assert "asked, comes with the next step" in d.text()
        assert "its graphs come after its first step" in d.text()
        lane = d.lanes[0]
        lane.history.apply(steps.told("tf.function"))
        d.top(GraphScreen).look()
        assert asked == [0]
        lane.history.apply(Compiled(200, "retrace", 1, "another shape"))
        d.top(GraphScreen).look()
        d.top(GraphScreen).look()
        assert asked == [0, 0]
        await d.shows("capturing again")
        lane.history.apply(replace(steps.told("tf.function"), step=201))
        await d.press("u")
        assert asked == [0, 0, 0]


def tell(d, *steps_told):
    """Has both lanes tell their graphs once more."""
    for lane, backend, step in zip(d.lanes, why.BOTH, steps_told, strict=True):
        lane.history.apply(replace(steps.told(backend), step=step))


async def test_lanes_with_a_graph_in_each_step_are_asked_anew_by_each_visit_and_by_a_key(monkeypatch):
    asked = []
    monkeypatch.setattr(RaceModel, "ask_graphs", lambda _, index, step=0: asked.append(index))
    async with shown(why.told(), "2") as d:
        assert asked == [0, 1]
        tell(d, 200, 200)
        await d.press("3", "2")
        assert asked == [0, 1] * 2
        tell(d, 201, 202)
        d.top(GraphScreen).look()
        await d.shows("of steps 201 ↔ 202")
        await d.press("u")
        assert asked == [0, 1] * 3


@pytest.mark.parametrize(
    ("graphs", "lanes", "over", "said"),
    [
        (1, 2, False, "no graph on the other side yet"),
        (1, 2, True, "no graph on the other side"),
        (2, 2, True, "matching…"),
        (0, 2, False, "no graph yet"),
        (0, 2, True, "no graph"),
        (1, 1, False, "one lane: nothing to compare with"),
    ],
)
def test_why_nothing_is_paired(graphs, lanes, over, said):
    assert unpaired(graphs, lanes, over) == said


async def test_a_lane_that_is_over_tells_what_it_told_or_why_not():
    over = Ended("failed", 0, NOW, "TensorFlow is not installed")
    async with shown(scene([*importing("tf.function"), over], told("torch.eager")), "2") as d:
        assert "the lane has failed" in d.text()
        assert "1 tf.function · ✗ failed" in d.text()
        assert "2 torch.eager · ● steady" in d.text()
        await d.press("tab", "end", "g")
        assert "no graph on the other side" in d.text()
    async with shown(scene(*([*importing(name), over] for name in BOTH)), "2") as d:
        assert d.text().splitlines()[-2].strip() == "no graph"


@pytest.mark.usefixtures("scripted_backends")
async def test_graphs_of_lanes_that_train():
    # So slow that a question is with both before the step that they are to meet at, however busy the machine.
    async with driven("scripted.ok", "scripted.tilt", size=(120, 30), pace="4") as d:
        await d.trains(0, 1, steps=2)
        await d.press("2")
        await d.until(lambda: d.text().count("before step") == 2, "both lanes' graphs")
        await d.shows("as it was traced")
        left, right = (lane.history.graphs.step for lane in d.lanes)
        assert left == right
        await d.press("e")
        await d.shows("a script is not optimized")
        await d.trains(0, 1, steps=1)


@pytest.fixture
def looks(snap_compare, monkeypatch):
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")

    def looks(size, *keys):
        return snap_compare(still.still_app(scene()), terminal_size=size, run_before=pressing("2", *keys))

    return looks


def test_both_trees(looks):
    assert looks(LARGE, "down", "down", "down")


def test_both_drawings(looks):
    assert looks(LARGE, "v", "down")


@pytest.mark.parametrize("keys", [(), ("v",)], ids=["tree", "drawing"])
def test_one_side_in_a_small_window(looks, keys):
    assert looks(SMALL, *keys)
