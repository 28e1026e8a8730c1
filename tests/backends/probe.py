"""One framework's backends, asked everything that `test_contract.py` wants to know; pickles it into a file.

Run as `python -m tests.backends.probe FRAMEWORK SPEED FILE`: a process of its own, since a lane's process
knows only one framework, and one for all questions, since the import takes seconds. SPEED is `fast`, or
`slow` for what compilers need long for.
"""

from __future__ import annotations

import pickle
import sys
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from fwtui.backends.base import Job
from fwtui.backends.catalogue import load
from fwtui.core.records import Compiled
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import DTYPES, OPTIMIZERS, USUAL_SETTINGS, DeviceSettings, WorkloadSpec
from fwtui.lane.batches import shapes
from fwtui.workloads.catalogue import load as load_workload
from fwtui.workloads.catalogue import names, presets
from tests.backends import reference
from tests.backends.own import BACKENDS, FRAMEWORKS

STEPS = 10
THREADS = 1
SMALL = {
    "digits-cnn": {"batch": 16, "channels1": 4, "channels2": 6},
    "dynamic-depth": {"batch": 16, "d_in": 20, "hidden": 20, "deepest": 3},
    "char-rnn": {"batch": 8, "longest": 3, "embedded": 8, "hidden": 8},
    "tiny-transformer": {"batch": 8, "length": 8, "width": 8, "heads": 2, "blocks": 1},
}
"""Sizes for what would take long; each workload's own tests have the others."""
RUNS = [(workload, preset, dtype) for workload in names() for preset in presets(workload) for dtype in DTYPES]
OPTIMIZINGS = [
    (optimizer, dtype, numbers)
    for optimizer in OPTIMIZERS
    for dtype, numbers in (("float64", False), ("float64", True), ("float32", False))
]
"""Which optimizer the net in `reference` is trained with, in which dtype, with Python numbers or without."""
FAST = {
    "torch.compile": [("two-layer", "dynamic", "float32")],
    "tf.xla": [
        ("two-layer", "dynamic", "float32"),
        ("digits-mlp", "default", "float64"),
        ("dynamic-depth", "default", "float64"),
        *((optimizer, "float64", False) for optimizer in OPTIMIZERS),
        ("sgd", "float64", True),
    ],
}
"""What is asked in the fast tests of backends that need seconds for each network."""
LOGGED = {"fast": ["two-layer"], "slow": [name for name in names() if name != "two-layer"]}
"""The workloads of which each backend is asked for a log."""
COMPILES_FOR_LONG = ("torch.compile",)
"""Backends of which nothing but that is asked in the fast tests."""


def small(name, preset=None):
    """A built-in workload of a size that takes no time; the default preset unless another one is given."""
    workload = load_workload(WorkloadSpec(name, preset or presets(name)[0]))
    return replace(workload, **SMALL.get(name, {}))


def is_slow(backend, question):
    """Whether one of `RUNS` or `OPTIMIZINGS` is for the slow tests."""
    return backend in FAST and question not in FAST[backend]


def cast(arrays, dtype):
    return {
        name: a if isinstance(a, int) else a.astype(dtype) if a.dtype.kind == "f" else a.copy()
        for name, a in arrays.items()
    }


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


def job(workload, parameters, batches, optimizer="sgd", learning_rate=0.1):
    """A job on the CPU, with arrays that vary as they do in `batches`."""
    return Job(workload, parameters, batches[0], shapes(batches), "cpu", optimizer, learning_rate)


def new_signatures(batches):
    """The steps whose batch is the first with its shapes and its numbers."""
    seen = []
    for step, batch in enumerate(batches):
        signature = {name: a if isinstance(a, int) else a.shape for name, a in batch.items()}
        if signature not in [known for _, known in seen]:
            seen.append((step, signature))
    return [step for step, _ in seen]


def compilations(events):
    return [asdict(event) for event in events if isinstance(event, Compiled)]


def training(build, name, preset, dtype):
    """A few steps of a built-in workload with its own optimizer."""
    workload = small(name, preset)
    first = cast(workload.parameters(parameters_rng(0)), dtype)
    batches = list(islice(cast_once(workload.batches(data_rng(0)), dtype), STEPS))
    fewer = {name: a if isinstance(a, int) else a[:7] for name, a in batches[0].items()}
    kept = cast(first, dtype)
    try:
        backend = build(job(workload, first, [*batches, fewer], workload.OPTIMIZER, workload.LEARNING_RATE))
    except NotImplementedError as error:
        return {"impossible": str(error)}
    said = {"starts_from_the_job": equal(backend.weights(), kept), "first_phase": backend.first_phase}
    events = list(backend.events())
    said["built"] = len(events)
    evaluated = [backend.evaluate(fewer)]
    metrics = [backend.step(batch) for batch in batches]
    trained = backend.weights()
    evaluated += [backend.evaluate(fewer), backend.evaluate(fewer)]
    said["evaluating_trains"] = not equal(backend.weights(), trained)
    backend.load(kept)
    said["loads"] = equal(backend.weights(), kept)
    computed = backend.compute(batches[0])
    probed, gradients = computed.metrics, computed.gradients
    said |= {
        "losses": [m["loss"] for m in metrics],
        "names": list(metrics[0]),
        "probed": probed,
        "gradients": gradients,
        "floats": all(type(v) is float for m in [*metrics, *evaluated, probed] for v in m.values()),
        "evaluated": evaluated,
        "trains_every_weight": all(not np.array_equal(trained[name], kept[name]) for name in kept),
        "writes_into_the_job": not equal(first, kept),
        "dtypes": sorted({array.dtype.name for array in trained.values()}),
        "compilations": compilations([*events, *backend.events()]),
        "new_signatures": new_signatures(batches),
    }
    backend.close()
    return said


def logging(build, name):
    """What is said of a step of a built-in workload, op by op, and whether saying it trains."""
    workload = small(name)
    batches = [cast(batch, "float32") for batch in islice(workload.batches(data_rng(0)), 2)]
    first = cast(workload.parameters(parameters_rng(0)), "float32")
    try:
        backend = build(job(workload, first, batches, workload.OPTIMIZER, workload.LEARNING_RATE))
    except NotImplementedError as error:
        return {"impossible": str(error)}
    backend.step(batches[0])
    trained = backend.weights()
    ran = backend.graph_ran(batches[0])
    said = {
        "log": backend.log_ops(batches[0]),
        "ran": [ran, backend.graph_ran(batches[0])],
        "trains": not equal(backend.weights(), trained),
    }
    backend.close()
    return said


def optimizing(build, optimizer, dtype, numbers):
    """Steps of the net in `reference`, and what they come to; why not, where the mode cannot take numbers."""
    batches = [cast(batch, dtype) for batch in reference.batches(STEPS, numbers)]
    try:
        backend = build(
            job(reference, cast(reference.parameters(), dtype), batches, optimizer, reference.LEARNING_RATE)
        )
    except NotImplementedError as error:
        return {"impossible": str(error)}
    said = {"losses": [backend.step(batch)["loss"] for batch in batches], "weights": backend.weights()}
    said["compilations"] = compilations(backend.events())
    backend.close()
    return said


def disturbed(build):
    """The same training twice: left alone, and probed, evaluated and put back to its start in between."""
    batches = [cast(batch, "float32") for batch in reference.batches(STEPS, False)]
    first, fewer = cast(reference.parameters(), "float32"), {name: a[:2] for name, a in batches[0].items()}
    ends = []
    for disturb in (False, True):
        every = [*batches, fewer]
        backend = build(job(reference, cast(first, "float32"), every, "adamw", reference.LEARNING_RATE))
        losses = []
        for step, batch in enumerate(batches):
            losses.append(backend.step(batch)["loss"])
            if disturb and step in (0, 5):
                backend.compute(batches[step + 1])
                with backend.at(first):
                    backend.compute(batches[0])
                backend.evaluate(fewer)
        kinds = [(event["step"], event["kind"]) for event in compilations(backend.events())]
        ends.append((losses, backend.weights(), kinds))
        backend.close()
    (losses, weights, kinds), (again, others, others_kinds) = ends
    return losses == again and equal(weights, others) and kinds == others_kinds


def copies_again(build):
    """Whether a change to a batch's arrays is seen when the same object comes again."""
    workload = load_workload(WorkloadSpec("two-layer", "dynamic"))
    batch = next(workload.batches(data_rng(0)))
    backend = build(job(workload, workload.parameters(parameters_rng(0)), [batch], learning_rate=1e-30))
    before = backend.step(batch)["loss"]
    batch["x"] *= 2
    backend.evaluate(next(workload.batches(data_rng(1))))
    same, fresh = backend.step(batch)["loss"], backend.step(dict(batch))["loss"]
    backend.close()
    return {"same_object": same != before, "another_object": fresh != before}


def told(build, loss):
    """What a step of a net with this loss function, for both frameworks, raises."""
    workload = SimpleNamespace(loss=lambda _: loss)
    batch = {"x": np.ones((2, 2))}
    try:
        build(job(workload, {"w": np.ones(2)}, [batch])).step(batch)
    except (ValueError, NotImplementedError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def strings(params, batch):
    """A loss that takes the way through strings, for which XLA has no code."""
    import tensorflow as tf

    total = tf.reduce_sum(batch["x"]) * tf.reduce_sum(params["w"])
    return total + tf.cast(tf.strings.length(tf.strings.as_string(total)), total.dtype)


def asked(build, name, slow):
    """All that is asked of one backend, the slow part or the other."""
    said = {
        "runs": {run: training(build, *run) for run in RUNS if is_slow(name, run) == slow},
        "optimizing": {
            question: optimizing(build, *question)
            for question in OPTIMIZINGS
            if is_slow(name, question) == slow
        },
    }
    if slow == (name in COMPILES_FOR_LONG):
        said |= {
            "disturbed_alike": disturbed(build),
            "copies_again": copies_again(build),
            "without_a_loss": told(build, lambda params, batch: {"accuracy": 1.0}),
        }
        if name.startswith("tf."):
            said["strings"] = told(build, strings)
    return said


def main(key, speed, path):
    framework = load(FRAMEWORKS[key])
    listed = [asdict(device) for device in framework.device.devices()]
    framework.device.configure("cpu", THREADS, USUAL_SETTINGS)
    said: dict[str, Any] = {
        "version": framework.device.version(),
        "devices": listed,
        "threads": framework.device.threads(),
    }
    for name, entry in BACKENDS.items():
        if entry.framework.key != key:
            continue

        def build(asked, mode=entry.mode):
            return framework.step.build(mode, asked)

        said[name] = asked(build, name, speed == "slow") if speed == "fast" or name in FAST else {}
        said[name]["logs"] = {workload: logging(build, workload) for workload in LOGGED[speed]}
    framework.device.configure("cpu", THREADS + 1, DeviceSettings(tf32=True, deterministic=True))
    said["threads_asked_again"] = framework.device.threads()
    said["build"] = framework.device.build()
    said["memory"] = asdict(framework.memory.read("cpu"))
    said["imported"] = sorted({module.partition(".")[0] for module in sys.modules})
    Path(path).write_bytes(pickle.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
