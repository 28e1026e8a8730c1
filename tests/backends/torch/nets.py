"""Small nets that make Dynamo recompile, or break its graph; the tests name their lines."""

from __future__ import annotations

import numpy as np
import torch


def parameters():
    return {"w": np.random.default_rng(0).standard_normal((3, 3)) / 2}


def batch(rows=4, depth=2):
    return {"x": np.random.default_rng(1).standard_normal((rows, 3)), "depth": depth}


def deep(params, batch):
    """Also tells whether it runs compiled."""
    hidden = batch["x"]
    for _ in range(batch["depth"]):
        hidden = torch.tanh(hidden @ params["w"])
    return {"loss": (hidden**2).sum(), "compiled": torch.tensor(float(torch.compiler.is_compiling()))}


def printing(params, batch):
    hidden = batch["x"] @ params["w"]
    print("in the net")  # noqa: T201
    return (hidden**2).sum()


def branching(params, batch):
    hidden = batch["x"] @ params["w"]
    if hidden.sum().item() > 1e9:
        hidden = hidden * 2
    return (hidden**2).sum()


def dropping(params, batch):
    hidden = torch.dropout(batch["x"] @ params["w"], 0.5, train=True)
    return (hidden**2).sum()


def sorting(params, batch):
    """Takes the second of an op's outputs, also in the backward pass."""
    ranked, places = torch.sort(batch["x"] @ params["w"])
    return (ranked * places).sum()


def sliced(params, batch):
    """Takes the first rows once more by themselves."""
    rows = batch["x"][:2]
    few = torch.tanh(rows @ params["w"])
    every = torch.tanh(batch["x"] @ params["w"])
    return (few**2).sum() + (every**2).sum()
