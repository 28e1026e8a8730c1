"""Which two ops of two ways are each other's counterparts, and which op of one has none in the other.

Two ops are held against each other where they come from the same things, and do the same or are gone on with
alike. What one framework does in ops of its own, the other in others, is no pair, whatever its values are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from fwtui.core.oplog import LoggedOp
from fwtui.ops.locate.divergence_path import DivergencePath, Origin
from fwtui.ops.vocabulary.words import CUT_FREELY, RECODERS

Ways = tuple[DivergencePath, DivergencePath]
Ops = tuple[LoggedOp, LoggedOp]


@dataclass(frozen=True, slots=True)
class Place:
    """Where two ways begin to differ.

    Attributes:
        ops: the op on each side.
        extra: the side whose op has no counterpart; the other's goes on from what it takes. None: they are
            a pair.
        behind: what else a pair's ops come from that the other side does not have.
    """

    ops: Ops
    extra: int | None = None
    behind: tuple[list[LoggedOp], list[LoggedOp]] = ([], [])


def first_place(ways: Ways) -> Place | None:
    """The first pair or extra op; None where nothing is surely one."""
    pairs = list(_pairs(ways))
    first = min(pairs, key=_order, default=None)
    extra = min(_extras(ways, pairs), key=lambda place: _order(place.ops), default=None)
    if first is None or (extra is not None and _order(extra.ops) < _order(first)):
        return extra
    # One side may do in several ops of a line what the other does in one: those with which both are done.
    done = (pair for pair in pairs if _one_place(ways, first, pair) and _taken_alike(ways, pair))
    a, b = min(done, key=_order, default=first)
    return Place((a, b), behind=(ways[0].chain(a), ways[1].chain(b)))


def _one_place(ways: Ways, first: Ops, pair: Ops) -> bool:
    """Whether both pairs are at the same places in the source, and come from the same origins."""
    both = zip(first, pair, strict=True)
    in_one = all(one.source is not None and one.place == other.place for one, other in both)
    return in_one and _same_origins(ways, (first[0], pair[1])) and _same_origins(ways, (pair[0], first[1]))


def _pairs(ways: Ways) -> Iterator[Ops]:
    """The pairs that may be what goes wrong."""
    goals = ways[0].goals, ways[1].goals
    whole = [[op for op in way.ops() if not _is_inside(way, op)] for way in ways]
    for a in whole[0]:
        for b in whole[1]:
            kinds = {ways[0].kind(a), ways[1].kind(b)}
            one_kind = len(kinds) == 1
            if _size(a) != _size(b) and not (one_kind and _rank(a) == _rank(b)):
                continue
            ends = a in goals[0] and b in goals[1]
            alike = one_kind or ends or (_taken_alike(ways, (a, b)) and not kinds & CUT_FREELY)
            if alike and (_same_origins(ways, (a, b)) or (one_kind and _one_takes_more(ways, (a, b)))):
                yield a, b


def _is_inside(way: DivergencePath, op: LoggedOp) -> bool:
    """Whether it is a step on the way of what each framework cuts in its own manner, and not its end."""
    parts = [one for one in way.chain(op) if one.place == op.place and way.kind(one) in CUT_FREELY]
    return bool(parts) and op not in way.goals


def _taken_alike(ways: Ways, ops: Ops) -> bool:
    """Whether both sides go on alike."""
    return bool(ways[0].taker_kinds(ops[0]) & ways[1].taker_kinds(ops[1]))


def _same_origins(ways: Ways, ops: Ops) -> bool:
    """Whether both come from the same, or one from what is made of the other's alone."""
    took = ways[0].origins(ops[0]), ways[1].origins(ops[1])
    return any(_made_of(way, took[n], took[1 - n]) for n, way in enumerate(ways))


def _made_of(way: DivergencePath, mine: set[Origin], others: set[Origin]) -> bool:
    reached: set[Origin] = set()
    for one in mine:
        found = way.lead_back(one, others)
        if found is None:
            return False
        reached |= found
    return bool(mine) and reached == others


def _one_takes_more(ways: Ways, ops: Ops) -> bool:
    """Whether one takes all that the other does, and more, as an op with its bias."""
    took = ways[0].direct(ops[0]), ways[1].direct(ops[1])
    known = [{one for one in took[n] if not ways[n].is_unknown(one)} for n in (0, 1)]
    if known[0] != took[0] or known[1] != took[1]:
        return False
    return any(
        known[n] and all(any(ways[n].same(one, other) for other in known[1 - n]) for one in known[n])
        for n in (0, 1)
    )


def _extras(ways: Ways, pairs: list[Ops]) -> Iterator[Place]:
    """The ops of one side between a known value and an op which takes it directly on the other.

    What is one of `pairs` with another of its kind is not extra, but done in another order.
    """
    one_kind = [pair for pair in pairs if ways[0].kind(pair[0]) == ways[1].kind(pair[1])]
    for side in (0, 1):
        paired = [pair[side] for pair in one_kind]
        here, there = ways[side], ways[1 - side]
        for b in there.ops():
            known = {one for one in there.direct(b) if not there.is_unknown(one)}
            for a in here.ops():
                if known and here.kind(a) == there.kind(b):
                    for extra in _between(here, there, a, known):
                        if extra not in paired:
                            yield Place((extra, b) if side == 0 else (b, extra), side)


def _between(
    here: DivergencePath, there: DivergencePath, a: LoggedOp, known: set[Origin]
) -> Iterator[LoggedOp]:
    """What `a` takes in place of one of the `known` things that its counterpart takes."""
    took = here.direct(a)
    mine = {one for one in took if not here.is_unknown(one)}
    free = {other for other in known if not any(here.same(one, other) for one in mine)}
    matched = all(any(here.same(one, other) for other in known) for one in mine)
    if not matched and free == known:
        return
    for one in took - mine:
        assert isinstance(one, int)
        chain = here.chain(here.flow.ops[one])
        if not chain or here.kind(chain[-1]) == here.kind(a) in CUT_FREELY or here.kind(chain[0]) in RECODERS:
            continue
        first, last = chain[0], chain[-1]
        made_of = here.origins(last)
        stands_for = [
            other
            for other in free
            if any(here.same(one, other) for one in made_of) and _fits(there, other, last)
        ]
        alone = all(any(here.same(one, other) for other in known) for one in made_of)
        if stands_for and (alone or len(chain) == 1):
            yield first


def _fits(way: DivergencePath, origin: Origin, op: LoggedOp) -> bool:
    """Whether `op` may replace `origin`; the size of a named origin is unknown."""
    return isinstance(origin, str) or _size(way.flow.ops[origin]) == _size(op)


def _order(ops: Ops) -> int:
    return ops[0].number + ops[1].number


def _size(op: LoggedOp) -> int | None:
    return math.prod(op.values[0].shape) if op.values else None


def _rank(op: LoggedOp) -> int | None:
    return len(op.values[0].shape) if op.values else None
