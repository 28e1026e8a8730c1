"""The process of a lane on this machine, and its pipes."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterable, Sequence

from fwtui.core.device_memory import ProcessMemory
from fwtui.core.records import Built, Record
from fwtui.core.spec import Interpreter, LaneSpec
from fwtui.lane.control import Command
from fwtui.lane.messages import from_lane
from fwtui.lane.pipes import Sender
from fwtui.lane.wire import Frames
from fwtui.race.processes.gpu_use import use_of
from fwtui.race.processes.inbox import Inbox
from fwtui.race.processes.lane_process import LaneProcess
from fwtui.system import memory
from fwtui.system.child_process import Child, command
from fwtui.system.gpus import monitor
from fwtui.system.processor import ProcessorMeter

MODULE = "fwtui.lane.child"
CHILD = command(MODULE)
"""What runs a lane in fwtui's own interpreter."""


class LocalProcess(LaneProcess):
    """A lane's process on this machine.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, interpreter: Interpreter) -> None:
        python = interpreter.python
        program = CHILD if python is None else command(MODULE, python=python)
        pipes = words_out, self._words_in, records_out, records_in, log_out, log_in = _pipes(3)
        try:
            self.child = Child(
                (*program, str(records_in), str(words_out)),
                in_own_environment=python is None,
                stdin=subprocess.DEVNULL,
                stdout=log_in,
                stderr=log_in,
                pass_fds=(records_in, words_out),
            )
        except OSError:
            _close(pipes)
            raise
        _close((words_out, records_in, log_in))
        self._words = Sender(self._words_in)
        self._processor = ProcessorMeter()
        self.inbox = Inbox(records_out, log_out, Frames(from_lane()))

    def begin(self, spec: LaneSpec) -> None:
        """Send it the spec, which with weights is more than the pipe holds, and waits to be read."""
        with contextlib.suppress(OSError):  # it is over: how, its exit status tells
            self._words.send(spec)
        os.set_blocking(self._words_in, False)

    def send(self, word: Command) -> None:
        """Send it a command."""
        with contextlib.suppress(OSError):  # it reads nothing any more
            self._words.send(word)

    def close(self) -> None:
        """Close what it was sent commands through."""
        self._words.close()

    def measured(self) -> Sequence[Record]:
        """Its memory, and what its processor and its GPU do."""
        return measured(self.child.pid, self._processor, self.built)


def measured(pid: int, processor: ProcessorMeter, built: Built | None, shared: bool = False) -> list[Record]:
    """The memory of a process of this machine, and what its processor and its GPU do.

    Args:
        built: what its lane said of the device that its network is on.
        shared: whether it runs other lanes as well.
    """
    on_gpu = built is not None and built.device.startswith("cuda")
    gpu = use_of(monitor().read(), built.pci_bus_id, pid) if built is not None and on_gpu else None
    rss, use, peak = memory.resident_bytes(pid), processor.use(), memory.resident_peak_bytes(pid)
    held = ProcessMemory(rss, peak, gpu.process_bytes if gpu else None, shared) if rss or shared else None
    return [one for one in (held, use, gpu) if one is not None]


def _pipes(count: int) -> tuple[int, ...]:
    """Open `count` pipes; return the read end and the write end of each. OSError leaves none open."""
    ends: list[int] = []
    try:
        for _ in range(count):
            ends += os.pipe()
    except OSError:
        _close(ends)
        raise
    return tuple(ends)


def _close(fds: Iterable[int]) -> None:
    for fd in fds:
        os.close(fd)
