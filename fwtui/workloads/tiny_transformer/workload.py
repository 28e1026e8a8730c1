"""A transformer that guesses the next character, small enough to take many steps a second on one core.

Blocks with the norms in front, as in GPT-2 (Radford et al. 2019; Vaswani et al. 2017, arXiv:1706.03762):

    x ← x + attention(norm(x))
    x ← x + mlp(norm(x))

Attention is causal and scaled by 1/√(width of a head); the norm divides by √(variance + ε), with the
variance over the width, not corrected; GELU is the exact one, x·Φ(x), and not its tanh approximation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fwtui.core.inputs import SpecError
from fwtui.core.workload import Arrays, Batch
from fwtui.workloads import text
from fwtui.workloads.base import PackagedWorkload
from fwtui.workloads.initial import lecun_normal

EPSILON = 1e-5
WIDENING = 4
"""How many times wider than the rest the MLP's hidden layer is."""

HELD_OUT_WINDOWS = 64
MAX_BLOCKS = 32
_EMBEDDED = 0.1


@dataclass(frozen=True, kw_only=True)
class TinyTransformer(PackagedWorkload):
    """Embedding and learned positions → blocks → norm → dense to 96 characters, softmax cross-entropy.

    Attributes:
        batch: windows of text a step.
        length: characters of each window, at most 1,024 (SpecError).
        width: numbers that stand for one character throughout; a multiple of `heads` (SpecError).
        heads: of each block's attention.
        blocks: how many blocks, at most 32 (SpecError).
    """

    summary: ClassVar[str] = "next character of English text by a transformer with causal attention"

    batch: int = 16
    length: int = 32
    width: int = 32
    heads: int = 4
    blocks: int = 2

    STEPS: int = 500
    OPTIMIZER: str = "adam"
    LEARNING_RATE: float = 2e-3

    def __post_init__(self) -> None:
        text.check_length("--size length", self.length)
        if self.width % self.heads:
            raise SpecError("--size width", self.width, f"a multiple of the {self.heads} heads")
        if self.blocks > MAX_BLOCKS:
            raise SpecError("--size blocks", self.blocks, f"a whole number from 1 to {MAX_BLOCKS}")

    def parameters(self, rng: np.random.Generator) -> Arrays:
        """First `embedding` (96, width) and `positions` (length, width); then those of each block, named
        `block1.…` and so on; last `norm.scale`, `norm.shift`, `dense` (width, 96) and `dense_bias`; float64.

        A block has `norm1.scale`, `norm1.shift` and `norm2.…` (width,), `qkv` (width, 3 width) with the
        columns of queries, keys and values, `out` (width, width), `up` (width, 4 width), `down` (4 width,
        width), and a bias for each of the last three. `qkv` has none: a softmax does not see that of the
        keys, whose gradient would be rounding alone.

        Embedding and positions are normal with standard deviation 0.1, weights LeCun's normal ones; scales
        are one, biases and shifts zero.
        """
        characters = len(text.ALPHABET)
        first = {
            "embedding": rng.normal(0, _EMBEDDED, (characters, self.width)),
            "positions": rng.normal(0, _EMBEDDED, (self.length, self.width)),
        }
        for number in range(1, self.blocks + 1):
            block = self._block(rng)
            first |= {f"block{number}.{name}": array for name, array in block.items()}
        return {
            **first,
            **_norm("norm", self.width),
            "dense": lecun_normal(rng, self.width, characters),
            "dense_bias": np.zeros(characters),
        }

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """`inputs` and `targets`, both (batch, length) int64."""
        while True:
            yield text.draw(rng, self.batch, self.length)

    def held_out(self, rng: np.random.Generator) -> Batch:
        """64 windows, spread over the held-out text; the same for every seed."""
        return text.spread(HELD_OUT_WINDOWS, self.length)

    def shape(self) -> str:
        """Such as `16×32×96→32→96, 2 blocks of 4 heads`."""
        characters = len(text.ALPHABET)
        widths = f"{characters}→{self.width}→{characters}"
        return f"{self.batch}×{self.length}×{widths}, {self.blocks} blocks of {self.heads} heads"

    def _block(self, rng: np.random.Generator) -> Arrays:
        width, wide = self.width, WIDENING * self.width
        return {
            **_norm("norm1", width),
            "qkv": lecun_normal(rng, width, 3 * width),
            "out": lecun_normal(rng, width, width),
            "out_bias": np.zeros(width),
            **_norm("norm2", width),
            "up": lecun_normal(rng, width, wide),
            "up_bias": np.zeros(wide),
            "down": lecun_normal(rng, wide, width),
            "down_bias": np.zeros(width),
        }


def _norm(name: str, width: int) -> Arrays:
    return {f"{name}.scale": np.ones(width), f"{name}.shift": np.zeros(width)}


PRESETS: dict[str, PackagedWorkload] = {"default": TinyTransformer()}
