"""Whether lanes can be compared at all: the same start, and networks that depend on nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from fwtui.core.records import NetInspected
from fwtui.core.spec import LaneSpec
from fwtui.measure.history import History

MAX_NAMES = 4
"""Names that a reason lists, of a model's many."""


def incomparable(specs: Sequence[LaneSpec], lanes: Sequence[History]) -> str | None:
    """Why the lanes' answers cannot be compared, in words; None where they can, as far as is known by now."""
    if len(lanes) < 2:
        return "one lane has nothing to be compared with"
    if len({spec.seed for spec in specs}) > 1:
        return "different seeds"
    built = [lane.built for lane in lanes if lane.built is not None]
    if len({one.weights_sha256 for one in built}) > 1:
        return "different first weights"
    if len({one.data_sha256 for one in built}) > 1:
        return "different data"
    return _networks(specs, lanes)


def _networks(specs: Sequence[LaneSpec], lanes: Sequence[History]) -> str | None:
    """What networks use or do that fwtui cannot make equal."""
    reasons: list[str] = []
    hints: list[str] = []
    for number, (spec, lane) in enumerate(zip(specs, lanes, strict=True), 1):
        for reason, hint in _faults(lane.net or NetInspected(), spec.model is not None):
            reasons.append(f"{number} {spec.backend} {reason}")
            if hint not in hints:
                hints.append(hint)
    if not reasons and (apart := _other_numbers(specs, lanes)):
        return apart
    return "; ".join(reasons + [hint for hint in hints if hint]) or None


def _other_numbers(specs: Sequence[LaneSpec], lanes: Sequence[History]) -> str:
    """Why lanes cannot draw the same random numbers; "" where they do, or where one draws more than another.

    Where each draws arrays that the other one does not, such as one with two axes in one, these differ.
    """
    first, *others = (Counter(lane.net.draws if lane.net else ()) for lane in lanes)
    for number, other in enumerate(others, 2):
        left, right = first - other, other - first
        if left and right:
            backends = f"1 {specs[0].backend}", f"{number} {specs[number - 1].backend}"
            sizes = (_sizes(next(iter(one))) for one in (left, right))
            drawn = ", ".join(f"{size} in {name}" for name, size in zip(backends, sizes, strict=True))
            return (
                f"they draw random numbers in arrays of other shapes, {drawn}, which cannot be made equal: "
                "dropout may be in another place"
            )
    return ""


def _sizes(sizes: Sequence[int]) -> str:
    return "×".join(map(str, sizes)) or "one number"


def _faults(net: NetInspected, is_model: bool) -> list[tuple[str, str]]:
    """(what the network does, what helps) for each obstacle to a comparison."""
    faults = []
    if net.reason:
        faults.append((f"could not be inspected: {net.reason}", ""))
    if net.is_random:
        hint = "set dropout to 0, or draw what is random in batches()"
        if net.draws_in_python:
            hint = "draw them with the framework's own functions, or in batches()"
        elif is_model:
            hint = "fwtui parity gives all lanes the same numbers"
        faults.append(("draws random numbers of its own", hint))
    if net.is_stateful:
        what = "is not deterministic: the net changes its own state, and gives another loss each time"
        hint = "make the loss depend on params and batch alone"
        if is_model:
            hint = "keep what a call changes in a buffer or a variable that is not trained, which is compared"
        faults.append((what, hint))
    if net.changed_batch:
        what = f"changes arrays of the batch in place: {listed(net.changed_batch)}"
        faults.append((what, "work on a copy, such as x = x * 2 for x.mul_(2)"))
    if net.ignored:
        faults.append((f"has {listed(net.ignored)}", ""))
    if net.own_weights:
        what = f"trains on weights that parameters() does not return: {listed(net.own_weights)}"
        hint = "return them from parameters() and use params['…'] instead, or freeze them in both networks"
        faults.append((what, hint))
    if net.changed_state:
        what = f"changes state that is not compared: {listed(net.changed_state)}"
        faults.append(
            (what, "use the functional form, which keeps none, such as batch_norm with training=True")
        )
    return faults


def listed(names: Iterable[str]) -> str:
    """The first names, and how many more there are."""
    names = list(names)
    more = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" and {more} more" if more > 0 else "")
