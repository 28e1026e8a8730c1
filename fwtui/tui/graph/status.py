"""The line below both graphs: how much of them corresponds, and what is searched for and left out."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from fwtui.tui.graph.pairing import Pairing
from fwtui.tui.widgets.line import Sides
from fwtui.workloads.own_errors import plain


@dataclass(slots=True)
class Looking:
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
    pairing: Pairing | None, why: str, looking: Looking, found: tuple[int, int] | None, told: str
) -> list[Sides]:
    """The line, in as many words as there is room for.

    Args:
        why: what there is to be said where there is no pairing.
        found: which of the nodes that the search has found is at the cursor, from 1, 0 for none of them; and
            how many there are. None where nothing is searched for.
        told: what the last key comes to, such as where a walk along the edges stands; "" for nothing.
    """
    matched = _long(pairing) if pairing else Content.assemble((why, "$dim"))
    brief = _short(pairing) if pairing else Content.assemble((why, "$dim"))
    kept = _kept(looking, looking.alone and pairing is not None, found, told)
    return [(matched, kept), (brief, kept), (kept, Content("")) if kept.plain else (brief, kept)]


def _counts(pairing: Pairing) -> tuple[int, int, int, int]:
    alone_left, alone_right = map(len, pairing.alone)
    return *pairing.matched, alone_left, alone_right


def _long(pairing: Pairing) -> Content:
    left, right, alone_left, alone_right = _counts(pairing)
    of_left, of_right = (len(graph.nodes) for graph in pairing.graphs)
    return Content.assemble(
        ("= ≈ ", "$dim"),
        f"{left:,} of {of_left:,} ↔ {right:,} of {of_right:,}",
        (" nodes correspond, ≈ in groups   ", "$dim"),
        ("+ ", "bold $warning"),
        f"{alone_left:,} ↔ {alone_right:,}",
        (" stand alone   the others compute nothing", "$dim"),
    )


def _short(pairing: Pairing) -> Content:
    left, right, alone_left, alone_right = _counts(pairing)
    return Content.assemble(
        ("= ≈ ", "$dim"),
        f"{left:,} ↔ {right:,}",
        ("   + ", "bold $warning"),
        f"{alone_left:,} ↔ {alone_right:,}",
    )


def _kept(looking: Looking, alone: bool, found: tuple[int, int] | None, told: str) -> Content:
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


def unpaired(graphs: int, lanes: int) -> str:
    """Why nothing is said of how much corresponds, where `graphs` of the sides have a graph."""
    if lanes == 1:
        return "one lane: nothing to compare with"
    return "matching…" if graphs == 2 else "no graph on the other side" if graphs else "no graph yet"
