"""Same answer? The verdict on the losses of every step, the probes, and a check, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fwtui.format import numbers
from fwtui.format.quantities import quantity
from fwtui.measure.agreement import Place
from fwtui.measure.probe_gap import Gap, Key
from fwtui.parity.words import BUT_FOR_ROUNDING
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.parity_job import MOST_STEPS


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the lanes agree.

    Attributes:
        same: None where it is not known yet, or cannot be (`hopeless`); then `reason` says why.
        first: where they first differ, in words; "" where they do not.
        first_step: the last step that it can be.
        worst: the largest gap in the probes: step, quantity, gap.
        explained: where they differ, the steps over which a check has found that rounding explains it.
        proven: where they differ, whether that is more than rounding can do: in float64, or by a check.
        over: over which lanes that holds, and what became of the others; "" where it holds over all.
        undecided: where they differ, why a check could not tell a bug from rounding; "" where none failed to.
        is_located: whether `first` is the place that a check has found, looking at every step.
    """

    same: bool | None
    reason: str = ""
    hopeless: bool = False
    first: str = ""
    first_step: int | None = None
    worst: tuple[int, Key, Gap] | None = None
    explained: int | None = None
    proven: bool = False
    over: str = ""
    undecided: str = ""
    is_located: bool = False


def judge(model: RaceModel) -> Judgement:
    """Judge the present state of the race by `fwtui.session.same_answer` and a check's finding.

    Never report agreement of what was not compared, nor where fewer than two lanes are left.
    """
    if refused := model.session.incomparable:
        return Judgement(None, refused, hopeless=True)
    lost = [lane for lane in model.lanes if _is_lost(lane, model.compared_steps)]
    judgement = _compared(model)
    if not lost:
        return judgement
    reason = "; ".join(map(_how_lost, lost))
    left = [str(lane.run.lane + 1) for lane in model.lanes if lane not in lost]
    if judgement.same is False:
        return replace(judgement, over=reason)
    if len(left) < 2:
        return Judgement(None, reason, hopeless=True, worst=judgement.worst)
    return replace(judgement, over=f"lanes {' and '.join(left)} alone: {reason}")


def _compared(model: RaceModel) -> Judgement:
    """What was compared so far, whatever has become of the lanes."""
    worst = model.session.summary.worst
    answer = model.session.same_answer()
    if answer.place is not None:
        return _apart(model, place(answer.place), answer.place.last, worst)
    if worst is None and not model.session.gap.compared:
        return Judgement(None, waiting(model), hopeless=all(lane.over for lane in model.lanes))
    return Judgement(answer.same, answer.reason, hopeless=answer.same is None, worst=worst)


def _is_lost(lane: Lane, compared_steps: int | None) -> bool:
    """Whether the lane failed, diverged or was stopped before its last step that is compared."""
    history = lane.history
    if history.ended is None or history.ended.outcome == "done":
        return False
    return compared_steps is None or history.steps < compared_steps


def _how_lost(lane: Lane) -> str:
    """`lane 2 failed after 20 steps`."""
    assert lane.history.ended is not None
    steps = numbers.plural(lane.history.steps, "step")
    return f"lane {lane.run.lane + 1} {lane.history.ended.outcome} after {steps}"


def _apart(model: RaceModel, first: str, step: int, worst: tuple[int, Key, Gap] | None) -> Judgement:
    """Lanes that differ, first at `step`. In float32 a ReLU at its kink is enough for that."""
    finding = model.checking.finding if model.checking else None
    proven = model.session.dtype == "float64" or (finding is not None and finding.same is False)
    explained = _explained(model, step)
    located = finding.place if finding is not None and finding.same is False else None
    undecided = "" if proven or explained is not None else _undecided(model)
    return Judgement(
        False,
        first=first if located is None else place(located),
        first_step=step,
        worst=worst,
        explained=explained,
        proven=proven,
        undecided=undecided,
        is_located=located is not None,
    )


def _undecided(model: RaceModel) -> str:
    """Why a check came to no verdict; "" where none ran, or it still runs."""
    checking = model.checking
    if checking is None:
        return ""
    if checking.failure:
        return f"the check itself failed: {checking.failure}"
    return checking.finding.reason if checking.finding is not None and checking.finding.same is None else ""


def steps_to_check(model: RaceModel, judgement: Judgement) -> int:
    """How many steps a check must train: up to the first that differs, or those that all lanes have done."""
    if judgement.first_step is not None:
        return max(judgement.first_step + 1, 2)
    return min(max(min(history.steps for history in model.histories), 1), MOST_STEPS)


def _explained(model: RaceModel, step: int) -> int | None:
    """How many steps a check has trained and found to be within rounding, if `step` was among them."""
    finding = model.checking.finding if model.checking else None
    if finding is None or not finding.same:
        return None
    steps = finding.result.spec.lanes[0].steps
    return steps if steps > step else None


def waiting(model: RaceModel) -> str:
    """Why there is nothing to show yet."""
    if refused := model.session.incomparable:
        return refused
    if model.spec.lanes[0].probes is None:
        return "no probes: fwtui was started with --probe-every never"
    if not_probed := next((lane.history.not_probed for lane in model.lanes if lane.history.not_probed), ""):
        return f"no probes: {not_probed}"
    if model.session.probes.rows:
        return f"no finite number in {numbers.plural(len(model.session.probes.rows), 'probe')}"
    silent = [str(lane.run.lane + 1) for lane in model.lanes if not lane.history.probes]
    over = [lane for lane in model.lanes if lane.over and not lane.history.probes]
    if over:
        return f"lane {over[0].run.lane + 1} ended before its first probe"
    if len(silent) == len(model.lanes):
        return "no probe yet: the first is made before step 0"
    return f"no probe of lane {' and '.join(silent)} yet: the first is made before step 0"


def place(found: Place) -> str:
    """`step 41, forward: loss`."""
    steps = f"step {found.step:,}" if found.exact else f"one of the steps {found.step:,} to {found.last:,}"
    if found.stage == "first weights":
        return f"before step 0: {quantity(found.key)}"
    return f"{steps}, {found.stage}: {quantity(found.key)}"


def difference(judgement: Judgement) -> tuple[str, str]:
    """Return the text for lanes that differ, and its style; both depend on a check's finding, if any."""
    if judgement.explained is not None:
        return f"≈ yes{BUT_FOR_ROUNDING}", "bold $warning"
    return ("✗ no", "bold $error") if judgement.proven else ("≠ apart", "bold $warning")


def largest_gap(model: RaceModel, judgement: Judgement) -> float | None:
    """The largest gap of all, in the probes or in the losses between them."""
    probed = judgement.worst[2].relative if judgement.worst else None
    known = [gap for gap in (probed, model.session.gap.largest) if gap is not None]
    return max(known, default=None)
