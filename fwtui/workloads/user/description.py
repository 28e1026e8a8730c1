"""What a user's file offers, as a process of its own found it: all that the app needs to know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.text import plain
from fwtui.core.workload import Workload
from fwtui.workloads.user.errors import MODEL, NET, UserFileError
from fwtui.workloads.user.loader import stamp_of
from fwtui.workloads.user.models import ModelFile, Side
from fwtui.workloads.user.workload import UserWorkload


@dataclass(frozen=True)
class Facts:
    """What a workload's functions gave when they were called once.

    Attributes:
        parameters: how many numbers the first weights are.
        batch: the shape of each array of the first batch; None for a Python int.
        held_out_rows: None where nothing is held out, or what is has no rows.
    """

    parameters: int
    batch: Mapping[str, tuple[int, ...] | None]
    held_out_rows: int | None


@dataclass(frozen=True)
class Description:
    """A user's file with the sizes and the data of one `WorkloadSpec`.

    Attributes:
        path: absolute.
        summary: the first line of the file's docstring.
        known: the file's sizes, by name.
        nets: by the key of the framework that each is for: what is wrong with the function that gives it, as
            the arguments of a `UserFileError`; None where nothing is.
        files: the file, what it imported from beside it, and the data.
        stamp: what `stamp_of` gave for `files` before any was read.
        notes: what is not wrong, but may not be meant, a line each.
        facts: None where its functions were not called.
        models: of a file with models as they are, the two, the one whose weights both get first.
        pairs: names of weights of the first, and of their counterparts, as the file gives them.
        expected: names of `KNOWN_DIFFERENCES` that the file says are meant.
        checkpoint: the path of the file whose weights both models get; "" for the first one's own.
    """

    path: str
    summary: str
    STEPS: int
    OPTIMIZER: str
    LEARNING_RATE: float
    known: Mapping[str, int]
    nets: Mapping[str, tuple[str, str, str] | None]
    files: tuple[str, ...]
    stamp: tuple[object, ...]
    notes: tuple[str, ...] = ()
    facts: Facts | None = None
    models: tuple[Side, ...] = ()
    pairs: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[str, ...] = ()
    checkpoint: str = ""

    @property
    def changed(self) -> bool:
        """Whether one of its files is another one now."""
        return stamp_of([Path(file) for file in self.files]) != self.stamp

    def held_by(self, interpreters: Mapping[str, str]) -> Description:
        """The same, with models that are held by these interpreters' processes, by framework."""
        models = tuple(replace(side, python=interpreters.get(side.framework)) for side in self.models)
        return replace(self, models=models)

    def sizes(self) -> dict[str, int]:
        """The whole numbers in capitals at the top of the file, by their names in lower case."""
        return dict(self.known)

    def shape(self) -> str:
        """The sizes, such as `hidden 32, batch 64`: the network itself is not known before it runs."""
        return ", ".join(f"{name} {value}" for name, value in self.known.items()) or "of your own"

    def require(self, framework: str) -> None:
        """UserFileError where the file has no usable net for `framework`, a key such as `torch`."""
        if self.models:
            sides = [side for side in self.models if side.framework == framework]
            if not sides:
                raise UserFileError.without(Path(self.path).name, framework + MODEL)
            if not all(side.loss for side in sides):
                hint = f"give --loss, or add def {framework}{NET}(model, batch): …; --forward needs none"
                raise UserFileError(Path(self.path).name, f"has no function {framework}{NET}", hint)
            return
        if framework not in self.nets:
            raise UserFileError.without(Path(self.path).name, framework + NET)
        if (problem := self.nets[framework]) is not None:
            raise UserFileError(*problem)


def facts_of(workload: Workload, stage: Callable[[str], None] = lambda stage: None) -> Facts:
    """What a workload's functions give when each is called once.

    Args:
        stage: is called with which function is next, such as `in parameters()`.

    Raises:
        UserFileError: a user's file gives something that cannot be used.
    """
    stage("in parameters()")
    parameters = workload.parameters(parameters_rng(0))
    stage("in batches()")
    batch = next(workload.batches(data_rng(0)))
    stage("in held_out()")
    held_out = workload.held_out(data_rng(0))
    arrays = [] if held_out is None else [one for one in held_out.values() if not isinstance(one, int)]
    return Facts(
        sum(array.size for array in parameters.values()),
        {name: None if isinstance(one, int) else one.shape for name, one in batch.items()},
        next((len(array) for array in arrays if array.ndim), None),
    )


def described(file: UserWorkload | ModelFile, facts: Facts | None = None) -> Description:
    """What a file that was executed in this process offers."""
    files, stamp = file.files_and_stamp()
    models = file.sides() if isinstance(file, ModelFile) else ()
    return Description(
        str(file.file.path),
        file.summary,
        file.STEPS,
        file.OPTIMIZER,
        file.LEARNING_RATE,
        file.sizes(),
        file.nets() if isinstance(file, UserWorkload) else {},
        tuple(map(str, files)),
        stamp,
        file.file.notes,
        facts,
        models,
        file.pairs(*models) if isinstance(file, ModelFile) else {},
        file.expected() if isinstance(file, ModelFile) else (),
        file.checkpoint() if isinstance(file, ModelFile) else "",
    )


def from_json(fields: Mapping[str, Any]) -> Description:
    """The description whose fields came as JSON.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    facts = fields["facts"]
    return Description(
        path=str(fields["path"]),
        summary=str(fields["summary"]),
        STEPS=int(fields["STEPS"]),
        OPTIMIZER=str(fields["OPTIMIZER"]),
        LEARNING_RATE=float(fields["LEARNING_RATE"]),
        known={str(name): int(value) for name, value in fields["known"].items()},
        nets={str(key): None if one is None else _problem(one) for key, one in fields["nets"].items()},
        files=tuple(map(str, fields["files"])),
        stamp=tuple(None if one is None else tuple(one) for one in fields["stamp"]),
        notes=tuple(plain(note) for note in fields["notes"]),
        facts=None
        if facts is None
        else Facts(
            int(facts["parameters"]),
            {
                str(name): None if shape is None else tuple(map(int, shape))
                for name, shape in facts["batch"].items()
            },
            None if facts["held_out_rows"] is None else int(facts["held_out_rows"]),
        ),
        models=tuple(
            Side(*(str(one[key]) for key in ("framework", "function", "loss", "optimizer")))
            for one in fields["models"]
        ),
        pairs={str(name): str(counterpart) for name, counterpart in fields["pairs"].items()},
        expected=tuple(map(str, fields["expected"])),
        checkpoint=str(fields["checkpoint"]),
    )


def _problem(parts: Sequence[object]) -> tuple[str, str, str]:
    where, what, hint = map(str, parts)
    return where, what, hint
