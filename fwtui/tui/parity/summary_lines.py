"""The parity screen's first rows: who is compared, whether the answers are the same, where the worst is."""

from __future__ import annotations

import math

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from fwtui.backends import catalogue as backends
from fwtui.format import numbers
from fwtui.format.quantities import quantity
from fwtui.tui.common.judgement import Judgement, difference, largest_gap
from fwtui.tui.common.lane_colours import colour_names
from fwtui.tui.common.lane_status import status
from fwtui.tui.common.line import Line, Sides
from fwtui.tui.common.model import RaceModel

_NOTHING = Content("")


class ParityLines(Vertical):
    """Three rows: the lanes, the answer, the worst element."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lanes, self._answer, self._worst = Line(), Line(), Line()

    def compose(self) -> ComposeResult:
        yield from (self._lanes, self._answer, self._worst)

    def show(self, model: RaceModel, judgement: Judgement, lane: int) -> None:
        """Show the present state of the race; keys act on `lane`."""
        self._lanes.show(*_lanes(model, lane))
        self._answer.show(*_answer(model, judgement))
        self._worst.show(*_worst(model, judgement))


def _lanes(model: RaceModel, chosen: int) -> tuple[Sides, ...]:
    """Return each lane's number, name and state, and the settings other than backends that differ."""
    named, plain, signs = [], [], []
    for index, (lane, colour) in enumerate(zip(model.lanes, colour_names(model.lanes), strict=True)):
        sign, sign_colour = status(lane)
        badge = f"bold $background on ${colour}" if index == chosen else f"bold ${colour}"
        number = (f" {index + 1} ", badge)
        entry = backends.entry(lane.spec.backend)
        name = (f" {entry.name}", f"bold ${colour}" if index == chosen else f"${colour}")
        step = (f"  {lane.history.steps:,}", "")
        title = (f" {entry.framework.title} ·", "$dim")
        named.append(Content.assemble(number, title, name, (f"  {sign}", sign_colour), step))
        plain.append(Content.assemble(number, name, (f"  {sign}", sign_colour), step))
        signs.append(Content.assemble(number, name, (f" {sign[0]}", sign_colour)))
    differences = model.differences().items()
    differ = "; ".join(f"{name} {', '.join(values)}" for name, values in differences)
    note = Content.assemble((f"lanes differ in {differ}", "$warning")) if differ else _NOTHING
    names = ", ".join(name for name, _ in differences)
    short = Content.assemble((f"≠ {names}", "$warning")) if differ else note
    wide, tight = Content("    "), Content("  ")
    return (
        (wide.join(named), note),
        (wide.join(plain), note),
        (tight.join(plain), short),
        (tight.join(signs), short),
        (tight.join(signs), _NOTHING),
    )


def _answer(model: RaceModel, judgement: Judgement) -> tuple[Sides, ...]:
    question = ("Same answer?  ", "$dim")
    if judgement.same is None:
        sign = ("n/a", "bold $warning") if judgement.hopeless else ("not yet", "bold")
        said = "could not be judged: " if judgement.hopeless else ""
        return (
            (Content.assemble(question, sign, f"  {said}{judgement.reason}"), _NOTHING),
            (Content.assemble(question, sign, f"  {judgement.reason}"), _NOTHING),
        )
    over = Content.assemble((_compared(model), "$dim"))
    tolerance = f"{model.session.gap.tolerance:.0e}"
    largest = largest_gap(model, judgement)
    if judgement.same:
        so_far = "" if _is_settled(model) else " so far"
        answer = Content.assemble(question, ("✓ yes", "bold $success"), so_far)
        figures = Content.assemble(
            "  largest gap ", (numbers.gap(largest), "bold"), f", tolerance {tolerance}"
        )
    else:
        answer = Content.assemble(question, difference(judgement))
        figures = Content.assemble("  first above ", tolerance, " in ", (judgement.first, "bold"))
    if judgement.explained is not None:
        figures = Content.assemble(figures, f"; checked over {numbers.plural(judgement.explained, 'step')}")
    if judgement.over:
        answer = Content.assemble(answer, (f"  {judgement.over}", "$warning"))
    both = Content.assemble(answer, figures)
    return ((both, over), (both, _NOTHING), (answer, _NOTHING))


def _compared(model: RaceModel) -> str:
    probes = numbers.plural(len(model.session.probes.rows), "probe")
    dropped = max((lane.history.probes_dropped for lane in model.lanes), default=0)
    # A lane that is far ahead lets go of its oldest probes before the others come to them.
    gone = f" ({dropped:,} let go)" if dropped else ""
    return f"{probes}{gone} and the losses of {numbers.plural(model.session.gap.compared, 'step')} compared"


def _is_settled(model: RaceModel) -> bool:
    """Whether all steps that are compared have been."""
    steps = model.compared_steps
    done = all(lane.history.ended for lane in model.lanes)
    return done or (steps is not None and model.session.gap.compared + model.session.gap.skipped >= steps)


def _worst(model: RaceModel, judgement: Judgement) -> tuple[Sides, ...]:
    """The worst element of all: where, and both values."""
    if judgement.worst is None:
        return ((_NOTHING, _NOTHING),)
    step, key, gap = judgement.worst
    array = gap.array
    where = Content.assemble(
        ("worst  ", "$dim"), f"{quantity(key)}{numbers.index(array.index)} before step {step:,}"
    )
    if array.problem:
        said = Content.assemble(where, f": {array.problem}")
        return ((said, _NOTHING),)
    relative = Content.assemble(where, ("  gap ", "$dim"), numbers.gap(gap.relative))
    if math.isfinite(array.relative_to):
        relative = Content.assemble(relative, (" of ", "$dim"), numbers.magnitude(array.relative_to))
    a, b = (numbers.exact(value, model.session.dtype) for value in (array.a, array.b))
    lanes = Content.assemble(("   lane 1 ", "$dim"), a, (f"   lane {gap.lane + 1} ", "$dim"), b)
    ulps = Content.assemble((f"   {numbers.ulps(array.ulps)} ULPs", "$dim"))
    return (
        (Content.assemble(relative, lanes, ulps), _NOTHING),
        (Content.assemble(relative, lanes), _NOTHING),
        (relative, _NOTHING),
    )
