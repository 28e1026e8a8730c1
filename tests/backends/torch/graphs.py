"""The graphs of PyTorch's lanes, and whether asking for them changes anything, for `probe.py` to tell."""

from __future__ import annotations

import functools
import time
from dataclasses import asdict
from itertools import islice
from types import SimpleNamespace
from unittest import mock

import numpy as np
import torch

from fwtui.backends.base import Job
from fwtui.backends.torch import graph
from fwtui.backends.torch.step import build
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import DTYPES
from fwtui.workloads.catalogue import names
from tests.backends.probe import cast, cast_once, small
from tests.backends.torch import nets


def told(graphs):
    return [{"is": type(one).__name__, **asdict(one)} for one in graphs]


def looked_at(mode, workload, first, batches, optimizer="sgd", learning_rate=0.01):
    """A lane whose graphs are asked for after its first step, beside one that is left alone."""
    job = Job(workload, first, batches[0], {}, "cpu", optimizer, learning_rate)
    said, lanes = {}, {}
    for name in ("left alone", "looked at"):
        if mode == "compile":
            # As in a process of its own: functions that a broken step runs apart count to one limit together.
            torch.compiler.reset()
        torch.manual_seed(0)
        lane = lanes[name] = build(mode, job)
        losses = [lane.step(batches[0])["loss"]]
        if name == "looked at":
            said["graphs"] = told(lane.graphs(batches[1]))
        losses += [lane.step(batch)["loss"] for batch in batches[1:]]
        events = [(event.step, type(event).__name__, event.reason) for event in lane.events()]
        said[name] = {"losses": losses, "events": events}
    alone, other = (lane.weights() for lane in lanes.values())
    said["same weights"] = all(np.array_equal(alone[name], other[name]) for name in alone)
    said["parameters"] = list(first)
    said["batch"] = [name for name, value in batches[1].items() if not isinstance(value, int)]
    return said


def built_in(mode, name, dtype, preset=None):
    """A built-in workload, small, with its own optimizer."""
    workload = small(name, preset)
    first = cast(workload.parameters(parameters_rng(0)), dtype)
    batches = list(islice(cast_once(workload.batches(data_rng(0)), dtype), 3))
    return looked_at(mode, workload, first, batches, workload.OPTIMIZER, workload.LEARNING_RATE)


def own(mode, loss, batches):
    return looked_at(mode, SimpleNamespace(loss=lambda _: loss), nets.parameters(), batches)


def unasked(mode, loss):
    """The graphs of a lane that has not made a step."""
    first = nets.parameters()
    job = Job(SimpleNamespace(loss=lambda _: loss), first, {}, {}, "cpu", "sgd", 0.01)
    return told(build(mode, job).graphs(nets.batch()))


def untraceable():
    """Where the tracer fails, with much to say."""

    def make_fx(function, **options):
        raise NotImplementedError("no way\nto trace this\n\nwith much more to say")

    with mock.patch.object(graph, "make_fx", make_fx):
        return unasked("eager", nets.deep)


def without_a_compiler():
    import torch._inductor.config as config

    # A constant of its own, so that the compiler is needed whatever has been kept from earlier runs.
    constant = time.time() % 1
    kept, config.cpp.cxx = config.cpp.cxx, (None, "no-such-compiler")
    try:
        with config.patch(force_disable_caches=True):
            return unasked("compile", lambda params, batch: (params["w"] * constant).sum())
    finally:
        config.cpp.cxx = kept


def fast():
    # Of the sizes that other tests compile too: their kernels are on the disk then.
    compiled = built_in("compile", "two-layer", "float32", "dynamic")
    return {
        "eager": {f"{name} {dtype}": built_in("eager", name, dtype) for name in names() for dtype in DTYPES},
        "compile": {"two-layer float32": compiled},
        "dropping": own("eager", nets.dropping, [nets.batch()] * 3),
        "untraceable": untraceable(),
        "no compiler": without_a_compiler(),
    }


def slow():
    three = functools.partial(own, "compile")
    return {
        "compile": {
            f"{name} {dtype}": built_in("compile", name, dtype) for name in names() for dtype in DTYPES
        },
        "prints": three(nets.printing, [nets.batch()] * 3),
        "sizes": three(nets.deep, [nets.batch(rows=rows) for rows in (4, 5, 4)]),
        "sizes known": own_after(nets.deep, [nets.batch(rows=rows) for rows in (4, 5, 6)]),
    }


def own_after(loss, batches):
    """The graphs for the last of `batches`, after the others."""
    first = nets.parameters()
    lane = build("compile", Job(SimpleNamespace(loss=lambda _: loss), first, {}, {}, "cpu", "sgd", 0.01))
    for batch in batches[:-1]:
        lane.step(batch)
    return told(lane.graphs(batches[-1]))
