"""Starts the process of a lane, here or on another host."""

from __future__ import annotations

from fwtui.core.spec import LaneSpec
from fwtui.race.processes.lane_process import LaneProcess
from fwtui.race.processes.local import LocalProcess
from fwtui.race.processes.ssh import SshProcess


def start(spec: LaneSpec) -> LaneProcess:
    """The process that is to run a lane. OSError: it cannot be started."""
    if spec.interpreter.ssh is not None:
        return SshProcess(spec.interpreter, spec)
    return LocalProcess(spec.interpreter)
