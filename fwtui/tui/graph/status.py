"""The line below both graphs: how much of them corresponds, and what is searched for and left out."""

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
    """What both sides are looked at for.

    Attributes:
        filter: words that must all be said of a node; "" keeps every node.
        alone: whether only nodes without a counterpart are kept.
        search: words that are looked for; "" looks for nothing.
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
    told: str,
) -> list[Sides]:
    """The line, in as many words as there is room for.

    Args:
        why: what there is to be said where there is no pairing.
        steps: of which step each graph is, where one may be another one in another step; else empty.
        found: which of the nodes that the search has found is at the cursor, from 1, 0 for none of them; and
            how many there are. None where nothing is searched for.
        told: what the last key comes to, such as where a walk along the edges stands; "" for nothing.
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
    kept = _kept(looking, looking.alone and pairing is not None, found, told)
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
    if pairing.untold:
        return Content.assemble(matched, (pairing.untold, "$dim"))
    return Content.assemble(
        matched,
        ("+ ", "bold $warning"),
        f"{alone_left:,} ↔ {alone_right:,}",
        (" stand alone   the others compute nothing", "$dim"),
    )


def _short(pairing: Pairing) -> Content:
    left, right, alone_left, alone_right = _counts(pairing)
    matched = Content.assemble(("= & ", "$dim"), f"{left:,} ↔ {right:,}")
    if pairing.untold:
        return matched
    return Content.assemble(matched, ("   + ", "bold $warning"), f"{alone_left:,} ↔ {alone_right:,}")


def _of_other_batches(pairing: Pairing) -> Content:
    """What is compared, as nothing of it can be said to stand alone."""
    told = ", ".join(dict.fromkeys(f"{tensor(a)} ↔ {tensor(b)}" for a, b in pairing.other_batches))
    return Content.assemble(("of other batches: ", "$warning"), plain(told), (" · u asks both anew", "$dim"))


def _kept(looking: NodeFilter, alone: bool, found: tuple[int, int] | None, told: str) -> Content:
    parts = [Content.assemble((told, "$dim"))] if told else []
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
    """Why nothing is said of how much corresponds.

    Args:
        graphs: how many of the sides have a graph.
        over: whether none comes any more where there is none.
    """
    if lanes == 1:
        return "one lane: nothing to compare with"
    if graphs == 2:
        return "matching…"
    if graphs:
        return "no graph on the other side" if over else "no graph on the other side yet"
    return "no graph" if over else "no graph yet"
