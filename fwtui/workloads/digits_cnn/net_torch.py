"""The convolutional classifier in PyTorch, channels before pixels."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F  # noqa: N812, the name that PyTorch's own documentation uses
from torch import Tensor

from fwtui.core.workload import Loss
from fwtui.workloads.digits import SIDE
from fwtui.workloads.digits_cnn.workload import DigitsCnn


def loss(workload: DigitsCnn) -> Loss:
    """(params, batch) -> `loss`, the mean cross-entropy, and `accuracy`, the share classified rightly."""

    def convolve(maps: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
        # (height, width, in, out), as stored, to (out, in, height, width)
        convolved = F.conv2d(maps, kernel.permute(3, 2, 0, 1), bias, padding="same")
        return F.max_pool2d(torch.relu(convolved), 2)

    def classify(params: Mapping[str, Tensor], batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        images = batch["images"].reshape(-1, 1, SIDE, SIDE)
        maps = convolve(images, params["kernel1"], params["bias1"])
        maps = convolve(maps, params["kernel2"], params["bias2"])
        # The rows of `dense` go by height, width and channel.
        features = maps.permute(0, 2, 3, 1).flatten(1)
        logits = features @ params["dense"] + params["bias3"]
        right = logits.argmax(dim=1) == batch["labels"]
        return {
            "loss": F.cross_entropy(logits, batch["labels"]),
            "accuracy": right.to(logits.dtype).mean(),
        }

    return classify
