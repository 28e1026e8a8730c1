"""Every backend, on every workload: what `fwtui.backends.base` promises, and that all give one answer."""

import numpy as np
import pytest

from fwtui.backends.catalogue import BACKENDS, FRAMEWORKS
from fwtui.race.spec import DTYPES
from fwtui.workloads.catalogue import NAMES, presets
from tests.backends.probe import THREADS

KEYS = sorted(FRAMEWORKS)
RUNS = [
    f"{workload} {preset} {dtype}" for workload in NAMES for preset in presets(workload) for dtype in DTYPES
]
AGREEMENT = {"float32": 1e-5, "float64": 1e-12}
FIRST_PHASE = {"tf.function": "trace", "tf.xla": "compile"}
COMPILATIONS = {"tf.function": (0, 1), "tf.xla": (0, 1), "tf.session": (1, 1)}


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


@pytest.fixture
def said(backend, probes):
    return probes[BACKENDS[backend].framework.key][backend]


@pytest.fixture(params=RUNS)
def run(request, said):
    return said["runs"][request.param]


def test_every_run_starts_from_the_jobs_weights_and_leaves_the_job_alone(run):
    assert run["starts_from_the_job"]
    assert not run["writes_into_the_job"]


def test_steps_train_every_weight_in_the_asked_dtype(run, request):
    assert run["trains_every_weight"]
    assert run["dtypes"] == [request.node.callspec.params["run"].split()[-1]]
    assert np.isfinite(run["losses"]).all()
    assert run["losses"][-1] < run["losses"][0]


def test_metrics_are_floats_with_loss_first(run, request):
    digits = "digits" in request.node.callspec.params["run"]
    assert run["names"] == (["loss", "accuracy"] if digits else ["loss"])
    assert run["floats"]


def test_evaluating_another_batch_size_trains_nothing_and_compiles_nothing(run, backend):
    first, second = run["evaluated"]
    assert first == second
    assert not run["evaluating_trains"]
    assert (run["before"], run["after"]) == COMPILATIONS.get(backend, (0, 0))


def test_the_first_phase_says_what_the_first_step_is(run, backend):
    assert run["first_phase"] == FIRST_PHASE.get(backend, "warm-up")


@pytest.mark.parametrize("name", RUNS)
def test_all_backends_give_the_same_answer(name, probes):
    runs = {b: probes[entry.framework.key][b]["runs"][name] for b, entry in BACKENDS.items()}
    reference = runs["torch.eager"]
    for run in runs.values():
        np.testing.assert_allclose(run["losses"], reference["losses"], rtol=AGREEMENT[name.split()[-1]])
        for metric, value in reference["evaluated"][0].items():
            assert run["evaluated"][0][metric] == pytest.approx(value, rel=AGREEMENT[name.split()[-1]])


def test_the_same_batch_is_not_copied_twice(said, backend):
    """But in a session, whose way is to be fed."""
    assert said["copies_again"] == {"same_object": backend == "tf.session", "another_object": True}


def test_a_workload_of_ones_own_follows_the_equations(said):
    """Against NumPy: a looked-up table, a weight that the loss leaves out, a scalar for all metrics."""
    table, losses = np.arange(15.0).reshape(5, 3), []
    for _ in range(2):
        counts = np.array([1, 0, 2, 0, 1])[:, None]
        losses.append((counts * table**2).sum())
        table = table - 0.1 * (2 * counts * table)
    assert said["own_workload"]["losses"] == pytest.approx(losses, rel=1e-14)
    np.testing.assert_allclose(said["own_workload"]["weights"]["table"], table, rtol=1e-14)
    assert said["own_workload"]["weights"]["left_out"] == [1, 1]


def test_a_loss_function_without_a_loss_is_told_so(said):
    assert "no 'loss', only 'accuracy'" in said["without_a_loss"]


@pytest.mark.parametrize("key", KEYS)
class TestFramework:
    def test_the_cpu_is_always_usable_and_listed_first(self, key, probes):
        assert probes[key]["devices"][0] == {"name": "cpu", "label": "CPU", "reason": None}

    def test_the_asked_threads_are_used(self, key, probes):
        assert probes[key]["threads"] == THREADS

    def test_asking_again_in_one_process_is_told_truly(self, key, probes):
        """TensorFlow keeps its threads once it runs; PyTorch takes the new number."""
        assert probes[key]["threads_asked_again"] == {"torch": THREADS + 1, "tensorflow": THREADS}[key]

    def test_its_version_is_told(self, key, probes):
        assert probes[key]["version"].startswith("2.")

    def test_memory_on_a_cpu_is_unknown(self, key, probes):
        assert set(probes[key]["memory"].values()) == {None}

    def test_its_process_holds_no_other_framework_and_no_screen(self, key, probes):
        others = {FRAMEWORKS[other].package for other in KEYS if other != key}
        assert not (others | {"textual", "plotext"}) & set(probes[key]["imported"])

    def test_settings_raise_no_warnings(self, key, probes):
        assert "fwtui/" not in probes[key]["stderr"]
