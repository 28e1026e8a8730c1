"""Keeps two op logs aligned as new ones come: long ones in the background."""

from __future__ import annotations

from fwtui.ops.align.log_pair import Logs, Pairing, is_quick, pair, unmatched
from fwtui.race.race import LaneRun
from fwtui.tui.common.analysis import AnalysisContext

_MATCHING = "matching the ops"


class Aligner:
    """Keeps the newest alignment of the logs of one or two lanes.

    Attributes:
        pairing: the last one that is ready; newer logs may have come since.
        failure: why the logs that are shown could not be matched; "" where they are.
    """

    def __init__(self, context: AnalysisContext) -> None:
        self._context = context
        self._runs: tuple[LaneRun, ...] = ()
        self._work: _Work | None = None
        self.pairing = unmatched((None, None))
        self.failure = ""

    @property
    def waits(self) -> bool:
        """Whether a log is not shown yet because it is still being aligned."""
        return self._work is not None and any(
            new is not None and old is None
            for new, old in zip(self._work.logs, self.pairing.logs, strict=True)
        )

    def take_in(self, runs: tuple[LaneRun, ...], logs: Logs) -> None:
        """Align the newest logs of these runs, unless others are being aligned.

        A result is shown even where newer logs have come since: the next alignment reuses it and is quick,
        and something is shown even where logs come faster than they can be aligned.
        """
        if runs != self._runs:
            self._runs, self.pairing, self.failure = runs, unmatched((None, None)), ""
        if self._work is not None:
            if not self._work.is_done:
                return
            if self._work.runs == runs:
                self._show(self._work)
            self._work = None
        if logs[0] is self.pairing.logs[0] and logs[1] is self.pairing.logs[1]:
            return
        work = _Work(self._context, runs, logs, self.pairing)
        if is_quick(logs):
            work.run()
            self._show(work)
        else:
            self._work = work
            self._context.run_in_background(work.run)

    def _show(self, work: _Work) -> None:
        self.pairing, self.failure = work.pairing or unmatched(work.logs), work.failure


class _Work:
    """One alignment.

    Attributes:
        pairing: the result; None before it is done, and where it failed.
        failure: why it failed; "" where it did not.
    """

    def __init__(
        self, context: AnalysisContext, runs: tuple[LaneRun, ...], logs: Logs, before: Pairing
    ) -> None:
        self.runs, self.logs = runs, logs
        self._context, self._before = context, before
        self.pairing: Pairing | None = None
        self.failure = ""
        self.is_done = False

    def run(self) -> None:
        """Align the logs and compare their values, which takes a while too."""
        self.pairing, self.failure = self._context.attempt(_MATCHING, self._match)
        self.is_done = True

    def _match(self) -> Pairing:
        made = pair(self.logs, self._before)
        _ = made.differences
        return made
