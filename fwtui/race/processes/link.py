"""What a supervisor on another host sends: notes, and the messages of a lane's process."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import perf_counter_ns
from typing import Any

import numpy as np

from fwtui.core.codec import NotAMessageError
from fwtui.core.device_memory import GpuUse, ProcessMemory
from fwtui.core.gpu import Card
from fwtui.core.greeting import Greeting
from fwtui.core.outcome import Ended
from fwtui.core.records import Alive, Built, Imported, LogLine, PhaseEntered, Record, Steps
from fwtui.core.typed_fields import mistyped
from fwtui.lane.messages import from_lane
from fwtui.lane.wire import Frames
from fwtui.race.processes.gpu_use import use_of
from fwtui.race.processes.supervisor import FAST, MARK, NOTE, PACKET, SLOW, machine_id
from fwtui.system.gpus import Reading

MAX_NOISE_BYTES = 1 << 20
"""What a login may print before the supervisor speaks."""
MAX_PACKET_BYTES = 1 << 20
FIRST_PINGS = 5
"""By which the other host's clock is known."""


@dataclass(frozen=True)
class HostGreeting:
    """What a host's supervisor says first.

    Attributes:
        base: the folder there that archives are unpacked in, by their hashes.
        missing: the archives that it has not got.
        python: the interpreter's version.
        machine: what tells the machine from others; "" where it is unknown.
    """

    base: str
    missing: tuple[str, ...]
    python: str
    machine: str


class Link:
    """Reads the supervisor's packets.

    Args:
        greeted: is called with the greeting, and gives what is to be replaced in the text of messages: paths
            there by paths here. It sends `FIRST_PINGS` pings.
        known: is called once these are answered, and with them the other clock is known.

    Attributes:
        exit_code: of the lane's process; None while it is not known.
    """

    def __init__(
        self, greeted: Callable[[HostGreeting], Mapping[str, str]], known: Callable[[], None]
    ) -> None:
        self.exit_code: int | None = None
        self._greeted, self._known = greeted, known
        self._begun = False
        self._came = bytearray()
        self._paths: tuple[tuple[bytes, bytes], ...] = ()
        self._fast, self._slow = (Frames(from_lane(), self._with_paths_here) for _ in range(2))
        self._clock = _Clock()
        self._built: Built | None = None
        self._gpu: GpuUse | None = None

    def feed(self, data: bytes) -> list[Record]:
        """The records that are complete with `data`.

        Raises:
            NotAMessageError: something else came.
            MemoryError: there is none for what came.
        """
        self._came += data
        records: list[Record] = [] if self._begun else self._begin()
        while self._begun and len(self._came) >= PACKET.size:
            channel, size = PACKET.unpack_from(self._came)
            if size > MAX_PACKET_BYTES or channel not in (NOTE, FAST, SLOW):
                raise NotAMessageError(f"a packet of {size} bytes for channel {channel}")
            if len(self._came) < PACKET.size + size:
                break
            body = bytes(self._came[PACKET.size : PACKET.size + size])
            del self._came[: PACKET.size + size]
            if channel == NOTE:
                records += self._noted(body)
            else:
                frames = self._fast if channel == FAST else self._slow
                records += [self._clock.here(record) for record in frames.feed(body)]
                self._built = next((one for one in records if isinstance(one, Built)), self._built)
        return records

    def _begin(self) -> list[Record]:
        """What a login printed, as lines of the log, once the supervisor speaks."""
        at = self._came.find(MARK)
        if at < 0:
            if len(self._came) > MAX_NOISE_BYTES:
                raise NotAMessageError("no supervisor speaks")
            return []
        noise = bytes(self._came[:at]).decode(errors="replace")
        del self._came[: at + len(MARK)]
        self._begun = True
        return [LogLine(line) for line in noise.splitlines() if line.strip()]

    def _noted(self, body: bytes) -> list[Record]:
        try:
            note: dict[str, Any] = json.loads(body)
            match note["kind"]:
                case "greeting":
                    missing = tuple(map(str, note["missing"]))
                    greeting = HostGreeting(
                        str(note["base"]), missing, str(note["python"]), str(note["machine"])
                    )
                    self._clock.is_shared = greeting.machine == machine_id() != ""
                    pairs = self._greeted(greeting).items()
                    self._paths = tuple((_in_json(there), _in_json(here)) for there, here in pairs)
                case "pong":
                    self._clock.pong(int(note["sent"]), int(note["clock_ns"]))
                    if self._clock.pongs == FIRST_PINGS:
                        self._known()
                case "memory":
                    held = self._gpu.process_bytes if self._gpu else None
                    return [ProcessMemory(_size(note["rss_bytes"]), _size(note["rss_peak_bytes"]), held)]
                case "gpus" if self._built is not None and self._built.device.startswith("cuda"):
                    self._gpu = use_of(_reading(note["reading"]), self._built.pci_bus_id, int(note["pid"]))
                    return [self._gpu]
                case "exit":
                    self.exit_code = int(note["code"])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise NotAMessageError(f"a note: {error}") from error
        return []

    def _with_paths_here(self, text: bytes) -> bytes:
        for there, here in self._paths:
            text = text.replace(there, here)
        return text


def _in_json(path: str) -> bytes:
    """A path as it stands within a JSON text."""
    return json.dumps(path)[1:-1].encode()


def _reading(note: dict[str, Any]) -> Reading:
    """What the driver said there; NotAMessageError where a field is of another type."""
    cards = []
    for one in note["cards"]:
        processes, throttled = one.pop("process_bytes"), one.pop("throttled")
        known = None if processes is None else tuple((int(pid), int(size)) for pid, size in processes)
        reasons = None if throttled is None else tuple(map(str, throttled))
        cards.append(Card(**one, process_bytes=known, throttled=reasons))
    reading = Reading(tuple(cards), note["driver"], note["problem"])
    if wrong := mistyped(reading):
        raise NotAMessageError(f"GPUs: {wrong}")
    return reading


def _size(value: Any) -> int | None:
    return None if value is None else int(value)


class _Clock:
    """Another host's clock: what it shows at a moment here, known to half of the fastest answer's time.

    Later answers change nothing: moments keep their order, and distances are the other clock's own.

    Attributes:
        is_shared: whether the other host is this machine.
    """

    def __init__(self) -> None:
        self.pongs, self.is_shared = 0, False
        self._fastest_ns, self._ahead_ns = math.inf, 0

    def pong(self, sent_ns: int, there_ns: int) -> None:
        """An answer, just now, to what was sent at a moment here."""
        self.pongs += 1
        if self.is_shared or self.pongs > FIRST_PINGS:
            return
        now = perf_counter_ns()
        took = now - sent_ns
        if 0 <= took < self._fastest_ns:
            self._fastest_ns, self._ahead_ns = took, there_ns - (sent_ns + now) // 2

    def here(self, record: Record) -> Record:
        """The record with moments of this machine's clock."""
        ahead = self._ahead_ns
        match record:
            case PhaseEntered() | Imported() | Built() | Ended():
                return replace(record, at_ns=record.at_ns - ahead)
            case Greeting():
                return replace(record, clock_ns=record.clock_ns - ahead)
            case Alive() if record.busy_since_ns is not None:
                return replace(record, busy_since_ns=record.busy_since_ns - ahead)
            case Steps() if len(record.started_ns) % 8 == 0:
                started = np.frombuffer(record.started_ns, np.int64) - ahead
                return replace(record, started_ns=started.tobytes())
        return record
