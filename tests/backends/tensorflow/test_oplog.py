"""What TensorFlow's backends tell of the ops of a step, and that telling it changes nothing."""

import pickle
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from fwtui.backends.fingerprint import fingerprint
from fwtui.core.op_stats import leaves, overhead
from fwtui.ops.vocabulary.canonical import canonical
from tests.backends.tensorflow.oplog_probe import MODES, TRAINED

ROOT = Path(__file__).parents[3]
NET = ROOT / "fwtui" / "workloads" / "two_layer" / "net_tensorflow.py"
CALLS = {"function": "tf.function call", "xla": "tf.function call", "session": "session.run"}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What `oplog_probe.py` says."""
    path = tmp_path_factory.mktemp("logs") / "said"
    command = [sys.executable, "-m", "tests.backends.tensorflow.oplog_probe", path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=350, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return pickle.loads(path.read_bytes())


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


@pytest.fixture
def two_layer(said, mode):
    return said["two-layer"][mode]


def test_two_layer_has_five_matrix_products(two_layer):
    products = [op for op in two_layer["log"].ops if canonical(op.op) == ("matrix product",)]
    assert Counter(op.phase for op in products) == {"forward": 2, "backward": 3}
    assert sorted(op.outputs[0].shape for op in products) == [
        *((64, 10), (64, 100), (64, 100), (100, 10), (1000, 100))
    ]
    assert {op.source[0] for op in products} == {str(NET)}


def test_products_take_what_the_mathematics_has(two_layer):
    """The first takes `x` and `w1`, each further one something that an op made from it."""
    ops = two_layer["log"].ops

    def made_from(origin):
        if not isinstance(origin, int):
            return {origin}
        return set().union(*(made_from(one) for one in ops[origin].origins), set())

    products = [op for op in ops if canonical(op.op) == ("matrix product",)]
    first, *others = sorted(products, key=lambda op: op.number)
    assert set().union(*map(made_from, first.origins)) == {"batch x", "parameter w1"}
    for op in others:
        assert len(op.inputs) == 2
        assert {"batch x", "parameter w1"} <= set().union(*map(made_from, op.origins))


def test_an_op_is_timed_alone(two_layer):
    log = two_layer["log"]
    spans = [(op.started_ns, op.started_ns + op.host_ns) for op in leaves(log)]
    assert spans == sorted(spans)
    assert all(begin >= 0 and end > begin for begin, end in spans)
    assert spans[-1][1] <= log.took_ns


def test_kernels_that_the_host_launches_tell_no_overhead(said):
    log = said["on a GPU"]
    assert [(op.op, op.device, op.within) for op in log.ops][1:] == [("MatMul", "cuda:0", 0)]
    assert not log.is_work_timed
    assert overhead(log, 100) is None


def test_ops_of_one_thread_do_not_overlap(said):
    spans = [(op.started_ns, op.started_ns + op.host_ns) for op in said["two-layer"]["eager"]["log"].ops]
    assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))


def test_an_eager_op_tells_where_it_ran_and_what_it_allocated(said):
    ops = {op.number: op for op in said["two-layer"]["eager"]["log"].ops}
    assert {op.device for op in ops.values()} == {"cpu"}
    for op in ops.values():
        if op.op in ("MatMul", "Relu", "Sub"):
            rows, columns = op.outputs[0].shape
            assert op.nbytes == rows * columns * 4
        if op.op in ("ReadVariableOp", "Reshape", "ResourceApplyGradientDescent"):
            assert op.nbytes == 0


def test_outputs_are_told_in_figures_or_whole(two_layer):
    log, whole = two_layer["log"], two_layer["whole"]
    assert not any(op.values for op in log.ops)
    assert not any(op.fingerprints for op in whole.ops)
    assert [op.op for op in log.ops if op.fingerprints] == [op.op for op in whole.ops if op.values]
    for short, long in zip(log.ops, whole.ops, strict=False):
        if long.values:
            assert short.fingerprints == tuple(fingerprint(array.value()) for array in long.values)


def test_the_loss_of_the_log_is_that_of_the_step(two_layer):
    ops = two_layer["whole"].ops
    (loss,) = (op.values[place] for op in ops for name, place in op.results if name == "loss")
    assert loss.value() == np.float32(two_layer["loss"])


@pytest.mark.parametrize("mode", CALLS)
def test_a_static_step_is_one_call_with_kernels_that_its_graph_knows(mode, said):
    two_layer = said["two-layer"][mode]
    call, *kernels = two_layer["log"].ops
    assert (call.op, call.within, call.phase, call.started_ns) == (CALLS[mode], None, None, 0)
    assert [one.origin for one in call.inputs] == ["batch x", "batch y", "parameter w1", "parameter w2"]
    assert {op.within for op in kernels} == {0}
    assert {op.name for op in kernels} <= two_layer["names"]
    assert [op.number for op in kernels] == list(range(1, len(kernels) + 1))
    phases = Counter(op.phase for op in kernels)
    assert phases["update"] == 2
    assert phases[None] <= 1  # XLA copies a weight, for no op of the step


def test_kernels_that_have_become_cheap_are_told_too(said):
    function, session = (Counter(op.op for op in said["two-layer"][m]["log"].ops[1:]) for m in TRAINED[1:])
    assert function == session
    assert function["Relu"] == function["ReluGrad"] == function["Sub"] == function["Square"] == 1


@pytest.mark.parametrize("mode", TRAINED)
def test_logs_and_samples_change_no_training(mode, said):
    """Neither losses nor weights nor optimizer, nor what is traced when."""
    plain, disturbed = said["training"][mode]
    assert plain == disturbed


@pytest.mark.parametrize("mode", TRAINED)
def test_logs_and_samples_draw_no_random_numbers_of_the_steps(mode, said):
    plain, disturbed = said["drawn"][mode]
    assert len(set(plain)) == len(plain)
    assert plain == disturbed


@pytest.mark.parametrize("mode", ["eager", "function"])
def test_the_graph_that_ran_is_another_for_each_depth(mode, said):
    depths = said["depths"][mode]
    hashes = {depth: {told[0] for told in (before, after)} for depth, before, after in depths}
    assert len(hashes) > 1
    assert all(len(told) == 1 for told in hashes.values())
    assert len(set().union(*hashes.values())) == len(hashes)
    nodes = [(depth, after[1]) for depth, _, after in depths]
    assert [count for _, count in sorted(set(nodes))] == sorted({count for _, count in nodes})


def test_a_convolutions_gradients_name_its_line(said):
    ops = said["digits-cnn"].ops
    forward = {op.source for op in ops if op.op == "Conv2D"}
    backward = [op for op in ops if op.op.startswith("Conv2DBackprop")]
    assert len(backward) == 4
    assert {op.source for op in backward} == forward
    assert not [op for op in ops if op.source is None]


def test_each_turn_of_a_loop_tells_its_kernels(said):
    """The recurrent net's loop is in the graph once, and runs for each character."""
    _, *kernels = said["char-rnn"].ops
    products = Counter(op.name for op in kernels if canonical(op.op) == ("matrix product",))
    assert max(products.values()) > 1
    assert {op.phase for op in kernels} >= {"forward", "backward", "update"}
    assert {op.within for op in kernels} == {0}
