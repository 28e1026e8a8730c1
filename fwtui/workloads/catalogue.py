"""The workloads by name, or by the path of a user's file, and how one is loaded with its preset and sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path, PurePath
from typing import Any

from fwtui.race.spec import MAX_SIZE, SpecError, WorkloadSpec, one_of, whole_number
from fwtui.workloads import own
from fwtui.workloads.base import BuiltIn
from fwtui.workloads.own import Own
from fwtui.workloads.own_errors import plain

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


def presets(name: str, data: str | None = None) -> Mapping[str, BuiltIn | Own]:
    """Every preset of a workload, the default first; a user's file, as it stands now, has one.

    Args:
        data: path of an `.npz` file for a user's file.

    Raises:
        SpecError: there is no such workload, or it takes no data.
    """
    if own.is_path(name):
        return {_ONLY: own.fresh(WorkloadSpec(name, _ONLY, data=data))}
    if name not in NAMES:
        raise SpecError("--workload", name, f"{', '.join(NAMES)}, or the path of a Python file, my_net.py")
    if data is not None:
        raise SpecError("--data", data, f"nothing with {name}, which has its own; a file of yours takes it")
    table: dict[str, BuiltIn] = import_module(_MODULES[name]).PRESETS
    return table


def load(spec: WorkloadSpec) -> BuiltIn | Own:
    """The workload that `spec` names, its sizes applied, a file as it was when it was looked at last.

    Raises:
        SpecError: there is no such workload, or it lacks the preset or a size.
    """
    return own.load(spec) if own.is_path(spec.name) else _built_in(spec)


def fresh(spec: WorkloadSpec) -> BuiltIn | Own:
    """The same, a file as it stands now; where that cannot be used, `load` gives what it gave before."""
    return own.fresh(spec) if own.is_path(spec.name) else _built_in(spec)


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


def _built_in(spec: WorkloadSpec) -> BuiltIn:
    table = presets(spec.name, spec.data)
    workload = table[one_of("--preset", spec.preset, tuple(table))]
    assert isinstance(workload, BuiltIn)
    known = workload.sizes()
    for name, value in spec.sizes:
        if name not in known:
            raise SpecError("--size", f"{name}={value}", f"sizes of {spec.name}: {', '.join(known)}")
        whole_number(f"--size {name}", value, 1, MAX_SIZE)
    sizes: dict[str, Any] = dict(spec.sizes)
    return replace(workload, **sizes)
