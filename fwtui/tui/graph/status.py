"""The line below both graphs: how many nodes match, and the search and the filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from fwtui.core.text import plain
from fwtui.graphs.lines import tensor
from fwtui.tui.common.line import Sides
from fwtui.tui.graph.graph_pair import Pairing


@dataclass(slots=True)
class NodeFilter:
    """The filters and the search of both sides.

    Attributes:
        filter: words that a node's description must all contain; "" keeps every node.
        alone: whether only nodes without a match are kept.
        search: words that are searched for; "" searches for nothing.
    """

    filter: str = ""
    alone: bool = False
    search: str = ""


def status(
    pairing: Pairing | None,
    why: str,
    steps: Sequence[int],
    looking: NodeFilter,
    found: tuple[int, int] | None,
    message: str,
) -> list[Sides]:
    """Return variants of the line, the longest first.

    Args:
        why: the reason why there is no pairing.
        steps: the step of each graph, where a graph may differ from step to step; else empty.
        found: which of the nodes that the search has found is at the cursor, from 1, 0 for none of them; and
            how many there are. None where nothing is searched for.
        message: the result of the last key, such as the position of a walk along the edges; "" for none.
    """
    if pairing is None:
        matched = brief = Content.assemble((why, "$dim"))
    elif pairing.other_batches:
        matched = brief = _of_other_batches(pairing)
    else:
        matched, brief = _long(pairing), _short(pairing)
    if pairing is not None and len(set(steps)) > 1:
        of = Content.assemble(("of steps ", "$warning"), " ↔ ".join(f"{step:,}" for step in steps), "   ")
        matched, brief = Content.assemble(of, matched), Content.assemble(of, brief)
    kept = _kept(looking, looking.alone and pairing is not None, found, message)
    return [(matched, kept), (brief, kept), (kept, Content("")) if kept.plain else (brief, kept)]


def _counts(pairing: Pairing) -> tuple[int, int, int, int]:
    alone_left, alone_right = map(len, pairing.alone)
    return *pairing.matched, alone_left, alone_right


def _long(pairing: Pairing) -> Content:
    left, right, alone_left, alone_right = _counts(pairing)
    of_left, of_right = (len(graph.nodes) for graph in pairing.graphs)
    matched = Content.assemble(
        ("= & ", "$dim"),
        f"{left:,} of {of_left:,} ↔ {right:,} of {of_right:,}",
        (" nodes correspond, & in groups   ", "$dim"),
    )
    if pairing.why_unknown:
        return Content.assemble(matched, (pairing.why_unknown, "$dim"))
    return Content.assemble(
        matched,
        ("+ ", "bold $warning"),
        f"{alone_left:,} ↔ {alone_right:,}",
        (" stand alone   the others compute nothing", "$dim"),
    )


def _short(pairing: Pairing) -> Content:
    left, right, alone_left, alone_right = _counts(pairing)
    matched = Content.assemble(("= & ", "$dim"), f"{left:,} ↔ {right:,}")
    if pairing.why_unknown:
        return matched
    return Content.assemble(matched, ("   + ", "bold $warning"), f"{alone_left:,} ↔ {alone_right:,}")


def _of_other_batches(pairing: Pairing) -> Content:
    """Return the batches' shapes: while they differ, it is unknown which nodes have no match."""
    shapes = ", ".join(dict.fromkeys(f"{tensor(a)} ↔ {tensor(b)}" for a, b in pairing.other_batches))
    return Content.assemble(
        ("captured for different batch shapes: ", "$warning"),
        plain(shapes),
        (" · u: capture both again", "$dim"),
    )


def _kept(looking: NodeFilter, alone: bool, found: tuple[int, int] | None, message: str) -> Content:
    parts = [Content.assemble((message, "$dim"))] if message else []
    if alone:
        parts.append(Content.assemble(("only + ", "bold $warning")))
    if looking.filter:
        parts.append(Content.assemble(("only ", "$dim"), (plain(looking.filter), "bold")))
    if looking.search and found is not None:
        place, many = found
        count = f" {place} of {many:,}" if place else f" {many:,}" if many else " not found"
        parts.append(Content.assemble(("/ ", "$dim"), (plain(looking.search), "bold"), count))
    return Content("   ").join(parts)


def unpaired(graphs: int, lanes: int, over: bool) -> str:
    """Return why there is no count of matches.

    Args:
        graphs: how many of the sides have a graph.
        over: whether the sides without a graph will get none.
    """
    if lanes == 1:
        return "one lane: nothing to compare with"
    if graphs == 2:
        return "matching…"
    if graphs:
        return "no graph on the other side" if over else "no graph on the other side yet"
    return "no graph" if over else "no graph yet"
