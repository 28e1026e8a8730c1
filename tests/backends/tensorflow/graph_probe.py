"""The graphs of TensorFlow's backends, of everything that `test_graph.py` asks about, pickled.

Run as `python -m tests.backends.tensorflow.graph_probe FILE`: one process for all questions, since the import
takes seconds.
"""

from __future__ import annotations

import pickle
import sys
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from fwtui.backends.catalogue import load
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import USUAL_SETTINGS
from tests.backends import reference
from tests.backends.own import FRAMEWORKS
from tests.backends.probe import cast, compilations, equal, job, small, strings

MODES = ("eager", "function", "session", "xla")
OPTIMIZER = {"two-layer": "sgd", "digits-mlp": "momentum", "digits-cnn": "rmsprop", "char-rnn": "adamw"}


def graphs(build, mode, name, dtype):
    """A built-in workload's graphs; why not, where the mode cannot take the workload."""
    workload = small(name)
    first = cast(workload.parameters(parameters_rng(0)), dtype)
    (batch,) = (cast(batch, dtype) for batch in islice(workload.batches(data_rng(0)), 1))
    try:
        backend = build(mode, job(workload, first, [batch], OPTIMIZER.get(name, "adam"), 1e-3))
    except NotImplementedError as error:
        return {"impossible": str(error)}
    told = backend.graphs(batch)
    backend.close()
    return {
        "graphs": {graph.kind: graph for graph in told},
        "parameters": {parameter: array.shape for parameter, array in first.items()},
        "batch": {key: array.shape for key, array in batch.items() if not isinstance(array, int)},
    }


def disturbed(build, mode):
    """The same training twice, left alone and with its graphs told in between, and what each says of it."""
    batches = [cast(batch, "float32") for batch in reference.batches(6, mode != "session")]
    first, ends = cast(reference.parameters(), "float32"), []
    for disturb in (False, True):
        backend = build(mode, job(reference, cast(first, "float32"), batches, "adamw", 0.1))
        losses, told = [], []
        for step, batch in enumerate(batches):
            if disturb and step in (0, 1, 3):
                told += backend.graphs(batches[-1])
            losses.append(backend.step(batch)["loss"])
        kinds = [(event["step"], event["kind"]) for event in compilations(backend.events())]
        ends.append((losses, backend.weights(), kinds))
        backend.close()
    (losses, weights, kinds), (again, others, others_kinds) = ends
    return {"losses": losses == again, "weights": equal(weights, others), "kinds": (kinds, others_kinds)} | {
        "told": [type(graph).__name__ for graph in told]
    }


def drawing(build, mode):
    """What TensorFlow's global generator gives once the graphs are told of a net that draws from it, and
    what it gives where they are not.
    """
    import tensorflow as tf

    draws = tf.random.get_global_generator()

    def loss(params, batch):
        return tf.reduce_sum(params["w"] * batch["x"]) + draws.normal([])

    workload, batch = SimpleNamespace(loss=lambda _: loss), {"x": np.ones(2, "float32")}
    drawn = []
    for tell in (False, True):
        draws.reset_from_seed(0)
        backend = build(mode, job(workload, {"w": np.ones(2, "float32")}, [batch]))
        backend.step(batch)
        if tell:
            backend.graphs(batch)
        drawn.append(draws.normal([3]).numpy().tolist())
        backend.close()
    return drawn


def of_strings(build):
    """The graphs of a step that XLA has no code for."""
    workload = SimpleNamespace(loss=lambda _: strings)
    batch = {"x": np.ones((2, 2))}
    return build("xla", job(workload, {"w": np.ones(2)}, [batch])).graphs(batch)


def main(path, *names):
    framework = load(FRAMEWORKS["tensorflow"])
    framework.device.configure("cpu", 1, USUAL_SETTINGS)
    build = lambda mode, asked: framework.step.build(mode, asked)  # noqa: E731
    said = {(name, mode, "float64"): graphs(build, mode, name, "float64") for name in names for mode in MODES}
    said |= {("two-layer", mode, "float32"): graphs(build, mode, "two-layer", "float32") for mode in MODES}
    said["disturbed"] = {mode: disturbed(build, mode) for mode in MODES}
    said["drawing"] = {mode: drawing(build, mode) for mode in MODES if mode != "session"}
    said["strings"] = of_strings(build)
    Path(path).write_bytes(pickle.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
