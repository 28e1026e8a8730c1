"""`fwtui ops`: what one step of a backend does, op by op, as text, as JSON and as a Chrome trace."""

from typing import TYPE_CHECKING, Annotated

import typer

from fwtui.cli import completion
from fwtui.cli.options import OUTPUT, Json, format_of
from fwtui.race.options import HOW

if TYPE_CHECKING:
    from fwtui.core.spec import RaceSpec
    from fwtui.race.request import RaceRequest

FORMATS = ("log", "totals", "timeline", "chrome-trace")
STEPS = "100"
"""So many steps are steady ones for the most part: the log's times are held against them."""

Backend = Annotated[
    str,
    typer.Argument(
        metavar="BACKEND",
        autocompletion=completion.backends,
        help="Whose ops, such as [bold]torch.eager[/]; [bold]fwtui backends[/] lists them.",
        show_default=False,
    ),
]
Match = Annotated[
    str | None,
    typer.Option(
        metavar="BACKEND",
        autocompletion=completion.backends,
        help="Run this one too, from the same weights and on the same batches, and set its ops beside their "
        "counterparts.",
        rich_help_panel=HOW,
    ),
]
Steps = Annotated[
    str,
    typer.Option(
        metavar="N",
        help=f"Log the step after N optimizer updates ({STEPS}); [bold]0[/]: the first step, in which "
        "both backends of --match still have the same weights. With --until-nan, give up there.",
        show_default=False,
        rich_help_panel=HOW,
    ),
]
UntilNan = Annotated[
    bool,
    typer.Option(
        metavar="",
        help="Log each step from the first one on, until an op gives a NaN or a result of the step is "
        "infinite; show that step.",
        rich_help_panel=HOW,
    ),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="FORMAT",
        help="[bold]log[/] (the default): every op; [bold]totals[/]: how often and how long, by op; "
        "[bold]timeline[/]: when each ran; [bold]chrome-trace[/]: for Perfetto and chrome://tracing.",
        rich_help_panel=OUTPUT,
    ),
]
OnlyPhase = Annotated[
    str | None,
    typer.Option(
        "--phase",
        metavar="NAME",
        help="Show only this one: [bold]forward[/], [bold]backward[/] or [bold]update[/].",
        rich_help_panel=OUTPUT,
    ),
]


def ops(
    request: "RaceRequest",
    backend: Backend = "",
    match: Match = None,
    steps: Steps = STEPS,
    until_nan: UntilNan = False,
    as_format: As = None,
    phase: OnlyPhase = None,
    json: Json = None,
) -> int:
    """Show what one step does, op by op: shapes, times, bytes, lines of source, and what came out.

    An eager backend runs every op itself. A static one makes one call; the kernels inside are shown where the
    framework reports them. The logged step is excluded from all step times. [bold]--json[/] has all
    that was logged, whatever is shown.

    Exit code: 0 if the ops were logged, 1 if not, or if --until-nan found what it looks for, 2 for bad input,
    130 after Ctrl+C.

      fwtui ops torch.eager --workload tiny-transformer
      fwtui ops tf.eager --match torch.eager
      fwtui ops tf.function --as totals
      fwtui ops torch.eager --as chrome-trace > step.json
    """
    from fwtui.backends import catalogue as backends
    from fwtui.cli import ops_output, result_table
    from fwtui.cli.output import JsonOutput
    from fwtui.cli.progress import Progress
    from fwtui.core.inputs import one_of
    from fwtui.core.nonfinite import first_fault
    from fwtui.core.oplog import OP_PHASES
    from fwtui.session.run import run

    one_of("BACKEND", backend, backends.names())
    shown_as = format_of(as_format, FORMATS, json)
    if match is not None:
        one_of("--match", match, backends.names())
    if phase is not None:
        one_of("--phase", phase, OP_PHASES)
    race = _race(request, [backend] if match is None else [backend, match], steps, until_nan)
    out = None if json is None else JsonOutput(json)
    with Progress(race) as progress:
        result = run(race, progress)
    logs = [ops_output.shown(lane, until_nan) for lane in result.lanes]
    if out is None or not out.standard:
        ops_output.show(result, logs, shown_as, phase)
    if out is not None:
        out.write(ops_output.report(result, logs))
    if until_nan:
        ops_output.tell_fault(result, logs)
    result_table.explain_failures(result)
    if result.signal:
        return 128 + result.signal
    if until_nan and any(log is not None and first_fault(log.log) for log in logs):
        return 1
    return int(any(outcome != "done" for outcome in result.outcomes) or None in logs)


def _race(request: "RaceRequest", names: list[str], steps: str, until_nan: bool) -> "RaceSpec":
    """The backends called `names`, which log the step after the last, or each until a NaN.

    After no steps it is the first step that they log, before they take it.
    """
    from dataclasses import replace

    from fwtui.cli.planning import planned
    from fwtui.core.spec import OpLogging
    from fwtui.race.request import LaneRequest

    first = steps.strip() == "0" and not until_nan
    race = planned(replace(request, lanes=tuple(map(LaneRequest, names)), steps="1" if first else steps))
    logging = OpLogging(first, last=not first, until_nan=until_nan)
    return replace(race, lanes=tuple(replace(lane, ops=logging) for lane in race.lanes))
