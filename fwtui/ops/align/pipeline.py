"""All counterparts of two sides: of the sides as a whole, or where those are long, piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fwtui.ops.align.chunks import Part, Span, spans, taken_before
from fwtui.ops.align.flow_index import FlowIndex
from fwtui.ops.align.fused_groups import Regions
from fwtui.ops.align.items import Item
from fwtui.ops.align.matching import Counterparts, Matching

MOST_PAIRS = 9_000_000
"""Maximum number of item pairs that are aligned as a whole: 3,000 items a side take 2 s and 400 MB."""
_IN_PIECE = 250_000
"""Approximate number of pairs in a piece, where pieces can be cut that small."""

Sides = tuple[Sequence[Item], Sequence[Item]]


@dataclass(frozen=True, slots=True)
class Linked:
    """What was found.

    Attributes:
        of: by side, an item's counterparts.
        whole: whether each item was looked for on the whole other side.
    """

    of: Counterparts
    whole: bool


def link(left: Sequence[Item], right: Sequence[Item]) -> Linked:
    """Finds the counterparts of all items, in time and memory that grow with the square of the shorter sides,
    and with longer ones in proportion.
    """
    if not left or not right:
        return Linked(({}, {}), True)
    if len(left) * len(right) <= MOST_PAIRS:
        return Linked(_whole(left, right, ({}, {})), True)
    return Linked(_in_pieces((left, right)), False)


def _in_pieces(sides: Sides) -> Counterparts:
    """One piece after the other. What it takes from those before is in it too, with what is known of that, so
    that the flow of data leads from piece to piece.
    """
    streams = FlowIndex(sides[0]), FlowIndex(sides[1])
    of: Counterparts = ({}, {})
    for span in spans(*streams, _IN_PIECE):
        parts = _parts(sides, streams, span, of)
        # What nothing cuts any smaller is left as it is: there is not time for it.
        if len(parts[0].items) * len(parts[1].items) > MOST_PAIRS:
            continue
        for one, others in _whole(parts[0].items, parts[1].items, _known(parts, of))[0].items():
            for other in others:
                here, there = parts[0].places[one], parts[1].places[other]
                of[0].setdefault(here, set()).add(there)
                of[1].setdefault(there, set()).add(here)
    return of


def _parts(
    sides: Sides, streams: tuple[FlowIndex, FlowIndex], span: Span, of: Counterparts
) -> tuple[Part, Part]:
    """A piece, and what it takes from before, with the known counterparts of that."""
    before = [taken_before(*one) for one in zip(sides, span, streams, strict=True)]
    known = [{other for place in before[side] for other in of[side].get(place, ())} for side in (0, 1)]
    left, right = (Part(sides[side], before[side] | known[1 - side] | set(span[side])) for side in (0, 1))
    return left, right


def _known(parts: tuple[Part, Part], of: Counterparts) -> Counterparts:
    """What is known of the items of a piece, by their places in it."""
    left, right = (
        {
            here.local[place]: found
            for place in here.places
            if (found := {there.local[one] for one in known.get(place, ()) if one in there.local})
        }
        for here, there, known in zip(parts, parts[::-1], of, strict=True)
    )
    return left, right


def _whole(left: Sequence[Item], right: Sequence[Item], known: Counterparts) -> Counterparts:
    """Match ops of the same values first, then, in order, the ops that do not occur everywhere; continue from
    both along the flow of data.
    """
    matching = Matching(FlowIndex(left), FlowIndex(right), known)
    regions = Regions(matching)
    matching.by_names()
    regions.updates()
    matching.by_values()
    regions.complete()
    _along_the_flow(matching, regions)
    while matching.by_inputs():
        regions.complete()
        regions.compose()
    if matching.doubt_values():
        _along_the_flow(matching, regions)
    matching.by_order()
    matching.by_flow(carrying=True)
    return matching.of


def _along_the_flow(matching: Matching, regions: Regions) -> None:
    matching.by_landmarks()
    regions.complete()
    matching.by_flow()
    regions.complete()
    regions.compose()
    matching.by_flow()
