"""The straight line in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from fwtui_numpy.straight_line.workload import StraightLine


def loss(workload: StraightLine) -> Callable[..., Any]:
    """(params, batch) -> the mean squared error, and its gradients."""

    def squared_error(params: Mapping[str, Any], batch: Mapping[str, Any]) -> tuple[Any, Any]:
        error = params["slope"] * batch["x"] + params["intercept"] - batch["y"]
        gradients = {
            "slope": np.array([2 * (error * batch["x"]).mean()], error.dtype),
            "intercept": np.array([2 * error.mean()], error.dtype),
        }
        return {"loss": np.square(error).mean()}, gradients

    return squared_error
