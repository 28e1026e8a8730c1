"""The verdict on two models' forward passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from fwtui.core.numerical_policy import FARTHER
from fwtui.measure.arrays import ArrayGap
from fwtui.parity.forward.finding import Compared, ForwardFinding


def judged(finding: ForwardFinding, depends_on_weights: bool) -> ForwardFinding:
    """The finding with its verdict.

    Float64 decides whether the two compute the same, as rounding cannot explain a gap there. In float32 each
    may be as far from itself in float64 as the other; one that is much farther does something else.

    Args:
        depends_on_weights: whether an output is another one where the weights were moved.
    """
    limit = finding.float64_limit
    gaps = [one.float64.relative for one in finding.outputs if one.float64 is not None]
    most = max([*gaps, *([] if finding.moved is None else [finding.moved])], default=0.0)
    if not most <= limit:
        return replace(finding, same=False, place=_placed(finding, _apart(limit, lambda one: one.float64)))
    if wrong := _wrong_in_float32(finding):
        return replace(finding, same=False, place=wrong)
    if reason := _not_compared(finding, depends_on_weights):
        return replace(finding, reason=reason)
    apart = [one for one in finding.outputs if _apart(finding.tolerances.lanes, lambda one: one.float32)(one)]
    return replace(
        finding, same=True, is_rounding=bool(apart), is_below_float32=most > finding.tolerances.truth
    )


def _wrong_in_float32(finding: ForwardFinding) -> Compared | None:
    """Where one model rounds by much more than the other, and by more than the tolerance."""
    tolerance = finding.tolerances.lanes

    def is_wrong(one: Compared) -> bool:
        if one.float32 is None or one.float32.relative <= tolerance:
            return False
        first, second = one.rounding
        if first is None or second is None:
            return False
        return not max(first, second) <= max(FARTHER * min(first, second), tolerance)

    if not any(map(is_wrong, finding.outputs)):
        return None
    return _placed(finding, is_wrong)


def _not_compared(finding: ForwardFinding, depends_on_weights: bool) -> str:
    """Why equal outputs are no evidence; "" where they are."""
    if finding.without:
        return f"{', '.join(finding.without)} has no counterpart; give models that give the same"
    missing = [one.first for one in finding.outputs if one.float64 is None]
    if missing or not finding.outputs:
        return f"there is no finite number in {', '.join(missing) or 'what they give'}"
    return "" if depends_on_weights else "the outputs are the same whatever the weights are"


def _apart(limit: float, gap: Callable[[Compared], ArrayGap | None]) -> Callable[[Compared], bool]:
    def is_apart(one: Compared) -> bool:
        found = gap(one)
        return found is not None and not found.relative <= limit

    return is_apart


def _placed(finding: ForwardFinding, is_wrong: Callable[[Compared], bool]) -> Compared | None:
    """The innermost first submodule that is wrong although it gets the same, else the first that is."""
    wrong = [one for one in finding.modules if is_wrong(one)]
    own = [one for one in wrong if one.gets_the_same] or wrong
    if not own:
        return next(filter(is_wrong, finding.outputs), None)
    place = own[0]
    while inner := _inside(place, own):
        place = inner
    return place


def _inside(place: Compared, others: Sequence[Compared]) -> Compared | None:
    return next((one for one in others if one.weights < place.weights), None)
