"""Analyses that may fail without ending the app: matching is heuristic, and lanes train on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from fwtui.core.text import plain

_T = TypeVar("_T")
RunInBackground = Callable[[Callable[[], None]], object]
"""Runs a function in a thread; the screen is refreshed when it is done."""
LogError = Callable[[Exception], object]
"""Writes an exception with its traceback to a log."""


@dataclass(frozen=True, slots=True)
class AnalysisContext:
    """What an analysis needs of its screen.

    Attributes:
        run_in_background: for what takes longer than a key may wait.
        log_error: for what fails.
    """

    run_in_background: RunInBackground
    log_error: LogError

    def attempt(self, analysis: str, work: Callable[[], _T]) -> tuple[_T | None, str]:
        """Return the result of `work` and ""; or None, and one line that says what failed.

        Args:
            analysis: what `work` does, such as "matching the ops".
        """
        try:
            return work(), ""
        except Exception as error:  # an error of fwtui's own, which must not end the lanes
            self.log_error(error)
            return None, failure(analysis, error)


def failure(analysis: str, error: Exception) -> str:
    """One line that says what failed, and where its traceback is; its end may be cut."""
    return f"{analysis} failed, see the log (l): {plain(f'{type(error).__name__}: {error}')}"
