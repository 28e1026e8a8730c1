"""`fwtui config`: the configuration file, and what holds in the end."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fwtui.cli.options import Json
from fwtui.core.inputs import SpecError

if TYPE_CHECKING:
    from pathlib import Path

    from fwtui.config.configuration import Configuration


def config(
    ctx: typer.Context,
    word: Annotated[str, typer.Argument(metavar="[show | edit | path]", show_default=False)] = "show",
    json: Json = None,
) -> int:
    """Show what is set for every option, and by what; or edit the configuration file.

    An option that is left out is taken from its environment variable, such as [bold]FWTUI_SEED[/], or else
    from the file. [bold]edit[/] opens it with [bold]$EDITOR[/], and checks it; [bold]path[/] prints where it
    is, or would be: [bold]FWTUI_CONFIG[/] names another file, and, empty, none.

    Exit code: 0; 2 if the file cannot be read, or holds something that fwtui does not know.

      fwtui config
      fwtui config edit
    """
    from fwtui.cli.output import JsonOutput, say, show
    from fwtui.config import file

    path = file.location()
    if word not in ("show", "edit", "path"):
        raise SpecError("fwtui config", word, "show, edit, path")
    if word != "show":
        if json is not None:
            raise SpecError("--json", word, "show alone")
        if path is None:
            raise SpecError(file.VARIABLE, "", "the path of a file, or unset")
        if word == "edit":
            return _edit(ctx, path)
        say(f"{path}\n")
        return 0
    out = None if json is None else JsonOutput(json)
    facts = _facts(ctx)
    if out is None or not out.standard:
        show(_page(facts))
    if out is not None:
        out.write(facts)
    return 0


def _edit(ctx: typer.Context, path: "Path") -> int:
    """Open the file in the user's editor, with a commented one to begin with, and check what comes of it."""
    import os
    import shlex
    import subprocess

    from fwtui.cli.defaults import configuration
    from fwtui.cli.output import say
    from fwtui.config.template import TEMPLATE

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(TEMPLATE)
        code = subprocess.run([*shlex.split(editor), str(path)], check=False).returncode
    except (OSError, ValueError) as error:
        raise SpecError("fwtui config edit", f"{editor} {path}", f"an editor in $EDITOR ({error})") from None
    if code:
        raise SpecError("fwtui config edit", f"exit code {code} of {editor}", "0")
    configuration(ctx.find_root().command)
    say(f"{path} is in order\n")
    return 0


def _facts(ctx: typer.Context) -> dict[str, Any]:
    """Everything that is set, ready for JSON; an option that nothing sets is null."""
    import os

    from fwtui.cli import defaults
    from fwtui.config import keys

    root, usual_values = ctx.find_root().command, _usual()
    found = defaults.configuration(root)
    options = []
    for key in dict.fromkeys(key for own in defaults.options_of(root).values() for key in own):
        variable = defaults.variable(key)
        rows = [(command, table[key], "file") for command, table in found.defaults.items() if key in table]
        if os.environ.get(variable):
            rows = [("", os.environ[variable], variable)]
        for command, value, source in rows or [("", usual_values.get(key), "default")]:
            options.append({"option": key, "command": command or None, "value": value, "from": source})
    usual = {**keys.EVERYWHERE, **{k: v for own in keys.SCREENS.values() for k, v in own.items()}}
    return {
        "path": str(found.path) if found.path else None,
        "exists": found.exists,
        "options": options,
        "interpreters": dict(found.environments.interpreters),
        "hosts": _hosts(found),
        "keys": {action: found.keys.get(action, key) for action, key in usual.items()},
        "changed_keys": sorted(found.keys),
    }


def _usual() -> dict[str, str]:
    """The defaults of options that do not depend on the workload."""
    from dataclasses import asdict

    from fwtui.race.request import RaceRequest

    request = RaceRequest()
    values = {key: value for key, value in asdict(request).items() if isinstance(value, str) and value}
    return values | {"lanes": ",".join(lane.backend for lane in request.lanes)}


def _hosts(found: "Configuration") -> dict[str, Any]:
    return {
        host.name: {"ssh": host.ssh, "python": host.python, "interpreters": dict(host.interpreters)}
        for host in found.environments.hosts
    }


def _page(facts: dict[str, Any]) -> Any:
    from rich.console import Group
    from rich.text import Text

    from fwtui.cli.output import plain_table
    from fwtui.core.text import plain

    table = plain_table()
    for title in ("option", "value", "from"):
        table.add_column(title, overflow="fold")
    for one in facts["options"]:
        name = one["option"].replace("_", "-") + (f" ({one['command']})" if one["command"] else "")
        value = ", ".join(one["value"]) if isinstance(one["value"], list) else str(one["value"])
        value = value.lower() if isinstance(one["value"], bool) else value
        style = "dim" if one["from"] == "default" else ""
        cells = (name, plain(value) if one["value"] is not None else "", one["from"])
        table.add_row(*(Text(cell, style) for cell in cells))
    for framework, path in facts["interpreters"].items():
        table.add_row(f"interpreter of {framework}", Text(plain(path)), "file")
    for name, host in facts["hosts"].items():
        pythons = [f"python {host['python']}"] if host["python"] else []
        pythons += [f"{key} {path}" for key, path in host["interpreters"].items()]
        table.add_row(Text(f"host {plain(name)}"), Text(plain(", ".join([host["ssh"], *pythons]))), "file")
    for action in facts["changed_keys"]:
        table.add_row(f"key of {action}", Text(plain(facts["keys"][action])), "file")
    where = facts["path"] or "none is read"
    missing = "" if facts["exists"] or not facts["path"] else "; not there: `fwtui config edit` makes it"
    return Group(Text.assemble(("file  ", "dim"), plain(where), (missing, "dim")), "", table)
