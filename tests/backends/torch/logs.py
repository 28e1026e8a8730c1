"""The op logs of PyTorch's lanes, and whether logging changes anything, for `probe.py` to tell."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from fwtui.backends import fingerprint as numpy_figures
from fwtui.backends.base import Job, NotYetError
from fwtui.backends.torch import figures
from fwtui.backends.torch.step import build
from fwtui.core.graph import Graph
from fwtui.core.ndarray import Array
from fwtui.core.spec import Feed
from tests.backends.torch import nets

FIGURES = ("mean", "std", "largest", "nans", "infinities", "mean_imaginary")
VALUES = {
    "floats": torch.tensor([[1.5, -3.0], [0.25, 2.0]]),
    "not finite": torch.tensor([1.0, float("nan"), float("inf"), -float("inf"), 2.0]),
    "only NaN": torch.tensor([float("nan")]),
    "whole numbers": torch.tensor([-128, 127, 3], dtype=torch.int8),
    "truths": torch.tensor([True, False, True]),
    "complex": torch.tensor([3 + 4j, 0j]),
    "complex, conjugated": torch.tensor([[3 + 4j, 1j], [2 - 1j, -5.0]]).conj(),
    "complex, half": torch.tensor([3 + 4j, 1j], dtype=torch.complex32),
    "complex, not finite": torch.tensor(
        [
            complex(1, 2),
            complex(1, float("nan")),
            complex(float("inf"), float("nan")),
            complex(0, float("inf")),
        ]
    ),
    "complex, enormous": torch.tensor([complex(1e200, -1e300), complex(0, 1e200)], dtype=torch.complex128),
    "short": torch.tensor([1.0, -2.5], dtype=torch.bfloat16),
    "enormous": torch.tensor([1e200, -1e200, 1e300], dtype=torch.float64),
    "nothing": torch.zeros(0, 3),
    "turned": torch.arange(6.0).reshape(2, 3).T,
}


def lane(mode, loss, optimizer="sgd"):
    torch.manual_seed(0)
    workload = SimpleNamespace(loss=lambda _: loss)
    return build(mode, Job(workload, nets.parameters(), {}, {}, "cpu", optimizer, 0.01))


def op(one):
    """What a log says of one op."""
    return {
        "op": one.op,
        "name": one.name,
        "phase": one.phase,
        "within": one.within,
        "line": None if one.source is None else one.source[1],
        "inputs": [(taken.origin, taken.output) for taken in one.inputs],
        "shapes": [list(tensor.shape) for tensor in one.outputs],
        "results": [name for name, _ in one.results],
        "started_ns": one.started_ns,
        "host_ns": one.host_ns,
        "nbytes": one.nbytes,
        "device": one.device,
        "figures": [None if f is None else [getattr(f, key) for key in FIGURES] for f in one.fingerprints],
    }


def told(log):
    return {"took_ns": log.took_ns, "ops": [op(one) for one in log.ops]}


def whole(log):
    """The figures of the whole outputs of a log."""
    arrays = [[array.value() for array in one.values] for one in log.ops]
    found = [[numpy_figures.fingerprint(array) for array in outputs] for outputs in arrays]
    return [[[getattr(f, key) for key in FIGURES] for f in outputs] for outputs in found]


def asked(ask):
    """What is answered, or why there is no answer."""
    try:
        return ask()
    except NotYetError as error:
        return str(error)


def between(mode, loss, batches, optimizer="sgd"):
    """Steps of a lane that is logged before each of them, beside one that is left alone."""
    alone, logged = lane(mode, loss, optimizer), lane(mode, loss, optimizer)
    torch.manual_seed(0)
    losses = [alone.step(batch)["loss"] for batch in batches]
    torch.manual_seed(0)
    said: dict[str, Any] = {"left alone": losses, "logged": [], "logs": [], "ran": []}
    for batch in batches:
        said["logs"].append(asked(lambda batch=batch: told(logged.log_ops(batch))))
        said["ran"].append(asked(lambda batch=batch: logged.graph_ran(batch)))
        said["logged"].append(logged.step(batch)["loss"])
    pairs = zip(alone.weights().values(), logged.weights().values(), strict=True)
    said["same weights"] = all(np.array_equal(one, other) for one, other in pairs)
    said["events"] = [[[e.step, e.reason] for e in one.events()] for one in (alone, logged)]
    return said


def values(log):
    return [[one.op, one.phase, [array.value().tolist() for array in one.values]] for one in log.ops]


def result(log, name):
    """A result of the step, as the log tells it."""
    (found,) = (one.values[place] for one in log.ops for result, place in one.results if result == name)
    return found.value().tolist()


def fed(optimizer="momentum"):
    """A net's logs with one output replaced after another, and its losses beside those of one left alone."""
    alone, net, batch = (
        lane("eager", nets.sliced, optimizer),
        lane("eager", nets.sliced, optimizer),
        nets.batch(),
    )
    for one in (alone, net):
        one.step(batch)
    weights, plain = net.weights(), net.log_ops(batch, values=True)
    said = {"x": batch["x"].tolist(), "w": weights["w"].tolist(), "plain": values(plain), "fed": {}}
    products = [one.number for one in plain.ops if one.op == "aten.mm"]
    gradients = [one.number for one in plain.ops for name, _ in one.results if name == "gradient w"]
    slices = [one.number for one in plain.ops if one.op == "aten.slice"]
    for name, number in {"slice": slices[0], "product": products[0], "gradient": gradients[0]}.items():
        value = 2 * plain.ops[number].values[0].value() + 1
        log = net.log_ops(batch, values=True, feeds=[Feed(number, 0, Array.of(value))])
        told = {one: result(log, one) for one in ("loss", "gradient w", "parameter w")}
        said["fed"][name] = {"number": number, "value": value.tolist(), "values": values(log), **told}
    said["again"] = values(net.log_ops(batch, values=True, feeds=()))
    figures = [
        net.log_ops(batch, feeds=feeds).ops for feeds in ((), [Feed(slices[0], 0, Array.of(value[:2]))])
    ]
    said["figures"] = [[one.fingerprints[0].mean for one in ops] for ops in figures]
    said["losses"] = [[one.step(batch)["loss"] for _ in range(2)] for one in (alone, net)]
    return said


def sources():
    """What Inductor's cache is asked for with a file, once more, with a copy, and with the file edited."""
    from fwtui.backends.torch.dynamo import Sources  # an eager lane is asked before whether it imports this

    with TemporaryDirectory() as folder:
        here, there = Path(folder, "net.py"), Path(folder, "copy.py")
        for file in (here, there):
            file.write_text("x = 1\n")
        asked_for = [Sources([str(file)]).uuid() for file in (here, here, there)]
        here.write_text("# one\nx = 1\n")
        return [*asked_for, Sources([str(here)]).uuid()]


def fast():
    depths = [nets.batch(depth=depth) for depth in (2, 3, 2)]
    net = lane("eager", nets.sorting)
    return {
        "dropping": between("eager", nets.dropping, [nets.batch()] * 3),
        "adam": between("eager", nets.deep, depths, "adam"),
        "sources": sources(),
        "fed": fed(),
        "sorting": told(net.log_ops(nets.batch())),
        "whole": whole(net.log_ops(nets.batch(), values=True)),
        "figures": {
            name: [
                [getattr(found, key) for key in FIGURES]
                for found in (figures.fingerprint(tensor), figures.on_device(tensor))
            ]
            for name, tensor in VALUES.items()
        },
    }


def with_graphs(loss, batch):
    """A compiled lane's log once its graphs have been told, and the kernels in them."""
    net = lane("compile", loss)
    net.step(batch)
    kernels = [
        node
        for graph in net.graphs(batch)
        if isinstance(graph, Graph) and graph.kind.startswith("inductor")
        for node in graph.nodes
        if node.phase not in ("input", "constant")
    ]
    return {
        "kernels": [[node.name, node.phase, node.source and node.source[1]] for node in kernels],
        "log": told(net.log_ops(batch)),
    }


def slow():
    depths = [nets.batch(depth=depth) for depth in (2, 2, 3, 2)]
    return {
        "depths": between("compile", nets.deep, depths, "adam"),
        "dropping": between("compile", nets.dropping, [nets.batch()] * 3),
        "branching": between("compile", nets.branching, [nets.batch()] * 3),
        "told": with_graphs(nets.deep, nets.batch()),
        "eager depths": [lane("eager", nets.deep).graph_ran(batch) for batch in depths],
    }
