"""The two-layer net in PyTorch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from fwtui.core.workload import Loss
from fwtui.workloads.two_layer.workload import TwoLayer


def loss(workload: TwoLayer) -> Loss:
    """(params, batch) -> the squared error, summed or as the mean of the rows' sums; a scalar."""

    def squared_error(params: Mapping[str, Tensor], batch: Mapping[str, Tensor]) -> Tensor:
        hidden = torch.relu(batch["x"] @ params["w1"])
        predicted = hidden @ params["w2"]
        error = torch.square(predicted - batch["y"])
        return error.sum() if workload.reduction == "sum" else error.sum(dim=1).mean()

    return squared_error
