"""Which op of a logged step is at fault."""

from dataclasses import replace

import numpy as np

from fwtui.core.ndarray import Array
from fwtui.core.nonfinite import first_fault, infinite_results, nans, not_finite_inputs
from fwtui.core.oplog import LoggedOp, OpLog, TensorStats


def op(number, fingerprints=(), results=()):
    return LoggedOp(number, "forward", "op", (), (), None, results=results, fingerprints=fingerprints)


def log(*ops):
    return OpLog(ops, "", None)


def test_an_infinity_on_the_way_is_no_fault_but_one_in_a_result_is():
    infinite = (TensorStats(1.0, 1.0, 1.0, infinities=2),)
    mask, loss = op(0, infinite), op(1, infinite, (("loss", 0),))
    nan = op(2, (None, TensorStats(None, None, None, nans=1)))
    assert first_fault(log(mask)) is None
    assert first_fault(log(mask, loss)) is loss
    assert first_fault(log(mask, nan)) is nan
    assert infinite_results(mask) == ()
    assert infinite_results(loss) == ("loss",)
    assert nans(nan) == {1}


def test_whole_values_tell_it_too():
    infinite, wrong = ((Array.of(np.array([1.0, value])),) for value in (np.inf, np.nan))
    mask, loss, nan = op(0), op(1, results=(("loss", 0),)), op(2)
    mask, loss = (replace(one, values=infinite) for one in (mask, loss))
    nan = replace(nan, values=wrong)
    half = replace(op(2), values=(Array.of(np.array([1.0, complex(0, np.nan)])),))
    assert first_fault(log(half)) is half
    whole = op(3, results=(("step", 0),))
    whole = replace(whole, values=(Array.of(np.array([3, 4])),))
    assert [first_fault(log(*ops)) for ops in ((mask,), (mask, loss), (mask, nan), (whole,))] == [
        *(None, loss, nan, None)
    ]


def test_what_a_step_takes_that_is_not_finite():
    batch = {"x": np.array([1.0, np.nan]), "y": np.array([1, 2]), "depth": 3}
    weights = {"w": np.array([np.inf], np.float32), "b": np.zeros(2)}
    assert not_finite_inputs(batch, weights) == ("batch x", "parameter w")
