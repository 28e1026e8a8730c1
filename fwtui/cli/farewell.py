"""What the terminal keeps of a race that was shown live: its figures, its answers, and how to repeat it."""

from __future__ import annotations

from fwtui.cli import answers, result_table
from fwtui.cli.command_line import bench_command
from fwtui.cli.output import say, show
from fwtui.format import numbers
from fwtui.parity import words
from fwtui.parity.words import BUT_FOR_ROUNDING
from fwtui.session.run import Result
from fwtui.tui.common.judgement import judge
from fwtui.tui.common.model import RaceModel

ROWS = ("outcome", "steps", "final loss", "step p50", "steps a second", "first step", "compilations")


def say_farewell(model: RaceModel) -> None:
    """Print what the race came to on standard output; nothing where no lane has taken a step.

    Raises:
        SpecError: standard output takes no more.
    """
    if any(lane.history.steps for lane in model.lanes):
        result = _result(model)
        show(result_table.render(result, ROWS, same=_same(model, result), is_left=True))
        result_table.explain_failures(result)
        say(f"\nagain, without a screen:  {bench_command(model.request)}\n")


def _same(model: RaceModel, result: Result) -> str:
    """The answer to the first question: a check may have found more than the losses and probes tell."""
    judgement = judge(model)
    if judgement.explained is not None:
        checked = numbers.plural(judgement.explained, "step")
        found = f"a check of {checked} found no other difference"
        return f"yes{BUT_FOR_ROUNDING}: {found}; first above the tolerance in {judgement.first}"
    finding = model.checking.finding if model.checking else None
    if judgement.is_located and finding is not None:
        return "; ".join([words.verdict(finding), *words.where(finding)])
    unproven = judgement.same is False and not judgement.proven
    return answers.same(result, no="apart, by a bug or by rounding" if unproven else "no")


def _result(model: RaceModel) -> Result:
    return Result.of(model.session, None, settled=True)
