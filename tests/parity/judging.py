"""A parity check of one file with both frameworks in this process, and all that it says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fwtui.core.spec import WorkloadSpec
from fwtui.measure.probe_gap import largest
from fwtui.parity import words
from fwtui.parity.check import check
from fwtui.parity.finding import Finding, tolerances
from fwtui.race.plan import plan
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.race.user_files import UserFiles
from fwtui.session.run import run
from fwtui.workloads import catalogue
from fwtui.workloads.user.description import Description, described

LANES = ("tf.function", "torch.eager")


def judged(
    path: Path, with_truth: bool = True, lanes: Sequence[str] = LANES, **settings: Any
) -> tuple[Finding, str]:
    """The finding on the file at `path`, and what people read of it."""
    requests = tuple(map(LaneRequest, lanes))
    request = RaceRequest(requests, workload=str(path), probe_every="growing", host="thread", **settings)
    spec = plan(request, ExecutedFiles())
    finding = check(spec, tolerances(spec), run, with_truth=with_truth)
    lines = [words.verdict(finding), words.truth(finding) or "", finding.aside, *words.where(finding)]
    return finding, "\n".join([*lines, *words.not_compared(finding)])


class ExecutedFiles(UserFiles):
    """Executes files in this process, as if they had been inspected: they are too many for a process each."""

    def describe(self, spec: WorkloadSpec) -> Description:
        """What a file offers."""
        catalogue._described[spec] = described(catalogue.execute(spec))
        return catalogue._described[spec]


def no_contradiction(finding: Finding) -> bool:
    """Whether agreement stands beside no gap above its tolerance that no checked reason explains."""
    if finding.same is not True:
        return True
    worst = largest(finding.rows)
    assert worst is not None
    within = worst[2].relative <= finding.tolerances.lanes
    truth = finding.truth
    between = None if truth is None else largest(truth.between)
    if between is not None and between[2].relative > finding.tolerances.truth and not finding.aside:
        return False
    explained = bool(finding.aside) or (truth is not None and truth.off() is None)
    return math.isfinite(worst[2].relative) and (within or explained)
