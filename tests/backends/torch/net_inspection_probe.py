"""What inspections say of PyTorch networks and leave behind, pickled for `test_net_inspection.py`.

Run as `python -m tests.backends.torch.net_inspection_probe FILE`. Each network is a function that makes a
loss, which gets `w` (3, 3) and the batch's `x` (4, 3).
"""

from __future__ import annotations

import pickle
import random
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F  # noqa: N812

from fwtui.backends.base import Job
from fwtui.backends.torch.step import build

X = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
W = np.random.default_rng(1).normal(size=(3, 3)).astype(np.float32)


def squares(tensor):
    return (tensor**2).sum()


def keeping(kept, loss):
    """The loss, with the module whose buffers an inspection must leave as they are."""
    loss.kept = kept
    return loss


def plain():
    return lambda params, batch: squares(batch["x"] @ params["w"])


def linear():
    layer = nn.Linear(3, 3)
    return lambda params, batch: squares(layer(batch["x"] @ params["w"]))


def nested():
    net = nn.Sequential(nn.Linear(3, 3), nn.Sequential(nn.Tanh(), nn.Linear(3, 1, bias=False)))
    return lambda params, batch: squares(net(batch["x"] @ params["w"]))


def leaf():
    scale = torch.ones(3, requires_grad=True)
    return lambda params, batch: squares(batch["x"] @ params["w"] * scale)


def leaves():
    weights = {"a": torch.ones(3, requires_grad=True), "list": [torch.ones(3, requires_grad=True)]}
    return lambda params, batch: squares(batch["x"] @ params["w"] * weights["a"] + weights["list"][0])


def hidden_leaf():
    class Holder:
        scale = torch.ones(3, requires_grad=True)

    holder = Holder()
    return lambda params, batch: squares(batch["x"] @ params["w"] * holder.scale)


def half():
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    return lambda params, batch: squares(functional_call(net, {"0.weight": params["w"]}, (batch["x"],)))


def functional():
    net = nn.Linear(3, 3, bias=False)
    return lambda params, batch: squares(functional_call(net, {"weight": params["w"]}, (batch["x"],)))


def frozen():
    layer = nn.Linear(3, 3).requires_grad_(False)
    return lambda params, batch: squares(layer(batch["x"] @ params["w"]))


def detached():
    layer = nn.Linear(3, 3)

    def loss(params, batch):
        with torch.no_grad():
            target = layer(batch["x"])
        return squares(batch["x"] @ params["w"] - target)

    return loss


def unused():
    layer = nn.Linear(3, 3)

    def loss(params, batch):
        layer(batch["x"])
        return squares(batch["x"] @ params["w"])

    return loss


def constant_buffer():
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("scale", torch.full((3,), 2.0))

        def forward(self, x):
            return x * self.scale

    net = Scaled()
    return lambda params, batch: squares(net(batch["x"] @ params["w"]))


def batch_norm(affine=False, training=True):
    norm = nn.BatchNorm1d(3, affine=affine).train(training)

    def loss(params, batch):
        return squares(norm(batch["x"] @ params["w"]) + 1)

    return keeping(norm, loss)


def inner_batch_norm():
    net = nn.Sequential(nn.Tanh(), nn.BatchNorm1d(3, affine=False, track_running_stats=True))

    def loss(params, batch):
        return squares(net(batch["x"] @ params["w"]) + 1)

    return keeping(net, loss)


def replaced_buffer():
    """A moving average that the module puts into the place of the one before."""

    class Average(nn.Module):
        mean: torch.Tensor

        def __init__(self):
            super().__init__()
            self.register_buffer("mean", torch.zeros(3))

        def forward(self, x):
            self.mean = 0.9 * self.mean + 0.1 * x.detach().mean(0)
            return x

    net = Average()

    def loss(params, batch):
        return squares(net(batch["x"] @ params["w"]))

    return keeping(net, loss)


def given_buffers():
    """Buffers of one call alone."""
    norm, mean = nn.BatchNorm1d(3, affine=False).eval(), torch.ones(3)

    def loss(params, batch):
        return squares(functional_call(norm, {"running_mean": mean}, (batch["x"] @ params["w"],)))

    return keeping(norm, loss)


def new_batch_norm():
    """Made anew in each call, so that nothing of it lasts."""
    return lambda params, batch: squares(
        nn.BatchNorm1d(3)(batch["x"] @ params["w"]).detach() + params["w"][0]
    )


def used_state():
    """A running mean that the loss depends on."""
    norm = nn.BatchNorm1d(3, affine=False)

    def loss(params, batch):
        hidden = batch["x"] @ params["w"]
        norm(hidden.detach())
        return squares(hidden - norm.running_mean)

    return keeping(norm, loss)


def dropout(p=0.5, training=True):
    return lambda params, batch: squares(F.dropout(batch["x"] @ params["w"], p, training))


def dropout_module():
    layer = nn.Dropout(0.5)
    return lambda params, batch: squares(layer(batch["x"] @ params["w"]))


def evaluating_dropout():
    layer = nn.Dropout(0.5).eval()
    return lambda params, batch: squares(layer(batch["x"] @ params["w"]))


def numpy_noise():
    return lambda params, batch: squares(batch["x"] @ params["w"] + float(np.random.normal()))


def python_noise():
    return lambda params, batch: squares(batch["x"] @ params["w"] + random.random())


def noise_in_vain():
    return lambda params, batch: squares(batch["x"] @ params["w"] + 0 * torch.rand(3))


def random_metric():
    def loss(params, batch):
        return {"loss": squares(batch["x"] @ params["w"]), "noise": torch.rand(())}

    return loss


def counter():
    calls = []

    def loss(params, batch):
        calls.append(1)
        return squares(batch["x"] @ params["w"]) * len(calls)

    return loss


def nan():
    return lambda params, batch: squares(batch["x"] @ params["w"]) * float("nan")


def infinite_then_finite():
    calls = []

    def loss(params, batch):
        calls.append(1)
        return squares(batch["x"] @ params["w"]) * (float("inf") if len(calls) % 2 else 1.0)

    return loss


NETS = {
    **{net.__name__: net for net in (plain, linear, nested, leaf, leaves, hidden_leaf, half, functional)},
    **{net.__name__: net for net in (frozen, detached, unused, constant_buffer)},
    **{net.__name__: net for net in (batch_norm, inner_batch_norm, new_batch_norm, used_state)},
    "replaced_buffer": replaced_buffer,
    "given_buffers": given_buffers,
    "trained batch_norm": lambda: batch_norm(affine=True),
    "evaluating batch_norm": lambda: batch_norm(training=False),
    **{net.__name__: net for net in (dropout, dropout_module, evaluating_dropout)},
    "dropout of nothing": lambda: dropout(0.0),
    "dropout that is off": lambda: dropout(training=False),
    **{net.__name__: net for net in (numpy_noise, python_noise, noise_in_vain, random_metric)},
    **{net.__name__: net for net in (counter, nan, infinite_then_finite)},
}


def state():
    """Of the process's random number generators, as bytes."""
    numpy = np.random.get_state(legacy=False)
    return pickle.dumps((torch.get_rng_state().numpy().tobytes(), random.getstate(), numpy))


def inspected(make):
    """What is said, and whether random numbers, weights and buffers are what they were."""
    torch.manual_seed(0)
    loss = make()
    workload = SimpleNamespace(loss=lambda _: loss)
    backend = build("eager", Job(workload, {"w": W}, {}, {}, "cpu", "sgd", 0.01))
    kept = getattr(loss, "kept", nn.Module())
    buffers = {name: buffer.clone() for name, buffer in kept.named_buffers()}
    before = state()
    net = backend.inspect({"x": X})
    return {
        "net": net,
        "random": state() == before,
        "weights": np.array_equal(backend.weights()["w"], W),
        "buffers": all(torch.equal(buffer, buffers[name]) for name, buffer in kept.named_buffers()),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    Path(sys.argv[1]).write_bytes(pickle.dumps({name: inspected(make) for name, make in NETS.items()}))
