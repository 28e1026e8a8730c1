"""The search for the first op that differs, on logs made by hand: small nets, cut into ops in many ways."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fwtui import backends
from fwtui.core.graph import Tensor
from fwtui.core.ndarray import Array
from fwtui.core.oplog import LoggedOp, OpInput, OpLog
from fwtui.core.records import OpsLogged
from fwtui.ops.locate.first_divergence import first_difference, named

TOLERANCE = 1e-10
X = np.random.default_rng(0).normal(size=(6, 4))
W = np.random.default_rng(1).normal(size=(4, 4))
SLOPE = np.random.default_rng(2).normal(size=(6, 4))


class Log:
    """Writes a log op by op; each op gives its number back, and stands in a line of its own."""

    def __init__(self, file="net.py", step=0):
        self.file, self.step, self.ops, self.phase = file, step, [], "forward"

    def op(self, name, inputs, *values, line=None, **results):
        number = len(self.ops)
        named = tuple((result.replace("_", " "), place) for result, place in results.items())
        arrays = tuple(Array.of(np.asarray(value)) for value in values)
        taken = tuple(map(OpInput, inputs))
        told = tuple(Tensor(np.dtype(array.dtype).name, array.shape) for array in arrays)
        source = (f"/home/me/{self.file}", number + 1 if line is None else line)
        self.ops.append(LoggedOp(number, self.phase, name, taken, told, source, named, arrays))
        return number

    def done(self):
        return OpsLogged(self.step, OpLog(tuple(self.ops), "by hand", None))


def logged(ops):
    return OpsLogged(0, OpLog(tuple(ops), "by hand", None))


def net(
    weight=W, scale=1.0, slope=SLOPE, rate=0.1, cut=False, transpose=False, stop=False, gradient=True, step=0
):
    """x @ w · scale, squared, its mean; a gradient, an update. `cut` does the same in other ops."""
    log = Log("cut.py" if cut else "net.py", step)
    product = log.op("MatMul" if cut else "mm", ("batch x", "parameter w"), X @ weight)
    if transpose:
        product = log.op("Transpose", (product,), (X @ weight).T)
    if stop:
        product = log.op("StopGradient" if cut else "aten.detach", (product,), X @ weight)
    hidden = X @ weight * scale
    if cut:
        # (a + b)² = (a − b)² + 4ab, with b the hidden values' third
        third = log.op("Third", (product,), hidden / 3)
        minus = log.op("Sub", (product, third), (hidden - hidden / 3) ** 2)
        times = log.op("Mul", (product, third), hidden * hidden / 3 * 2)
        squares = log.op("Add", (minus, times), hidden**2 * (4 / 9 + 2 / 3 - 1 / 9))
    else:
        squares = log.op("square", (product,), hidden**2)
    loss = log.op("Mean" if cut else "mean", (squares,), (hidden**2).mean(), loss=0)
    log.op("accuracy", (product,), 0.25, accuracy=0)
    log.phase = "backward"
    seed = log.op("aten.ones_like", (loss,), 1.0)
    grown = log.op("grown", (seed, product), 2 * hidden * slope)
    if gradient:
        back = log.op("back", (grown, "batch x"), X.T @ (2 * hidden * slope), gradient_w=0)
        log.phase = "update"
        step_size = log.op("mul", (back,), rate * (X.T @ (2 * hidden * slope)))
        log.op(
            "sub_", ("parameter w", step_size), weight - rate * (X.T @ (2 * hidden * slope)), parameter_w=0
        )
    return log.done()


def between(logs):
    """The first difference between two logs."""
    a, b = logs
    return first_difference(a, b, TOLERANCE)


def ops(found):
    return found.phase, found.result, found.a and found.a.op, found.b and found.b.op


@pytest.mark.parametrize("cut", [False, True])
def test_equal_logs_have_no_difference(cut):
    assert first_difference(net(), net(cut=cut), TOLERANCE) is None
    assert first_difference(net(cut=cut), net(), TOLERANCE) is None


def test_rounding_is_no_difference_and_more_is():
    assert first_difference(net(), net(weight=W * (1 + 1e-12)), TOLERANCE) is None
    assert first_difference(net(), net(weight=W * (1 + 1e-8)), TOLERANCE) is not None


@pytest.mark.parametrize("cut", [False, True])
def test_the_first_op_that_differs_is_found_with_its_values(cut):
    found = first_difference(net(), net(weight=W.T, cut=cut), TOLERANCE)
    assert ops(found) == ("forward", "loss", "mm", "MatMul" if cut else "mm")
    gap = np.abs(X @ W - X @ W.T)
    assert found.index == np.unravel_index(gap.argmax(), gap.shape)
    assert (found.a_value, found.b_value) == ((X @ W)[found.index], (X @ W.T)[found.index])


def test_the_words_name_step_phase_lanes_ops_lines_and_values():
    found = first_difference(net(step=7), net(weight=W.T, cut=True, step=7), TOLERANCE, ("PyTorch", "TF"))
    a, b = f"{found.a_value:.4g}", f"{found.b_value:.4g}"
    assert found.words == (
        f"step 7, forward: PyTorch mm (net.py:1) gives {a} where TF MatMul (cut.py:1) gives {b}, "
        f"at {list(found.index)}"
    )


def test_figures_are_long_enough_to_differ():
    found = first_difference(net(), net(weight=W * (1 + 1e-8)), TOLERANCE)
    told = [word for word in found.words.replace(",", "").split() if word.lstrip("-")[0].isdigit()]
    assert told[1] != told[2]


@pytest.mark.parametrize("cut", [False, True])
def test_ops_that_one_side_alone_has_are_passed_over_where_they_join_again(cut):
    """The weight is used rightly; what differs comes after ops that one side alone has."""
    found = first_difference(net(), net(scale=1.001, cut=cut), TOLERANCE)
    assert found.phase == "forward"
    assert found.a.op == "square"
    assert found.b.op == ("Add" if cut else "square")


def test_another_layout_is_the_same_value():
    assert first_difference(net(), net(transpose=True), TOLERANCE) is None
    found = first_difference(net(), net(transpose=True, scale=2.0), TOLERANCE)
    assert ops(found) == ("forward", "loss", "square", "square")


def images(a_layout, b_layout, wrong):
    """A side's image in each layout, of the same height, width and channels, then a sum over it."""
    image = np.random.default_rng(3).normal(size=(2, 4, 4, 4))
    logs = []
    for layout, factor in ((a_layout, 1.0), (b_layout, wrong)):
        log = Log()
        conv = log.op("conv", ("batch x", "parameter w"), image.transpose(layout))
        tanh = log.op("tanh", (conv,), np.tanh(image * factor).transpose(layout))
        log.op("sum", (tanh,), np.tanh(image * factor).sum(), loss=0)
        logs.append(log.done())
    return between(logs)


def test_images_are_known_in_the_usual_layouts_even_where_all_sides_are_alike():
    nhwc, nchw = (0, 1, 2, 3), (0, 3, 1, 2)
    assert images(nhwc, nchw, 1.0) is None
    assert ops(images(nhwc, nchw, 1.1)) == ("forward", "loss", "tanh", "tanh")
    assert ops(images(nhwc, (0, 2, 1, 3), 1.1)) == ("forward", "loss", "conv", "conv")


def test_a_square_matrix_and_its_transpose_are_two_values():
    """As the scores of an attention are, with queries and keys swapped."""
    scores = np.random.default_rng(4).normal(size=(4, 4))
    logs = []
    for value in (scores, scores.T):
        log = Log()
        made = log.op("scores", ("batch x",), value)
        log.op("first", (made,), np.exp(value[0]).sum(), loss=0)
        logs.append(log.done())
    assert ops(between(logs)) == ("forward", "loss", "scores", "scores")


def test_masks_shapes_and_constants_are_no_place():
    """One side builds a mask in an op of its own, and counts; the difference is behind them."""
    logs = []
    for own in (False, True):
        log = Log()
        took = ["batch x"]
        if own:
            shape = log.op("Shape", ("batch x",), np.array([6, 4]))
            took += [log.op("Fill", (shape, None), np.tri(6, 4)), log.op("Range", (None,), np.arange(6.0))]
        made = log.op("masked", took, X * (1.5 if own else 1.0))
        log.op("sum", (made,), X.sum() * (1.5 if own else 1.0), loss=0)
        logs.append(log.done())
    found = between(logs)
    assert ops(found) == ("forward", "loss", "masked", "masked")
    assert found.b.number == 3


def test_what_one_side_alone_computes_with_is_named():
    bare, biased = Log(), Log()
    for log, bias in ((bare, 0.0), (biased, 1.0)):
        made = log.op("mm", ("batch x", "parameter w"), X @ W)
        if bias:
            made = log.op("add", (made, "parameter b"), X @ W + bias)
        relu = log.op("relu", (made,), np.maximum(X @ W + bias, 0))
        log.op("sum", (relu,), np.maximum(X @ W + bias, 0).sum(), loss=0)
    found = first_difference(bare.done(), biased.done(), TOLERANCE)
    assert ops(found) == ("forward", "loss", "relu", "add")
    assert found.words.endswith("; only lane 2 uses parameter b")


def test_what_one_side_holds_in_one_array_is_no_difference():
    logs = []
    for names, factor in ((("w",), 1.0), (("query", "key"), 2.0)):
        log = Log()
        made = log.op("mm", ("batch x", *(f"parameter {name}" for name in names)), X @ W * factor)
        log.op("sum", (made,), X.sum() * factor, loss=0)
        logs.append(log.done())
    assert "only" not in first_difference(logs[0], logs[1], TOLERANCE).words


def test_a_line_of_fwtui_s_own_is_left_out_where_the_module_is_known():
    line = str(Path(backends.__file__).with_name("torch") / "losses.py"), 50
    op = LoggedOp(0, "forward", "add", (), (), line)
    assert named(replace(op, scope="stem/0")) == "add (in stem/0)"
    assert named(op) == "add (losses.py:50)"
    assert named(replace(op, scope="stem/0", source=("net.py", 7))) == "add (in stem/0, net.py:7)"


def test_shapes_are_told_where_values_cannot_be_compared():
    logs = []
    for rows in (6, 5):
        log = Log()
        cut = log.op("rows", ("batch x",), X[:rows])
        log.op("sum", (cut,), X[:rows].sum(), loss=0)
        logs.append(log.done())
    found = between(logs)
    assert (found.index, found.a_value, found.b_value) == (None, None, None)
    assert "gives shape (6, 4) where lane 2 rows (net.py:1) gives shape (5, 4)" in found.words


class TestBackward:
    def test_a_wrong_gradient_is_found_where_it_goes_wrong(self):
        found = first_difference(net(), net(slope=SLOPE * 1.1, cut=True), TOLERANCE)
        assert ops(found) == ("backward", "gradient w", "grown", "grown")
        assert found.words.endswith("it reaches gradient w")

    def test_a_stopped_gradient_is_found_at_the_stop(self):
        found = first_difference(net(stop=True, gradient=False), net(cut=True), TOLERANCE)
        assert ops(found) == ("backward", "gradient w", "aten.detach", "MatMul")
        assert "lane 1 aten.detach (net.py:2) stops the gradient" in found.words
        turned = first_difference(net(cut=True), net(stop=True, gradient=False), TOLERANCE)
        assert ops(turned) == ("backward", "gradient w", "MatMul", "aten.detach")

    def test_a_stop_on_both_sides_is_none(self):
        found = first_difference(net(stop=True, slope=SLOPE * 1.1), net(stop=True, cut=True), TOLERANCE)
        assert ops(found) == ("backward", "gradient w", "grown", "grown")

    def test_a_gradient_that_one_side_lacks_is_named(self):
        found = first_difference(net(), net(gradient=False), TOLERANCE, ("A", "B"))
        assert ops(found) == ("backward", "gradient w", "back", None)
        assert found.words == "step 0, backward: B has no gradient w, A back (net.py:7) gives one"

    def test_what_the_loss_hardly_shows_is_found_in_the_forward_pass(self):
        """The loss falls below the tolerance, for a part that it hardly depends on; a gradient shows it."""
        logs = []
        for factor in (1.0, 1.001):
            log = Log()
            small = log.op("small", ("batch x",), X * factor)
            log.op("sum", (small,), 1e12 + X.sum() * factor, loss=0)
            log.phase = "backward"
            log.op("back", (small, None), X.T @ X * factor, gradient_w=0)
            log.phase = "update"
            log.op("sub_", ("parameter w", 2), W - X.T @ X * factor, parameter_w=0)
            logs.append(log.done())
        found = between(logs)
        assert ops(found) == ("forward", "gradient w", "small", "small")

    def test_a_gradient_that_is_rounding_alone_is_not_compared(self):
        """As that of a bias before a normalisation is, and what an adaptive optimizer makes of it."""
        logs = []
        for noise in (1e-17, -3e-17):
            log = Log()
            log.op("mean", ("batch x",), X.mean(), loss=0)
            log.phase = "backward"
            log.op("back", ("batch x",), X.T @ X, gradient_w=0)
            log.op("sum", ("batch x",), np.full(4, noise), gradient_b=0)
            log.phase = "update"
            log.op("adam", ("parameter w", 1), W, parameter_w=0)
            log.op("adam", ("parameter b", 2), np.sign(np.full(4, noise)), parameter_b=0)
            logs.append(log.done())
        assert between(logs) is None


class TestUpdate:
    def test_another_learning_rate_is_found_at_its_product(self):
        found = first_difference(net(rate=0.1), net(rate=0.101), TOLERANCE)
        assert ops(found) == ("update", "parameter w", "mul", "mul")

    def test_an_update_in_one_op_is_held_against_what_the_other_comes_to(self):
        fused = net(rate=0.101).ops
        last = fused[-1]
        fused = (
            *fused[:-2],
            LoggedOp(
                last.number - 1,
                "update",
                "Apply",
                (OpInput("parameter w"), OpInput(last.number - 2)),
                last.outputs,
                last.source,
                last.results,
                last.values,
            ),
        )
        found = first_difference(net(), logged(fused), TOLERANCE)
        assert ops(found) == ("update", "parameter w", "sub_", "Apply")
        whole = net(rate=0.101).ops
        assert first_difference(logged(whole), logged(fused), TOLERANCE) is None

    def test_of_several_outputs_that_which_is_the_result_is_told(self):
        logs = []
        for value in (1.0, 2.0):
            log = Log()
            log.op("mean", ("batch x",), X.mean(), loss=0)
            log.phase = "update"
            log.op("fused", ("parameter v", "parameter w"), W, W * value, parameter_v=0, parameter_w=1)
            logs.append(log.done())
        found = between(logs)
        assert ops(found) == ("update", "parameter w", "fused", "fused")
        assert found.b_value == 2 * found.a_value != 0


def test_other_metrics_are_looked_at_last():
    log = net().ops
    other = tuple(replace(op, values=(Array.of(np.array(0.5)),)) if op.op == "accuracy" else op for op in log)
    found = first_difference(logged(log), logged(other), TOLERANCE)
    assert ops(found) == ("forward", "accuracy", "accuracy", "accuracy")


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_not_finite_on_one_side_alone_is_found(wrong):
    spoiled = W.copy()
    spoiled[1, 2] = wrong
    with np.errstate(invalid="ignore"):
        found = first_difference(net(), net(weight=spoiled), TOLERANCE)
        assert ops(found)[2:] == ("mm", "mm")
        assert first_difference(net(weight=spoiled), net(weight=spoiled), TOLERANCE) is None


def test_logs_without_a_loss_say_nothing():
    log = Log()
    log.op("mm", ("batch x",), X)
    with pytest.raises(ValueError, match="made the loss"):
        first_difference(log.done(), net(), TOLERANCE)


def test_one_small_difference_is_found_among_hundreds_of_ops():
    logs = []
    for turned in (False, True):
        log, x, number = Log(), np.random.default_rng(5).normal(size=(4, 5, 6, 7)), "batch x"
        for n in range(300):
            x = (x + np.sin(n)) * (1 + 1e-6 if turned and n == 200 else 1)
            number = log.op("add", (number,), x.transpose(0, 2, 3, 1) if turned else x)
        log.op("mean", (number,), x.mean(), loss=0)
        logs.append(log.done())
    found = between(logs)
    assert (found.a.number, found.b.number) == (200, 200)


def two_logs(write, *sides):
    """The first difference between the logs that `write` makes of each of two sides."""
    logs = []
    for side in sides:
        log = Log()
        write(log, side)
        logs.append(log.done())
    return between(logs)


class TestCounterparts:
    def test_an_op_that_one_side_alone_has_is_named_and_not_held_against_another(self):
        def write(log, extra):
            logits, value = log.op("mm", ("batch x", "parameter w"), X @ W), X @ W
            if extra:
                value = np.clip(value, -1, 1)
                logits = log.op("aten.clamp", (logits,), value)
            log.op("aten._log_softmax" if extra else "LogSoftmax", (logits,), np.exp(value))
            log.op("sum", (len(log.ops) - 1,), np.exp(value).sum(), loss=0)

        found = two_logs(write, False, True)
        assert (*ops(found), found.extra) == ("forward", "loss", "LogSoftmax", "aten.clamp", 1)
        assert (found.index, found.a_value, found.b_value) == (None, None, None)
        assert found.words == (
            "step 0, forward: lane 2 aten.clamp (net.py:2) has no counterpart in lane 1, "
            "where LogSoftmax (net.py:2) goes on without it"
        )
        assert two_logs(write, True, False).extra == 0

    def test_a_loss_that_each_framework_cuts_in_its_own_way_is_held_against_the_whole(self):
        """A one-hot array is no counterpart of a log softmax, although it has as many elements."""

        def write(log, smooth):
            x = log.op("mm", ("batch x", "parameter w"), X @ W)
            if smooth:
                hot = log.op("OneHot", ("batch y", None), np.eye(6, 4) + smooth)
                log.op("SoftmaxCrossEntropyWithLogits", (x, hot), (X @ W).sum(1) + smooth)
                log.op("Mean", (2,), (X @ W).sum() + smooth, loss=0)
            else:
                soft = log.op("aten._log_softmax", (x,), np.tanh(X @ W))
                log.op("aten.nll_loss_forward", (soft, "batch y"), (X @ W).sum(), loss=0)

        found = two_logs(write, 0.1, 0)
        assert (*ops(found), found.extra) == ("forward", "loss", "Mean", "aten.nll_loss_forward", None)
        assert found.words.endswith(
            "; lane 1's also comes from net.py:2, net.py:3; lane 2's also comes from net.py:2"
        )

    @pytest.mark.parametrize("bug", [0.0, 0.1])
    def test_a_reciprocal_or_another_sign_that_is_taken_back_is_no_difference(self, bug):
        def write(log, own):
            root = np.sqrt((X @ W) ** 2 + 1)
            square = log.op("square", ("batch x", "parameter w"), root**2)
            value = -X / root + (bug if own else 0)
            if own:
                root = log.op("Rsqrt", (square,), 1 / root)
                minus = log.op("neg", ("batch x",), X * 3)
                made = log.op("mul", (root, minus), value)
            else:
                root = log.op("sqrt", (square,), root)
                minus = log.op("pos", ("batch x",), X * -3)
                made = log.op("div", (minus, root), value)
            log.op("sum", (made,), np.exp(value).sum(), loss=0)

        found = two_logs(write, False, True)
        assert found is None if not bug else ops(found) == ("forward", "loss", "div", "mul")

    def test_another_sign_that_is_not_taken_back_is_the_difference(self):
        def write(log, sign):
            less = log.op("sub", ("batch x", "parameter w"), sign * (X - SLOPE))
            more = log.op("add", (less, "parameter b"), sign * (X - SLOPE) + 1)
            log.op("sum", (more,), np.exp(sign * (X - SLOPE) + 1).sum(), loss=0)

        assert ops(two_logs(write, 1, -1)) == ("forward", "loss", "sub", "sub")

    def test_a_mask_of_a_large_number_is_one_of_infinity(self):
        def write(log, side):
            mask, factor = side
            scores = np.where(np.tri(6, 4) > 0, X, X + mask)
            soft = np.where(np.tri(6, 4) > 0, np.exp(X), 0) * factor
            masked = log.op("add" if mask > -np.inf else "masked_fill", ("batch x",), scores)
            made = log.op("softmax", (masked,), soft)
            log.op("sum", (made,), soft.sum(), loss=0)

        assert two_logs(write, (-1e9, 1), (-np.inf, 1)) is None
        assert ops(two_logs(write, (-1e9, 1), (-np.inf, 2))) == ("forward", "loss", "softmax", "softmax")


def test_two_infinities_are_compared_without_a_warning(recwarn):
    spoiled = np.where(X > 1, np.inf, X)

    def write(log, factor):
        made = log.op("log", ("batch x",), spoiled)
        log.op("sum", (made,), X.sum() * factor, loss=0)

    assert two_logs(write, 1, 2) is not None
    assert not recwarn.list


def test_a_parameter_that_one_side_does_not_use_is_named_where_the_other_does():
    """Its bias is zero, so that only its gradient tells."""

    def write(log, biased):
        made = log.op("mm", ("batch x", "parameter w"), X @ W)
        if biased:
            made = log.op("add", (made, "parameter b"), X @ W)
        log.op("sum", (made,), (X @ W).sum(), loss=0)
        log.phase = "backward"
        if biased:
            log.op("Reshape", (0,), np.ones(4), gradient_b=0)

    found = two_logs(write, False, True)
    assert ops(found) == ("backward", "gradient b", None, "add")
    assert found.words == "step 0, backward: only lane 2 uses parameter b, in add (net.py:2)"


def test_what_a_framework_detaches_for_its_own_use_stops_nothing():
    def write(log, stops):
        made = log.op("softmax", ("batch x", "parameter w"), X @ W)
        kept = log.op("StopGradient" if stops else "aten.detach", (made,), X @ W)
        log.op("sum", (kept if stops else made,), (X @ W).sum(), loss=0)
        log.phase = "backward"
        if not stops:
            log.op("back", (0,), X.T @ X, gradient_w=0)

    found = two_logs(write, True, False)
    assert ops(found) == ("backward", "gradient w", "StopGradient", "softmax")


def test_the_stop_within_tensorflows_moments_is_none():
    """The gradient of the squared deviations from a mean, by that mean, is zero."""

    def write(log, moments):
        made = log.op("mm", ("batch x", "parameter w"), X @ W)
        mean = (X @ W).mean(0)
        middle = log.op("Mean" if moments else "mean", (made, None), mean)
        if moments:
            middle = log.op("StopGradient", (middle,), mean)
        square = log.op("SquaredDifference" if moments else "square", (made, middle), (X @ W - mean) ** 2)
        log.op("sum", (square,), ((X @ W - mean) ** 2).sum(), loss=0)
        log.phase = "backward"
        log.op("back", (square,), X.T @ X * (2 if moments else 1), gradient_w=0)

    assert ops(two_logs(write, True, False)) == ("backward", "gradient w", "back", "back")


def spectra(turn, dtype=np.complex128, cut=False):
    """A spectrum, turned, and its power; `cut` gives the conjugate, and takes that back in the next op."""
    spectrum = np.fft.rfft(X).astype(dtype)
    turned = (spectrum * turn).astype(dtype)
    log = Log()
    made = log.op("RFFT" if cut else "aten._fft_r2c", ("batch x",), spectrum)
    if cut:
        made = log.op("Conj", (made,), spectrum.conj())
    made = log.op("Mul" if cut else "aten.mul", (made, "parameter w"), turned)
    part = log.op("Real" if cut else "real", (made,), turned.real)
    log.op("Mean" if cut else "mean", (part,), turned.real.mean(), loss=0)
    return log.done()


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.complex64, 1e-4), (np.complex128, TOLERANCE)])
def test_complex_outputs_are_compared_with_their_imaginary_parts(dtype, tolerance):
    turn = np.exp(1j * np.arange(3))
    assert first_difference(spectra(turn, dtype), spectra(turn, dtype, cut=True), tolerance) is None
    # |…| of both is the same: they differ in the angle alone.
    found = first_difference(spectra(turn, dtype), spectra(turn.conj(), dtype), tolerance)
    assert ops(found) == ("forward", "loss", "aten.mul", "aten.mul")
    assert found.a_value.real == pytest.approx((np.fft.rfft(X) * turn)[found.index].real, rel=1e-6)
    assert isinstance(found.b_value, complex)
    assert f"{found.a_value:.4g}" in found.words


def test_complex_noise_beside_a_real_difference_is_no_difference():
    turn = np.exp(1j * np.arange(3))
    assert first_difference(spectra(turn), spectra(turn * (1 + 1e-13j)), TOLERANCE) is None
    assert first_difference(spectra(turn), spectra(turn * (1 + 1e-6j)), TOLERANCE) is not None
