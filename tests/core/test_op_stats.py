"""A log in figures: nothing is counted twice, and what cannot be told is unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fwtui.core.op_stats import apart, busy_ns, fingerprint, leaves, overhead
from fwtui.core.oplog import LoggedOp, OpLog, TensorStats
from tests import two_layer_steps as steps


def op(number, started, took, phase="forward", within=None, **more):
    return LoggedOp(
        number,
        phase,
        "op",
        (),
        (),
        None,
        started_ns=started,
        host_ns=took,
        within=within,
        **{"device": "cpu", **more},
    )


def log(*ops, is_work_timed=True):
    return OpLog(ops, "made up", 200, is_work_timed)


def test_ops_that_overlap_are_counted_once():
    assert busy_ns(log(op(0, 0, 50), op(1, 20, 40), op(2, 100, 10)).ops) == 70
    assert busy_ns([replace(op(0, 0, 50), started_ns=None)]) is None


def test_a_call_is_what_ran_inside_of_it():
    called = log(op(0, 0, 90, None), op(1, 10, 30, within=0), op(2, 50, 20, within=0))
    assert [one.number for one in leaves(called)] == [1, 2]
    assert overhead(called, 100) == pytest.approx((0.5, 0.75))


def test_overhead_lies_between_a_steady_step_and_the_logged_one():
    eager = log(op(0, 0, 50), op(1, 60, 30))
    assert overhead(eager, 100) == pytest.approx((0.2, 0.6))
    # While they are logged, ops may take longer than a whole step does.
    least, most = overhead(eager, 60)
    assert least is None
    assert most == pytest.approx(0.6)


@pytest.mark.parametrize(
    "ops",
    [
        [op(0, 0, 90, None)],
        [op(0, None, None)],
        [],
    ],
    ids=["a call that does not tell", "not measured", "nothing"],
)
def test_overhead_that_nobody_can_tell(ops):
    assert overhead(log(*ops), 100) is None


@pytest.mark.parametrize("within", [None, 0], ids=["ops", "kernels inside of a call"])
def test_times_that_are_not_those_of_the_work_tell_no_overhead(within):
    call = op(0, 0, 90, None)
    work = [op(1, 10, 30, within=within), op(2, 50, 20, within=within)]
    ops = work if within is None else [call, *work]
    assert overhead(log(*ops), 100) is not None
    assert overhead(log(*ops, is_work_timed=False), 100) is None


def test_no_steady_step_no_overhead():
    assert overhead(log(op(0, 0, 50)), None) is None


def test_of_several_outputs_the_faulty_one_is_told():
    usual, faulty = TensorStats(0.0, 1.0, 2.0), TensorStats(0.5, 0.1, 0.7, infinities=3)
    assert fingerprint(op(0, 0, 1, fingerprints=(None, usual, faulty))) is faulty
    assert fingerprint(op(0, 0, 1, fingerprints=(None, usual))) is usual
    assert fingerprint(op(0, 0, 1)) is None


def test_how_far_two_outputs_are_apart():
    one = TensorStats(1.0, 2.0, 10.0)
    assert apart(one, one) == 0
    assert apart(one, replace(one, std=2.5)) == pytest.approx(0.05)
    assert apart(one, TensorStats(None, None, None, nans=4)) is None
    assert apart(TensorStats(0.0, 0.0, 0.0), TensorStats(0.0, 0.0, 0.0)) == 0
    tf, torch = (steps.logged(name).ops for name in ("tf.eager", "torch.eager"))
    assert apart(tf[16].fingerprints[0], torch[20].fingerprints[0]) < 1e-6


def test_complex_outputs_are_apart_where_only_the_imaginary_means_are():
    one, conjugate = (TensorStats(1.0, 2.0, 10.0, mean_imaginary=part) for part in (3.0, -3.0))
    assert apart(one, conjugate) == 0.6
    assert apart(one, TensorStats(1.0, 2.0, 10.0)) == 0.3
    assert one.center == 1 + 3j
