"""The usual losses of a module's output and a batch's `y`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from fwtui.core.named_losses import check_target, inputs_and_target, inputs_of
from fwtui.core.nested import flattened


def loss(name: str, module: nn.Module, batch: Mapping[str, Any]) -> Tensor:
    """The mean loss of this name: of logits (…, classes) and whole numbers (…), or of two of one shape."""
    inputs, target = inputs_and_target(batch)
    output = module(*inputs)
    check_target(name, target.shape, output.shape)
    if name == "cross-entropy":
        return functional.cross_entropy(output.reshape(-1, output.shape[-1]), target.reshape(-1).long())
    target = target.to(output.dtype).reshape(output.shape)
    functions: dict[str, Any] = {
        "binary-cross-entropy": functional.binary_cross_entropy_with_logits,
        "mse": functional.mse_loss,
        "mae": functional.l1_loss,
        "huber": functional.huber_loss,
    }
    found: Tensor = functions[name](output, target)
    return found


def outputs_loss(module: nn.Module, batch: Mapping[str, Any]) -> Tensor:
    """A scalar that depends on every element of what a module gives, and on no order of them: of (1 + x)³.

    Raises:
        ValueError: it gives no floating-point tensor.
    """
    gave = module(*inputs_of(batch))
    found = [
        one for _, one in flattened(gave, lambda one: isinstance(one, Tensor)) if one.is_floating_point()
    ]
    if not found:
        raise ValueError("the model gives no floating-point tensor")
    return torch.stack([((1 + one) ** 3).mean() for one in found]).sum()
