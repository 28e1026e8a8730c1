"""How large a quantity was at first: what later, smaller values of it are held against."""

from __future__ import annotations

from statistics import median

from fwtui.core.numerical_policy import FIRST_STEPS, MIN_FIRST_VALUES


class InitialScale:
    """The running median of one quantity's magnitude in the first ten steps.

    With the first one alone, a single batch of outliers at the start would hide every later difference.
    """

    def __init__(self) -> None:
        self._first: list[float] = []

    def update(self, step: int, magnitude: float) -> float:
        """Take one more magnitude into account, and return the scale by now."""
        if step < FIRST_STEPS or len(self._first) < MIN_FIRST_VALUES:
            self._first.append(magnitude)
        return median(self._first)
