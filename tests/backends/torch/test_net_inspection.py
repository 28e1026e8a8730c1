"""What is found of a PyTorch network beside the workload's parameters, and that it is left as it was."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from fwtui.core.records import NetInspected

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def nets(tmp_path_factory):
    """What `net_inspection_probe.py` says."""
    path = tmp_path_factory.mktemp("nets") / "said"
    command = [sys.executable, "-m", "tests.backends.torch.net_inspection_probe", path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=350, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return pickle.loads(path.read_bytes())


@pytest.mark.parametrize(
    "name",
    [
        *("plain", "functional", "frozen", "detached", "unused", "constant_buffer", "new_batch_norm"),
        *("evaluating batch_norm", "evaluating_dropout", "dropout of nothing", "dropout that is off"),
        *("noise_in_vain", "nan", "given_buffers"),
    ],
)
def test_a_net_of_parameters_and_batch_alone_is_nothing_to_be_told_of(nets, name):
    assert nets[name]["net"] == NetInspected()


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("linear", {"Linear.weight", "Linear.bias"}),
        ("nested", {"Sequential.0.weight", "Sequential.0.bias", "Sequential.1.1.weight"}),
        ("half", {"Sequential.0.bias", "Sequential.1.weight", "Sequential.1.bias"}),
        ("leaf", {"scale"}),
        ("leaves", {"weights['a']", "weights['list'][0]"}),
        ("hidden_leaf", {"a tensor of shape (3,)"}),
    ],
)
def test_trained_weights_that_are_no_parameters_are_named(nets, name, weights):
    net = nets[name]["net"]
    assert (set(net.own_weights), len(net.own_weights)) == (weights, len(weights))
    assert net == NetInspected(own_weights=net.own_weights)


@pytest.mark.parametrize(
    ("name", "module"), [("batch_norm", "BatchNorm1d"), ("inner_batch_norm", "Sequential.1")]
)
def test_buffers_that_a_call_changes_are_named(nets, name, module):
    changed = tuple(f"{module}.{one}" for one in ("running_mean", "running_var", "num_batches_tracked"))
    assert nets[name]["net"] == NetInspected(changed_state=changed)


def test_a_buffer_that_a_module_replaces_has_changed(nets):
    assert nets["replaced_buffer"]["net"] == NetInspected(changed_state=("Average.mean",))


def test_a_layer_with_weights_and_buffers_is_told_of_both(nets):
    net = nets["trained batch_norm"]["net"]
    assert set(net.own_weights) == {"BatchNorm1d.weight", "BatchNorm1d.bias"}
    assert "BatchNorm1d.running_mean" in net.changed_state


def test_a_loss_that_depends_on_changed_buffers_is_told_of_them(nets):
    net = nets["used_state"]["net"]
    assert "BatchNorm1d.running_mean" in net.changed_state
    assert (net.is_stateful, net.is_random) == (True, False)


@pytest.mark.parametrize("name", ["dropout", "dropout_module", "random_metric"])
def test_random_numbers_that_count_are_told(nets, name):
    assert nets[name]["net"] == NetInspected(is_random=True)


@pytest.mark.parametrize("name", ["numpy_noise", "python_noise"])
def test_numbers_that_python_draws_are_told_whatever_comes_of_them(nets, name):
    """One call in ten may use them."""
    assert nets[name]["net"] == NetInspected(is_random=True, draws_in_python=True)


@pytest.mark.parametrize("name", ["counter", "infinite_then_finite"])
def test_a_net_that_counts_its_calls_is_not_deterministic(nets, name):
    assert nets[name]["net"] == NetInspected(is_stateful=True)


@pytest.mark.parametrize("what", ["random", "weights", "buffers"])
def test_an_inspection_changes_no(nets, what):
    assert [name for name, said in nets.items() if not said[what]] == []
