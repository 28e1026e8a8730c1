"""The pairs of two sequences that keep both sequences' order, with the highest sum of scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def ordered_pairs(scores: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Needleman and Wunsch's alignment without a price for gaps, a row of the table at once.

    Args:
        scores: (left, right); a pair of 0 or less is none.

    Source:
        Needleman and Wunsch, J. Mol. Biol. 48, 1970, 443–453.
    """
    left, right = scores.shape
    best = np.zeros((left + 1, right + 1), np.float32)
    gains = np.maximum(scores, 0)
    for row in range(left):
        np.maximum(best[row, 1:], best[row, :-1] + gains[row], out=best[row + 1, 1:])
        np.maximum.accumulate(best[row + 1], out=best[row + 1])
    pairs = []
    while left and right:
        if best[left, right] == best[left - 1, right]:
            left -= 1
        elif best[left, right] == best[left, right - 1]:
            right -= 1
        else:
            left, right = left - 1, right - 1
            pairs.append((left, right))
    return pairs[::-1]
