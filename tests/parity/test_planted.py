"""Planted bugs, each found and rightly placed by the check that `fwtui parity` makes.

The search for the op alone is tested on the same bugs without races, in `tests/backends/test_oplog.py`.
"""

from __future__ import annotations

import pytest

from fwtui.parity import words
from fwtui.parity.check import check
from fwtui.parity.finding import tolerances
from fwtui.race.plan import plan
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.session.run import run
from tests.planted import BUGS, RIGHT


def checked(path, torch="torch.eager", tensorflow="tf.function", learning_rate=1.0, dtype="float32"):
    rate = 0.05
    lanes = (LaneRequest(torch, lr=str(rate)), LaneRequest(tensorflow, lr=str(rate * learning_rate)))
    request = RaceRequest(lanes, workload=str(path), dtype=dtype, probe_every="growing", host="thread")
    spec = plan(request)
    return check(spec, tolerances(spec), run)


@pytest.mark.slow
@pytest.mark.parametrize("name", BUGS)
def test_a_bug_is_found_and_placed(name, tmp_path):
    bug = BUGS[name]
    path = bug.write(tmp_path / "my_port.py")
    finding = checked(path, learning_rate=bug.learning_rate)
    assert finding.same is False, words.verdict(finding)
    place = finding.place
    assert (place.stage, place.step) == (bug.phase, 0)
    assert finding.op is not None, finding.op_reason
    assert (finding.op.phase, finding.op.result) == (bug.phase, bug.result)
    found = (finding.op.a, finding.op.b)
    assert tuple(op.op for op in found) == bug.ops
    for op, line in zip(found, bug.line_numbers(path), strict=True):
        if line is not None:
            assert (op.source[0].rpartition("/")[2], op.source[1]) == (path.name, line)
    assert finding.op.words in words.where(finding)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_port_without_a_bug_agrees(dtype):
    finding = checked(RIGHT, dtype=dtype)
    assert finding.same is True, words.verdict(finding)


@pytest.mark.slow
def test_what_a_static_mode_does_wrong_is_not_blamed_on_the_ops(tmp_path):
    """A net that asks whether it is being traced computes the same eagerly, and another thing in a graph."""
    path = tmp_path / "my_port.py"
    text = RIGHT.read_text(encoding="utf-8")
    traced = 'error = tf.subtract(output, batch["y"]) * (1.0 if tf.executing_eagerly() else 1.5)'
    path.write_text(text.replace('error = tf.subtract(output, batch["y"])', traced), encoding="utf-8")
    finding = checked(path)
    assert finding.same is False
    assert finding.op is None
    assert "run eagerly from the same weights, both compute the same" in finding.op_reason
