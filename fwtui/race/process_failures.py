"""Why a lane's process could not be started, or is over, in words."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

from fwtui.backends import catalogue as backends
from fwtui.core.outcome import Failure
from fwtui.core.records import Phase
from fwtui.core.spec import Interpreter, LaneSpec
from fwtui.system.run_module import UNFIT
from fwtui.workloads import catalogue as workloads

_GIVE_ANOTHER = "give the path of a Python interpreter as python=PATH"


def failure_to_start(error: OSError, interpreter: Interpreter) -> Failure:
    """Why the system started no process."""
    if interpreter.python is None:
        return Failure("fwtui", f"no process could be started: {error}")
    what = os.strerror(error.errno).lower() if error.errno else str(error)
    return Failure("unsupported", f"{interpreter.python} cannot be started: {what}", _GIVE_ANOTHER)


def failure_by_exit(code: int, spec: LaneSpec, phase: Phase, last_line: str) -> Failure:
    """Why a lane's process ended of itself.

    Args:
        code: its exit status.
        phase: the last one that it entered.
        last_line: what it printed last; "" for nothing.
    """
    python = spec.interpreter.python
    if phase == "spawn" and python is not None:
        if code == UNFIT:
            return Failure("unsupported", f"{python} runs no lane: {last_line}")
        said = last_line or describe_exit(code).reason
        return Failure("unsupported", f"{python} runs no lane: {said}", _GIVE_ANOTHER, in_log=True)
    failure = describe_exit(code)
    if code >= 0 and not workloads.is_own(spec.workload.name):  # a framework does not call exit
        failure = replace(failure, cause="user code")
    if phase == "import" and failure.cause != "killed":
        framework = backends.entry(spec.backend).framework
        reason = f"{failure.reason} while it imported {framework.title}"
        pip = "pip" if python is None else f"{python} -m pip"
        hint = f"{pip} install --force-reinstall {framework.package}"
        failure = replace(failure, reason=reason, hint=hint)
    return failure


def describe_exit(code: int) -> Failure:
    """Why a child with this exit status is over."""
    if code >= 0:
        reason = f"its process ended by itself with exit code {code}"
        return Failure("framework", reason, "the lane's log may say why", in_log=True)
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "an unknown signal"
    reason = f"its process was killed by {name} (signal {-code})"
    if -code == signal.SIGKILL:
        return Failure("killed", reason, "another process killed it, or the system was out of memory")
    if -code == signal.SIGTERM:
        return Failure("killed", reason, "another process ended it")
    return Failure("framework", reason, "the framework crashed; the lane's log may say why", in_log=True)
