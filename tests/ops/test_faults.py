"""Which op a fault is said to come from."""

import pytest

from fwtui.core.graph import Tensor
from fwtui.core.oplog import LoggedOp, OpInput, OpLog, TensorStats
from fwtui.core.records import OpsLogged
from fwtui.ops.faults import describe_fault, made_before

TENSOR = Tensor("float32", (2,))
USUAL = TensorStats(0.0, 1.0, 2.0)
INFINITE = TensorStats(None, None, None, infinities=1)
NAN = TensorStats(None, None, None, nans=1)


def op(number, name, *inputs, gave=USUAL, results=(), phase="forward"):
    taken = tuple(OpInput(origin) for origin in inputs)
    return LoggedOp(number, phase, name, taken, (TENSOR,), ("/net.py", number), results, fingerprints=(gave,))


def record(*ops, not_finite=()):
    return OpsLogged(3, OpLog(ops, "", None), not_finite_inputs=not_finite)


def said(*ops, not_finite=()):
    return describe_fault(record(*ops, not_finite=not_finite))


def test_an_infinite_loss_is_from_the_op_where_the_infinity_began():
    mask, layer = op(0, "aten.full", gave=INFINITE), op(1, "aten.mm", "batch x")
    power = op(2, "aten.pow", 1, gave=INFINITE)
    loss = op(3, "aten.sum", 2, gave=INFINITE, results=(("loss", 0),))
    origin, words = said(mask, layer, power, loss)
    assert (origin, words) == (power, "the loss is infinite, which begins at op 2 aten.pow, net.py:2")
    assert said(mask, layer) is None


def test_a_nan_is_from_the_first_op_that_gave_one():
    usual, wrong = op(0, "aten.pow"), op(1, "aten.log", 0, gave=NAN, results=(("loss", 0),))
    assert said(usual, wrong) == (wrong, "the first NaN is from op 1 aten.log, net.py:1")


def test_a_nan_of_an_infinity_tells_where_that_begins():
    """As the square root's gradient at 0, times 0."""
    seed, root = op(0, "ones_like"), op(1, "aten.div", 0, gave=INFINITE, phase="backward")
    wrong = op(2, "aten.mul", 1, gave=NAN, phase="backward")
    assert said(seed, root, wrong) == (
        wrong,
        "the first NaN is from op 2 aten.mul, the gradient of net.py:2, "
        "which takes an infinity that begins at op 1 aten.div, the gradient of net.py:1",
    )


@pytest.mark.parametrize(
    ("not_finite", "why"),
    [
        (("parameter w",), "; it takes parameter w, which an earlier step has made not finite"),
        (("batch x",), "; it takes batch x, which is not finite itself"),
        (("batch x", "parameter w"), "; it takes parameter w, which an earlier step has made not finite"),
        (("parameter v",), ""),
    ],
)
def test_what_was_not_finite_before_the_step_is_no_ops_fault(not_finite, why):
    wrong = op(0, "aten.mm", "batch x", "parameter w", gave=NAN)
    assert said(wrong, not_finite=not_finite) == (wrong, f"the first NaN is from op 0 aten.mm, net.py:0{why}")
    loss = op(0, "aten.mm", "batch x", "parameter w", gave=INFINITE, results=(("loss", 0),))
    assert said(loss, not_finite=not_finite)[1].endswith(f"begins at op 0 aten.mm, net.py:0{why}")
    assert made_before(record(wrong, not_finite=not_finite)) == any(
        "parameter" in name for name in not_finite
    )
