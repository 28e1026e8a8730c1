"""The network of changing depth in PyTorch: a Python loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812, the name that PyTorch's own documentation uses
from torch import Tensor

from fwtui.core.workload import Loss
from fwtui.workloads.dynamic_depth.workload import DynamicDepth


def loss(workload: DynamicDepth) -> Loss:
    """(params, batch) -> the mean squared error of a network as deep as the batch says; a scalar."""

    def squared_error(params: Mapping[str, Tensor], batch: Mapping[str, Any]) -> Tensor:
        hidden = torch.tanh(batch["x"] @ params["w_in"] + params["b_in"])
        for _ in range(batch["depth"]):
            hidden = torch.tanh(hidden @ params["w_middle"] + params["b_middle"])
        predicted = hidden @ params["w_out"] + params["b_out"]
        return F.mse_loss(predicted, batch["y"])

    return squared_error
