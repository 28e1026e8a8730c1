"""A recurrent network that guesses the next character, on text whose length changes from step to step.

Each framework uses its own GRU layer: PyTorch's has the equations of Keras's with `reset_after=True`, but
another order of the gates, and its matrices lie the other way round. With x the character's embedding, h the
state before it, and ∘ element by element:

    z = σ(x·Wz + bz + h·Uz + cz)
    r = σ(x·Wr + br + h·Ur + cr)
    n = tanh(x·Wn + bn + r ∘ (h·Un + cn))
    h ← (1 − z) ∘ n + z ∘ h

(https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html). The weights are stored once, as Keras has
them; PyTorch turns them, which costs it little of a step, where TensorFlow would pay more for an eager op.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fwtui.core.workload import Arrays, Batch
from fwtui.workloads import text
from fwtui.workloads.base import PackagedWorkload
from fwtui.workloads.initial import lecun_normal

HELD_OUT_WINDOWS = 64


@dataclass(frozen=True, kw_only=True)
class CharRnn(PackagedWorkload):
    """Embedding → GRU → dense to 96 characters, softmax cross-entropy at every place of the text.

    Attributes:
        batch: windows of text a step.
        longest: characters that a window has at most, itself at most 1,024 (SpecError).
        embedded: numbers that stand for one character.
        hidden: numbers in the GRU's state.
    """

    summary: ClassVar[str] = "next character of English text by a GRU, text of changing length"

    batch: int = 32
    longest: int = 36
    embedded: int = 32
    hidden: int = 64

    STEPS: int = 300
    OPTIMIZER: str = "adam"
    LEARNING_RATE: float = 5e-3

    def __post_init__(self) -> None:
        text.check_length("--size longest", self.longest)

    def lengths(self) -> tuple[int, ...]:
        """What a batch's windows may have: a third, a half, two thirds or all of `longest` characters."""
        return tuple(sorted({max(1, self.longest * sixths // 6) for sixths in (2, 3, 4, 6)}))

    def parameters(self, rng: np.random.Generator) -> Arrays:
        """`embedding` (96, embedded), `kernel` (embedded, 3 hidden), `recurrent` (hidden, 3 hidden), `bias`
        (2, 3 hidden), `dense` (hidden, 96) and `dense_bias` (96,), float64.

        The columns of the GRU's weights belong to its gates z, r and n, in this order; `bias` has b above and
        c below. Embeddings are standard normal, weights LeCun's normal ones, biases zero.
        """
        gates, characters = 3 * self.hidden, len(text.ALPHABET)
        return {
            "embedding": rng.standard_normal((characters, self.embedded)),
            "kernel": lecun_normal(rng, self.embedded, gates),
            "recurrent": lecun_normal(rng, self.hidden, gates),
            "bias": np.zeros((2, gates)),
            "dense": lecun_normal(rng, self.hidden, characters),
            "dense_bias": np.zeros(characters),
        }

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """`inputs` and `targets`, both (batch, length) int64, of another length in each step."""
        lengths = self.lengths()
        while True:
            yield text.draw(rng, self.batch, int(rng.choice(lengths)))

    def held_out(self, rng: np.random.Generator) -> Batch:
        """64 of the longest windows, spread over the held-out text; the same for every seed."""
        return text.spread(HELD_OUT_WINDOWS, self.longest)

    def shape(self) -> str:
        """Such as `32×12…36×96→32→64→96 gru`."""
        lengths, characters = self.lengths(), len(text.ALPHABET)
        widths = f"{characters}→{self.embedded}→{self.hidden}→{characters}"
        return f"{self.batch}×{lengths[0]}…{lengths[-1]}×{widths} gru"


PRESETS: dict[str, PackagedWorkload] = {"default": CharRnn()}
