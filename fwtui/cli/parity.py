"""`fwtui parity`: proves a port, or says where it first goes wrong."""

from typing import TYPE_CHECKING, Annotated

import typer

from fwtui.cli.options import Json

if TYPE_CHECKING:
    from fwtui.core.spec import RaceSpec
    from fwtui.measure.history import History
    from fwtui.parity.finding import Finding
    from fwtui.race.request import RaceRequest
    from fwtui.session.run import Result, Watch

JUDGING = "How to judge"
COULD_NOT_BE_JUDGED = 2

Tolerance = Annotated[
    str | None,
    typer.Option(
        "--tolerance",
        metavar="X",
        help="Relative gap that is still the same answer, in the lanes' dtype: 1e-4 in float32, 1e-10 in "
        "float64 unless you say otherwise.",
        rich_help_panel=JUDGING,
    ),
]
Tolerance64 = Annotated[
    str | None,
    typer.Option(
        "--tolerance-float64",
        metavar="X",
        help="The same for the float64 truth (1e-10).",
        rich_help_panel=JUDGING,
    ),
]
NoTruth = Annotated[
    bool,
    typer.Option(
        "--no-truth",
        metavar="",
        help="Leave the float64 truth out: faster, but only the tolerance then distinguishes rounding "
        "from bugs.",
        rich_help_panel=JUDGING,
    ),
]


Forward = Annotated[
    bool,
    typer.Option(
        "--forward",
        metavar="",
        help="Train nothing: compare what two models give in evaluation mode, output by output and submodule "
        "by submodule, on --steps batches (10). Needs no --loss.",
        rich_help_panel=JUDGING,
    ),
]


def parity(
    request: "RaceRequest",
    ctx: typer.Context,
    forward: Forward = False,
    tolerance: Tolerance = None,
    tolerance_float64: Tolerance64 = None,
    no_truth: NoTruth = False,
    json: Json = None,
) -> int:
    """Tell whether the lanes compute the same, and where they first do not.

    Compares every loss, and at growing distances every gradient and parameter, element by element. Lanes in
    float32 are also compared with the same networks in float64, to distinguish rounding from a bug.
    Where the lanes differ, the step, the part of it, the parameter and the first op are found.

    Exit code: 0 if the lanes agree, 1 if they differ, 2 if that could not be judged or for bad input, 130
    after Ctrl+C.

      fwtui parity --workload my_net.py
      fwtui parity --dtype float64 --steps 100 --lanes torch.eager,tf.function
      fwtui parity --lanes torch.eager,torch.compile --json parity.json
      fwtui parity --forward --torch nets:Net --tensorflow keras_nets:build --data batch.npz
    """
    if forward:
        from fwtui.cli.forward import forward as compare
        from fwtui.cli.forward import without_defaults

        return compare(without_defaults(ctx, request), tolerance, tolerance_float64, json)
    return _trained(request, (tolerance, tolerance_float64), not no_truth, json)


def _trained(
    request: "RaceRequest", tolerances: tuple[str | None, str | None], with_truth: bool, json: str | None
) -> int:
    """Train the lanes, compare them, and show what came of it; returns the exit code."""
    import os
    import sys
    from dataclasses import replace

    from fwtui.cli import parity_table, result_table
    from fwtui.cli.output import JsonOutput, show
    from fwtui.cli.planning import planned
    from fwtui.cli.progress import Progress
    from fwtui.parity.check import check
    from fwtui.parity.report import report
    from fwtui.parity.request import checked_tolerances
    from fwtui.session.run import run

    spec = planned(replace(request, probe_every=request.probe_every or "growing"))
    within = checked_tolerances(spec, *tolerances)
    out = None if json is None else JsonOutput(json)
    settled = True

    def with_progress(race: "RaceSpec", watch: "Watch") -> "Result":
        nonlocal settled
        with Progress(race) as progress:
            result = run(race, _both(watch, progress))
        settled = settled and result.settled
        return result

    try:
        finding = check(spec, within, with_progress, with_truth)
    except MemoryError as error:
        hint = "smaller sizes may fit" + (", and --no-truth needs less" if with_truth else "")
        print(f"fwtui: out of memory: {error}; {hint}", file=sys.stderr)  # noqa: T201
        return COULD_NOT_BE_JUDGED
    if out is None or not out.standard:
        show(parity_table.render(finding))
    if out is not None:
        out.write(report(finding))
    result_table.explain_failures(finding.result)
    code = _code(finding)
    if not settled:  # a thread is stuck in a framework, and would keep the interpreter from leaving
        sys.stdout.flush()
        os._exit(code)
    return code


def _code(finding: "Finding") -> int:
    if finding.result.signal:
        return 128 + finding.result.signal
    return COULD_NOT_BE_JUDGED if finding.same is None else int(not finding.same)


def _both(watch: "Watch", progress: "Watch") -> "Watch":
    def watching(lanes: "list[History]") -> None:
        watch(lanes)
        progress(lanes)

    return watching
