"""Which op a fault is said to come from."""

from fwtui.ops.faults import told_fault
from fwtui.race.graph import Tensor
from fwtui.race.oplog import Fingerprint, LoggedOp, OpLog, Taken

TENSOR = Tensor("float32", (2,))
USUAL = Fingerprint(0.0, 1.0, 2.0)
INFINITE = Fingerprint(None, None, None, infinities=1)
NAN = Fingerprint(None, None, None, nans=1)


def op(number, name, *inputs, gave=USUAL, results=()):
    taken = tuple(Taken(origin) for origin in inputs)
    return LoggedOp(
        number, "forward", name, taken, (TENSOR,), ("/net.py", number), results, fingerprints=(gave,)
    )


def said(*ops):
    return told_fault(OpLog(ops, "", None))


def test_an_infinite_loss_is_from_the_op_where_the_infinity_began():
    mask, layer = op(0, "aten.full", gave=INFINITE), op(1, "aten.mm", "batch x")
    power = op(2, "aten.pow", 1, gave=INFINITE)
    loss = op(3, "aten.sum", 2, gave=INFINITE, results=(("loss", 0),))
    origin, words = said(mask, layer, power, loss)
    assert (origin, words) == (power, "the loss is infinite, which begins at op 2 aten.pow, net.py:2")
    assert said(mask, layer) is None


def test_a_nan_is_from_the_first_op_that_gave_one():
    power, wrong = op(0, "aten.pow", gave=INFINITE), op(1, "aten.sub", 0, gave=NAN, results=(("loss", 0),))
    assert said(power, wrong) == (wrong, "the first NaN is from op 1 aten.sub, net.py:1")
