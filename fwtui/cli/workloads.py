"""`fwtui workloads`: the networks and data that a lane can train, and files for the user's own."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fwtui.cli.options import Data, Json
from fwtui.core.inputs import SpecError

if TYPE_CHECKING:
    from fwtui.workloads.base import PackagedWorkload
    from fwtui.workloads.user.description import Description


def workloads(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE | new FILE]", show_default=False)
    ] = None,
    model: Annotated[
        bool,
        typer.Option(
            "--model", metavar="", help="With new: a torch.nn.Module and its Keras twin, as they are."
        ),
    ] = False,
    data: Data = None,
    json: Json = None,
) -> int:
    """List the workloads with their presets: network, sizes, data, and how they are trained by default.

    [bold]new FILE[/] writes a commented network of your own, in both frameworks, to begin with. With
    [bold]FILE[/] alone that network is looked over: what it lacks, what it gives, and whether it trains for
    one step in each framework. [bold]new --model FILE[/] writes one with models as they are.

    Exit code: 0; 1 if a net is missing or fails; 2 for bad input.

      fwtui workloads
      fwtui workloads new my_net.py
      fwtui workloads my_net.py
      fwtui workloads new --model my_port.py
    """
    from fwtui.workloads import catalogue
    from fwtui.workloads.user import workload as own

    if model and (words or [""])[0] != "new":
        raise SpecError("--model", "--model", "new before FILE: fwtui workloads new --model FILE")
    match words or []:
        case ["new", file]:
            return _write(file, model)
        case []:
            return _list(catalogue.names(), data, json)
        case [name] if name != "new":
            return _examine(name, data, json) if own.is_path(name) else _list([name], data, json)
        case other:
            raise SpecError("fwtui workloads", " ".join(other), "no word, FILE, or new FILE")


def _write(file: str, models: bool) -> int:
    import shlex
    from pathlib import Path

    from fwtui.cli.output import say
    from fwtui.core.text import printable
    from fwtui.workloads.user import template
    from fwtui.workloads.user import workload as own

    template.write(Path(own.absolute(file)), models)
    command = f"fwtui {'parity ' if models else ''}--workload {shlex.quote(file)}"
    say(f"wrote {printable(file)}; it runs as it is: {printable(command)}\n")
    return 0


def _list(names: Sequence[str], data: str | None, json: str | None) -> int:
    """Workloads of fwtui's and of other packages."""
    from fwtui.cli.output import JsonOutput, complain, show
    from fwtui.core.error_text import error_text
    from fwtui.core.spec import WorkloadSpec
    from fwtui.core.text import plain
    from fwtui.workloads import catalogue

    out = None if json is None else JsonOutput(json)
    listed, problems = [], list(catalogue.problems())
    for name in names:
        specs = [WorkloadSpec(name, preset, data=data) for preset in catalogue.presets(name, data)]
        workloads = {spec.preset: catalogue.load(spec) for spec in specs}
        try:
            listed.append(_described(name, workloads))
        except (Exception, SystemExit) as error:
            if catalogue.is_own(name):
                raise
            problems.append(plain(f"{name}: its data cannot be had: {error_text(error)}"))
    complain(problems)
    if out is not None:
        out.write({"workloads": listed, "problems": problems})
    else:
        for workload in listed:
            show(_page(workload))
    return int(not listed)


def _examine(name: str, data: str | None, json: str | None) -> int:
    """A user's file and its nets; 1 where one of them is missing or fails."""
    from fwtui.cli.net_check import check_nets
    from fwtui.cli.output import JsonOutput, show
    from fwtui.cli.planning import inspection_shown
    from fwtui.core.spec import WorkloadSpec
    from fwtui.race.request import RaceRequest
    from fwtui.workloads import catalogue
    from fwtui.workloads.user import workload as own
    from fwtui.workloads.user.errors import UserFileError
    from fwtui.workloads.user.inspector import inspect

    out = None if json is None else JsonOutput(json)
    path = None if data is None else own.absolute(data)
    (preset,) = catalogue.presets(name)
    spec = WorkloadSpec(catalogue.located(name), preset, data=path)
    with inspection_shown() as waiting:
        file = inspect(spec, calls=True, waiting=waiting)
    if file.models:
        hint = f"`fwtui weights {name}` and `fwtui parity --workload {name}` look it over"
        raise UserFileError(catalogue.title(spec.name), "has models as they are", hint)
    checks = check_nets(file, RaceRequest(workload=spec.name, data=path))
    listed = _described(catalogue.title(spec.name), {preset: file}) | {
        "nets": [check.as_json() for check in checks]
    }
    if out is not None:
        out.write({"workloads": [listed]})
    if out is None or not out.standard:
        show(_page(listed))
    return int(any(check.problem for check in checks))


def _described(name: str, presets: "Mapping[str, PackagedWorkload | Description]") -> dict[str, Any]:
    return {
        "name": name,
        "summary": next(iter(presets.values())).summary,
        "presets": [{"name": preset, **_about(one)} for preset, one in presets.items()],
    }


def _about(workload: "PackagedWorkload | Description") -> dict[str, Any]:
    from fwtui.workloads.user.description import Description, facts_of

    facts = workload.facts if isinstance(workload, Description) else facts_of(workload)
    assert facts is not None
    return {
        "shape": workload.shape(),
        "parameters": facts.parameters,
        "sizes": workload.sizes(),
        "batch": {name: None if shape is None else list(shape) for name, shape in facts.batch.items()},
        "steps": workload.STEPS,
        "optimizer": workload.OPTIMIZER,
        "learning_rate": workload.LEARNING_RATE,
        "held_out_rows": facts.held_out_rows,
    }


def _batch(shapes: dict[str, list[int] | None]) -> str:
    """Such as `x 64×1000, y 64×10, depth`: a number alone has no shape."""
    return ", ".join(f"{name} {'×'.join(map(str, shape or []))}".strip() for name, shape in shapes.items())


def _page(workload: dict[str, Any]) -> Any:
    from rich.console import Group
    from rich.text import Text

    from fwtui.cli.output import plain_table

    table = plain_table()
    table.add_column("", style="dim", no_wrap=True)
    presets = workload["presets"]
    for number, one in enumerate(presets):
        table.add_column(f"--preset {one['name']}" + (" (default)" if not number else ""))
    rows = {
        "network": [one["shape"] for one in presets],
        "parameters": [f"{one['parameters']:,}" for one in presets],
        "sizes": [" ".join(f"{key}={value}" for key, value in one["sizes"].items()) for one in presets],
        "batch": [_batch(one["batch"]) for one in presets],
        "steps": [f"{one['steps']:,}" for one in presets],
        "optimizer": [f"{one['optimizer']}, lr {one['learning_rate']:g}" for one in presets],
        "held out": [f"{one['held_out_rows']} rows" if one["held_out_rows"] else "none" for one in presets],
    }
    for title, cells in rows.items():
        table.add_row(title, *cells)
    for net in workload.get("nets", ()):
        table.add_row(net["framework"], _net(net))
    return Group(Text.assemble((workload["name"], "bold"), f"  {workload['summary']}"), "", table, "")


def _net(net: dict[str, Any]) -> Any:
    """What came of one step."""
    from rich.text import Text

    from fwtui.format import numbers

    if net["problem"] is None:
        return Text.assemble(("trains", "green"), f": one step, loss {numbers.loss(net['loss'])}")
    hint = f"; {net['hint']}" if net["hint"] else ""
    log = "".join(f"\n  {line}" for line in net["log"])
    return Text.assemble((net["problem"], "red"), hint, (log, "dim"))
