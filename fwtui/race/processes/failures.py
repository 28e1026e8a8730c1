"""Why a lane's process could not be started, or is over, in words."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

from fwtui.backends import catalogue as backends
from fwtui.core.outcome import Failure
from fwtui.core.records import Phase
from fwtui.core.spec import OWN_INTERPRETER, Interpreter, LaneSpec
from fwtui.system.run_module import UNFIT
from fwtui.workloads import catalogue as workloads

SSH_FAILED = 255
"""The exit status of OpenSSH's client for an error of its own."""
_GIVE_ANOTHER = "give the path of a Python interpreter as python=PATH"


def failure_to_start(error: OSError, interpreter: Interpreter) -> Failure:
    """Why the system started no process."""
    if interpreter.ssh is not None:
        return Failure("unsupported", f"ssh to {interpreter.ssh} cannot be started: {error}")
    if interpreter.python is None:
        return Failure("fwtui", f"no process could be started: {error}")
    what = os.strerror(error.errno).lower() if error.errno else str(error)
    return Failure("unsupported", f"{interpreter.python} cannot be started: {what}", _GIVE_ANOTHER)


def failure_by_exit(code: int | None, spec: LaneSpec, phase: Phase, last_line: str) -> Failure:
    """Why a lane's process ended of itself.

    Args:
        code: its exit status; None where it is unknown.
        phase: the last one that it entered.
        last_line: what it printed last; "" for nothing.
    """
    if code is None:
        return Failure("framework", "its process is gone", in_log=True)
    python, host = spec.interpreter.python, spec.interpreter.ssh
    if host is not None and code == SSH_FAILED:
        what = "no connection to" if phase == "spawn" else "lost the connection to"
        said = f": {last_line}" if last_line else ""
        return Failure("killed", f"{what} {host}{said}", f"try: ssh {host}", in_log=True)
    if phase == "spawn" and spec.interpreter != OWN_INTERPRETER:
        python = spec.interpreter.title
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
