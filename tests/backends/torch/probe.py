"""PyTorch's optimizers and `torch.compile`, asked everything that the tests beside this file want to know.

Run as `python -m tests.backends.torch.probe SPEED FOLDER`, SPEED `fast` or `slow`; prints JSON. A process of
its own, since the tests' own knows no framework, and one for all questions, since the import takes seconds.
Where only the watching is in question, Dynamo compiles without Inductor, which takes the most time.
"""

from __future__ import annotations

import functools
import json
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import torch

from fwtui.backends.base import Job
from fwtui.backends.torch import optimizers
from fwtui.backends.torch.step import build
from fwtui.core.spec import OPTIMIZERS
from tests.backends import reference
from tests.backends.torch import graphs, logs, nets

STEPS = 30
LIBRARY = {
    "sgd": functools.partial(torch.optim.SGD),
    "momentum": functools.partial(torch.optim.SGD, momentum=0.9),
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
}

FAKE_COMPILER = """#!/bin/sh
[ "$*" = --version ] && exec echo 'g++ (fake) 12.2.0'
echo 'fatal error: Python.h: No such file or directory' >&2
exit 1
"""


def lane(mode, loss, parameters=None, optimizer="sgd", learning_rate=0.01, dtype="float64"):
    first = parameters or nets.parameters()
    first = {name: array.astype(dtype) for name, array in first.items()}
    workload = SimpleNamespace(loss=lambda _: loss)
    return build(mode, Job(workload, first, {}, {}, "cpu", optimizer, learning_rate))


def lists(arrays):
    return {name: None if array is None else array.tolist() for name, array in arrays.items()}


def told(backend):
    return [{"is": type(event).__name__, **asdict(event)} for event in backend.events()]


@contextmanager
def without_inductor():
    compiler, torch.compile = torch.compile, functools.partial(torch.compile, backend="eager")
    yield
    torch.compile = compiler


def updated(make, dtype):
    """The reference net's weights after some steps by the update that `make` gives for them."""
    weights = {
        name: torch.tensor(array.astype(dtype), requires_grad=True)
        for name, array in reference.parameters().items()
    }
    update, loss = make(list(weights.values())), reference.torch_loss()
    for batch in reference.batches(STEPS, numbers=True):
        batch = batch | {"ids": torch.tensor(batch["ids"]), "y": torch.tensor(batch["y"].astype(dtype))}
        gradients = torch.autograd.grad(loss(weights, batch), list(weights.values()), allow_unused=True)
        # As a gradient comes to lie whose weight is used transposed.
        update([None if g is None else g.mT.contiguous().mT if g.ndim == 2 else g for g in gradients])
    return {name: weight.tolist() for name, weight in weights.items()}


def library(name, weights):
    own = LIBRARY[name](weights, lr=reference.LEARNING_RATE)

    def update(gradients):
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.grad = gradient
        own.step()

    return update


def all_updates(dtype):
    rate = reference.LEARNING_RATE
    return {
        name: {
            "eager": updated(lambda weights, name=name: optimizers.eager(name, weights, rate), dtype),
            "written": updated(lambda weights, name=name: optimizers.Written(name, weights, rate), dtype),
            "library": updated(lambda weights, name=name: library(name, weights), dtype),
        }
        for name in OPTIMIZERS
    }


def compiled_reference(optimizer):
    """The reference net, which uses one weight only in every second step, really compiled."""
    lane_of = functools.partial(
        lane, "compile", reference.torch_loss(), reference.parameters(), optimizer, reference.LEARNING_RATE
    )
    backend, batches = lane_of(), list(reference.batches(STEPS, numbers=True))
    losses, log, ran = [], None, []
    for batch in batches:
        losses.append(backend.step(batch)["loss"])
        # Between steps, which go on as if nothing had been asked.
        log, ran = logs.told(backend.log_ops(batch)), [*ran, backend.graph_ran(batch)]
    weights, state = backend.weights(), [s.tolist() for state in backend._update.state for s in state]
    probed = backend.compute(batches[-1])
    kept = all(np.array_equal(weights[name], array) for name, array in backend.weights().items())
    return {
        "losses": losses,
        "weights": lists(weights),
        "probed": [probed.metrics["loss"], lists(probed.gradients)],
        "probing_trains": not kept or state != [s.tolist() for state in backend._update.state for s in state],
        "events": told(backend),
        "log": log,
        "ran": ran,
        "children": len(psutil.Process().children(recursive=True)),
    }


def stepped(loss, batches):
    """What each step on its own told, and the metrics it gave, in a lane of its own."""
    backend = lane("compile", loss)
    said = []
    for batch in batches:
        metrics = backend.step(batch)
        said.append({"metrics": metrics, "events": told(backend)})
    return said


def probed_between(loss, batches):
    """Steps on the first batch, with others evaluated and probed between them."""
    backend = lane("compile", loss, optimizer="adam")
    plain = lane("compile", loss, optimizer="adam")
    first, other = batches
    before_any_step = backend.compute(first).metrics
    metrics = [backend.step(first), backend.compute(first).metrics, backend.compute(other).metrics]
    backend.evaluate(other)
    metrics += [backend.step(first), backend.step(other)]
    for batch in (first, first, other):
        plain.step(batch)
    same = all(np.array_equal(array, plain.weights()[name]) for name, array in backend.weights().items())
    return {"before": before_any_step, "metrics": metrics, "events": told(backend), "same": same}


def two_threads(batches):
    """Two lanes that compile in two threads at once."""
    said = {}

    def train(name):
        said[name] = stepped(nets.deep, batches[name])

    threads = [threading.Thread(target=train, args=(name,)) for name in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def failing(cxx):
    """What a step says that has to be compiled by `cxx`."""
    import torch._inductor.config as config

    # A constant of its own, so that the compiler is needed whatever has been kept from earlier runs.
    constant = time.time() % 1
    kept, config.cpp.cxx = config.cpp.cxx, (None, cxx)
    try:
        with config.patch(force_disable_caches=True):
            lane("compile", lambda params, batch: (params["w"] * constant).sum()).step(nets.batch())
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        config.cpp.cxx = kept
    return None


def fast(folder):
    eager = lane("eager", nets.deep)
    eager.step(nets.batch())
    said: dict[str, Any] = {"steps": STEPS, "dynamo_in_eager": "torch._dynamo" in sys.modules}
    said["updates"] = {dtype: all_updates(dtype) for dtype in ("float32", "float64")}
    said["reference"] = {"adam": compiled_reference("adam")}
    with without_inductor():
        said["depths"] = stepped(nets.deep, [nets.batch(depth=depth) for depth in (2, 2, 3, 2, 4)])
        with torch._dynamo.config.patch(recompile_limit=3):
            said["limit"] = stepped(nets.deep, [nets.batch(depth=depth) for depth in (1, 2, 3, 4, 5, 2)])
        said["sizes"] = stepped(nets.deep, [nets.batch(rows=rows) for rows in (4, 5, 6, 1)])
        said["prints"] = stepped(nets.printing, [nets.batch()] * 2)
        said["item"] = stepped(nets.branching, [nets.batch()])
        said["between"] = probed_between(nets.deep, [nets.batch(), nets.batch(depth=3)])
        depths = {"one": (1, 2, 3), "other": (3, 1, 5, 4)}
        said["threads"] = two_threads({n: [nets.batch(depth=d) for d in depths[n]] for n in depths})
    fake = Path(folder, "fake-compiler")
    fake.write_text(FAKE_COMPILER)
    fake.chmod(0o755)
    said["no_compiler"] = failing("no-such-compiler")
    said["no_headers"] = failing(str(fake))
    said["graphs"], said["logs"] = graphs.fast(), logs.fast()
    return said


def slow(folder):
    reference_said = {name: compiled_reference(name) for name in OPTIMIZERS}
    return {"steps": STEPS, "reference": reference_said, "graphs": graphs.slow(), "logs": logs.slow()}


if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.stdout.write("\n" + json.dumps({"fast": fast, "slow": slow}[sys.argv[1]](sys.argv[2])))
