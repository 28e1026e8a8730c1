"""Ops that compute from the other side's values, on logs made by hand: what is their own, and rounding."""

from dataclasses import replace

import numpy as np
import pytest

from fwtui.core.graph import Tensor
from fwtui.core.ndarray import Array
from fwtui.core.numerical_policy import OP_ROUNDINGS
from fwtui.core.oplog import LoggedOp, OpInput
from fwtui.core.spec import Feed
from fwtui.ops.locate.same_inputs import Feeding, OwnGap, half_precision, with_feeds
from fwtui.ops.locate.value_flow import Flow

TOLERANCE = 1e-10
X = np.random.default_rng(0).normal(size=(6, 4))
W = np.random.default_rng(1).normal(size=(4, 4))
SINGLE = float(np.float32(0.1))
"""0.1 as float32 has it, 1.5e-8 away."""


class Log:
    """Writes a log op by op, of which some outputs are replaced once they are written."""

    def __init__(self, feeds=()):
        self.feeds = {feed.number: feed.value.value() for feed in feeds}
        self.ops, self.phase = [], "forward"

    def op(self, name, inputs, value, dtype=None, attribute=False, **results):
        """The op's number, and the value that ops after it compute with."""
        number, value = len(self.ops), np.asarray(value)
        taken = tuple(OpInput(one, tensor=self._tensor(one)) for one in inputs)
        made = (Tensor(dtype or value.dtype.name, value.shape),)
        named = tuple((result.replace("_", " "), 0) for result in results)
        told = LoggedOp(number, self.phase, name, taken, made, ("net.py", number + 1), named)
        self.ops.append(replace(told, values=(Array.of(value),), has_float32_attribute=attribute))
        return number, self.feeds.get(number, value)

    def _tensor(self, origin):
        return self.ops[origin].outputs[0] if isinstance(origin, int) else Tensor("float64", ())


def net(feeds=(), constant=0.1, how="plain", wrong=0.0, weight=W):
    """tanh(x @ w · constant) and its mean. `how` the constant comes: `plain`, a `constant` of float32 that is
    cast, or in an `attribute` of that; `wrong`: what the tanh is off by, relatively.
    """
    log = Log(feeds)
    product, value = log.op("MatMul", ("batch x", "parameter w"), X @ weight)
    taken = (product, None)
    if how == "constant":
        held, _ = log.op("Const", (), np.float32(constant))
        taken = (product, log.op("Cast", (held,), float(np.float32(constant)))[0])
    scaled, value = log.op("Mul", taken, value * constant, attribute=how == "attribute")
    tanh, value = log.op("Tanh", (scaled,), np.tanh(value) * (1 + wrong))
    log.op("Mean", (tanh,), value.mean(), loss=0)
    return log.ops


def fed(other, also=None, **settings):
    """How far the ops of `net(**settings)` are off, computed again from the values of the log `other`."""
    mine = Flow(net(**settings))
    feeding = Feeding(mine, Flow(other), TOLERANCE, also and (mine.ops[also[0]], other[also[1]]))
    return feeding.own_gaps(net(feeding.feeds(), **settings))


def told(gaps):
    return [(gap.op.op, gap.other.op, gap.precision, gap.is_the_others, gap.is_rounding) for gap in gaps]


def names(feeds, ops):
    return [ops[feed.number].op for feed in feeds]


def test_equal_logs_are_paired_op_by_op_and_no_op_is_off():
    feeding = Feeding(Flow(net()), Flow(net()), TOLERANCE)
    assert feeding.pairs == {0: 0, 1: 1, 2: 2, 3: 3}
    assert feeding.own_gaps(net(feeding.feeds())) == []


def test_what_replaces_an_output_is_the_other_sides_value():
    mine, other = net(), net(constant=SINGLE, how="constant")
    feeding = Feeding(Flow(mine), Flow(other), TOLERANCE)
    assert feeding.pairs == {0: 0, 1: 3, 2: 4, 3: 5}
    for feed in feeding.feeds():
        np.testing.assert_array_equal(feed.value.value(), other[feeding.pairs[feed.number]].values[0].value())
        assert feed.output == 0
    assert names(feeding.feeds(but={0, 2}), mine) == ["Mul", "Mean"]


def masked(constant, mask, feeds=(), how="plain"):
    """Scores times a constant, and a mask over half of them."""
    log = Log(feeds)
    scores, value = log.op("MatMul", ("batch x", "parameter w"), X @ W)
    scaled, value = log.op("Mul", (scores,), value * constant, attribute=how == "attribute")
    log.op("Select", (scaled,), np.where(np.arange(24).reshape(6, 4) % 2, value, mask), loss=0)
    return log.ops


def test_places_that_both_mask_are_no_gap():
    """One framework masks with the least number that there is, the other with minus infinity."""
    mine, other = masked(0.1, -np.inf), masked(SINGLE, np.finfo(np.float32).min, how="attribute")
    feeding = Feeding(Flow(mine), Flow(other), TOLERANCE)
    gaps = feeding.own_gaps(masked(0.1, -np.inf, feeding.feeds()))
    assert feeding.pairs == {0: 0, 1: 1, 2: 2}
    assert [(gap.op.op, gap.is_rounding) for gap in gaps] == [("Mul", True)]


class TestAFloat32Number:
    @pytest.mark.parametrize("how", ["constant", "attribute"])
    def test_that_the_other_side_holds_is_rounding_of_the_op_that_takes_it_alone(self, how):
        """What follows computes from the other side's value, and so gives the same."""
        (gap,) = fed(net(constant=SINGLE, how=how))
        assert told([gap]) == [("Mul", "Mul", "float32", True, True)]
        assert gap.relative == pytest.approx((SINGLE - 0.1) / SINGLE)

    @pytest.mark.parametrize("how", ["constant", "attribute"])
    def test_that_the_fed_side_holds_is_as_much(self, how):
        found = fed(net(), constant=SINGLE, how=how)
        assert told(found) == [("Mul", "Mul", "float32", False, True)]

    def test_that_both_hold_is_nothing(self):
        assert fed(net(constant=SINGLE, how="constant"), constant=SINGLE, how="attribute") == []

    def test_does_not_hide_a_difference_behind_it(self):
        """One that is as small as rounding, in an op that has none."""
        found = fed(net(constant=SINGLE, how="constant", wrong=1e-6))
        assert told(found) == [
            ("Mul", "Mul", "float32", True, True),
            ("Tanh", "Tanh", "", False, False),
        ]

    def test_does_not_explain_a_large_difference(self):
        """Such an op has no counterpart by its value; the one that is thought to be at fault is told."""
        other = net(constant=0.1001, how="constant")
        assert "Mul" not in [gap.op.op for gap in fed(other)]
        gap = next(gap for gap in fed(other, also=(1, 3)) if gap.op.op == "Mul")
        assert (gap.precision, gap.is_rounding) == ("float32", False)
        assert gap.relative == pytest.approx(1e-3, rel=1e-2)

    def test_is_looked_for_up_to_what_is_known(self):
        """The product that the constant is multiplied with is paired: what made it is none of this op's."""
        other = net(constant=SINGLE, how="plain")
        other[0] = replace(other[0], outputs=(Tensor("float32", (6, 4)),), has_float32_attribute=True)
        assert told(fed(other)) == [("Mul", "Mul", "", False, False)]


@pytest.mark.parametrize(
    ("precision", "relative", "rounding"),
    [
        ("", 0.0, False),
        ("float32", 3.9 * 2.0**-23, True),
        ("float32", 4.1 * 2.0**-23, False),
        ("float16", 3.9 * 2.0**-10, True),
        ("float16", 4.1 * 2.0**-10, False),
        ("bfloat16", 3.9 * 2.0**-7, True),
        ("bfloat16", 4.1 * 2.0**-7, False),
    ],
)
def test_how_much_a_precision_explains(precision, relative, rounding):
    op = net()[0]
    assert OwnGap(op, op, relative, precision, OP_ROUNDINGS).is_rounding is rounding


class TestLayout:
    IMAGE = np.random.default_rng(3).normal(size=(2, 4, 4, 4))
    NCHW, BACK = (0, 3, 1, 2), (0, 2, 3, 1)

    def logs(self, exactly=1.0):
        """A convolution's image of as many channels as rows and columns, here as NHWC and there as NCHW."""
        logs = Log(), Log()
        logs[0].op("Conv2D", ("batch x", "parameter w"), self.IMAGE)
        logs[1].op("aten.convolution", ("batch x", "parameter w"), self.IMAGE.transpose(self.NCHW) * exactly)
        return [log.ops for log in logs]

    @pytest.mark.parametrize("exactly", [1.0, 1 + 1e-12, 1 + 1e-8])
    def test_a_value_is_fed_in_the_order_of_the_output_that_it_replaces(self, exactly):
        for number, (mine, other) in enumerate((self.logs(exactly), self.logs(exactly)[::-1])):
            (feed,) = Feeding(Flow(mine), Flow(other), TOLERANCE).feeds()
            expected = self.IMAGE * exactly if number == 0 else self.IMAGE.transpose(self.NCHW)
            np.testing.assert_array_equal(feed.value.value(), expected)

    def test_an_op_in_another_layout_is_not_off(self):
        mine, other = self.logs()
        assert Feeding(Flow(mine), Flow(other), TOLERANCE).own_gaps(mine) == []

    def test_a_value_of_another_shape_is_turned_to_the_outputs(self):
        image = self.IMAGE[:, :3, :2]
        logs = Log(), Log()
        logs[0].op("Conv2D", ("batch x",), image)
        logs[1].op("aten.convolution", ("batch x",), image.transpose(self.NCHW))
        mine, other = (Flow(log.ops) for log in logs)
        (feed,) = Feeding(mine, other, TOLERANCE).feeds()
        np.testing.assert_array_equal(feed.value.value(), image)

    def test_an_op_at_fault_is_not_turned_where_the_shapes_are_equal(self):
        """Of a wrong value no order is right, and the nearest would only make it look less wrong."""
        logs = Log(), Log()
        logs[0].op("Conv2D", ("batch x",), self.IMAGE)
        logs[1].op("Conv2D", ("batch x",), self.IMAGE.transpose(self.NCHW) * 1.5)
        mine, other = (Flow(log.ops) for log in logs)
        (feed,) = Feeding(mine, other, TOLERANCE, (mine.ops[0], other.ops[0])).feeds()
        np.testing.assert_array_equal(feed.value.value(), self.IMAGE.transpose(self.NCHW) * 1.5)


class TestPairs:
    @staticmethod
    def pairs(mine, other, also=None):
        flows = Flow(mine.ops), Flow(other.ops)
        also = also and (mine.ops[also[0]], other.ops[also[1]])
        return Feeding(*flows, TOLERANCE, also).pairs

    def test_of_several_equal_values_the_op_of_the_same_kind_is_the_counterpart(self):
        mine, other = Log(), Log()
        mine.op("aten.mm", ("batch x",), X)
        other.op("Abs", ("batch x",), X)
        other.op("MatMul", ("batch x",), X)
        other.op("Tanh", ("batch x",), X)
        assert self.pairs(mine, other) == {0: 1}

    def test_an_equal_value_comes_before_a_near_one(self):
        mine, other = Log(), Log()
        mine.op("aten.mm", ("batch x",), X)
        other.op("MatMul", ("batch x",), X * (1 + 1e-7))
        other.op("Abs", ("batch x",), X)
        assert self.pairs(mine, other) == {0: 1}

    def test_what_only_carries_values_is_not_fed(self):
        mine, other = Log(), Log()
        mine.op("aten.t", ("batch x",), X)
        mine.op("aten.mm", ("batch x",), X)
        other.op("Transpose", ("batch x",), X)
        assert self.pairs(mine, other) == {}

    def test_whole_numbers_are_not_fed(self):
        logs = Log(), Log()
        for log in logs:
            log.op("ArgMax", ("batch x",), np.arange(6))
        assert self.pairs(*logs) == {}

    def test_updates_are_not_fed_and_feed_nothing(self):
        logs = Log(), Log()
        logs[1].phase = "update"
        for log in logs:
            log.op("Mul", ("batch x",), X)
        assert self.pairs(*logs) == self.pairs(*logs[::-1]) == {}

    def test_a_forward_op_is_not_fed_by_the_backward_pass(self):
        logs = Log(), Log()
        logs[1].phase = "backward"
        for log in logs:
            log.op("Mul", ("batch x",), X)
        assert self.pairs(*logs) == {}
        assert self.pairs(*logs[::-1]) == {0: 0}

    def test_an_op_at_fault_is_fed_where_it_has_as_many_elements(self):
        logs = Log(), Log()
        logs[0].op("Mul", ("batch x",), X)
        logs[1].op("Mul", ("batch x",), X.T * 2)
        logs[1].op("Sum", ("batch x",), X.sum(0) + 1)
        assert self.pairs(*logs) == {}
        assert self.pairs(*logs, also=(0, 0)) == {0: 0}
        assert self.pairs(*logs, also=(0, 1)) == {}


def test_a_log_with_feeds_tells_what_replaced_its_outputs():
    ops, value = net(), Array.of(2 * X)
    found = with_feeds(ops, [Feed(2, 0, value)])
    assert found[2].values == (value,)
    assert [found[number] for number in (0, 1, 3)] == [ops[number] for number in (0, 1, 3)]


class TestHalfPrecision:
    @staticmethod
    def chain(*dtypes):
        """Ops one after another, each of one of `dtypes`; the last is the loss."""
        log, number = Log(), "batch x"
        for place, dtype in enumerate(dtypes):
            named = {"loss": 0} if place == len(dtypes) - 1 else {}
            number, _ = log.op(f"op{place}", (number,), X + place, dtype=dtype, **named)
        return log

    @pytest.mark.parametrize("half", ["float16", "bfloat16"])
    def test_the_type_and_the_first_op_that_computes_in_it_are_told(self, half):
        log = self.chain("float64", half, half, "float64")
        precision, op = half_precision(Flow(log.ops), "loss")
        assert (precision, op.op) == (half, "op1")

    def test_of_two_in_one_op_the_less_exact_is_told(self):
        taking, *_ = self.chain("bfloat16").ops
        mixed = replace(taking, inputs=(OpInput("batch x", tensor=Tensor("float16", (6, 4))),))
        assert half_precision(Flow([mixed]), "loss") == ("bfloat16", mixed)

    def test_without_any_there_is_nothing_to_be_told(self):
        assert half_precision(Flow(self.chain("float64", "float32").ops), "loss") is None

    def test_what_does_not_lead_to_the_result_is_not_looked_at(self):
        log = self.chain("float64", "float32")
        log.op("op2", (1,), X, dtype="float16", accuracy=0)
        assert half_precision(Flow(log.ops), "loss") is None
        assert half_precision(Flow(log.ops), "accuracy")[1].op == "op2"
        assert half_precision(Flow(log.ops), "gradient w") is None
