"""The workloads by name, or by the path of a user's file, and how one is loaded with its preset and sizes."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path, PurePath
from typing import Any

from fwtui.core.inputs import SpecError, known_size, one_of, whole_number
from fwtui.core.spec import MAX_SIZE, RaceSpec, WorkloadSpec
from fwtui.core.text import plain
from fwtui.workloads.base import BuiltIn
from fwtui.workloads.user import workload as own
from fwtui.workloads.user.description import Description
from fwtui.workloads.user.inspector import Waiting, ignore, inspect
from fwtui.workloads.user.workload import UserWorkload

_MODULES = {
    "two-layer": "fwtui.workloads.two_layer.workload",
    "digits-mlp": "fwtui.workloads.digits_mlp.workload",
    "digits-cnn": "fwtui.workloads.digits_cnn.workload",
    "dynamic-depth": "fwtui.workloads.dynamic_depth.workload",
    "char-rnn": "fwtui.workloads.char_rnn.workload",
    "tiny-transformer": "fwtui.workloads.tiny_transformer.workload",
}
NAMES = tuple(_MODULES)
_ONLY = "default"

_described: dict[WorkloadSpec, Description] = {}
"""Users' files as they were when they were inspected last."""


def presets(name: str, data: str | None = None) -> tuple[str, ...]:
    """The names of a workload's presets, the default first; a user's file has one.

    Args:
        data: path of an `.npz` file for a user's file.

    Raises:
        SpecError: there is no such workload, or it takes no data.
    """
    return (_ONLY,) if own.is_path(name) else tuple(_table(name, data))


def execute(spec: WorkloadSpec) -> BuiltIn | UserWorkload:
    """The workload that `spec` names, to be trained; executes a user's file in this process.

    Raises:
        SpecError: there is no such workload, or it lacks the preset or a size.
    """
    return own.execute(spec) if own.is_path(spec.name) else _built_in(spec)


def load(spec: WorkloadSpec) -> BuiltIn | Description:
    """What the workload offers; a user's file as it was when inspected last. SpecError as `fresh`."""
    if not own.is_path(spec.name):
        return _built_in(spec)
    return _described[spec] if spec in _described else fresh(spec)


def fresh(spec: WorkloadSpec, waiting: Waiting = ignore) -> BuiltIn | Description:
    """The same, a user's file as it stands now: one that has changed is inspected.

    Args:
        waiting: is called while that takes its time.

    Raises:
        SpecError: there is no such workload, or it lacks the preset or a size; what `load` gives stays.
    """
    description = current(spec)
    if description is None:
        description = inspect(spec, waiting=waiting)
        _described.pop(spec, None)  # the last one inspected is the last one here
        _described[spec] = description
    return description


def current(spec: WorkloadSpec) -> BuiltIn | Description | None:
    """The same without any inspection: None where a user's file would need one. SpecError as `fresh`."""
    if not own.is_path(spec.name):
        return _built_in(spec)
    description = _described.get(spec)
    return None if description is None or description.changed else description


def known(spec: WorkloadSpec) -> BuiltIn | Description:
    """The same, a user's file with whatever sizes and data it was inspected last. SpecError as `fresh`."""
    if not own.is_path(spec.name):
        return _built_in(spec)
    return next((_described[one] for one in reversed(_described) if one.name == spec.name), None) or fresh(
        spec
    )


def batch_size(spec: WorkloadSpec) -> int | None:
    """Samples in a batch; None where a user's file has no such size. SpecError as `load`."""
    return load(spec).sizes().get("batch")


def batch_sizes(race: RaceSpec) -> list[int | None]:
    """The same of each lane."""
    return [batch_size(lane.workload) for lane in race.lanes]


def notes(spec: WorkloadSpec) -> tuple[str, ...]:
    """What may not be meant in a user's file, a line each. SpecError as `load`."""
    workload = load(spec)
    return workload.notes if isinstance(workload, Description) else ()


def located(name: str) -> str:
    """`name` as every process understands it: a path becomes absolute."""
    return own.absolute(name) if own.is_path(name) else name


def title(name: str) -> str:
    """What a workload is called where people read: its name, or that of its file alone."""
    return plain(PurePath(name).name) if own.is_path(name) else name


def net(spec: WorkloadSpec, framework: str) -> tuple[Path, str]:
    """The file that holds a workload's net for `framework`, a key such as `torch`, and the function in it."""
    if own.is_path(spec.name):
        return Path(spec.name), f"{framework}_loss"
    package = find_spec(_MODULES[spec.name].rpartition(".")[0])
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).with_name(f"net_{framework}.py"), "loss"


def _table(name: str, data: str | None) -> dict[str, BuiltIn]:
    if name not in NAMES:
        raise SpecError("--workload", name, f"{', '.join(NAMES)}, or the path of a Python file, my_net.py")
    if data is not None:
        raise SpecError("--data", data, f"nothing with {name}, which has its own; a file of yours takes it")
    table: dict[str, BuiltIn] = import_module(_MODULES[name]).PRESETS
    return table


def _built_in(spec: WorkloadSpec) -> BuiltIn:
    table = _table(spec.name, spec.data)
    workload = table[one_of("--preset", spec.preset, tuple(table))]
    for name, value in spec.sizes:
        known_size(name, value, workload.sizes())
        whole_number(f"--size {name}", value, 1, MAX_SIZE)
    sizes: dict[str, Any] = dict(spec.sizes)
    return replace(workload, **sizes)
