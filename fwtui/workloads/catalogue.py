"""The built-in workloads by name, and how one is loaded with its preset and sizes."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

from fwtui.race.spec import MAX_SIZE, SpecError, WorkloadSpec, one_of, whole_number
from fwtui.workloads.base import BuiltIn

_MODULES = {
    "two-layer": "fwtui.workloads.two_layer.workload",
    "digits-mlp": "fwtui.workloads.digits_mlp.workload",
}
NAMES = tuple(_MODULES)


def presets(name: str) -> dict[str, BuiltIn]:
    """Every preset of the workload called `name`, the default first; SpecError for an unknown name."""
    module = import_module(_MODULES[one_of("--workload", name, NAMES)])
    table: dict[str, BuiltIn] = module.PRESETS
    return table


def load(spec: WorkloadSpec) -> BuiltIn:
    """The workload that `spec` names, its sizes applied; SpecError for a name or size that it lacks."""
    table = presets(spec.name)
    workload = table[one_of("--preset", spec.preset, tuple(table))]
    known = workload.sizes()
    for name, value in spec.sizes:
        if name not in known:
            raise SpecError("--size", f"{name}={value}", f"sizes of {spec.name}: {', '.join(known)}")
        whole_number(f"--size {name}", value, 1, MAX_SIZE)
    sizes: dict[str, Any] = dict(spec.sizes)
    return replace(workload, **sizes)
