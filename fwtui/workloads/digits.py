"""Handwritten digits, and the batches drawn from them.

`digits.npz` has the 1,797 images of 8×8 pixels that are the test set of "Optical Recognition of Handwritten
Digits" (E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998, https://doi.org/10.24432/C50P49,
CC BY 4.0), as scikit-learn's `load_digits` gives them: pixels from 0 to 16 in `images` (1797, 64) and
`labels` (1797,), both uint8.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.core.inputs import SpecError
from fwtui.core.workload import Batch

COUNT = 1797
SIDE = 8
PIXELS = SIDE * SIDE
CLASSES = 10
HELD_OUT = COUNT // 5
TRAINED = COUNT - HELD_OUT
_DARKEST = 16.0
_FILE = Path(__file__).with_name("digits.npz")


@cache
def digits() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Images (1797, 64) with pixels in 0..1 and labels (1797,) in 0..9, both read-only."""
    with np.load(_FILE, allow_pickle=False) as stored:
        images, labels = stored["images"] / _DARKEST, stored["labels"].astype(np.int64)
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


def check_batch(size: int) -> None:
    """SpecError for a batch of more images than are trained on."""
    if size > TRAINED:
        accepted = f"a whole number from 1 to {TRAINED:,}, the images that are trained on"
        raise SpecError("--size batch", size, accepted)


def batches(rng: np.random.Generator, size: int) -> Iterator[Batch]:
    """`images` (size, 64) float64 and `labels` (size,) int64, in a new order every epoch.

    What does not fill a batch at the end of an epoch is dropped, so that shapes stay.
    """
    _, trained = _split(rng)
    while True:
        order = rng.permutation(trained)
        for start in range(0, TRAINED - size + 1, size):
            yield _rows(order[start : start + size])


def held_out(rng: np.random.Generator) -> Batch:
    """The fifth of the digits that no batch holds, as one batch of 359."""
    held, _ = _split(rng)
    return _rows(held)


def _split(rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which digits are held out and which are trained on: the first thing that `rng` is asked for."""
    order = rng.permutation(COUNT)
    return order[:HELD_OUT], order[HELD_OUT:]


def _rows(chosen: NDArray[Any]) -> Batch:
    images, labels = digits()
    return {"images": images[chosen], "labels": labels[chosen]}
