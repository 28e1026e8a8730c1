"""`fwtui bench`: the race without a screen."""

from typing import TYPE_CHECKING

from fwtui.cli.options import Json

if TYPE_CHECKING:
    from fwtui.race.request import RaceRequest


def bench(request: "RaceRequest", json: Json = None) -> int:
    """Run the race without a screen, and print a table or JSON.

    Progress goes to standard error, the answer to standard output. With [bold]--json -[/] nothing else
    does. Ctrl+C ends the race and keeps what was measured.

    Exit code: 0 if every lane is done, 1 if one failed or diverged, 2 for bad input, 130 after Ctrl+C.

      fwtui bench --lanes tf.function,tf.eager,torch.eager --steps 1000
      fwtui bench --workload digits-mlp --dtype float64 --json run.json
      fwtui bench --lane 'torch.eager threads=1' --lane 'torch.eager threads=4'
    """
    import os
    import sys

    from fwtui.cli import result_table
    from fwtui.cli.output import JsonOutput, show
    from fwtui.cli.planning import planned
    from fwtui.cli.progress import Progress
    from fwtui.session.probe_report import rows
    from fwtui.session.report import report
    from fwtui.session.run import run

    spec = planned(request)
    out = None if json is None else JsonOutput(json)
    with Progress(spec) as progress:
        result = run(spec, progress)
    if out is None or not out.standard:
        show(result_table.render(result))
    if out is not None:
        whole = report(spec, result.lanes, result.gap, result.same, result.speed, result.probes)
        out.write({**whole, "probes": rows(result.probes)})
    result_table.explain_failures(result)
    code = 128 + result.signal if result.signal else int(set(result.outcomes) != {"done"})
    if not result.settled:  # a thread is stuck in a framework, and would keep the interpreter from leaving
        sys.stdout.flush()
        os._exit(code)
    return code
