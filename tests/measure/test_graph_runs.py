"""Which graph ran, over runs of any length."""

from itertools import pairwise

from fwtui.core.records import GraphRan
from fwtui.measure.graph_runs import MOST_KINDS, GraphRuns


def runs(*graphs, capacity=8):
    kept = GraphRuns(capacity)
    for step, graph in enumerate(graphs):
        kept.add(GraphRan(step, graph, 3))
    return kept


def test_few_samples_are_all_kept():
    kept = runs(*"aabab")
    assert [(one.step, one.graph) for one in kept] == list(enumerate("aabab"))
    assert (kept.samples, kept.changes, kept.kinds) == (5, 3, {"a": 3, "b": 2})


def test_a_run_of_any_length_keeps_its_whole_course_evenly():
    kept = runs(*"a" * 1_000)
    steps = [one.step for one in kept]
    assert len(steps) <= 8
    assert steps[0] < 128
    assert steps[-1] >= 1_000 - 2 * 128
    gaps = {after - before for before, after in pairwise(steps)}
    assert gaps == {128}
    assert (kept.samples, kept.kinds) == (1_000, {"a": 1_000})


def test_what_ran_once_is_not_thinned_away():
    for at in range(1, 100):
        kept = runs(*"a" * at, "b", *"a" * (100 - at))
        assert [one.step for one in kept if one.graph == "b"] == [at]


def test_endless_kinds_are_bounded():
    kept = runs(*map(str, range(MOST_KINDS + 5)))
    assert (len(kept.kinds), kept.more_kinds, kept.changes) == (MOST_KINDS, True, MOST_KINDS + 4)
