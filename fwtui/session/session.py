"""The lanes of a race, with all that is compared of them: for the screen, the commands and the Python API."""

from __future__ import annotations

from collections.abc import Sequence

from fwtui.core.spec import RaceSpec
from fwtui.measure.comparability import incomparable
from fwtui.measure.history import History
from fwtui.measure.loss_gap import LossComparison, LossGap
from fwtui.measure.probe_gap import ProbeComparison
from fwtui.measure.speed import Speed, speed
from fwtui.session.probe_summary import ProbeSummary
from fwtui.session.same_answer import SameAnswer, least_exact, same_answer
from fwtui.workloads.catalogue import batch_sizes


class Session:
    """Compares what the lanes have sent so far, and judges it.

    Args:
        lanes: the histories, which grow meanwhile.
        steps: how many steps are compared; None: all.

    Attributes:
        dtype: the least exact one among the lanes: its rounding is what a gap must allow for.
        probes: the comparison of all gradients and parameters that the lanes have sent.
        summary: what that comes to.
    """

    def __init__(self, spec: RaceSpec, lanes: Sequence[History], steps: int | None = None) -> None:
        self.spec, self.lanes = spec, lanes
        self.dtype = least_exact(spec.lanes)
        self._losses = LossComparison(self.dtype, steps=steps)
        self.probes = ProbeComparison(self.dtype)
        self.summary = ProbeSummary(self.dtype, self.gap.tolerance)

    @property
    def gap(self) -> LossGap:
        """How far apart the losses are that were compared."""
        return self._losses.gap

    @property
    def incomparable(self) -> str | None:
        """Why the lanes' answers cannot be compared; None where they can."""
        return incomparable(self.spec.lanes, self.lanes)

    def update_losses(self) -> None:
        """Compare the losses that all lanes have by now."""
        self._losses.update(self.lanes)

    def update_probes(self, at_most: int | None = None) -> bool:
        """Compare the steps that all lanes have probed by now; return whether there were any.

        Args:
            at_most: leave the rest for the next call, where comparing must not hold up the caller.
        """
        compared = self.probes.update(self.lanes, at_most)
        if compared:
            self.summary.update(self.probes.rows)
        return compared

    def same_answer(self) -> SameAnswer:
        """Whether the lanes agree in all that was compared so far."""
        return same_answer(self.spec.lanes, self.lanes, self.gap, self.summary, self.probes.coverage)

    def speed(self) -> Speed | None:
        """Which lane is faster, from the steady steps so far; None where these are too few."""
        return speed(self.spec, self.lanes, batch_sizes(self.spec))
