"""The verdict: same answer, faster, why, each in a few words that say no more than was measured."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content

from fwtui.backends import catalogue as backends
from fwtui.format import numbers
from fwtui.measure.speed import NOTED_SHARE, Speed
from fwtui.race.plan import ELSEWHERE
from fwtui.tui.common.judgement import Judgement, difference, judge, largest_gap
from fwtui.tui.common.lane_colours import colour_names
from fwtui.tui.common.line import Line
from fwtui.tui.common.model import RaceModel

_NOTHING = Content("")


class VerdictBar(Container):
    """Three answers: in one row where there is room, in two rows, without the third, where there is less."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._same, self._faster, self._why = Line(id="same"), Line(id="faster"), Line(id="why")

    def compose(self) -> ComposeResult:
        yield from (self._same, self._faster, self._why)

    def show(self, model: RaceModel, speed: Speed | None) -> None:
        """Show the verdict on the present state of the race."""
        self._same.show(*((answer, _NOTHING) for answer in _same(model)))
        self._faster.show(*((answer, _NOTHING) for answer in _faster(model, speed)))
        self._why.show(*((answer, _NOTHING) for answer in _why(model)))


def _same(model: RaceModel) -> list[Content]:
    question = ("Same answer?  ", "$dim")
    gap, judgement = model.session.gap, judge(model)
    if judgement.hopeless and judgement.reason:
        return [Content.assemble(question, (f"{numbers.NA}: {judgement.reason}", "$dim"))]
    if judgement.same is None:
        return [Content.assemble(question, (numbers.NA, "$dim"))]
    differing = [name for name in model.differences() if name not in ELSEWHERE]
    differ = f"  lanes differ in {', '.join(differing)}" if differing else ""
    skipped = f"  {gap.skipped:,} steps not compared" if gap.skipped else ""
    check, short = _check(model, judgement)
    over = f"  {judgement.over}" if judgement.over else ""
    if judgement.same:
        answer = ("✓ yes", "bold $success")
        figures = f"  gap {numbers.gap(largest_gap(model, judgement))}, tolerance {gap.tolerance:.0e}"
        where = f" over {gap.compared:,} steps"
    elif gap.first_divergence is None or judgement.is_located:
        answer = difference(judgement)
        figures = f"  {judgement.first}"
        where = "  the losses agree" if gap.same else ""
    else:
        answer = difference(judgement)
        figures = f"  from step {gap.first_divergence:,}"
        where = f", gap {numbers.gap(gap.largest)}, tolerance {gap.tolerance:.0e}, at step {gap.largest_at:,}"
    notes, keys = (differ + over, "$warning"), short.startswith(";")
    return [
        Content.assemble(question, answer, figures, where, check, notes, (skipped, "$warning")),
        Content.assemble(question, answer, figures, check, notes),
        Content.assemble(question, answer, check, notes),
        Content.assemble(question, answer, short, notes),
        # The last one is cut: a reason is worth its beginning. In what lanes differ says more than a key.
        Content.assemble(question, answer, notes if not short or (notes[0] and keys) else short),
    ]


def _check(model: RaceModel, judgement: Judgement) -> tuple[str, str]:
    """What a check does or came to, that is to tell rounding from a bug; or which keys start it.

    Returns:
        That, and the same in fewer words.
    """
    if judgement.same is not False or judgement.proven or judgement.explained is not None:
        return "", ""
    if model.is_checking:
        return "  ◌ checking: bug or rounding?", "  ◌ checking"
    if judgement.undecided:
        return (f"  not judged: {judgement.undecided}",) * 2
    return "; 5, then f: a bug or rounding?", "; 5, f: why?"


def _faster(model: RaceModel, speed: Speed | None) -> list[Content]:
    question = ("Faster?  ", "$dim")
    if speed is None:
        return [Content.assemble(question, (numbers.NA, "$dim"))]
    ratio = speed.ratio
    if ratio is None:
        is_over = all(lane.history.ended for lane in model.lanes)
        others = f"others use{'d' if is_over else ''} {numbers.share(speed.others_share)}"
        return [
            Content.assemble(question, ("busy machine", "bold"), text)
            for text in (f": {others} of the cores, no ratio", f": {others}", "")
        ]
    labels = "".join(f"  {label}" for label, applies in _labels(model, speed) if applies)
    interval = f"  {ratio.low:.2f} – {ratio.high:.2f}"
    if ratio.noisy and not ratio.certain:
        return [Content.assemble(question, ("too noisy to call", "bold"), (labels, "$warning"))]
    if not ratio.certain:
        answer = ("too close to call", "bold")
        return [
            Content.assemble(question, answer, (interval, "$dim"), (labels, "$warning")),
            Content.assemble(question, answer, (interval, "$dim")),
            Content.assemble(question, answer),
        ]
    lane = model.lanes[speed.faster]
    same_framework = len({backends.entry(one.spec.backend).framework for one in model.lanes}) == 1
    many = len(model.lanes) > 2 or same_framework
    name = (
        f"{speed.faster + 1} {lane.spec.backend}"
        if many
        else backends.entry(lane.spec.backend).framework.title
    )
    slower = f"{speed.slower + 1} {model.lanes[speed.slower].spec.backend}"
    against, short = (
        (f" as fast as {slower}", f" vs {speed.slower + 1}") if len(model.lanes) > 2 else ("", "")
    )
    paid = "" if speed.break_even_step is None else f"  pays from step {speed.break_even_step:,}"
    order = f"  order {' '.join(str(lane + 1) for lane in speed.order)}" if len(speed.order) > 2 else ""
    colour = f"bold ${colour_names(model.lanes)[speed.faster]}"
    answer = (f"{name} {ratio.value:.2f}×", colour)
    return [
        Content.assemble(question, answer, against, (interval + order + paid, "$dim"), (labels, "$warning")),
        Content.assemble(question, answer, short, (interval + order + paid, "$dim"), (labels, "$warning")),
        Content.assemble(question, answer, short, (interval + order, "$dim"), (labels, "$warning")),
        Content.assemble(question, answer, short, (interval, "$dim"), (labels, "$warning")),
        Content.assemble(question, answer, short, (labels, "$warning")),
        Content.assemble(question, answer, short),
    ]


def _labels(model: RaceModel, speed: Speed) -> tuple[tuple[str, bool], ...]:
    """What makes step times mean less than they seem to."""
    return (
        ("per sample", speed.per_sample),
        ("contended", speed.contended),
        ("paced", speed.paced),
        ("one interpreter", model.spec.host == "thread"),
        ("disturbed", model.disturbed),
        (f"others {numbers.share(speed.others_share)}", (speed.others_share or 0) >= NOTED_SHARE),
    )


def _why(model: RaceModel) -> list[Content]:
    """What one step is in each lane, in the lanes' colours; where that is too long, what its graph is."""
    question = ("Why?  ", "$dim")
    entries = [backends.entry(lane.spec.backend) for lane in model.lanes]
    colours = colour_names(model.lanes)
    each: list[str | tuple[str, str]] = [question]
    for index, (entry, colour) in enumerate(dict(zip(entries, colours, strict=True)).items()):
        each += [(" · " if index else "", "$dim"), (entry.each_step, f"${colour}")]
    graphs: list[str | tuple[str, str]] = [question]
    for index, (entry, colour) in enumerate(zip(entries, colours, strict=True)):
        graphs.append((f"{index + 1} {entry.graph}  ", f"${colour}"))
    return [Content.assemble(*each), Content.assemble(*graphs)]
