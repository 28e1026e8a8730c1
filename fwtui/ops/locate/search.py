"""The op with which the way to a wrong result begins to differ, found along the flow of two op logs.

Two frameworks name their ops differently, and cut the same mathematics into different ones. So an op is known
in the other log by its output's values (`values`), and one that is not known there is no difference yet:
it may be a cut of its own, whose values join the other's again further on. A difference is what reaches a
wrong result without ever joining again (`way`); it begins at the first pair of counterparts there, or at
an op that has none (`pairs`).
"""

from __future__ import annotations

from fwtui.core.oplog import LoggedOp, OpPhase
from fwtui.ops.locate.candidates import Place, Ways, first_place
from fwtui.ops.locate.divergence_path import DivergencePath
from fwtui.ops.locate.value_flow import Flow
from fwtui.ops.vocabulary.words import CUT_FREELY

Sides = tuple[Flow, Flow]
Goals = tuple[list[LoggedOp], list[LoggedOp]]


def search(sides: Sides, phase: OpPhase, result: str, tolerance: float) -> Place:
    """Where the way to `result`, wrong in `phase`, begins to differ."""
    goals = sides[0].results[result][0], sides[1].results[result][0]
    if phase == "backward":
        ways = _ways(sides, phase, ([goals[0]], [goals[1]]), tolerance)
        # They may differ for something that the forward pass left behind, although the loss hardly shows it.
        took = _took(ways[0]), _took(ways[1])
        if all(took) and (place := _first(sides, "forward", took, tolerance)) is not None:
            return place
    place = _first(sides, phase, ([goals[0]], [goals[1]]), tolerance)
    if place is None:
        return Place(goals)
    if phase == "update" and (place.ops[0] is goals[0]) != (place.ops[1] is goals[1]):
        # One side updates in a single op: the steps of the other's are not what its result is to be held to.
        return Place(goals)
    return place


def frontier(sides: Sides, phase: OpPhase, result: str, tolerance: float) -> tuple[LoggedOp, LoggedOp] | None:
    """On each side the first op of `phase` that the other side does not know, and that only leads to `result`
    through others such; None where the ops that make the result are the first.

    What each framework cuts in its own manner, and what is on the line that makes the result, does not
    count.
    """
    goals = sides[0].results[result][0], sides[1].results[result][0]
    ways = _ways(sides, phase, ([goals[0]], [goals[1]]), tolerance)
    found = [
        [op for op in way.ops() if _is_elsewhere(op, goal) and way.kind(op) not in CUT_FREELY]
        for way, goal in zip(ways, goals, strict=True)
    ]
    return (found[0][0], found[1][0]) if all(found) else None


def _is_elsewhere(op: LoggedOp, goal: LoggedOp) -> bool:
    return op.source is not None and op.place != goal.place


def _first(sides: Sides, phase: OpPhase, goals: Goals, tolerance: float) -> Place | None:
    """The first place on the way to `goals`; with a sign or a reciprocal on one side that is taken back
    later, or else is the place itself."""
    ways = _ways(sides, phase, goals, tolerance, derived=True)
    place = first_place(ways)
    if place is not None and not _took_derived(ways, place):
        return place
    return first_place(_ways(sides, phase, goals, tolerance))


def _took_derived(ways: Ways, place: Place) -> bool:
    """Whether two ops of a kind take the same with another sign, so that they must come to another end."""
    a, b = place.ops
    return ways[0].kind(a) == ways[1].kind(b) and any(
        ways[0].only_derived(one, other) for one in ways[0].direct(a) for other in ways[1].direct(b)
    )


def _ways(sides: Sides, phase: OpPhase, goals: Goals, tolerance: float, derived: bool = False) -> Ways:
    return (
        DivergencePath(sides[0], sides[1], phase, goals[0], tolerance, derived),
        DivergencePath(sides[1], sides[0], phase, goals[1], tolerance, derived),
    )


def _took(way: DivergencePath) -> list[LoggedOp]:
    """What of the forward pass an unknown way of the backward pass takes and the other side does not know."""
    numbers = {
        one
        for op in way.ops()
        for one in way.direct(op)
        if isinstance(one, int)
        and way.flow.ops[one].phase == "forward"
        and not way.is_known(way.flow.ops[one])
    }
    return [way.flow.ops[number] for number in sorted(numbers)]
