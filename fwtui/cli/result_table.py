"""A race's result for people: a column a lane, then the three answers in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fwtui.backends import catalogue as backends
from fwtui.cli import answers
from fwtui.cli.output import console, plain_table
from fwtui.core.records import Phase
from fwtui.core.spec import LaneSpec, RaceSpec
from fwtui.core.text import MAX_NAME, plain
from fwtui.format import numbers
from fwtui.measure.history import History
from fwtui.session.run import Result
from fwtui.workloads import catalogue as workloads

LOG_TAIL = 8
_OUTCOME_STYLES = {"done": "green", "stopped": "yellow", "diverged": "red", "failed": "red"}


def render(
    result: Result, rows: Sequence[str] | None = None, same: str | None = None, is_left: bool = False
) -> RenderableType:
    """The table and the answers.

    Args:
        rows: the titles of the rows to show; None shows all.
        same: the answer to the first question, where a check has found more than `result` knows.
        is_left: whether whoever watched has left, which stops the lanes that still ran.
    """
    table = plain_table()
    table.add_column("", style="dim")
    for number, lane in enumerate(result.spec.lanes, 1):
        table.add_column(f"{number} {lane.backend}", overflow="fold")
    pairs = list(zip(result.spec.lanes, result.lanes, strict=True))
    for title, cell in _ROWS.items():
        if rows is not None and title not in rows:
            continue
        if title == "outcome" and is_left:
            table.add_row(title, *(cell(spec, lane) if lane.ended else "stopped" for spec, lane in pairs))
        else:
            table.add_row(title, *(cell(spec, lane) for spec, lane in pairs))
        if title == "final loss":
            for name in _further_metrics(result.lanes):
                table.add_row(
                    f"final {plain(name, MAX_NAME)}",
                    *(numbers.loss(lane.last(name)) for lane in result.lanes),
                )
        if title == "compilations" and any(spec.ops for spec, _ in pairs):
            table.add_row("op logs", *(_op_logs(lane) for lane in result.lanes))
    return Group(Text(headline(result.spec), style="bold"), "", table, "", _answers(result, same))


def headline(race: RaceSpec) -> str:
    """What was run, in one line; a setting that differs between the lanes is not part of it."""
    first = race.lanes[0]
    workload = workloads.load(first.workload)

    def same(value: Callable[[LaneSpec], object], text: str) -> list[str]:
        return [text] if len({value(lane) for lane in race.lanes}) == 1 else []

    return "   ".join(
        [
            f"{workloads.title(first.workload.name)}, {first.workload.preset}",
            *same(lambda lane: lane.workload, workload.shape()),
            *same(lambda lane: (lane.optimizer, lane.learning_rate), first.update_text),
            *same(lambda lane: lane.dtype, first.dtype),
            *first.device_settings.words,
            f"seed {first.seed}",
            f"{race.schedule}, {race.host} host",
        ]
    )


def explain_failures(result: Result) -> None:
    """Tells on standard error why lanes failed; where one line cannot, with the end of what they printed."""
    out = console(stderr=True)
    for line in failures(result):
        out.print(line, soft_wrap=True)


def failures(result: Result) -> Iterator[Text]:
    """Why lanes failed, a line each, and the end of what they printed where one line cannot tell."""
    for number, (spec, lane) in enumerate(zip(result.spec.lanes, result.lanes, strict=True), 1):
        if lane.ended is None or lane.ended.outcome in ("done", "stopped"):
            continue
        hint = f" ({lane.ended.hint})" if lane.ended.hint else ""
        yield Text(f"lane {number} {spec.backend} {lane.ended.summary}{hint}", style="red")
        yield from (Text(f"  {line}", style="dim") for line in log_tail(lane))


def log_tail(lane: History) -> list[str]:
    """Return the last lines of a failed lane's output; empty if its reason is complete."""
    failure = lane.ended.failure if lane.ended else None
    return list(lane.log)[-LOG_TAIL:] if failure and failure.in_log else []


def _answers(result: Result, same: str | None) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("same answer?", same or answers.same(result))
    table.add_row("faster?", answers.faster(result))
    for setting, values in answers.differing(result).items():
        table.add_row("they differ in", f"{setting}: {', '.join(values)}")
    return table


def _framework(spec: LaneSpec, lane: History) -> str:
    title = backends.entry(spec.backend).framework.title
    return f"{title} {lane.imported.version if lane.imported else numbers.NA}"


def _device(_: LaneSpec, lane: History) -> str:
    if lane.built is None:
        return numbers.NA
    return f"{lane.built.device}, {numbers.plural(lane.built.threads, 'thread')}"


def _outcome(_: LaneSpec, lane: History) -> Text:
    outcome = lane.ended.outcome if lane.ended else lane.standing if lane.built else numbers.NA
    return Text(outcome, style=_OUTCOME_STYLES.get(outcome, ""))


def _further_metrics(lanes: Sequence[History]) -> list[str]:
    """Return the metrics other than the loss that any lane's network returned."""
    return list(dict.fromkeys(name for lane in lanes for name in lane.metrics if name != "loss"))


def _accuracy(_: LaneSpec, lane: History) -> str:
    value = dict(lane.evaluations[-1].metrics).get("accuracy") if lane.evaluations else None
    return numbers.NA if value is None else f"{value:.4f}"


def _step(percentile: str) -> Callable[[LaneSpec, History], str]:
    return lambda _, lane: numbers.duration(getattr(lane.step_times(), percentile, None))


def _phase(phase: Phase) -> Callable[[LaneSpec, History], str]:
    return lambda _, lane: numbers.duration(lane.phase_ns().get(phase))


def _rate(_: LaneSpec, lane: History) -> str:
    times = lane.step_times()
    return numbers.rate(times.steps_a_second if times else None)


def _samples(spec: LaneSpec, lane: History) -> str:
    times, batch = lane.step_times(), workloads.batch_size(spec.workload)
    return numbers.rate(times.steps_a_second * batch if times and batch else None)


def _first_step(_: LaneSpec, lane: History) -> str:
    what = next((f", {e.phase}" for e in lane.phases if e.phase in ("trace", "compile")), "")
    return numbers.NA if lane.first_step_ns is None else numbers.duration(lane.first_step_ns) + what


def _compilations(_: LaneSpec, lane: History) -> str:
    return numbers.count(lane.compilations) if lane.built else numbers.NA


def _op_logs(lane: History) -> str:
    if lane.not_logged:
        return plain(lane.not_logged)
    left_out = f", {numbers.plural(lane.ops_left_out, 'op')} left out" if lane.ops_left_out else ""
    return numbers.count(lane.op_logs_seen) + left_out


def _resident(_: LaneSpec, lane: History) -> str:
    shared = " (all lanes)" if lane.process_memory.shared else ""
    return numbers.size(lane.rss_peak_bytes) + shared


def _hashes(_: LaneSpec, lane: History) -> str:
    return f"{lane.built.weights_sha256[:4]}… {lane.built.data_sha256[:4]}…" if lane.built else numbers.NA


_ROWS: dict[str, Callable[[LaneSpec, History], RenderableType]] = {
    "framework": _framework,
    "device": _device,
    "outcome": _outcome,
    "steps": lambda _, lane: numbers.count(lane.steps),
    "final loss": lambda _, lane: numbers.loss(lane.loss),
    "held-out accuracy": _accuracy,
    "step p50": _step("p50"),
    "step p95": _step("p95"),
    "step p99": _step("p99"),
    "steps a second": _rate,
    "samples a second": _samples,
    "first step": _first_step,
    "import": _phase("import"),
    "build": _phase("build"),
    "compilations": _compilations,
    "peak RSS": _resident,
    "peak on device": lambda _, lane: numbers.size(lane.device_peak_bytes),
    "weights, data": _hashes,
}
