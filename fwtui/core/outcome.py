"""How a lane ends, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["done", "stopped", "diverged", "failed"]


Cause = Literal["user code", "unsupported", "out of memory", "killed", "hung", "framework", "fwtui"]
"""What a lane failed by: a user's file or another package's workload, what its backend or device cannot do,
memory, a signal from outside, no answer, an error or crash in the framework, or an error of fwtui's own.
"""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a lane failed.

    Attributes:
        cause: of which kind.
        reason: in words.
        hint: what the user can do about it, such as a command that installs the framework.
        in_log: whether the lane's log tells more than the reason.
    """

    cause: Cause
    reason: str
    hint: str = ""
    in_log: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The lane is over, or has done its steps and lingers for more.

    Attributes:
        reason: why, in words, for every outcome but `done`.
        lingers: the process lives on and takes more steps.
        failure: None for every outcome but `failed`.
    """

    outcome: Outcome
    step: int
    at_ns: int
    reason: str = ""
    lingers: bool = False
    failure: Failure | None = None

    @classmethod
    def failed(cls, step: int, at_ns: int, failure: Failure) -> Ended:
        """The lane failed."""
        return cls("failed", step, at_ns, failure.reason, failure=failure)

    @property
    def hint(self) -> str:
        """What the user can do about a failure; "" where nothing is known, and for other outcomes."""
        return self.failure.hint if self.failure else ""

    @property
    def summary(self) -> str:
        """The outcome and its reason as one phrase, such as `failed: out of memory`."""
        if self.outcome == "failed" and self.reason:
            return f"failed: {self.reason}"
        return self.reason or self.outcome
