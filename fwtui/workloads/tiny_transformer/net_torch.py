"""The transformer in PyTorch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F  # noqa: N812, the name that PyTorch's own documentation uses
from torch import Tensor

from fwtui.core.workload import Loss
from fwtui.workloads.tiny_transformer.workload import EPSILON, TinyTransformer

Params = Mapping[str, Tensor]


def loss(workload: TinyTransformer) -> Loss:
    """(params, batch) -> `loss`, the mean cross-entropy, and `accuracy`, the share guessed rightly."""

    def norm(params: Params, name: str, x: Tensor) -> Tensor:
        return F.layer_norm(x, (workload.width,), params[f"{name}.scale"], params[f"{name}.shift"], EPSILON)

    def attention(params: Params, block: str, x: Tensor) -> Tensor:
        # (batch, length, 3 width) to queries, keys and values, each (batch, heads, length, head)
        split = torch.unflatten(x @ params[f"{block}.qkv"], -1, (3, workload.heads, -1))
        queries, keys, values = split.permute(2, 0, 3, 1, 4).unbind()
        heads = F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
        return heads.transpose(1, 2).flatten(2) @ params[f"{block}.out"] + params[f"{block}.out_bias"]

    def mlp(params: Params, block: str, x: Tensor) -> Tensor:
        wide = F.gelu(x @ params[f"{block}.up"] + params[f"{block}.up_bias"])
        return wide @ params[f"{block}.down"] + params[f"{block}.down_bias"]

    def guess(params: Params, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        x = F.embedding(batch["inputs"], params["embedding"]) + params["positions"]
        for number in range(1, workload.blocks + 1):
            block = f"block{number}"
            x = x + attention(params, block, norm(params, f"{block}.norm1", x))
            x = x + mlp(params, block, norm(params, f"{block}.norm2", x))
        logits = norm(params, "norm", x) @ params["dense"] + params["dense_bias"]
        right = logits.argmax(dim=-1) == batch["targets"]
        return {
            "loss": F.cross_entropy(logits.flatten(0, 1), batch["targets"].flatten()),
            "accuracy": right.to(logits.dtype).mean(),
        }

    return guess
