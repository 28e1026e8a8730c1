"""The op logs of TensorFlow's backends, of everything that `test_oplog.py` asks about, pickled.

Run as `python -m tests.backends.tensorflow.oplog_probe FILE`: one process for all questions, since the import
takes seconds. How eager ops come and find every planted bug is asked for both frameworks, one folder above.
"""

from __future__ import annotations

import pickle
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from fwtui.backends.catalogue import load
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import USUAL_SETTINGS
from tests.backends import reference
from tests.backends.own import FRAMEWORKS
from tests.backends.probe import cast, compilations, job, small

MODES = ("eager", "function", "session", "xla")
TRAINED = MODES[:3]
"""In XLA's mode a step is put back by the same code as in that of `tf.function`, and compiles for seconds."""


def built(build, mode, name, count, **sizes):
    """A built-in workload's backend, and its batches."""
    workload = replace(small(name), **sizes)
    first = cast(workload.parameters(parameters_rng(0)), "float32")
    batches = [cast(batch, "float32") for batch in islice(workload.batches(data_rng(0)), count)]
    return build(mode, job(workload, first, batches, "sgd", 1e-6)), batches


def two_layer(build, mode):
    """A log of its ops and the names in its graphs, and what the loss is without a log.

    After as many steps as TensorFlow takes to find out which kernels are cheap.
    """
    backend, batches = built(build, mode, "two-layer", 3)
    for _ in range(60):
        for batch in batches:
            backend.step(batch)
    log, whole = backend.log_ops(batches[0]), backend.log_ops(batches[0], values=True)
    names = {node.name for graph in backend.graphs(batches[0]) for node in graph.nodes}
    return {"log": log, "whole": whole, "names": names, "loss": backend.step(batches[0])["loss"]}


def training(build, mode, disturb):
    """What training comes to, logged and sampled in between or not; mostly by two graphs in turn."""
    batches = [cast(batch, "float32") for batch in reference.batches(6, mode != "session")]
    parameters = cast(reference.parameters(), "float32")
    backend = build(mode, job(reference, parameters, batches, "adamw", 0.1))
    losses = []
    for step, batch in enumerate(batches):
        if disturb and step in (0, 1, 3):
            backend.log_ops(batches[-1])
            backend.graph_ran(batches[-1])
        losses.append(backend.step(batch)["loss"])
    kinds = [(event["step"], event["kind"]) for event in compilations(backend.events())]
    weights = {name: array.tobytes() for name, array in backend.weights().items()}
    backend.close()
    return losses, weights, kinds


def drawn(build, mode, disturb):
    """The losses of a net that is nothing but random numbers."""
    import tensorflow as tf

    tf.random.set_seed(7)
    # A graph's ops have no seed from outside, and an eager op with one of its own cannot be put back.
    seed = None if mode == "eager" else 7

    def loss(params, batch):
        return tf.reduce_sum(params["w"] * batch["x"] * tf.random.normal([2, 2], seed=seed))

    batch = {"x": np.ones((2, 2), np.float32)}
    workload = SimpleNamespace(loss=lambda _: loss)
    backend = build(mode, job(workload, {"w": np.ones(2, np.float32)}, [batch], learning_rate=0.0))
    losses = []
    for _ in range(4):
        losses.append(backend.step(batch)["loss"])
        if disturb:
            backend.log_ops(batch)
            backend.graph_ran(batch)
    backend.close()
    return losses


def depths(build, mode):
    """Which graph ran at each depth, told before and after the step, by one backend and by another."""
    said = []
    for _ in range(2):
        backend, batches = built(build, mode, "dynamic-depth", 6)
        for batch in batches:
            before = backend.graph_ran(batch)
            backend.step(batch)
            said.append((batch["depth"], before, backend.graph_ran(batch)))
        backend.close()
    return said


def log_of(build, mode, name):
    """The log of a workload's second step."""
    backend, (batch, *_) = built(build, mode, name, 1)
    backend.step(batch)
    log = backend.log_ops(batch)
    backend.close()
    return log


def on_a_gpu():
    """A call's log, as a GPU's is written: there need be none."""
    from fwtui.backends.tensorflow.oplog_calls import Call, log_of_call
    from fwtui.backends.tensorflow.profile import Kernel, Profile

    call = Call("session.run", {}, {}, {}, "cuda:0", False)
    return log_of_call(call, Profile(100, (Kernel("product", "MatMul", 10, 5),), ()), ())


def main(path):
    framework = load(FRAMEWORKS["tensorflow"])
    framework.device.configure("cpu", 1, USUAL_SETTINGS)
    build = framework.step.build
    said = {
        "two-layer": {mode: two_layer(build, mode) for mode in MODES},
        "training": {mode: [training(build, mode, disturb) for disturb in (False, True)] for mode in MODES},
        "drawn": {mode: [drawn(build, mode, disturb) for disturb in (False, True)] for mode in TRAINED},
        "depths": {mode: depths(build, mode) for mode in ("eager", "function")},
        "digits-cnn": log_of(build, "eager", "digits-cnn"),
        "char-rnn": log_of(build, "function", "char-rnn"),
        "on a GPU": on_a_gpu(),
    }
    Path(path).write_bytes(pickle.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1])
