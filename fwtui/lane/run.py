"""Runs one lane from its import to its end, whatever happens in it."""

from __future__ import annotations

import sys
import traceback

from fwtui.lane.errors import LaneError
from fwtui.lane.runner import Runner


def run_lane(runner: Runner, pid: int) -> None:
    """Trains one lane from import to end, and says everything that happens; raises nothing.

    Args:
        pid: the process that the lane's memory is to be read from.
    """
    try:
        runner.prepare(pid)
        runner.train()
    except BaseException as error:  # what a user's net raises ends its lane alone
        failure = runner.failure_of(error)
        if failure.in_log or not isinstance(error, LaneError | MemoryError):
            traceback.print_exc(file=sys.stderr)
        runner.fail(failure)
    try:
        runner.close()
    except Exception:  # how the lane ended has been said
        traceback.print_exc(file=sys.stderr)
