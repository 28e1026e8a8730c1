"""`--data FILE.npz`: a file's arrays, and minibatches of them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from fwtui.race.spec import SpecError
from fwtui.workloads.base import Arrays, Batch


def check(path: str) -> None:
    """Opens the file without reading its arrays; SpecError where it is no `.npz`."""
    with _opened(path):
        pass


def read(path: str) -> Arrays:
    """Every array of the file, read-only, for all that read them share them; SpecError as `check`."""
    with _opened(path) as file:
        arrays = {}
        for name in file.files:
            try:
                arrays[name] = file[name]
            except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
                raise _error(path, f"'{name}' cannot be read: {error}") from None
            arrays[name].flags.writeable = False
    return arrays


def minibatches(path: str, data: Arrays, batch: int, rng: np.random.Generator) -> Iterator[Batch]:
    """`batch` rows of every array, in a new order each epoch; what does not fill a batch is dropped.

    Raises:
        SpecError: the arrays have no rows, not equally many, or fewer than `batch`.
    """
    lengths = {name: len(array) if array.ndim else None for name, array in data.items()}
    if len(set(lengths.values())) != 1 or None in lengths.values():
        told = ", ".join(f"{name} {'none' if n is None else n}" for name, n in lengths.items())
        raise _error(path, f"rows must be equally many in all arrays, and are: {told}")
    rows = len(next(iter(data.values())))
    if batch > rows:
        raise SpecError("--batch", batch, f"a whole number from 1 to {rows:,}, the rows of the data")
    while True:
        order = rng.permutation(rows)
        for start in range(0, rows - batch + 1, batch):
            chosen = order[start : start + batch]
            yield {name: array[chosen] for name, array in data.items()}


def _opened(path: str) -> Any:
    try:
        file = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "it is none"
        raise _error(path, why) from None
    if not isinstance(file, np.lib.npyio.NpzFile):
        raise _error(path, "it is a single array")
    if not file.files:
        file.close()
        raise _error(path, "it holds no array")
    return file


def _error(path: str, why: str) -> SpecError:
    return SpecError("--data", path, f"an .npz file as numpy.savez writes it ({why})")
