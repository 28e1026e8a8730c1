"""`fwtui workloads`: the networks and data that a lane can train, and files for the user's own."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from fwtui.cli.options import Data, Json
from fwtui.race.spec import SpecError


def workloads(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE | new FILE]", show_default=False)
    ] = None,
    data: Data = None,
    json: Json = None,
) -> int:
    """List the workloads with their presets: network, sizes, data, and how they are trained by default.

    [bold]new FILE[/] writes a commented network of your own, in both frameworks, to begin with. With
    [bold]FILE[/] alone that network is looked over: what it lacks, and what it gives.

      fwtui workloads
      fwtui workloads new my_net.py
      fwtui workloads my_net.py
    """
    from fwtui.workloads import catalogue

    match words or []:
        case ["new", file]:
            return _write(file)
        case []:
            names = list(catalogue.NAMES)
        case [name] if name != "new":
            names = [catalogue.located(name)]
        case other:
            raise SpecError("fwtui workloads", " ".join(other), "nothing, FILE, or new FILE")
    return _list(names, data, json)


def _write(file: str) -> int:
    import shlex
    from pathlib import Path

    from fwtui.cli.output import say
    from fwtui.workloads import own, template

    template.write(Path(own.absolute(file)))
    say(f"wrote {file}; it runs as it is: fwtui --workload {shlex.quote(file)}\n")
    return 0


def _list(names: list[str], data: str | None, json: str | None) -> int:
    from fwtui.cli.output import JsonOutput, show
    from fwtui.workloads import catalogue, own

    out = None if json is None else JsonOutput(json)
    path = None if data is None else own.absolute(data)
    tables = {catalogue.title(name): catalogue.presets(name, path) for name in names}
    if out is not None:
        listed = [
            {
                "name": name,
                "summary": next(iter(presets.values())).summary,
                "presets": [{"name": preset, **_facts(w)} for preset, w in presets.items()],
            }
            for name, presets in tables.items()
        ]
        out.write({"workloads": listed})
        return 0
    for name, presets in tables.items():
        show(_page(name, presets))
    return 0


def _facts(workload: Any) -> dict[str, Any]:
    import numpy as np

    first = workload.parameters(np.random.default_rng(0))
    batch = next(workload.batches(np.random.default_rng(0)))
    held_out = workload.held_out(np.random.default_rng(0))
    return {
        "shape": workload.shape(),
        "parameters": sum(array.size for array in first.values()),
        "sizes": workload.sizes(),
        "batch": {name: None if isinstance(a, int) else list(a.shape) for name, a in batch.items()},
        "steps": workload.STEPS,
        "optimizer": workload.OPTIMIZER,
        "learning_rate": workload.LEARNING_RATE,
        "held_out_rows": None if held_out is None else _rows(held_out),
    }


def _rows(batch: dict[str, Any]) -> int | None:
    """Of the first array that has any."""
    return next((len(a) for a in batch.values() if not isinstance(a, int) and a.ndim), None)


def _batch(shapes: dict[str, list[int] | None]) -> str:
    """Such as `x 64×1000, y 64×10, depth`: a number alone has no shape."""
    return ", ".join(f"{name} {'×'.join(map(str, shape or []))}".strip() for name, shape in shapes.items())


def _page(name: str, presets: Mapping[str, Any]) -> Any:
    from rich.console import Group
    from rich.text import Text

    from fwtui.cli.output import plain_table

    table = plain_table()
    table.add_column("", style="dim", no_wrap=True)
    facts = [_facts(workload) for workload in presets.values()]
    for number, preset in enumerate(presets):
        table.add_column(f"--preset {preset}" + (" (default)" if not number else ""))
    rows = {
        "network": [f["shape"] for f in facts],
        "parameters": [f"{f['parameters']:,}" for f in facts],
        "sizes": [" ".join(f"{key}={value}" for key, value in f["sizes"].items()) for f in facts],
        "batch": [_batch(f["batch"]) for f in facts],
        "steps": [f"{f['steps']:,}" for f in facts],
        "optimizer": [f"{f['optimizer']}, lr {f['learning_rate']:g}" for f in facts],
        "held out": [f"{f['held_out_rows']} rows" if f["held_out_rows"] else "none" for f in facts],
    }
    for title, cells in rows.items():
        table.add_row(title, *cells)
    summary = next(iter(presets.values())).summary
    return Group(Text.assemble((name, "bold"), f"  {summary}"), "", table, "")
