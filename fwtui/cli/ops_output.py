"""One or two backends' op logs for people, and in the formats that other tools open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from fwtui.backends import catalogue as backends
from fwtui.cli import ops_match, ops_table, output
from fwtui.cli.result_table import headline
from fwtui.core.nonfinite import first_fault
from fwtui.core.op_stats import busy_ns, leaves, overhead
from fwtui.core.oplog import OpLog
from fwtui.core.records import OpsLogged
from fwtui.core.spec import LaneSpec
from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.measure.history import History
from fwtui.ops.align.log_pair import pair
from fwtui.ops.chrome_trace import as_chrome_trace
from fwtui.ops.faults import describe_fault, made_before
from fwtui.ops.json_format import log_json, matches_json
from fwtui.session.report import report as race_report
from fwtui.session.run import Result

Logs = Sequence[OpsLogged | None]

_LANE_FIELDS = (
    *("backend", "framework", "framework_version", "device", "dtype", "outcome", "reason", "parameters"),
)


def shown(lane: History, until_nan: bool) -> OpsLogged | None:
    """Return the log of a lane to show: the last, or the first with a NaN or infinite value."""
    faulty = (log for log in lane.op_logs if until_nan and first_fault(log.log))
    return next(faulty, lane.ops)


def show(result: Result, logs: Logs, as_format: str, phase: str | None) -> None:
    """Print the logs, and the reason for each missing one."""
    logged = [(place, record) for place, record in enumerate(logs) if record is not None]
    if as_format == "chrome-trace":
        _show_trace(result, logged, phase)
    elif logged:
        for page in pages(result, logs, as_format, phase, output.console().width):
            output.show(page)
    for spec, lane, log in zip(result.spec.lanes, result.lanes, logs, strict=True):
        if log is None and lane.not_logged:
            _remark(f"{spec.backend}: not logged: {plain(lane.not_logged)}")


def pages(
    result: Result, logs: Logs, as_format: str, phase: str | None, width: int
) -> Iterator[RenderableType]:
    """Yield the headline, and the logs as tables of `width` cells: two of them beside each other."""
    logged = [(place, record) for place, record in enumerate(logs) if record is not None]
    yield Text(headline(result.spec), style="bold")
    if len(logged) > 1 and as_format == "log":
        yield _heads(result, logged)
        yield ops_match.table([record for _, record in logged], _titles(result), phase, width)
    else:
        for place, record in logged:
            yield _head(result, place, record)
            yield ops_table.table(record.log, as_format, phase, width)


def report(result: Result, logs: Logs) -> dict[str, Any]:
    """Return the whole logs as a JSON object that follows `fwtui/ops/schema.json`."""
    whole = race_report(result.spec, result.lanes, result.gap, result.same, result.speed)
    lanes = [
        {
            **{name: fields[name] for name in _LANE_FIELDS},
            "step_ns": lane.plain_step_ns(),
            "not_logged": lane.not_logged or None,
            "log": None if log is None else log_json(log, lane.plain_step_ns()),
        }
        for fields, lane, log in zip(whole["lanes"], result.lanes, logs, strict=True)
    ]
    return {
        "fwtui": whole["fwtui"],
        "workload": whole["workload"],
        "lanes": lanes,
        "matches": _matches(logs),
    }


def tell_fault(result: Result, logs: Logs) -> None:
    """Print to standard error which op gave the first NaN or infinite result, or that there was none."""
    for spec, lane, record in zip(result.spec.lanes, result.lanes, logs, strict=True):
        if record is None:
            continue
        fault = describe_fault(record)
        if fault is None:
            _remark(f"{spec.backend}: no op gave a NaN in {numbers.plural(lane.steps, 'step')}")
        else:
            _remark(f"{spec.backend}, step {record.step}: {fault[1]}{_elsewhere(spec, record)}")


def _elsewhere(spec: LaneSpec, record: OpsLogged) -> str:
    """Return which backend names the op, where a compiled one reports its kernels' values late or never."""
    entry = backends.entry(spec.backend)
    eager = f"{entry.name.partition('.')[0]}.eager"
    if not made_before(record) or entry.name == eager or eager not in backends.names():
        return ""
    return f". {eager} logs every op of the first step too, and tells which"


def _matches(logs: Logs) -> list[dict[str, Any]] | None:
    if len(logs) != 2 or logs[0] is None or logs[1] is None:
        return None
    return matches_json(pair((logs[0], logs[1])))


def _show_trace(result: Result, logged: list[tuple[int, OpsLogged]], phase: str | None) -> None:
    if logged:
        titles = _titles(result)
        logs = {f"{place + 1} {titles[place]}": _of_phase(record.log, phase) for place, record in logged}
        output.say(output.dumps(as_chrome_trace(logs)) + "\n")


def _of_phase(log: OpLog, phase: str | None) -> OpLog:
    kept = tuple(op for op in log.ops if phase is None or op.phase in (None, phase))
    return replace(log, ops=kept)


def _titles(result: Result) -> list[str]:
    return [spec.backend for spec in result.spec.lanes]


def _heads(result: Result, logged: list[tuple[int, OpsLogged]]) -> Text:
    return Text("\n").join(_head(result, place, record) for place, record in logged)


def _head(result: Result, place: int, record: OpsLogged) -> Text:
    """Return the heading of a log: backend, step, how it was taken, and the cost of a step."""
    spec, lane, log = result.spec.lanes[place], result.lanes[place], record.log
    version = f"{lane.imported.framework} {lane.imported.version}" if lane.imported else numbers.NA
    device = lane.built.device if lane.built else numbers.NA
    left_out = (
        [f"{numbers.plural(record.left_out, 'op')} of earlier logs left out"] if record.left_out else []
    )
    step_ns = lane.plain_step_ns()
    figures = [
        numbers.plural(len(log.ops), "op"),
        f"in ops {numbers.duration(busy_ns(leaves(log)))} while logged",
        f"a steady step {numbers.duration(step_ns)}",
        f"framework overhead {numbers.shares(overhead(log, step_ns))}",
        *left_out,
    ]
    return Text.assemble(
        "\n",
        (spec.backend, "bold"),
        f"   {version}   {device}   step {record.step}   {plain(log.how)}\n",
        ("   ".join(figures), "dim"),
    )


def _remark(text: str) -> None:
    output.console(stderr=True).print(Text(text), soft_wrap=True)
