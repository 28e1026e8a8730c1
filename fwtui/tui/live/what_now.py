"""What a user may want to do next: a few keys that fit the state of the race, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from fwtui.tui.common.judgement import Judgement, judge
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.model import RaceModel

Suggestion = tuple[str, str]
"""A key, as people write it, and what it is good for at present."""

_SHOWS_CHANGES = "dynamic-depth"


def suggestions(model: RaceModel, lane_index: int) -> list[Suggestion]:
    """At most three, the most useful first.

    Args:
        lane_index: the lane that keys act on.
    """
    lost = next((lane for lane in model.lanes if lane.over), None)
    if lost is not None:
        return _after_a_loss(lost, lane_index)
    if not any(lane.history.steps for lane in model.lanes):
        return [("?", "all keys and words"), ("w", "another network"), ("b", "another backend")]
    if model.lanes[lane_index].paused and not model.paused:
        return [("p", f"lane {lane_index + 1} goes on"), (".", "one step in every lane"), ("3", "its ops")]
    judgement = judge(model)
    if judgement.same is False:
        return _apart(model, judgement)
    if model.paused:
        return [("space", "go on"), (".", "one step"), ("3", "what a step does, op by op")]
    if all(lane.history.ended for lane in model.lanes):
        return [("space", "train on"), ("5", "every gradient compared"), ("2", "why: the graphs")]
    return _running(model)


def _after_a_loss(lane: Lane, lane_index: int) -> list[Suggestion]:
    """A lane is over before its end, or was stopped."""
    number = lane.run.lane
    if number != lane_index:
        return [("tab", f"lane {number + 1}, to restart it or change it"), ("R", "restart all")]
    assert lane.history.ended is not None
    if lane.history.ended.outcome == "diverged":
        return [("s", "a lower rate: lr=…"), ("r", "restart it"), ("3", "its ops")]
    return [("l", "its log"), ("r", "restart it"), ("b", "another backend")]


def _apart(model: RaceModel, judgement: Judgement) -> list[Suggestion]:
    if model.is_checking:
        return [("5", "watch the check"), ("space", "train on without it")]
    if judgement.proven:
        return [("5", "where they first differ"), ("4", "the source there"), ("3", "the ops there")]
    if judgement.explained is not None:
        return [("5", "what rounding explains"), *_running(model)[:2]]
    if model.paused or all(lane.history.ended for lane in model.lanes):
        return [("5", "where they first differ"), ("5, then f", "a bug or rounding?")]
    return [("5", "where they first differ"), ("space", "pause, and it is checked: a bug or rounding?")]


def _running(model: RaceModel) -> list[Suggestion]:
    if len(model.lanes) == 1:
        return [("a", "a lane to compare with"), ("2", "why: its graphs"), ("w", "another network")]
    if any(
        lane.run.spec.model is not None and lane.history.net is not None and lane.history.net.is_random
        for lane in model.lanes
    ):
        return [
            ("fwtui parity", "the same dropout in all lanes"),
            ("2", "why: the graphs"),
            ("b", "another backend"),
        ]
    names: Sequence[str] = [lane.workload.name for lane in model.spec.lanes]
    another = "another network" if names[0] == _SHOWS_CHANGES else f"{_SHOWS_CHANGES}: see a graph change"
    return [("2", "why: the graphs"), ("b", "another backend"), ("w", another)]
