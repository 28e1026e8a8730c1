"""What the shell completes values to. No framework is imported for that, and no file of a user's executed."""

from __future__ import annotations

from collections.abc import Callable

import typer

from fwtui.race.options import OPTIONS, Option

Complete = Callable[[typer.Context, str], list[str]]


def completion(option: Option) -> Complete:
    """The function that gives what a value of `option` may go on as."""
    return _SPECIAL.get(option.key) or _among(option)


def backends(incomplete: str) -> list[str]:
    """The backends that begin so."""
    return _starting(OPTIONS["lane"].kind.examples, incomplete)


def _lanes(ctx: typer.Context, incomplete: str) -> list[str]:
    """The last of several backends with commas between."""
    before, comma, last = incomplete.rpartition(",")
    return [before + comma + name for name in backends(last)]


def _presets(ctx: typer.Context, incomplete: str) -> list[str]:
    from fwtui.workloads import catalogue

    name = _workload(ctx)
    return _starting(catalogue.presets(name), incomplete) if name in catalogue.names() else []


def _sizes(ctx: typer.Context, incomplete: str) -> list[str]:
    from fwtui.core.spec import WorkloadSpec
    from fwtui.workloads import catalogue

    name = _workload(ctx)
    if name not in catalogue.names():
        return []
    sizes = catalogue.load(WorkloadSpec(name, catalogue.presets(name)[0])).sizes()
    return _starting([f"{size}=" for size in sizes], incomplete)


def _workload(ctx: typer.Context) -> str:
    from fwtui.race.request import RaceRequest

    return str(ctx.params.get("workload") or RaceRequest.workload)


def _among(option: Option) -> Complete:
    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        return _starting(option.kind.examples, incomplete)

    return complete


def _starting(values: list[str] | tuple[str, ...], incomplete: str) -> list[str]:
    return [value for value in values if value.startswith(incomplete)]


_SPECIAL: dict[str, Complete] = {"lanes": _lanes, "preset": _presets, "size": _sizes}
