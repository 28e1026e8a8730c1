"""The first message of a lane's process."""

from __future__ import annotations

from dataclasses import dataclass

PROTOCOL = 1
"""The version of the messages between fwtui and its lanes: another one for each change of a message."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """The first message of a lane's process, whose interpreter does what fwtui needs.

    Attributes:
        protocol: the version of the messages, see `PROTOCOL`.
        python: the interpreter's version, such as `3.12.4`.
        clock_ns: its `time.perf_counter_ns` now.
    """

    protocol: int
    python: str
    clock_ns: int
