"""What is said of a trace: needs no TensorFlow, only what looks like its tensors."""

from types import SimpleNamespace

import pytest

from fwtui.backends.tensorflow.traces import Traces


def tensor(*shape, dtype="float32"):
    return SimpleNamespace(shape=shape, dtype=SimpleNamespace(name=dtype))


def reasons(*batches):
    traces = Traces("trace")
    for step, batch in enumerate(batches):
        traces.began(batch)
        traces.ended(step)
    return [event.reason for event in traces.new()]


def test_the_first_needs_no_reason_and_later_ones_are_re():
    traces = Traces("compile")
    for step in (0, 7):
        traces.began({"depth": step})
        assert traces.open
        traces.ended(step)
        assert not traces.open
    first, second = traces.new()
    assert (first.step, first.kind, first.reason) == (0, "compile", "the first call")
    assert (second.step, second.kind, second.reason) == (7, "recompile", "depth was 0, is 7")
    assert first.cost_ns > 0
    assert traces.new() == ()


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ({"x": tensor(64, 16)}, {"x": tensor(64, 24)}, "shape of x was (64, 16), is (64, 24)"),
        ({"x": tensor(4)}, {"x": tensor(4, dtype="float64")}, "dtype of x was float32, is float64"),
        ({"x": tensor(4), "y": tensor(4)}, {"x": tensor(4)}, "y is gone"),
        ({"x": tensor(4)}, {"x": tensor(4), "y": tensor(4)}, "y is new"),
        ({"x": tensor(4)}, {"x": 4}, "x was an array, is a number"),
        ({"x": 4}, {"x": tensor(4)}, "x was a number, is an array"),
        (
            {"x": tensor(8, 2), "y": tensor(8, 2), "n": 3},
            {"x": tensor(8, 3), "y": tensor(8, 3), "n": 3},
            "shape of x was (8, 2), is (8, 3); shape of y was (8, 2), is (8, 3)",
        ),
        ({"x": tensor(4)}, {"x": tensor(4)}, "nothing in the batch differs"),
    ],
)
def test_the_reason_names_what_differs(before, after, reason):
    assert reasons(before, after)[1] == reason


def test_what_differs_is_told_against_the_nearest_signature_before_of_equals_the_latest():
    near, far = {"x": tensor(4, 3), "n": 1}, {"x": tensor(4, 9), "n": 2}
    assert reasons(near, far, {"x": tensor(4, 3), "n": 5})[2] == "n was 1, is 5"
    assert reasons({"n": 1}, {"n": 2}, {"n": 3})[2] == "n was 2, is 3"
