"""One framework's backends, asked everything that `test_contract.py` wants to know; prints it as JSON.

Run as `python -m tests.backends.probe FRAMEWORK`: a process of its own, since a lane's process knows only one
framework, and one for all questions, since the import takes seconds.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from itertools import islice
from types import SimpleNamespace

import numpy as np

from fwtui.backends.base import Job
from fwtui.backends.catalogue import BACKENDS, FRAMEWORKS, load
from fwtui.race.spec import DTYPES
from fwtui.workloads.catalogue import NAMES, presets
from fwtui.workloads.seeding import data_rng, parameters_rng

STEPS = 10
THREADS = 1


def cast(arrays, dtype):
    return {name: a.astype(dtype) if a.dtype.kind == "f" else a.copy() for name, a in arrays.items()}


def equal(one, other):
    return list(one) == list(other) and all(
        one[name].dtype == other[name].dtype and np.array_equal(one[name], other[name]) for name in one
    )


def cast_once(batches, dtype):
    """Like the runner: the same object again stays the same object."""
    seen = cast_batch = None
    for batch in batches:
        if batch is not seen:
            seen, cast_batch = batch, cast(batch, dtype)
        yield cast_batch


def job(workload, parameters, batch, learning_rate):
    """Plain gradient descent on the CPU, with batches of any number of rows."""
    shapes = {name: (None, *array.shape[1:]) for name, array in batch.items()}
    return Job(workload, parameters, batch, shapes, "cpu", "sgd", learning_rate)


def training(build, workload, dtype):
    """A few steps of a built-in workload."""
    first = cast(workload.parameters(parameters_rng(0)), dtype)
    batches = list(islice(cast_once(workload.batches(data_rng(0)), dtype), STEPS))
    kept = cast(first, dtype)
    backend = build(job(workload, first, batches[0], workload.LEARNING_RATE))
    said = {"starts_from_the_job": equal(backend.weights(), kept)}
    events = list(backend.events())
    said["before"] = len(events)
    metrics = [backend.step(batch) for batch in batches]
    trained = backend.weights()
    other_size = {name: array[:7] for name, array in batches[0].items()}
    evaluated = [backend.evaluate(other_size), backend.evaluate(other_size)]
    said |= {
        "losses": [m["loss"] for m in metrics],
        "names": list(metrics[0]),
        "floats": all(type(value) is float for m in [*metrics, *evaluated] for value in m.values()),
        "after": len([*events, *backend.events()]),
        "evaluated": evaluated,
        "trains_every_weight": all(not np.array_equal(trained[name], kept[name]) for name in kept),
        "evaluating_trains": not equal(backend.weights(), trained),
        "writes_into_the_job": not equal(first, kept),
        "dtypes": sorted({array.dtype.name for array in trained.values()}),
        "first_phase": backend.first_phase,
    }
    backend.close()
    return said


def copies_again(build, workload):
    """Whether a change to a batch's arrays is seen when the same object comes again."""
    batch = next(workload.batches(data_rng(0)))
    backend = build(job(workload, workload.parameters(parameters_rng(0)), batch, 1e-30))
    before = backend.step(batch)["loss"]
    batch["x"] *= 2
    backend.evaluate(next(workload.batches(data_rng(1))))
    same, fresh = backend.step(batch)["loss"], backend.step(dict(batch))["loss"]
    backend.close()
    return {"same_object": same != before, "another_object": fresh != before}


def own_workload(build):
    """A user's workload: a table looked up by number, a weight that the loss leaves out, one bare scalar."""

    def torch_loss():
        return lambda params, batch: (params["table"][batch["ids"]] ** 2).sum()

    def tensorflow_loss():
        import tensorflow as tf

        return lambda params, batch: tf.reduce_sum(tf.gather(params["table"], batch["ids"]) ** 2)

    workload = SimpleNamespace(torch_loss=torch_loss, tensorflow_loss=tensorflow_loss)
    parameters = {"table": np.arange(15.0).reshape(5, 3), "left_out": np.ones(2)}
    batch = {"ids": np.array([0, 2, 2, 4])}
    backend = build(job(workload, parameters, batch, 0.1))
    losses = [backend.step(batch)["loss"] for _ in range(2)]
    weights = {name: array.tolist() for name, array in backend.weights().items()}
    backend.close()
    return {"losses": losses, "weights": weights}


def without_a_loss(build):
    """What a workload's loss function without a `loss` comes to."""
    nameless = lambda: lambda params, batch: {"accuracy": 1.0}  # noqa: E731
    workload = SimpleNamespace(torch_loss=nameless, tensorflow_loss=nameless)
    batch = {"x": np.ones((2, 2))}
    try:
        build(job(workload, {"w": np.ones(2)}, batch, 0.1)).step(batch)
    except ValueError as error:
        return str(error)
    return None


def main(key):
    framework = load(FRAMEWORKS[key])
    listed = [asdict(device) for device in framework.device.devices()]
    framework.device.configure("cpu", THREADS, False)
    said = {"version": framework.device.version(), "devices": listed, "threads": framework.device.threads()}
    for name, entry in BACKENDS.items():
        if entry.framework.key != key:
            continue

        def build(asked, mode=entry.mode):
            return framework.step.build(mode, asked)

        said[name] = {
            "runs": {
                f"{workload} {preset} {dtype}": training(build, presets(workload)[preset], dtype)
                for workload in NAMES
                for preset in presets(workload)
                for dtype in DTYPES
            },
            "copies_again": copies_again(build, presets("two-layer")["dynamic"]),
            "own_workload": own_workload(build),
            "without_a_loss": without_a_loss(build),
        }
    framework.device.configure("cpu", THREADS + 1, True)
    said["threads_asked_again"] = framework.device.threads()
    said["memory"] = asdict(framework.memory.read("cpu"))
    said["imported"] = sorted({module.partition(".")[0] for module in sys.modules})
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1])
