"""What a lane's process is to whoever drives it, wherever it runs."""

from __future__ import annotations

import contextlib
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence

from fwtui.core.records import Built, Record
from fwtui.core.spec import LaneSpec
from fwtui.lane.control import Command
from fwtui.race.processes.inbox import Inbox
from fwtui.system.child_process import Child


class LaneProcess(ABC):
    """A process that runs one lane: a child of this process, or what an ssh client that is one reaches.

    Attributes:
        inbox: what it sends.
        child: the child of this process.
        built: what it said of the device that its network is on; None before.
    """

    inbox: Inbox
    child: Child
    built: Built | None = None

    @abstractmethod
    def begin(self, spec: LaneSpec) -> None:
        """Send it the spec; may wait until that is read."""

    @abstractmethod
    def send(self, word: Command) -> None:
        """Send it a command behind the spec; never waits, and does nothing where it is over."""

    @abstractmethod
    def close(self) -> None:
        """Close what it was sent commands through."""

    @property
    def is_preparing(self) -> bool:
        """Whether something is being sent that it needs before it can greet."""
        return False

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""
        return self.child.process.poll()

    def measured(self) -> Sequence[Record]:
        """Figures of the process that are measured here, and not sent by it."""
        return ()

    def wait(self, seconds: float) -> None:
        """Wait until the child has ended, at most so long."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.process.wait(timeout=seconds)

    def kill(self) -> None:
        """Kill the child, and all that it has started; from any thread."""
        if self.child.process.returncode is None:
            self.child.kill()

    def end(self) -> None:
        """See that nothing of the child is left."""
        self.child.end()
