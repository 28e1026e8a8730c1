"""What the charts of a lane say before they have anything to show: what is coming, and how it is judged."""

from __future__ import annotations

from fwtui.backends import catalogue as backends
from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.tui.common.lane import Lane
from fwtui.workloads import catalogue as workloads

_LOG_LINES = 5


def introduction(lane: Lane, status: str, is_alone: bool) -> dict[str, str]:
    """The text of each chart, by its kind, of a lane without a step; paragraphs as `Chart.empty` takes them.

    Args:
        status: the lane's status, in words.
        is_alone: whether only one of the charts is seen, which then says all.
    """
    if lane.history.ended is not None:
        return dict.fromkeys(("metric", "step", "memory"), "") | {"metric": _nothing_done(lane)}
    entry, spec = backends.entry(lane.spec.backend), lane.spec
    if is_alone:
        text = "\n".join(
            [
                status,
                "",
                "Same answer?  same weights, same batches: each loss and gradient is compared",
                "",
                "Faster?  each step is timed, the first apart",
                "",
                "Why?  2 graph, 3 ops, 4 source",
            ]
        )
        return dict.fromkeys(("metric", "step", "memory"), text)
    shape = workloads.load(spec.workload).shape()
    steps = numbers.plural(spec.steps, "step")
    return {
        "metric": "\n".join(
            [
                status,
                "",
                f"Coming  {steps} of {spec.optimizer} on {plain(shape)}, {entry.each_step}",
                "",
                "Same answer?  every lane begins with the same weights and is fed the same batches; each "
                "loss, gradient and parameter must agree, but for rounding",
            ]
        ),
        "step": "Faster?  a step is timed from its call until its loss is on the host; the first, which "
        "may trace and compile, is kept apart",
        "memory": f"Why?  {entry.summary}; 2 shows its graph, 3 its ops, 4 its source",
    }


def _nothing_done(lane: Lane) -> str:
    log = list(lane.history.log)[-_LOG_LINES:]
    return "\n".join(["no steps were done; the end of its log:", "", *log]) if log else "no steps were done"
