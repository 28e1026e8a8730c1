"""PyTorch's layers made to do what Keras's do, where the two differ however right a port is.

Each is exact, so that everything else is still judged. See `fwtui.core.known_differences`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from fwtui.core.known_differences import ADDED_BIAS, BATCHNORM_VARIANCE
from fwtui.core.lane_model import LaneWeight


def correct(module: nn.Module, expected: Sequence[str], weights: Iterable[LaneWeight]) -> None:
    """Make the module's layers do what is `expected` of them, names from `KNOWN_DIFFERENCES`."""
    if ADDED_BIAS in expected:
        parameters = dict(module.named_parameters())
        for one in weights:
            if one.added:
                parameters[one.added].requires_grad_(False)
    if BATCHNORM_VARIANCE in expected:
        for layer in module.modules():
            if isinstance(layer, _BatchNorm) and layer.track_running_stats:
                layer.register_forward_pre_hook(_before)
                layer.register_forward_hook(_biased)


def _before(layer: Any, given: tuple[Tensor, ...]) -> None:
    layer._fwtui_variance = layer.running_var.detach().clone() if layer.training else None


def _biased(layer: Any, given: tuple[Tensor, ...], gave: Tensor) -> None:
    """Replace the part of the running variance that this batch has, by the biased variance's."""
    if not layer.training:
        return
    kept = 1 - (1 / float(layer.num_batches_tracked) if layer.momentum is None else layer.momentum)
    count = given[0].numel() // given[0].shape[1]
    with torch.no_grad():
        old = layer._fwtui_variance * kept
        # Not the tensor itself: autograd has saved it, though the backward pass of training does not use it.
        layer.running_var.data.copy_(old + (layer.running_var - old) * ((count - 1) / count))
