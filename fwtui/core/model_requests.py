"""What the process that holds a user's model is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from fwtui.core.spec import WorkloadSpec


@dataclass(frozen=True)
class ModelSpec:
    """Which model a process holds.

    Attributes:
        workload: names the user's file.
        framework: the model's, by its key.
        function: the function of the file that gives the model.
        threads: CPU threads of an op.
        seed: of the first weights, and of the batch.
        dtype: of the model, and of the batch.
    """

    workload: WorkloadSpec
    framework: str
    function: str
    threads: int
    seed: int
    dtype: str = "float64"


@dataclass(frozen=True)
class Ask:
    """One request.

    Attributes:
        what: the next batch of the file's data; a trace of the batch in `arrays`, with the model's outline;
            the gradient `key` of the last one; a forward pass of that batch; what the last pass gave at
            `place`; its weights; that it loads those in `arrays`; that it loads or writes the file `path`.
        training: whether the trace is to be in training mode.
        turned: of its random numbers, see `RandomNumbers`.
    """

    what: Literal["batch", "trace", "gradient", "forward", "gave", "weights", "load", "restore", "save"]
    arrays: Any = field(default_factory=dict)
    training: bool = False
    turned: tuple[tuple[int, int], ...] = ()
    path: str = ""
    place: int = 0
    key: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Answer:
    """What a request came to."""

    value: Any


@dataclass(frozen=True)
class Refused:
    """Why there is no answer, and will be none: the arguments of a `UserFileError`."""

    where: str
    what: str
    hint: str
