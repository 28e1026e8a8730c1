"""A parity check in the background: races of its own in a thread, while the lanes wait."""

from __future__ import annotations

import threading
from dataclasses import replace

from fwtui.core.spec import Probes, RaceSpec
from fwtui.format import numbers
from fwtui.measure.history import History
from fwtui.parity.check import check
from fwtui.parity.finding import Finding, tolerances
from fwtui.session.run import Result, Watch, run
from fwtui.tui.common.analysis import LogError

MOST_STEPS = 1_000
"""A check trains every lane twice over, so a long run is checked from its start only so far."""


class _StoppedError(Exception):
    """The check was stopped between two of its races."""


class ParityJob:
    """One check.

    Attributes:
        finding: what it came to; None before that, and where it was stopped.
        failure: why it came to nothing by itself; "" where it did not.
        progress: what it does at the moment.
        is_interrupted: whether it was ended because a lane was asked for something meanwhile.
    """

    def __init__(self, spec: RaceSpec, steps: int, log_error: LogError, is_automatic: bool = False) -> None:
        """
        Args:
            spec: what runs on the screen.
            steps: how many steps of it to check.
            log_error: for an error of fwtui's own in the check.
            is_automatic: whether it started by itself.
        """
        lanes = tuple(
            replace(lane, steps=steps, pace=None, linger=False, probes=lane.probes or Probes())
            for lane in spec.lanes
        )
        # Whatever the host on the screen: frameworks that are imported here could not be got rid of.
        self._spec = replace(spec, lanes=lanes, host="process")
        self._log_error = log_error
        self._stop, self._ended = threading.Event(), threading.Event()
        self._stage = "starting"
        self.progress = "starting"
        self.steps, self.is_automatic = steps, is_automatic
        self.is_interrupted = False
        self.finding: Finding | None = None
        self.failure = ""

    @property
    def running(self) -> bool:
        """Whether it still goes on."""
        return not self._ended.is_set()

    def work(self) -> None:
        """Runs the check; to be called in a thread of its own."""
        try:
            finding = check(self._spec, tolerances(self._spec), self._run, say=self._say)
            if not self._stop.is_set():
                self.finding = finding
        except _StoppedError:
            pass
        except Exception as error:  # the race on the screen has nothing to do with it
            self._log_error(error)
            self.failure = f"{type(error).__name__}: {error}"
        finally:
            self._ended.set()

    def stop(self) -> None:
        """Has it end soon, without a finding."""
        self._stop.set()

    def _say(self, stage: str) -> None:
        self._stage = self.progress = stage

    def _run(self, spec: RaceSpec, watch: Watch) -> Result:
        if self._stop.is_set():
            raise _StoppedError

        def watching(lanes: list[History]) -> None:
            watch(lanes)
            done, total = min(lane.steps for lane in lanes), max(lane.steps for lane in spec.lanes)
            self.progress = (
                f"{self._stage}: {done:,} of {total:,} steps in {numbers.plural(len(lanes), 'lane')}"
            )

        return run(spec, watching, self._stop)
