"""Runs one lane from its import to its end, whatever happens in it."""

from __future__ import annotations

import sys
import traceback

from fwtui.core.error_text import message
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
    except LaneError as error:
        runner.end("failed", str(error), error.hint)
    except MemoryError as error:
        runner.end(
            "failed", ": ".join(filter(None, ("out of memory", message(error)))), "smaller sizes may fit"
        )
    except BaseException as error:  # what a user's net raises ends its lane alone
        traceback.print_exc(file=sys.stderr)
        runner.end("failed", *runner.explained(error))
    try:
        runner.close()
    except Exception:  # how the lane ended has been said
        traceback.print_exc(file=sys.stderr)
