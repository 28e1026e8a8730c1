"""Columns: every step once, in order, with all that the network returned."""

import numpy as np

from fwtui.lane.step_buffer import CAPACITY, Columns


def test_steps_come_out_as_they_went_in():
    rng = np.random.default_rng(0)
    columns, taken, number = Columns(), [], 0
    for size in [1, 5, CAPACITY, 3, *rng.integers(1, CAPACITY, 5)]:
        for _ in range(size):
            columns.write(number, 2 * number, {"loss": number / 3, "accuracy": -number})
            number += 1
        assert columns.full == (size == CAPACITY)
        taken.append(columns.take())
    assert [steps.first for steps in taken] == list(np.cumsum([0, *[s.count for s in taken[:-1]]]))
    assert taken[0].metrics[0][0] == "loss"
    everything = {
        "started": np.concatenate([np.frombuffer(s.started_ns, np.int64) for s in taken]),
        "step": np.concatenate([np.frombuffer(s.step_ns, np.int64) for s in taken]),
        "loss": np.concatenate([np.frombuffer(dict(s.metrics)["loss"]) for s in taken]),
        "accuracy": np.concatenate([np.frombuffer(dict(s.metrics)["accuracy"]) for s in taken]),
    }
    steps = np.arange(number)
    expected = {"started": steps, "step": 2 * steps, "loss": steps / 3, "accuracy": -steps}
    for name, values in expected.items():
        np.testing.assert_array_equal(everything[name], values)


def test_a_metric_that_was_not_returned_is_nan_and_never_an_older_value():
    columns = Columns()
    for _ in range(3):
        columns.write(0, 0, {"loss": 1.0, "accuracy": 0.5})
    columns.take()
    columns.write(0, 0, {"loss": 1.0})
    columns.write(0, 0, {"loss": 1.0, "accuracy": 0.25})
    accuracy = np.frombuffer(dict(columns.take().metrics)["accuracy"])
    np.testing.assert_array_equal(accuracy, [np.nan, 0.25])


def test_a_digest_that_was_not_given_is_nan_and_never_an_older_value():
    """A gradient that only some steps have: lanes send their columns at different times."""
    columns = Columns()
    for value in (1.0, 2.0):
        columns.write(0, 0, {"loss": 1.0})
        columns.write_digests({"batch": 7.0, "gradient w": value})
    assert columns.take().digests == tuple(
        (name, np.array(column).tobytes())
        for name, column in {"batch": [7.0, 7.0], "gradient w": [1.0, 2.0]}.items()
    )
    columns.write(0, 0, {"loss": 1.0})
    columns.write_digests({"batch": 8.0})
    columns.write(0, 0, {"loss": 1.0})
    columns.write_digests({"batch": 9.0, "gradient w": 3.0})
    columns.write(0, 0, {"loss": 1.0})
    found = {name: np.frombuffer(column) for name, column in columns.take().digests}
    np.testing.assert_array_equal(found["batch"], [8.0, 9.0, np.nan])
    np.testing.assert_array_equal(found["gradient w"], [np.nan, 3.0, np.nan])
