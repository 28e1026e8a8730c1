"""scikit-learn's handwritten digits, without importing scikit-learn, and the batches drawn from them.

The file that `sklearn.datasets.load_digits` reads is read here instead: measured on 2 cores, 11 to 26 ms and
2 MB against 0.7 to 1.3 s and 102 MB for the import, in a lane's process whose framework needs none of it.
Where the file lies is scikit-learn's own affair, so a test compares the two.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
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


@cache
def digits() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Images (1797, 64) with pixels in 0..1 and labels (1797,) in 0..9, both read-only.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.
        FileNotFoundError: the installed scikit-learn keeps the digits elsewhere.
    """
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "the handwritten digits come with scikit-learn, which is not installed: pip install scikit-learn",
            name="sklearn",
        )
    file = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    if not file.is_file():
        raise FileNotFoundError(
            f"the installed scikit-learn has no {file}: pip install --force-reinstall 'scikit-learn>=1.5'"
        )
    with gzip.open(file, "rt", encoding="ascii") as rows:
        table = np.loadtxt(rows, delimiter=",")
    images, labels = table[:, :PIXELS] / _DARKEST, table[:, PIXELS].astype(np.int64)
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
