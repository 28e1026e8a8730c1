"""The straight line in PyTorch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from fwtui.core.workload import Loss
from fwtui_numpy.straight_line.workload import StraightLine


def loss(workload: StraightLine) -> Loss:
    """(params, batch) -> the mean squared error."""

    def squared_error(params: Mapping[str, Tensor], batch: Mapping[str, Tensor]) -> Tensor:
        return torch.square(params["slope"] * batch["x"] + params["intercept"] - batch["y"]).mean()

    return squared_error
