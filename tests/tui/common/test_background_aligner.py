"""Logs that come while others are still being aligned."""

from __future__ import annotations

import pytest

from fwtui.core.records import OpsLogged
from fwtui.ops.align import log_pair
from fwtui.tui.common.analysis import AnalysisContext
from fwtui.tui.common.background_aligner import Aligner
from tests.two_layer_steps import logged

RUNS = (object(), object())


@pytest.fixture
def long_logs(monkeypatch):
    monkeypatch.setattr(log_pair, "MOST_AT_ONCE", 0)


@pytest.fixture
def work():
    """What is to be done beside the screen."""
    return []


@pytest.fixture
def errors():
    """What was logged."""
    return []


@pytest.fixture
def aligner(long_logs, work, errors):
    return Aligner(AnalysisContext(work.append, errors.append))


def logs(step):
    """Both lanes' logs before a step, each time of other objects."""
    return tuple(OpsLogged(step, logged(name).log) for name in ("torch.eager", "tf.eager"))


def steps(aligner):
    return [None if log is None else log.step for log in aligner.pairing.logs]


def test_what_is_done_is_shown_though_newer_logs_came_meanwhile(aligner, work):
    aligner.take_in(RUNS, logs(1))
    assert aligner.waits
    for step in range(2, 6):
        aligner.take_in(RUNS, logs(step))
        (begun,) = work
        work.clear()
        begun()
        newest = logs(step)
        aligner.take_in(RUNS, newest)
        assert steps(aligner) == [step - 1] * 2
        assert "differences" in vars(aligner.pairing)
        assert not aligner.waits
    # Nothing comes any more: the newest is shown in the end.
    work.pop()()
    aligner.take_in(RUNS, newest)
    assert aligner.pairing.logs == newest
    assert not work


def test_the_alignment_before_is_taken_where_the_ops_are_the_same(aligner, work):
    aligner.take_in(RUNS, logs(1))
    work.pop()()
    aligner.take_in(RUNS, logs(2))
    before = aligner.pairing.alignment
    work.pop()()
    aligner.take_in(RUNS, logs(2))
    assert steps(aligner) == [2, 2]
    assert aligner.pairing.alignment is before


def test_what_was_aligned_of_other_runs_is_not_shown(aligner, work):
    aligner.take_in(RUNS, logs(1))
    other = (RUNS[0], object())
    aligner.take_in(other, (None, None))
    work.pop()()
    aligner.take_in(other, (None, None))
    assert steps(aligner) == [None, None]


def test_a_side_that_alone_has_a_log_is_shown_until_the_other_is_aligned(aligner, work):
    left, right = logs(1)
    aligner.take_in(RUNS, (left, None))
    assert steps(aligner) == [1, None]
    aligner.take_in(RUNS, (left, right))
    assert steps(aligner) == [1, None]
    assert aligner.waits
    work.pop()()
    aligner.take_in(RUNS, (left, right))
    assert steps(aligner) == [1, 1]


@pytest.mark.parametrize("at_once", [0, 10**9], ids=["in the background", "in the refresh"])
@pytest.mark.parametrize("analysis", ["align", "differences"])
def test_an_alignment_that_fails_is_reported_and_the_next_one_is_tried(
    aligner, work, errors, monkeypatch, at_once, analysis
):
    monkeypatch.setattr(log_pair, "MOST_AT_ONCE", at_once)
    both = logs(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_pair, analysis, lambda *_: 1 / 0)
        aligner.take_in(RUNS, both)
        for run in work:
            run()
        work.clear()
        aligner.take_in(RUNS, both)
        assert aligner.failure.startswith(
            "matching the ops failed, see the log (l): ZeroDivisionError: division by zero"
        )
        (error,) = errors
        assert isinstance(error, ZeroDivisionError)
        assert error.__traceback__ is not None
        assert steps(aligner) == [1, 1], "both logs are shown, though nothing is known to correspond"
        assert not aligner.pairing.differences.matches
        assert not work, "it is not tried again on the same logs"
    aligner.take_in(RUNS, logs(2))
    for run in work:
        run()
    aligner.take_in(RUNS, logs(2))
    assert steps(aligner) == [2, 2]
    assert aligner.failure == ""
    assert aligner.pairing.is_matched
