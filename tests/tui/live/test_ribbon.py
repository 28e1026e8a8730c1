"""The row that says which graph ran: where its cells stand, what they say, and the figures beside it."""

import pytest

from fwtui.core.records import Compiled, GraphRan
from fwtui.measure.graph_runs import GraphRuns
from fwtui.tui.charts.compose import Plot
from fwtui.tui.live import ribbon
from fwtui.tui.live.ribbon import Ribbon


def runs(samples):
    kept = GraphRuns()
    for step, graph in samples:
        kept.add(GraphRan(step, graph, 41))
    return kept


def compiled(*steps):
    return [Compiled(step, "retrace", 210_000_000, "x was (4,), is (8,)") for step in steps]


def test_a_static_lane_is_one_bar():
    row = Ribbon.of(runs((step, "a") for step in range(1, 40)), compiled(0), (0, 39), 20)
    assert row.text() == "▲a" + " " * 18
    assert row.kinds == (0,) * 20


def test_a_letter_stands_where_another_graph_ran_and_a_line_where_nobody_looked():
    row = Ribbon.of(runs([(2, "x"), (3, "y"), (4, "y"), (8, "x"), (9, "z")]), compiled(6), (0, 19), 20)
    assert row.text() == "  ab ─▲─ac          "
    assert row.kinds[2:5] == (0, 1, 1)


def test_between_two_samples_of_a_graph_that_graph_is_drawn():
    row = Ribbon.of(runs([(2, "x"), (6, "x"), (9, "y")]), (), (0, 19), 20)
    assert row.text() == "  a    ──b          "
    assert row.kinds[2:7] == (0,) * 5


@pytest.mark.parametrize(("last", "columns"), [(500, 61), (20, 61), (10_000_000, 7)])
def test_a_cell_stands_where_the_charts_draw_its_step(last, columns):
    plot = Plot(0, 0, columns, 1)
    for step in {0, 1, last // 3, last // 2, last - 1, last}:
        (at,) = [
            c
            for c, kind in enumerate(Ribbon.of(runs([(step, "a")]), (), (0, last), columns).kinds)
            if not kind
        ]
        assert at == plot.column(step, (0, last))


@pytest.mark.parametrize("columns", [0, 1])
def test_there_may_be_no_room(columns):
    assert len(Ribbon.of(runs([(1, "a")]), compiled(1), (0, 9), columns).text()) == columns
    assert Ribbon.of(GraphRuns(), (), (0, 9), 3).text() == "   "


def test_figures():
    assert ribbon.figures(GraphRuns(), (), 0, True)[0] == "n/a"
    alike = runs([(1, "a"), (2, "a")])
    assert ribbon.figures(alike, compiled(0), 312, True)[0] == "1 graph, run 312 times   ▲ 210 ms"
    assert ribbon.figures(alike, compiled(0), 1, True)[0] == "1 graph, run 1 time   ▲ 210 ms"
    assert ribbon.figures(alike, (), 312, False)[0] == "312 graphs, all of 1 kind"
    changing = runs((step, "abc"[step % 3]) for step in range(9))
    assert ribbon.figures(changing, compiled(0, 3), 9, True) == (
        "3 graphs, another in 100 % of samples   ▲ last 210 ms",
        "3 kinds   ▲ last 210 ms",
        "3 kinds",
    )
    seldom = runs((step, "b" if step == 500 else "a") for step in range(1_000))
    told = "1,000 graphs of 2 kinds, another in less than 1 % of samples"
    assert ribbon.figures(seldom, (), 1000, False)[0] == told


def test_from_where_on_it_is_not_known_and_why():
    told = runs([(1, "a"), (11, "a")])
    assert ribbon.figures(told, (), 20, True, "no such\x1b hook") == ("n/a since step 12: no such\\x1b hook",)
    assert ribbon.figures(GraphRuns(), compiled(0), 20, True, "no such hook") == ("n/a: no such hook",)


def test_at_the_cursor_the_last_sample_is_told():
    kept = runs([(3, "x"), (9, "y")])
    assert [ribbon.read_out(kept, step) for step in (2, 8, 9)] == [
        "n/a",
        "step 3  a, 41 nodes",
        "step 9  b, 41 nodes",
    ]


def test_more_graphs_than_letters():
    assert (ribbon.letter(0), ribbon.letter(51), ribbon.letter(52)) == ("a", "Z", "*")
