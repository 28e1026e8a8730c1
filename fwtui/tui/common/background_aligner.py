"""Which op of one lane is which of the other, as new logs come: of long logs, beside the screen."""

from __future__ import annotations

from collections.abc import Callable

from fwtui.ops.align.log_pair import Logs, Pairing, is_quick, pair
from fwtui.race.race import LaneRun


class Aligner:
    """Keeps the newest pairing of the logs of one or two lanes.

    Args:
        beside: runs what takes longer than a key may wait, beside the screen, which looks again when it is
            done.

    Attributes:
        pairing: the last that is worked out; newer logs may have come since.
    """

    def __init__(self, beside: Callable[[Callable[[], None]], object]) -> None:
        self._beside = beside
        self._runs: tuple[LaneRun, ...] = ()
        self._work: _Work | None = None
        self.pairing = pair((None, None))

    @property
    def waits(self) -> bool:
        """Whether there is a log that is not shown, as nobody knows yet how it corresponds."""
        return self._work is not None and any(
            new is not None and old is None
            for new, old in zip(self._work.logs, self.pairing.logs, strict=True)
        )

    def take_in(self, runs: tuple[LaneRun, ...], logs: Logs) -> None:
        """Has the newest logs of these runs aligned, unless others still are.

        What was worked out meanwhile is taken even where newer logs came since: the next alignment is quick
        beside it, and where logs come faster than they are aligned, something is shown all the same.
        """
        if runs != self._runs:
            self._runs, self.pairing = runs, pair((None, None))
        if self._work is not None:
            if not self._work.done:
                return
            if self._work.runs == runs and self._work.pairing is not None:
                self.pairing = self._work.pairing
            self._work = None
        if logs[0] is self.pairing.logs[0] and logs[1] is self.pairing.logs[1]:
            return
        if is_quick(logs):
            self.pairing = pair(logs, self.pairing)
        else:
            self._work = _Work(runs, logs, self.pairing)
            self._beside(self._work.work)


class _Work:
    """One alignment.

    Attributes:
        pairing: what came out; None before it is done, or where it failed.
    """

    def __init__(self, runs: tuple[LaneRun, ...], logs: Logs, before: Pairing) -> None:
        self.runs, self.logs, self._before = runs, logs, before
        self.pairing: Pairing | None = None
        self.done = False

    def work(self) -> None:
        """Aligns the logs, and holds their values against each other, which takes a while too."""
        try:
            made = pair(self.logs, self._before)
            _ = made.differences
            self.pairing = made
        finally:
            self.done = True
