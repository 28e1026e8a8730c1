"""Plain `fwtui`: the lanes, live on the whole terminal."""

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from fwtui.core.inputs import SpecError, positive_number

SCREEN = "Screen"
MIN_FPS, MAX_FPS = 0.2, 10.0

if TYPE_CHECKING:
    from fwtui.race.request import RaceRequest


Fps = Annotated[
    str | None,
    typer.Option(
        metavar="X",
        help="Frames a second at most, 0.2 to 10; 5, and over SSH 2.5, unless you say otherwise.",
        rich_help_panel=SCREEN,
    ),
]


Theme = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="[bold]fwtui-dark[/] (the default), [bold]fwtui-light[/], or one of Textual's, such as "
        "[bold]nord[/].",
        rich_help_panel=SCREEN,
    ),
]


def live(request: "RaceRequest", ctx: typer.Context, fps: Fps = None, theme: Theme = None) -> int:
    """Show the lanes live."""
    from fwtui.cli.defaults import configuration
    from fwtui.cli.planning import planned
    from fwtui.race.plan import with_usual_lanes
    from fwtui.race.user_files import UserFiles

    probe_every = request.probe_every or "growing"
    request = replace(
        request,
        linger=True,
        keep_training=request.steps is None,
        probe_every=probe_every,
        sample_graphs=True,
    )
    frames = None if fps is None else positive_number("--fps", fps, MAX_FPS, MIN_FPS)
    planned(request)
    request = with_usual_lanes(request, UserFiles())
    _require_terminal()
    from fwtui.cli.farewell import say_farewell
    from fwtui.tui.run import run

    return run(request, say_farewell, frames, theme, configuration(ctx.find_root().command).keys)


def _require_terminal() -> None:
    # Textual draws on standard error.
    streams = {"standard input": sys.stdin, "standard output": sys.stdout, "standard error": sys.stderr}
    for name, stream in streams.items():
        if stream is None or not stream.isatty():
            raise SpecError(name, "no terminal", "a terminal to show the lanes on; `fwtui bench` needs none")
    if "utf" not in sys.stderr.encoding.lower():
        hint = "UTF-8, to draw with: export LANG=C.UTF-8, or PYTHONIOENCODING=utf-8; `fwtui bench` needs none"
        raise SpecError("the terminal's encoding", sys.stderr.encoding, hint)
    if os.environ.get("TERM") == "dumb":
        raise SpecError("TERM", "dumb", "a terminal that can move its cursor; `fwtui bench` needs none")
