"""Every backend, on every workload: what `fwtui.backends.base` promises, and that all give one answer."""

import re

import numpy as np
import pytest

from fwtui.core.op_stats import leaves
from fwtui.ops.vocabulary.canonical import canonical
from tests.backends import reference
from tests.backends.own import BACKENDS, FRAMEWORKS
from tests.backends.probe import COMPILES_FOR_LONG, LOGGED, OPTIMIZINGS, RUNS, STEPS, THREADS, is_slow

KEYS = sorted(FRAMEWORKS)
SLOW = [pytest.mark.slow, pytest.mark.timeout(1800)]
"""The first of the slow tests waits for all that they ask."""
AGREEMENT = {"float32": 1e-4, "float64": 1e-11}
FIRST_PHASE = {"tf.function": "trace", "tf.xla": "compile", "torch.compile": "compile"}
BUILT = {"tf.session": 1}
"""Events before the first step."""
TRACED = {"tf.function": "trace", "tf.xla": "compile"}
"""Backends that take each signature by itself, and what they call it."""
REFUSED = [
    ("tf.session", question) for question in [*RUNS, *OPTIMIZINGS] if {"dynamic-depth", True} & {*question}
]
"""A session's graph is built once, before the first step, and a Python number may be another in each step."""


def each(questions, refused=()):
    """Each backend with each question but the refused ones, the slow ones marked so."""
    return [
        pytest.param(
            (backend, question),
            marks=SLOW if is_slow(backend, question) else [],
            id=" ".join([backend, *map(str, question)]),
        )
        for backend in BACKENDS
        for question in questions
        if (backend, question) not in refused
    ]


def answer(request, backend, question, kind):
    probes = request.getfixturevalue("slow_probes" if is_slow(backend, question) else "probes")
    return probes[BACKENDS[backend].framework.key][backend][kind][question]


@pytest.fixture(params=each(RUNS, REFUSED))
def asked(request):
    """A backend and a run."""
    return request.param


@pytest.fixture
def run(asked, request):
    backend, question = asked
    return answer(request, backend, question, "runs")


@pytest.fixture
def other(asked, request):
    """The same run in PyTorch, eagerly."""
    return answer(request, "torch.eager", asked[1], "runs")


@pytest.fixture(
    params=[pytest.param(b, marks=SLOW if b in COMPILES_FOR_LONG else [], id=b) for b in BACKENDS]
)
def backend(request):
    return request.param


@pytest.fixture
def said(backend, request):
    """What a backend said besides."""
    probes = request.getfixturevalue("slow_probes" if backend in COMPILES_FOR_LONG else "probes")
    return probes[BACKENDS[backend].framework.key][backend]


@pytest.mark.parametrize(("backend", "question"), REFUSED)
def test_a_session_refuses_python_numbers_in_words(backend, question, request):
    said = answer(request, backend, question, "runs" if question in RUNS else "optimizing")
    name = "depth" if question in RUNS else "turn"
    assert said["impossible"].startswith(f"'{name}' is a Python number, which may change from step to step")


def test_every_run_starts_from_the_jobs_weights_and_leaves_the_job_alone(run):
    assert run["starts_from_the_job"]
    assert not run["writes_into_the_job"]


def test_steps_train_every_weight_in_the_asked_dtype(run, asked):
    assert run["trains_every_weight"]
    assert run["dtypes"] == [asked[1][-1]]
    assert np.isfinite(run["losses"]).all()
    before, after, _ = run["evaluated"]
    assert after["loss"] < before["loss"]


def test_metrics_are_floats_with_loss_first(run, other):
    assert run["names"] == other["names"]
    assert run["names"][0] == "loss"
    assert run["floats"]


def test_evaluating_another_batch_size_trains_nothing(run):
    _, first, second = run["evaluated"]
    assert first == second
    assert not run["evaluating_trains"]


def test_what_was_compiled_is_told_with_its_step_and_why(run, asked):
    """Nothing that is evaluated or probed counts."""
    backend, _ = asked
    steps = [event["step"] for event in run["compilations"]]
    kinds = [event["kind"] for event in run["compilations"]]
    assert run["built"] == BUILT.get(backend, 0)
    if backend in TRACED:
        assert steps == run["new_signatures"]
        assert kinds == [TRACED[backend], *[f"re{TRACED[backend]}"] * (len(steps) - 1)]
    elif backend == "torch.compile":
        assert steps[0] == 0
        assert set(steps) <= set(run["new_signatures"]), "it may generalize at the second, and then know more"
        assert kinds == ["compile", *["recompile"] * (len(steps) - 1)]
    else:
        assert kinds == ["build"] * BUILT.get(backend, 0)
    for number, event in enumerate(run["compilations"]):
        assert event["cost_ns"] > 0
        assert (event["reason"] == "the first call") == (number == 0 and kinds != ["build"])
        assert event["reason"].count("\n") == 0


def test_the_first_phase_says_what_the_first_step_is(run, asked):
    assert run["first_phase"] == FIRST_PHASE.get(asked[0], "warm-up")


def test_all_backends_give_the_same_answer(run, other, asked):
    rtol = AGREEMENT[asked[1][-1]]
    np.testing.assert_allclose(run["losses"], other["losses"], rtol=rtol)
    for evaluated, others in zip(run["evaluated"], other["evaluated"], strict=True):
        assert evaluated == pytest.approx(others, rel=rtol)


def test_all_backends_have_the_same_gradients_at_the_first_weights(run, other, asked):
    """Also after training, since the weights can be put back; and with the metrics of the first step."""
    rtol = AGREEMENT[asked[1][-1]]
    assert run["loads"]
    assert run["probed"]["loss"] == pytest.approx(run["losses"][0], rel=rtol)
    assert run["probed"] == pytest.approx(other["probed"], rel=rtol)
    assert list(run["gradients"]) == list(other["gradients"])
    for name, gradient in run["gradients"].items():
        expected = other["gradients"][name]
        assert gradient.dtype == expected.dtype == asked[1][-1]
        np.testing.assert_allclose(gradient, expected, rtol=0, atol=rtol * np.abs(expected).max())


@pytest.mark.parametrize("asked", each(OPTIMIZINGS, REFUSED), indirect=True)
def test_optimizers_follow_the_equations(asked, request):
    """Against NumPy, with a table that is looked up in, and weights that are not always or never used."""
    backend, question = asked
    optimizer, dtype, numbers = question
    trained = answer(request, backend, question, "optimizing")
    batches = list(reference.batches(STEPS, numbers))
    losses, weights = reference.trained(optimizer, reference.parameters(), batches)
    np.testing.assert_allclose(trained["losses"], losses, rtol=AGREEMENT[dtype])
    assert list(trained["weights"]) == list(weights)
    for name, weight in weights.items():
        np.testing.assert_allclose(trained["weights"][name], weight, rtol=AGREEMENT[dtype])
    np.testing.assert_array_equal(
        trained["weights"]["left_out"], reference.parameters()["left_out"].astype(dtype)
    )


@pytest.mark.parametrize("name", TRACED)
def test_a_python_number_is_traced_once_for_each_value(name, request):
    found = answer(request, name, ("sgd", "float64", True), "optimizing")["compilations"]
    kind = TRACED[name]
    assert [(one["step"], one["kind"], one["reason"]) for one in found] == [
        (0, kind, "the first call"),
        (1, f"re{kind}", "turn was 0, is 1"),
    ]


def test_probing_evaluating_and_putting_weights_back_change_nothing_after(said):
    """Bit for bit, optimizer's states included; and nothing more is compiled in the steps."""
    assert said["disturbed_alike"]


def test_the_same_batch_is_not_copied_twice(said, backend):
    """But in a session, whose way is to be fed."""
    assert said["copies_again"] == {"same_object": backend == "tf.session", "another_object": True}


def logs_said(request, backend, speed):
    probes = request.getfixturevalue("slow_probes" if speed == "slow" else "probes")
    return probes[BACKENDS[backend].framework.key][backend]["logs"]


@pytest.fixture(
    params=[
        pytest.param((backend, speed, workload), marks=SLOW if speed == "slow" else [])
        for backend in BACKENDS
        for speed, workloads in LOGGED.items()
        for workload in workloads
        if (backend, workload) != ("tf.session", "dynamic-depth")
    ],
    ids=lambda asked: f"{asked[0]} {asked[2]}",
)
def logging(request):
    """What a backend says of a workload's step, op by op."""
    backend, speed, workload = request.param
    return logs_said(request, backend, speed)[workload]


@pytest.mark.parametrize("backend", BACKENDS)
def test_two_layers_log_has_the_five_matrix_products_of_the_mathematics(request, backend):
    """Two forward, three backward: nobody asks for the gradient of the batch."""
    ops = leaves(logs_said(request, backend, "fast")["two-layer"]["log"])
    assert [part for op in ops for part in canonical(op.op) or ()].count("matrix product") == 5


def test_a_log_is_the_whole_step_in_order(logging):
    """One call with what runs in it, or op by op."""
    log = logging["log"]
    ops, took_ns = log.ops, log.took_ns
    assert log.is_work_timed
    assert [op.number for op in ops] == list(range(len(ops)))
    calls = {op.within for op in ops} - {None}
    assert calls <= {0}
    assert [op.number for op in ops if op.within is None] == ([0] if calls else list(range(len(ops))))
    assert max(op.started_ns + op.host_ns for op in ops if op.started_ns is not None) <= took_ns
    assert "loss" in {name for op in ops for name, _ in op.results}
    assert all(taken.origin < op.number for op in ops for taken in op.inputs if isinstance(taken.origin, int))


def test_logging_and_sampling_train_nothing(logging):
    assert not logging["trains"]


def test_the_same_batch_runs_the_same_graph(logging):
    before, after = logging["ran"]
    assert before == after
    assert before[0]
    assert before[1] > 0


@pytest.mark.parametrize("name", [name for name in BACKENDS if name.startswith("tf.")])
def test_what_xla_has_no_code_for_is_told_as_not_possible(name, probes):
    expected = "NotImplementedError: XLA cannot compile AsString" if name == "tf.xla" else None
    assert probes["tensorflow"][name]["strings"] == expected


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
        build = probes[key]["build"]  # once both were asked for
        assert (build["TF32"], build["deterministic"]) == ("allowed", "asked for")
        assert probes[key]["threads_asked_again"] == {"torch": THREADS + 1, "tensorflow": THREADS}[key]

    def test_its_version_is_told(self, key, probes):
        assert probes[key]["version"].startswith("2.")

    def test_memory_on_a_cpu_is_unknown(self, key, probes):
        assert set(probes[key]["memory"].values()) == {None}

    def test_its_process_holds_no_other_framework_and_no_screen(self, key, probes):
        others = {FRAMEWORKS[other].package for other in KEYS if other != key}
        assert not (others | {"textual", "plotext"}) & set(probes[key]["imported"])

    def test_settings_raise_no_warnings(self, key, probes):
        assert not re.search(r"fwtui/\S+:\d+: \w*Warning", probes[key]["stderr"])
