"""What is found of a TensorFlow network beside the workload's parameters, and that it is left as it was."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from fwtui.core.records import NetInspected

ROOT = Path(__file__).parents[3]
MODES = ("eager", "function", "session")
NOTHING = NetInspected()


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What `net_inspection_probe.py` says."""
    path = tmp_path_factory.mktemp("nets") / "said"
    command = [sys.executable, "-m", "tests.backends.tensorflow.net_inspection_probe", path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=350, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return pickle.loads(path.read_bytes())


@pytest.fixture(params=MODES)
def nets(request, said):
    return {name: one["net"] for name, one in said[request.param].items()}


@pytest.fixture
def eager(said):
    return {name: one["net"] for name, one in said["eager"].items()}


@pytest.mark.parametrize(
    "name",
    [
        *("plain", "frozen_variable", "constant", "frozen_dense", "dense that was never trained"),
        *("evaluating batch_norm", "evaluating dropout_layer", "stateless_noise", "noise_in_vain"),
    ],
)
def test_a_net_of_parameters_and_batch_alone_is_nothing_to_be_told_of(nets, name):
    """Also a layer of Keras's that is frozen, before it is built or after."""
    assert nets[name] == NOTHING


@pytest.mark.parametrize(
    ("name", "weights"), [("variable", {"scale"}), ("dense", {"own/kernel", "own/bias"})]
)
def test_trained_weights_that_are_no_parameters_are_named(nets, name, weights):
    net = nets[name]
    assert (set(net.own_weights), len(net.own_weights)) == (weights, len(weights))
    assert net == NetInspected(own_weights=net.own_weights)


def test_variables_that_a_call_changes_are_named(nets):
    assert nets["average"] == NetInspected(changed_state=("mean",))


def test_a_loss_that_depends_on_them_is_told_of_both(nets):
    assert nets["average that counts"] == NetInspected(changed_state=("mean",), is_stateful=True)


@pytest.mark.parametrize("mode", ["eager", "function"])
def test_batch_norms_moving_averages_are_named(said, mode):
    net = said[mode]["batch_norm"]["net"]
    assert set(net.changed_state) == {"norm/moving_mean", "norm/moving_variance"}
    assert net == NetInspected(changed_state=net.changed_state)


@pytest.mark.parametrize("name", ["batch_norm", "dropout_layer"])
def test_a_session_does_not_run_what_keras_would_update(said, name):
    """Nothing that is fetched needs it: averages stay, and every step has the same mask."""
    assert said["session"][name]["net"] == NOTHING


@pytest.mark.parametrize("name", ["dropout", "seeded_dropout", "own_generator", "random_metric"])
def test_random_numbers_that_count_are_told(nets, name):
    assert nets[name] == NetInspected(is_random=True)


@pytest.mark.parametrize("mode", ["eager", "function"])
def test_keras_own_dropout_is_random(said, mode):
    assert said[mode]["dropout_layer"]["net"] == NetInspected(is_random=True)


@pytest.mark.parametrize("name", ["numpy_noise", "python_noise"])
def test_numbers_that_python_draws_are_random_also_where_a_graph_holds_them(nets, name):
    """Another trace of the same network holds other ones."""
    assert nets[name] == NetInspected(is_random=True, draws_in_python=True)


def test_what_python_counts_is_state_where_it_runs_in_every_step(said):
    """A trace or a graph holds what was counted once."""
    assert said["eager"]["counter"]["net"] == NetInspected(is_stateful=True)
    assert said["function"]["counter"]["net"] == said["session"]["counter"]["net"] == NOTHING


def test_a_net_that_cannot_be_traced_is_looked_at_as_it_runs(eager):
    assert eager["eager_average"] == NetInspected(own_weights=("scale",), changed_state=("mean",))
    assert eager["eager_dropout"] == NetInspected(is_random=True)


@pytest.mark.parametrize("what", ["python and numpy", "tensorflow", "weights", "variables"])
@pytest.mark.parametrize("mode", MODES)
def test_an_inspection_changes_no(said, mode, what):
    assert [name for name, one in said[mode].items() if not one[what]] == []
