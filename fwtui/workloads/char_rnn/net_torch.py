"""The recurrent network in PyTorch, by its own GRU layer."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F  # noqa: N812, the name that PyTorch's own documentation uses
from torch import Tensor, nn
from torch.func import functional_call

from fwtui.core.workload import Loss
from fwtui.workloads.char_rnn.workload import CharRnn


def loss(workload: CharRnn) -> Loss:
    """(params, batch) -> `loss`, the mean cross-entropy, and `accuracy`, the share guessed rightly."""
    # On the meta device it has no weights of its own, only the way from given ones to the states.
    layer = nn.GRU(workload.embedded, workload.hidden, batch_first=True, device="meta")

    def states(params: Mapping[str, Tensor], embedded: Tensor) -> Tensor:
        # A function of its own: the compiler cannot take in nn.GRU, and would give up all that is around it.
        above, below = params["bias"]
        weights = {
            "weight_ih_l0": _turned(params["kernel"]).t(),
            "weight_hh_l0": _turned(params["recurrent"]).t(),
            "bias_ih_l0": _turned(above),
            "bias_hh_l0": _turned(below),
        }
        every: Tensor
        every, _ = functional_call(layer, weights, (embedded,))
        return every

    def guess(params: Mapping[str, Tensor], batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        embedded = F.embedding(batch["inputs"], params["embedding"])
        logits = states(params, embedded) @ params["dense"] + params["dense_bias"]
        right = logits.argmax(dim=-1) == batch["targets"]
        return {
            "loss": F.cross_entropy(logits.flatten(0, 1), batch["targets"].flatten()),
            "accuracy": right.to(logits.dtype).mean(),
        }

    return guess


def _turned(weights: Tensor) -> Tensor:
    """Columns of the gates z, r, n, as stored, in PyTorch's order r, z, n."""
    z, r, n = weights.chunk(3, dim=-1)
    return torch.cat((r, z, n), dim=-1)
