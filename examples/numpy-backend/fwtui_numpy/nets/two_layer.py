"""The two-layer net in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from fwtui.workloads.two_layer.workload import TwoLayer


def loss(workload: TwoLayer) -> Callable[..., Any]:
    """(params, batch) -> the squared error, summed or as the mean of the rows' sums, and its gradients."""

    def squared_error(params: Mapping[str, Any], batch: Mapping[str, Any]) -> tuple[Any, Any]:
        rows = 1 if workload.reduction == "sum" else len(batch["x"])
        hidden = np.maximum(batch["x"] @ params["w1"], 0)
        error = hidden @ params["w2"] - batch["y"]
        by_predicted = 2 * error / rows
        by_hidden = (by_predicted @ params["w2"].T) * (hidden > 0)
        gradients = {"w1": batch["x"].T @ by_hidden, "w2": hidden.T @ by_predicted}
        return {"loss": np.square(error).sum() / rows}, gradients

    return squared_error
