"""The digit classifier in PyTorch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F  # noqa: N812, the name that PyTorch's own documentation uses
from torch import Tensor

from fwtui.core.workload import Loss
from fwtui.workloads.digits_mlp.workload import DigitsMlp


def loss(workload: DigitsMlp) -> Loss:
    """(params, batch) -> `loss`, the mean cross-entropy, and `accuracy`, the share classified rightly."""

    def classify(params: Mapping[str, Tensor], batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        hidden = torch.relu(batch["images"] @ params["w1"] + params["b1"])
        logits = hidden @ params["w2"] + params["b2"]
        right = logits.argmax(dim=1) == batch["labels"]
        return {
            "loss": F.cross_entropy(logits, batch["labels"]),
            "accuracy": right.to(logits.dtype).mean(),
        }

    return classify
