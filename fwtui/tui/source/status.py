"""A lane's state on the source screen: which sections run now, and which ops of a step were logged."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from fwtui.core.records import OpsLogged
from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.lane_status import status
from fwtui.tui.common.line import Sides
from fwtui.tui.source.costs import Costs
from fwtui.tui.source.sections import Running, Section


def running(lane: Lane, sections: Sequence[Section]) -> Running:
    """Return the sections of its source that a lane runs now."""
    history = lane.history
    if history.ended is not None or not history.phases:
        return Running(compiled=history.compilations)
    live = tuple(section for section in sections if history.phase in section.phases)
    return Running(live, lane.paused, history.compilations)


def logged(lane: Lane, log: OpsLogged | None, costs: Costs, waits: bool) -> list[Sides]:
    """Return the summary of the lane's ops and its state; the widest variant first.

    Args:
        log: the log that is shown, and its `costs`.
        waits: whether the lane was asked for its ops and has not answered.
    """
    sign, colour = status(lane)
    state = Content.styled(sign, colour)
    if log is not None:
        took = Content(_took(costs))
        step = Content.styled(f"step {log.step:,}: ", "$dim")
        nowhere = costs.nowhere
        rest = Content.styled(f" · {len(nowhere.ops)} of no line, {numbers.duration(nowhere.ns)}", "$dim")
        whole = Content.assemble(step, took, rest if nowhere.ops else "")
        return [(whole, state), (Content.assemble(step, took), state), (took, state)]
    reason = Content.styled(_why_none(lane, waits), "$dim")
    return [(reason, state)]


def _took(costs: Costs) -> str:
    """Return the number of ops of a step, and the time that their shares are relative to."""
    if not costs.calls:
        return f"{numbers.plural(len(costs.total.ops), 'op')} in {numbers.duration(costs.total.ns)}"
    kernels = f"{numbers.plural(len(costs.work.ops), 'kernel')} {numbers.duration(costs.work.ns)}"
    return f"{kernels} in a call of {numbers.duration(costs.call_ns)}"


def _why_none(lane: Lane, waits: bool) -> str:
    history = lane.history
    if history.not_logged:
        return f"ops n/a: {plain(history.not_logged)}"
    if lane.over:
        return "ops n/a: the lane takes no more questions"
    if not waits:
        return "ops: once the lane trains"
    is_at_rest = lane.paused or history.ended is not None
    return f"ops: asked, come {'at once' if is_at_rest else 'with the next step'}"
