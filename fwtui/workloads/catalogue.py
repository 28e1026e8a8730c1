"""The workloads by name, or by the path of a user's file, and how one is loaded with its preset and sizes.

A package adds a workload with an entry point in the group `fwtui.workloads`. Its name is the workload's; it
names a dict of `PackagedWorkload` by preset.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path, PurePath
from typing import Any

from fwtui.core import entry_points
from fwtui.core.error_text import error_text
from fwtui.core.inputs import SpecError, known_size, one_of, positive_number, text_of, whole_number
from fwtui.core.spec import MAX_RATE, MAX_SIZE, MAX_STEPS, OPTIMIZERS, RaceSpec, WorkloadSpec
from fwtui.core.text import plain, printable
from fwtui.workloads.base import PackagedWorkload
from fwtui.workloads.user import workload as own
from fwtui.workloads.user.description import Description
from fwtui.workloads.user.errors import NET
from fwtui.workloads.user.executed import execute as execute_file
from fwtui.workloads.user.inspector import Waiting, ignore, inspect
from fwtui.workloads.user.models import ModelFile
from fwtui.workloads.user.workload import UserWorkload

GROUP = "fwtui.workloads"

_OWN = {
    "two-layer": "fwtui.workloads.two_layer.workload",
    "digits-mlp": "fwtui.workloads.digits_mlp.workload",
    "digits-cnn": "fwtui.workloads.digits_cnn.workload",
    "dynamic-depth": "fwtui.workloads.dynamic_depth.workload",
    "char-rnn": "fwtui.workloads.char_rnn.workload",
    "tiny-transformer": "fwtui.workloads.tiny_transformer.workload",
}
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ONLY = "default"

_described: dict[WorkloadSpec, Description] = {}
"""Users' files as they were when they were inspected last."""


@cache
def _installed() -> tuple[dict[str, Mapping[str, PackagedWorkload]], tuple[str, ...]]:
    """The presets of each workload of other packages, and what is wrong with those that cannot be used."""
    return entry_points.load(GROUP, lambda name, offered, before: _problem(name, offered))


def _problem(name: str, offered: object) -> str:
    """Why what a package offers is no workload; "" where it is one."""
    if name in _OWN:
        return f"there is a workload {name} already"
    if not _NAME.fullmatch(name):
        return f"{name!r} is no name for a workload, such as two-layer"
    if not isinstance(offered, Mapping) or not offered:
        return "it is no dict of workloads by preset"
    for preset, workload in offered.items():
        if not isinstance(preset, str) or not _NAME.fullmatch(preset):
            return f"{preset!r} is no name for a preset, such as default"
        if not isinstance(workload, PackagedWorkload):
            return f"its preset {preset} is no PackagedWorkload"
        if wrong := _unusable(workload):
            return f"preset {preset}: {wrong}"
    return ""


def _unusable(workload: PackagedWorkload) -> str:
    """What is wrong with the facts about another package's workload; "" where nothing is."""
    for name in ("summary", "shape"):
        text = workload.shape() if name == "shape" else workload.summary
        if not isinstance(text, str) or text != printable(text):
            return f"its {name} is no text that can be printed"
    try:
        whole_number("STEPS", text_of(workload.STEPS), 1, MAX_STEPS)
        one_of("OPTIMIZER", workload.OPTIMIZER, OPTIMIZERS)
        positive_number("LEARNING_RATE", text_of(workload.LEARNING_RATE), MAX_RATE)
    except SpecError as error:
        return str(error)
    sizes = workload.sizes()
    if not all(isinstance(name, str) and type(size) is int for name, size in sizes.items()):
        return "its sizes are no whole numbers by name"
    return ""


def problems() -> tuple[str, ...]:
    """A line for each package whose workload cannot be used."""
    return _installed()[1]


def forget() -> None:
    """Search for packages again at the next question, as after one was installed."""
    entry_points.forget()
    _installed.cache_clear()


def names() -> tuple[str, ...]:
    """Every workload's name."""
    return (*_OWN, *_installed()[0])


def presets(name: str, data: str | None = None) -> tuple[str, ...]:
    """The names of a workload's presets, the default first; a user's file has one.

    Args:
        data: path of an `.npz` file for a user's file.

    Raises:
        SpecError: there is no such workload, or it takes no data.
    """
    return (_ONLY,) if own.is_path(name) else tuple(_table(name, data))


def execute(spec: WorkloadSpec) -> PackagedWorkload | UserWorkload:
    """The workload that `spec` names, to be trained; executes a user's file in this process.

    Raises:
        SpecError: there is no such workload, or it lacks the preset or a size.
    """
    return execute_file(spec, UserWorkload) if own.is_path(spec.name) else _packaged(spec)


def execute_models(spec: WorkloadSpec) -> ModelFile:
    """The file with models that `spec` names, executed in this process. UserFileError as `execute_file`."""
    return execute_file(spec, ModelFile)


def load(spec: WorkloadSpec) -> PackagedWorkload | Description:
    """What the workload offers; a user's file as it was when inspected last. SpecError as `fresh`."""
    if not own.is_path(spec.name):
        return _packaged(spec)
    return _described[spec] if spec in _described else fresh(spec)


def fresh(spec: WorkloadSpec, waiting: Waiting = ignore) -> PackagedWorkload | Description:
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


def current(spec: WorkloadSpec) -> PackagedWorkload | Description | None:
    """The same without any inspection: None where a user's file would need one. SpecError as `fresh`."""
    if not own.is_path(spec.name):
        return _packaged(spec)
    description = _described.get(spec)
    return None if description is None or description.changed else description


def known(spec: WorkloadSpec) -> PackagedWorkload | Description:
    """The same, a user's file with whatever sizes and data it was inspected last. SpecError as `fresh`."""
    if not own.is_path(spec.name):
        return _packaged(spec)
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
        return Path(spec.name), framework + NET
    module = find_spec(_packaged(spec).net(framework))
    assert module is not None
    assert module.origin is not None
    return Path(module.origin), "loss"


def _table(name: str, data: str | None) -> Mapping[str, PackagedWorkload]:
    if name not in names():
        raise SpecError("--workload", name, f"{', '.join(names())}, or the path of a Python file, my_net.py")
    if data is not None:
        raise SpecError("--data", data, f"nothing with {name}, which has its own; a file of yours takes it")
    if name not in _OWN:
        return _installed()[0][name]
    table: Mapping[str, PackagedWorkload] = import_module(_OWN[name]).PRESETS
    return table


def _packaged(spec: WorkloadSpec) -> PackagedWorkload:
    table = _table(spec.name, spec.data)
    workload = table[one_of("--preset", spec.preset, tuple(table))]
    for name, value in spec.sizes:
        known_size(name, value, workload.sizes())
        whole_number(f"--size {name}", value, 1, MAX_SIZE)
    sizes: dict[str, Any] = dict(spec.sizes)
    changed = replace(workload, **sizes)
    if spec.name not in _OWN and sizes:  # as it is, it was looked at when it was found
        try:
            wrong = _unusable(changed)
        except Exception as error:
            wrong = error_text(error)
        if wrong:
            raise SpecError("--size", plain(str(sizes)), f"sizes that {spec.name} can be made of; {wrong}")
    return changed


def is_own(name: str) -> bool:
    """Whether a workload is one of fwtui's, neither a user's file nor another package's."""
    return name in _OWN
