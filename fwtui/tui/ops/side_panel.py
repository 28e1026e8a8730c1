"""The rows above one side's ops: lane, step, and the ops' share of a step."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from fwtui.backends import catalogue as backends
from fwtui.core.op_stats import busy_ns, leaves, overhead
from fwtui.core.records import OpsLogged
from fwtui.format import numbers
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.lane_status import status
from fwtui.tui.common.line import Line, Sides

_NOTHING = Content("")
_OVERHEAD = (
    "in ops: for how long at least one op or kernel ran in the logged step.\n"
    "framework overhead: the share of a step in which none did. The first figure is what the ops leave over "
    "of the median steady step, the second what they leave over of the logged one, in which logging takes "
    "time between ops. ≤ alone: in the logged step the ops took longer than a steady step does. An op's own "
    "dispatch counts as work. n/a where a call does not tell its kernels, and where a device works while the "
    "host goes on."
)


class OpSide(Vertical):
    """Two rows about one lane's log."""

    DEFAULT_CSS = """
    OpSide { width: 1fr; height: 2; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title, self._figures = Line(), Line()
        self.tooltip = _OVERHEAD

    def compose(self) -> ComposeResult:
        yield from (self._title, self._figures)

    def show(
        self, lane: Lane, log: OpsLogged | None, step_ns: float | None, state: str, colour: str, chosen: bool
    ) -> None:
        """Shows a lane's log.

        Args:
            log: None before there is one; then `state` says why.
            step_ns: the median of the steady steps' times; None before there are any.
            colour: the lane's, by the theme's name for it.
            chosen: whether keys act on this side.
        """
        self._title.show(*_titles(lane, log, colour, chosen))
        self._figures.show(*_figures(lane, log, step_ns, state))


def _titles(lane: Lane, log: OpsLogged | None, colour: str, chosen: bool) -> tuple[Sides, ...]:
    entry = backends.entry(lane.spec.backend)
    badge = (f" {lane.run.lane + 1} ", f"bold $background on ${colour}" if chosen else f"bold ${colour}")
    name = (f" {entry.name}", f"bold ${colour}" if chosen else f"${colour}")
    sign, sign_colour = status(lane)
    state = (f"  {sign} ", sign_colour)
    done = f" {lane.history.steps:,}"
    wide = Content.assemble(badge, (f" {entry.framework.title} ·", "$dim"), name, state, done)
    short = Content.assemble(badge, name, (f"  {sign[0]}", sign_colour), done)
    if log is None:
        return (wide, _NOTHING), (short, _NOTHING)
    step = Content.assemble(
        ("step ", "$dim"), (f"{log.step:,}", "bold"), f" · {numbers.plural(len(log.ops), 'op')}"
    )
    return (wide, step), (short, step), (short, _NOTHING)


def _figures(lane: Lane, log: OpsLogged | None, step_ns: float | None, state: str) -> tuple[Sides, ...]:
    """Time in ops, of a step's time, and how much the rest is; what was left out."""
    if log is None:
        return ((Content.assemble((state, "$warning" if lane.history.not_logged else "$dim")), _NOTHING),)
    busy, rest = busy_ns(leaves(log.log)), numbers.shares(overhead(log.log, step_ns))
    ops = Content.assemble(("in ops ", "$dim"), (numbers.duration(busy), "bold"))
    step = Content.assemble((" logged   step ", "$dim"), numbers.duration(step_ns), (" p50", "$dim"))
    long = Content.assemble(ops, step, ("   framework overhead ", "$dim"), (rest, "bold"))
    short = Content.assemble(ops, step, ("   overhead ", "$dim"), (rest, "bold"))
    gone = lane.history.ops_left_out
    left_out = Content.assemble((f"{numbers.plural(gone, 'op')} left out", "$dim")) if gone else _NOTHING
    how = Content.assemble((log.log.how, "$dim"))
    both = Content.assemble(how, ("   ", ""), left_out) if gone else how
    return (long, both), (long, left_out), (short, left_out), (short, _NOTHING)
