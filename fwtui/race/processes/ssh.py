"""A lane's process on another host, through OpenSSH's client.

The host needs a Python with NumPy and a framework. What the lane's process runs is sent along, once for each
version of it; whatever logs in, keys, agents, jump hosts, is the user's own configuration's affair.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import queue
import shlex
import subprocess
import threading
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from time import perf_counter_ns

from fwtui.core.spec import Interpreter, LaneSpec
from fwtui.lane.control import Command
from fwtui.lane.wire import framed
from fwtui.race.processes import supervisor
from fwtui.race.processes.archive import Archive, package
from fwtui.race.processes.inbox import Inbox
from fwtui.race.processes.lane_process import LaneProcess
from fwtui.race.processes.link import FIRST_PINGS, HostGreeting, Link
from fwtui.race.processes.supervisor import ARCHIVE, MESSAGES, PACKET, PING
from fwtui.race.processes.user_files import files_of
from fwtui.system.child_process import Child
from fwtui.system.reaper import TOKEN
from fwtui.system.reaper_process import MARK

SSH = ("ssh",)
OPTIONS = (
    *("-T", "-C", "-e", "none"),
    *("-o", "BatchMode=yes"),  # a password is asked for by nobody: fwtui has the terminal
    *("-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"),
)
PYTHON = "python3"
PING_S = 5.0
_PART = 1 << 16
_Packet = tuple[int, bytes]
_BOOT = (
    "import sys,base64,zlib;v=sys.version_info;"
    'v<(3,11) and (sys.stderr.write("fwtui needs Python 3.11 or newer, and this is %d.%d.%d\\n"%v[:3]),'
    "sys.exit({unfit}));"
    'exec(zlib.decompress(base64.b64decode("{program}")))'
)
"""One line that every Python can read, and every shell pass on."""


class SshProcess(LaneProcess):
    """A lane's process on another host.

    Raises:
        OSError: ssh cannot be started, or a file that it needs cannot be read.
    """

    def __init__(self, interpreter: Interpreter, spec: LaneSpec) -> None:
        assert interpreter.ssh is not None
        self._user_files = files_of(spec.workload)
        self._archives = [package(), *([self._user_files] if self._user_files else [])]
        log_out, log_in = os.pipe()
        try:
            self.child = Child(
                (*SSH, *OPTIONS, "--", interpreter.ssh, _remote_command(interpreter, self._archives)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log_in,
            )
        except OSError:
            os.close(log_out)
            raise
        finally:
            os.close(log_in)
        assert self.child.process.stdout is not None
        self._link = Link(self._greeted, self._send_all)
        self._packets: queue.SimpleQueue[_Packet | None] = queue.SimpleQueue()
        self._spec: LaneSpec | None = None
        self._is_sending_files = False
        # Commands that wait for the spec; None once it has been sent.
        self._early: list[_Packet] | None = []
        self._lock = threading.Lock()
        self._greeting: HostGreeting | None = None
        records = os.dup(self.child.process.stdout.fileno())
        self.child.process.stdout.close()
        self.inbox = Inbox(records, log_out, self._link)
        threading.Thread(target=self._write, name=f"to {interpreter.ssh}", daemon=True).start()

    def begin(self, spec: LaneSpec) -> None:
        """Send it the spec, once it has said where its files are."""
        self._spec = spec

    def send(self, word: Command) -> None:
        """Send it a command, once it has the spec."""
        packet = MESSAGES, b"".join(framed(word))
        with self._lock:
            if self._early is None:
                self._packets.put(packet)
            else:
                self._early.append(packet)

    def close(self) -> None:
        """Let the thread end that writes to it."""
        self._packets.put(None)

    @property
    def is_preparing(self) -> bool:
        """Whether files are on their way to the other host."""
        return self._is_sending_files

    def poll(self) -> int | None:
        """The exit status of the lane's process, or ssh's own; None while both run."""
        code = super().poll()
        return code if self._link.exit_code is None else self._link.exit_code

    def _greeted(self, greeting: HostGreeting) -> Mapping[str, str]:
        """Ask for its clock; return which paths there stand for which here."""
        self._greeting = greeting
        for _ in range(FIRST_PINGS):
            self._packets.put((PING, b""))
        return {
            self._folder(archive): "" if archive.root == Path("/") else str(archive.root)
            for archive in self._archives
        }

    def _folder(self, archive: Archive) -> str:
        assert self._greeting is not None
        return f"{self._greeting.base}/{archive.sha256}"

    def _send_all(self) -> None:
        """Send what is missing there, then the spec."""
        assert self._greeting is not None
        assert self._spec is not None
        self._is_sending_files = True
        for archive in self._archives:
            if archive.sha256 in self._greeting.missing:
                for at in range(0, len(archive.data), _PART):
                    self._packets.put((ARCHIVE, archive.data[at : at + _PART]))
        spec = self._spec
        if self._user_files:
            spec = _with_files_at(spec, self._folder(self._user_files))
        there = replace(spec, interpreter=Interpreter(spec.interpreter.python or PYTHON))
        with self._lock:
            for packet in ((MESSAGES, b"".join(framed(there))), *(self._early or ())):
                self._packets.put(packet)
            self._early = None

    def _write(self) -> None:
        """Send packets until the process is closed, and pings meanwhile."""
        stream = self.child.process.stdin
        assert stream is not None
        with contextlib.suppress(OSError, ValueError):  # it is over: `poll` tells how
            while True:
                try:
                    packet = self._packets.get(timeout=PING_S)
                except queue.Empty:
                    packet = PING, b""
                if packet is None:
                    break
                channel, body = packet
                self._is_sending_files &= channel != MESSAGES  # the spec is behind them
                if channel == PING:
                    body = str(perf_counter_ns()).encode()
                stream.write(PACKET.pack(channel, len(body)) + body)
                stream.flush()
        with contextlib.suppress(OSError):
            stream.close()


def _remote_command(interpreter: Interpreter, archives: list[Archive]) -> str:
    """What the other host's shell runs: the supervisor, as text, and its arguments."""
    arguments = {
        "archives": [(archive.sha256, len(archive.data)) for archive in archives],
        "module": "fwtui.lane.child",
        "mark": (MARK, TOKEN),
    }
    program = base64.b64encode(zlib.compress(Path(supervisor.__file__).read_bytes(), 9)).decode()
    code = _BOOT.format(unfit=supervisor.UNFIT, program=program)
    given = base64.b64encode(json.dumps(arguments).encode()).decode()
    return "exec " + shlex.join([interpreter.python or PYTHON, "-c", code, given])


def _with_files_at(spec: LaneSpec, folder: str) -> LaneSpec:
    """The spec with paths as they are on the other host."""
    workload = spec.workload
    data = None if workload.data is None else folder + workload.data
    return replace(spec, workload=replace(workload, name=folder + workload.name, data=data))
