"""What an eager step tells of its ops, and that two frameworks' logs find every planted bug."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fwtui.core.spec import OPTIMIZERS
from fwtui.ops.locate.first_divergence import first_difference
from fwtui.workloads.catalogue import names
from tests.backends.own import FRAMEWORKS
from tests.planted import BUGS, RIGHT, SPECTRUM

ROOT = Path(__file__).parents[2]
KEYS = ("torch", "tensorflow")
TITLES = tuple(FRAMEWORKS[key].title for key in KEYS)
PHASES = ["forward", "backward", "update"]
TOLERANCE = 1e-10


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The right files and one for each bug."""
    folder = tmp_path_factory.mktemp("planted")
    for right in (RIGHT, SPECTRUM):
        (folder / right.name).write_bytes(right.read_bytes())
    for name, bug in BUGS.items():
        bug.write(folder / f"{name}.py")
    return folder


@pytest.fixture(scope="module")
def logs(folder):
    """What each framework's `oplog_probe.py` says; one process each, side by side."""
    children = {
        key: subprocess.Popen(
            [sys.executable, "-m", "tests.backends.oplog_probe", key, folder],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for key in KEYS
    }
    for child in children.values():
        _, err = child.communicate(timeout=350)
        assert child.returncode == 0, err[-4000:]
    return {key: pickle.loads((folder / f"{key}.pickle").read_bytes()) for key in KEYS}


@pytest.fixture(params=KEYS)
def of(request, logs):
    return logs[request.param]


@pytest.fixture(params=[*names(), *OPTIMIZERS, SPECTRUM.stem])
def case(request, of):
    return of[request.param]


def results(ops):
    """Every result of a log, by name."""
    return {name: op.values[place].value() for op in ops for name, place in op.results}


def line_of(text):
    (number,) = (n for n, line in enumerate(RIGHT.read_text("utf-8").splitlines(), 1) if text in line)
    return number


def test_a_log_tells_what_the_step_does_and_changes_nothing(case):
    assert [results(log.ops)["loss"] for log in case["ops"]] == case["losses"] == case["logged_losses"]
    for name, array in case["weights"].items():
        np.testing.assert_array_equal(case["logged_weights"][name], array)


def test_every_metric_gradient_and_updated_weight_is_named(case):
    for log in case["ops"]:
        told = results(log.ops)
        for name, array in case["weights"].items():
            assert told[f"gradient {name}"].shape == told[f"parameter {name}"].shape == array.shape
    for name, array in case["weights"].items():
        np.testing.assert_array_equal(told[f"parameter {name}"], array)


def test_ops_come_in_order_and_take_what_was_there(case):
    for log in case["ops"]:
        assert [op.number for op in log.ops] == list(range(len(log.ops)))
        assert sorted({op.phase for op in log.ops}, key=PHASES.index) == PHASES
        phases = [PHASES.index(op.phase) for op in log.ops]
        assert phases == sorted(phases)
        assert all(one < op.number for op in log.ops for one in op.origins if isinstance(one, int))


def test_every_parameter_and_batch_array_is_known_where_it_is_used(of):
    ops = of["sgd"]["ops"][0].ops
    used = {one for op in ops if op.phase == "forward" for one in op.origins if isinstance(one, str)}
    parameters = {f"parameter {name}" for name in of["sgd"]["weights"]}
    assert used == parameters | {"batch x", "batch y"}


def test_every_gradient_comes_from_the_batch(case):
    """No op on the way takes something of unknown origin that it should have known."""
    for log in case["ops"]:
        behind = []
        for op in log.ops:
            behind.append(
                set().union(*(behind[one] if isinstance(one, int) else {one} for one in op.origins))
            )
            if any(name.startswith("gradient ") for name, _ in op.results):
                assert any(str(one).startswith("batch ") for one in behind[-1])


@pytest.mark.parametrize(
    ("result", "lines"),
    [
        ("gradient b2", ('normal @ params["w2"] + params["b2"]', 'tf.matmul(normal, params["w2"])')),
        ("gradient w1", ('flat @ params["w1"]', 'tf.matmul(flat, params["w1"])')),
        ("gradient b1", ('hidden + params["b1"]', "tf.nn.bias_add(")),
        ("loss", ("error.square().mean()", "tf.reduce_mean(tf.square(error))")),
    ],
)
def test_forward_and_backward_ops_name_the_line_of_the_net(logs, folder, result, lines):
    for key, line in zip(KEYS, lines, strict=True):
        (op,) = (op for op in logs[key]["sgd"]["ops"][0].ops if result in dict(op.results))
        assert op.source == (str(folder / RIGHT.name), line_of(line))


def test_hardly_an_op_has_no_line_and_none_a_librarys(of, folder):
    ops = of["sgd"]["ops"][0].ops
    where = {phase: [op.source for op in ops if op.phase == phase] for phase in PHASES}
    assert {source and source[0] for source in where["forward"]} == {str(folder / RIGHT.name)}
    assert {source[0] for source in where["backward"] if source} == {str(folder / RIGHT.name)}
    assert where["backward"].count(None) <= len(where["backward"]) // 10
    assert all(Path(source[0]).name == "optimizers.py" for source in where["update"])


@pytest.mark.parametrize("name", [*names(), *OPTIMIZERS, SPECTRUM.stem])
def test_networks_without_a_bug_have_no_first_difference(name, logs):
    for a, b in zip(*(logs[key][name]["ops"] for key in KEYS), strict=True):
        found = first_difference(a, b, TOLERANCE, TITLES)
        assert found is None, found.words


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found_in_its_place(name, logs, folder):
    bug = BUGS[name]
    a, b = (logs[key][name]["ops"][0] for key in KEYS)
    found = first_difference(a, b, TOLERANCE, TITLES)
    assert (found.phase, found.result, (found.a.op, found.b.op)) == (bug.phase, bug.result, bug.ops)
    for op, line in zip((found.a, found.b), bug.line_numbers(folder / f"{name}.py"), strict=True):
        assert line is None or op.source == (str(folder / f"{name}.py"), line)
        assert f"{TITLES[op is found.b]}" in found.words
        assert f"({Path(op.source[0]).name}:{op.source[1]})" in found.words
    assert found.words.startswith(f"step 0, {bug.phase}: ")


@pytest.mark.parametrize("name", BUGS)
def test_it_is_the_same_place_from_the_other_side(name, logs):
    a, b = (logs[key][name]["ops"][0] for key in KEYS)
    found, turned = first_difference(a, b, TOLERANCE), first_difference(b, a, TOLERANCE)
    assert (found.phase, found.result, found.a, found.b) == (turned.phase, turned.result, turned.b, turned.a)
