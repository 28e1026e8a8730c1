"""Runs a module of fwtui's on another host: sent there as text, it needs the standard library alone.

It stands between ssh's pipes and the process of a lane. Packets go both ways: a channel (one byte), a length
(four bytes, big-endian) and as many bytes.

To it: `ARCHIVE`, a part of a file that the host has not got; `MESSAGES`, for the process; `PING`, which is
answered, and tells that somebody is still there.
From it: `NOTE`, a JSON object a packet: greeting, answer to a ping, memory, GPUs, exit; `FAST` and
`SLOW`, the process's messages, whole or in parts. Small messages overtake large ones, so that a loss is not
late for the megabytes of a gradient; one that says how the lane ended overtakes nothing.

The process and all that it has started end with the connection, also where that is lost without a word.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import io
import json
import os
import selectors
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

MARK = b"\xf5fwtui\n"
PACKET = struct.Struct("!BI")
ARCHIVE, MESSAGES, PING = 0, 1, 2
NOTE, FAST, SLOW = 0, 1, 2
UNFIT = 69
"""The exit status where the host lacks something."""

SILENCE_LIMIT_S = 60.0
"""So long nothing has come, not even a ping: whoever started this is gone."""
MEASURE_S = 0.5
PART_BYTES = 1 << 14
"""What a large message lets small ones wait for: an eighth of a second at 1 Mbit/s."""
LARGE_BYTES = 1 << 16
MAX_SMALL_BYTES = 1 << 18
"""What may wait of small messages: some seconds of them at 1 Mbit/s. Beyond that the process waits between
steps, as a screen that is behind by minutes is no live one."""
MAX_LARGE_BYTES = 1 << 26
"""The same of large ones."""

_FRAME = struct.Struct("!4sI")
_END = b'{"Ended"'
_MEASURED = (_END, b'{"Built"')
"""Messages after which the process has other memory, or is about to be gone."""
_HEAD_BYTES = 64
"""In which a message tells what it is."""


def main(arguments: dict[str, Any]) -> None:
    """Run one lane.

    Args:
        arguments: `archives`, pairs of SHA-256 and size, the package's own first; `module`, what to run;
            `mark`, (name, value) of an environment variable that tells fwtui's children.
    """
    for fd in (0, 1):
        os.set_blocking(fd, False)
    link = Link()
    base = own_folder()
    missing = [sha for sha, _ in arguments["archives"] if not (base / sha).is_dir()]
    link.note(
        "greeting",
        base=str(base),
        missing=missing,
        python=".".join(map(str, sys.version_info[:3])),
        clock_ns=time.perf_counter_ns(),
        machine=machine_id(),
    )
    sizes = dict(arguments["archives"])
    for sha in missing:
        unpack(link.archive(sizes[sha]), sha, base)
    own, *_ = arguments["archives"]
    folder = base / own[0]
    Lane(link, folder, arguments["module"], arguments["mark"], gpu_reader(folder)).run()


def gpu_reader(folder: Path) -> Callable[[], Any]:
    """What gives the GPUs' figures, in a thread of its own: fwtui's, as it was sent along."""
    sys.path.insert(0, str(folder))
    from fwtui.system.gpus import monitor

    return monitor().read


def own_folder() -> Path:
    """A folder of this user's that nobody else may write to."""
    path = Path(tempfile.gettempdir(), f"fwtui-{os.getuid()}")
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o022:
        sys.stderr.write(f"{path} belongs to somebody else: remove it, or set TMPDIR\n")
        sys.exit(UNFIT)
    return path


def unpack(data: bytes, sha: str, base: Path) -> None:
    """Unpack an archive into a folder that is named for its hash."""
    if hashlib.sha256(data).hexdigest() != sha:
        sys.stderr.write("a file arrived damaged\n")
        sys.exit(UNFIT)
    new = Path(tempfile.mkdtemp(prefix="new-", dir=base))
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(new / "files", filter="data")
        try:
            (new / "files").rename(base / sha)
        except OSError:  # another lane was faster
            if not (base / sha).is_dir():
                raise
    finally:
        shutil.rmtree(new, ignore_errors=True)


def machine_id() -> str:
    """What tells this machine, and its present boot, from others; "" where the system does not."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


class Link:
    """Both of ssh's pipes."""

    def __init__(self) -> None:
        self.heard_at = time.monotonic()
        self.open = True
        self._came = bytearray()
        self._messages = bytearray()
        self._archive = bytearray()
        self._out = bytearray(MARK)
        self._fast: deque[bytes] = deque()
        self._slow: deque[memoryview] = deque()
        self._overtook_bytes = 0

    def note(self, kind: str, **facts: Any) -> None:
        """Queue a note."""
        self._queue(NOTE, json.dumps({**facts, "kind": kind}).encode())

    def archive(self, size: int) -> bytes:
        """Wait for the next `size` bytes of archives."""
        while len(self._archive) < size:
            self._wait(1.0)
            if not self.open or time.monotonic() - self.heard_at > SILENCE_LIMIT_S:
                sys.exit(1)
        data = bytes(self._archive[:size])
        del self._archive[:size]
        return data

    def _wait(self, seconds: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(0, selectors.EVENT_READ)
            if self.has_output():
                selector.register(1, selectors.EVENT_WRITE)
            for key, _ in selector.select(seconds):
                self.read() if key.fd == 0 else self.write()

    def read(self) -> None:
        """Take in what has come."""
        try:
            data = os.read(0, 1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.open = False
            return
        self.heard_at = time.monotonic()
        self._came += data
        while len(self._came) >= PACKET.size:
            channel, size = PACKET.unpack_from(self._came)
            end = PACKET.size + size
            if len(self._came) < end:
                return
            body = bytes(self._came[PACKET.size : end])
            del self._came[:end]
            if channel == ARCHIVE:
                self._archive += body
            elif channel == MESSAGES:
                self._messages += body
            elif channel == PING:
                self.note("pong", sent=body.decode(), clock_ns=time.perf_counter_ns())

    def messages(self) -> bytes:
        """Return the bytes for the process that have come since the last call."""
        data = bytes(self._messages)
        self._messages.clear()
        return data

    def frame(self, data: bytes) -> None:
        """Queue a whole message of the process."""
        if len(data) > LARGE_BYTES:
            self._slow.append(memoryview(data))
        else:
            self._fast.append(data)

    def takes_messages(self) -> bool:
        """Whether there is room for further messages of the process."""
        small, large = sum(map(len, self._fast)), sum(map(len, self._slow))
        return small < MAX_SMALL_BYTES and large < MAX_LARGE_BYTES

    def has_output(self) -> bool:
        """Whether anything waits to be sent."""
        return bool(self._out or self._fast or self._slow)

    def write(self) -> None:
        """Send as much as there is room for."""
        while self.has_output():
            if not self._out:
                self._next()
            try:
                sent = os.write(1, self._out)
            except BlockingIOError:
                return
            except OSError:
                self.open = False
                return
            del self._out[:sent]

    def _next(self) -> None:
        """Choose what is sent next: a small message, or a part of a large one, which gets half of it all."""
        may_be_fast = self._fast and not (self._slow and _END in self._fast[0][:_HEAD_BYTES])
        if may_be_fast and (not self._slow or self._overtook_bytes < PART_BYTES):
            message = self._fast.popleft()
            self._overtook_bytes += len(message)
            self._queue(FAST, message)
            return
        self._overtook_bytes = 0
        part = self._slow[0][:PART_BYTES]
        rest = self._slow[0][PART_BYTES:]
        if rest:
            self._slow[0] = rest
        else:
            self._slow.popleft()
        self._queue(SLOW, part)

    def _queue(self, channel: int, body: bytes | memoryview) -> None:
        self._out += PACKET.pack(channel, len(body))
        self._out += body

    def flush(self, seconds: float) -> None:
        """Send all that waits, for `seconds` at most."""
        by = time.monotonic() + seconds
        while self.open and self.has_output() and time.monotonic() < by:
            self._wait(0.1)


class Lane:
    """The process of a lane, and its pipes."""

    def __init__(
        self, link: Link, folder: Path, module: str, mark: tuple[str, str], read_gpus: Callable[[], Any]
    ) -> None:
        self._link, self._read_gpus = link, read_gpus
        self._no_gpus = ""
        self._came = bytearray()
        self._temporary = tempfile.mkdtemp(prefix="fwtui-")
        records_out, records_in = os.pipe()
        words_out, self._words = os.pipe()
        self._records: int | None = records_out
        environment = {**os.environ, "TMPDIR": self._temporary, "PYTHONSAFEPATH": "1", mark[0]: mark[1]}
        program = str(folder / "fwtui/system/run_module.py")
        self._process = subprocess.Popen(
            [sys.executable, program, module, str(records_in), str(words_out)],
            stdin=subprocess.DEVNULL,
            stdout=2,
            pass_fds=(records_in, words_out),
            start_new_session=True,
            env=environment,
        )
        for fd in (records_in, words_out):
            os.close(fd)
        for fd in (records_out, self._words):
            os.set_blocking(fd, False)
        self._to_process = bytearray()

    def run(self) -> None:
        """Pass everything on until the process has ended, or nobody is there any more."""
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._stop)
        try:
            self._pass_on()
        finally:
            self._kill()
            code = self._process.wait()
            shutil.rmtree(self._temporary, ignore_errors=True)
        self._link.note("exit", code=code)
        self._link.flush(30.0)

    def _stop(self, *_: object) -> None:
        self._kill()
        sys.exit(1)

    def _kill(self) -> None:
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _pass_on(self) -> None:
        link, measure_at = self._link, 0.0
        ended_at: float | None = None
        while link.open and time.monotonic() - link.heard_at < SILENCE_LIMIT_S:
            now = time.monotonic()
            if now >= measure_at:
                measure_at = now + MEASURE_S
                self._measure()
            # Its pipes may live on with what it has started.
            if ended_at is None and self._process.poll() is not None:
                ended_at = now
            self._to_process += link.messages()
            with selectors.DefaultSelector() as selector:
                selector.register(0, selectors.EVENT_READ)
                if link.has_output():
                    selector.register(1, selectors.EVENT_WRITE)
                if self._records is not None and link.takes_messages():
                    selector.register(self._records, selectors.EVENT_READ)
                if self._to_process:
                    selector.register(self._words, selectors.EVENT_WRITE)
                ready = [key.fd for key, _ in selector.select(0.1 if ended_at is None else 0)]
            if 0 in ready:
                link.read()
            if 1 in ready:
                link.write()
            if self._words in ready:
                self._write()
            if self._records in ready:
                self._read()
            elif ended_at is not None:
                return

    def _write(self) -> None:
        try:
            sent = os.write(self._words, self._to_process)
        except BlockingIOError:  # no room yet
            return
        except OSError:  # it ends, and reads nothing any more
            sent = len(self._to_process)
        del self._to_process[:sent]

    def _read(self) -> None:
        """Take in what the process has written, and queue whole messages; what is none goes on as it is."""
        try:
            data = b"" if self._records is None else os.read(self._records, 1 << 20)
        except BlockingIOError:
            return
        if not data:
            self._records = None
            if self._came:
                self._link.frame(bytes(self._came))
            return
        self._came += data
        while self._came:
            size = message_bytes(self._came)
            if size is None:
                return
            if any(kind in self._came[:_HEAD_BYTES] for kind in _MEASURED):
                self._measure()
            self._link.frame(bytes(self._came[:size]))
            del self._came[:size]

    def _measure(self) -> None:
        try:
            lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        except OSError:
            return
        facts = {
            key: next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), None)
            for name, key in (("VmRSS:", "rss_bytes"), ("VmHWM:", "rss_peak_bytes"))
        }
        self._link.note("memory", **facts)
        reading = dataclasses.asdict(self._read_gpus())
        if reading["cards"] or reading["problem"] != self._no_gpus:
            self._no_gpus = reading["problem"]
            self._link.note("gpus", reading=reading, pid=self._process.pid)


def message_bytes(data: bytearray) -> int | None:
    """How long the first message is; None where it is not whole yet; all of the data where it is none."""
    if len(data) < _FRAME.size:
        return None
    mark, count = _FRAME.unpack_from(data)
    if mark != b"\xf5fwt" or count > 1 << 20:
        return len(data)
    head = _FRAME.size + 8 * count
    if len(data) < head:
        return None
    size: int = head + sum(struct.unpack_from(f"!{count}Q", data, _FRAME.size))
    return size if len(data) >= size else None


if __name__ == "__main__":
    main(json.loads(base64.b64decode(sys.argv[1])))
