"""`fwtui workloads`: the networks and data that a lane can train."""

from typing import Any

from fwtui.cli.options import Json


def workloads(json: Json = None) -> int:
    """List the workloads with their presets: network, sizes, data, and how they are trained by default."""
    from fwtui.cli.output import JsonOutput, show
    from fwtui.workloads import catalogue

    tables = {name: catalogue.presets(name) for name in catalogue.NAMES}
    if json is not None:
        listed = [
            {
                "name": name,
                "summary": next(iter(presets.values())).summary,
                "presets": [{"name": preset, **_facts(w)} for preset, w in presets.items()],
            }
            for name, presets in tables.items()
        ]
        JsonOutput(json).write({"workloads": listed})
        return 0
    for name, presets in tables.items():
        show(_page(name, presets))
    return 0


def _facts(workload: Any) -> dict[str, Any]:
    import numpy as np

    held_out = workload.held_out(np.random.default_rng(0))
    first = workload.parameters(np.random.default_rng(0))
    return {
        "shape": workload.shape(),
        "parameters": sum(array.size for array in first.values()),
        "sizes": workload.sizes(),
        "steps": workload.STEPS,
        "optimizer": workload.OPTIMIZER,
        "learning_rate": workload.LEARNING_RATE,
        "held_out_rows": None if held_out is None else len(next(iter(held_out.values()))),
    }


def _page(name: str, presets: dict[str, Any]) -> Any:
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
        "steps": [f"{f['steps']:,}" for f in facts],
        "optimizer": [f"{f['optimizer']}, lr {f['learning_rate']:g}" for f in facts],
        "held out": [f"{f['held_out_rows']} rows" if f["held_out_rows"] else "none" for f in facts],
    }
    for title, cells in rows.items():
        table.add_row(title, *cells)
    summary = next(iter(presets.values())).summary
    return Group(Text.assemble((name, "bold"), f"  {summary}"), "", table, "")
