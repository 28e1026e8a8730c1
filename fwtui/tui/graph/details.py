"""Details of one node or group of a graph, as a few lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.graphs.lines import called, outputs, tensor
from fwtui.tui.graph.graph_index import GraphFacts
from fwtui.tui.graph.page import Item

NONE_NEEDED = "none needed: it computes nothing"
_LABEL = 9
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The match of a node on the other side.

    Attributes:
        word: the canonical name of what the node does; "" where the table has none.
        nodes: the nodes of the other side that do the same; empty where there is no match.
        with_it: other nodes of its own side that do it together with this one.
        computes: whether it computes anything at all.
        why_unknown: why it is unknown whether a node without a match has none; "" where it is known.
    """

    word: str
    nodes: tuple[int, ...]
    with_it: tuple[int, ...]
    computes: bool
    why_unknown: str


def about(
    facts: GraphFacts, item: Item, counterpart: Counterpart | None, other: GraphFacts | None, tight: bool
) -> Content:
    """Return up to seven lines, or four where it is `tight`.

    Args:
        counterpart: the match of a node; None where it is unknown, as there is no other graph.
        other: the other side's graph, which `counterpart` counts in.
    """
    if isinstance(item, str):
        return _group(facts, item)
    node = facts.graph.nodes[item]
    title = Content.assemble(
        (plain(node.op), f"bold $phase-{node.phase}"),
        f"  {_name(facts, item)}  ",
        (f"#{item} {node.phase}", "$dim"),
    )
    takes, gives = _takes(facts, item), _gives(facts, item)
    place = Content(numbers.NA)
    if node.source is not None:
        place = Content.assemble(
            numbers.line_name(node.source), (f"   {numbers.line_text(node.source)}", "$dim")
        )
    match = _match(counterpart, facts, other)
    if tight:
        lines = [title, _row("takes", takes), _row("source", place), _row("match", match)]
        return Content("\n").join(lines)
    lines = [title, _row("takes", takes), _row("gives", gives), _row("flops", _flops(facts, item))]
    lines += [_row("source", place), _row("match", match)]
    if node.detail:
        lines.append(_row("detail", plain(node.detail)))
    return Content("\n").join(lines)


def _row(label: str, value: str | Content) -> Content:
    return Content.assemble((label.ljust(_LABEL), "$dim"), value)


def _group(facts: GraphFacts, path: str) -> Content:
    phase, _, scope = path.partition("/")
    nodes = [facts.graph.nodes[index] for index in facts.inside[path]]
    flops = [node.flops for node in nodes if node.flops is not None]
    ops = Counter(plain(node.op) for node in nodes).most_common()
    named = ", ".join(f"{count:,} {op}" for op, count in ops[:_MOST_NAMED])
    more = f" and {numbers.plural(len(ops) - _MOST_NAMED, 'further op')}" if len(ops) > _MOST_NAMED else ""
    title = Content.assemble(
        (plain(scope) or phase, f"bold $phase-{phase}"), (f"  {phase}" if scope else "", "$dim")
    )
    return Content("\n").join(
        [
            title,
            _row("nodes", f"{len(nodes):,}"),
            _row("ops", named + more),
            _row("flops", f"{sum(flops):,}{_share(facts, sum(flops))}" if flops else numbers.NA),
        ]
    )


def _name(facts: GraphFacts, index: int) -> str:
    node = facts.graph.nodes[index]
    inside = not node.scope or node.name.startswith(f"{node.scope}/")
    return plain(node.name if inside else f"{node.scope}/{node.name}")


def _takes(facts: GraphFacts, index: int) -> Content:
    """Return each input by number, op or name, with its output."""
    nodes = facts.graph.nodes
    inputs = nodes[index].inputs
    inputs_shown = []
    for giver, output in inputs[:_MOST_NAMED]:
        given = nodes[giver].outputs
        what = f" {plain(tensor(given[output]))}" if output < len(given) else ""
        inputs_shown.append(Content.assemble((f"#{giver} ", "$dim"), called(nodes[giver]), (what, "$dim")))
    return _listed(inputs_shown, len(inputs)) if inputs_shown else Content("nothing")


def _gives(facts: GraphFacts, index: int) -> Content:
    """Return the node's outputs, and each node that takes them, by number and op."""
    nodes, takers = facts.graph.nodes, facts.takers[index]
    shown = [Content.assemble((f"#{one} ", "$dim"), plain(nodes[one].op)) for one in takers[:_MOST_NAMED]]
    to = Content.assemble("  to ", _listed(shown, len(takers))) if shown else Content("")
    return Content.assemble(outputs(nodes[index]) or "nothing", to)


def _listed(shown: list[Content], count: int) -> Content:
    """Join `shown`, the first of `count`, and say how count more there are."""
    more = [Content(f"{count - len(shown):,} more")] if count > len(shown) else []
    return Content(", ").join([*shown, *more])


def _flops(facts: GraphFacts, index: int) -> str:
    flops = facts.graph.nodes[index].flops
    return numbers.NA if flops is None else f"{flops:,}{_share(facts, flops)}"


def _share(facts: GraphFacts, flops: int) -> str:
    whole = facts.summary.flops
    return f", {flops / whole:.1%} of the graph's" if flops and whole else ""


def _match(counterpart: Counterpart | None, facts: GraphFacts, other: GraphFacts | None) -> Content:
    if counterpart is None or other is None:
        return Content.assemble((numbers.NA, "$dim"))
    word = Content.assemble((f"{counterpart.word or 'no common word'}: ", "$dim"))
    together = ""
    if counterpart.with_it:
        together = f"with {_nodes(facts, counterpart.with_it)} "
    if counterpart.nodes:
        return Content.assemble(word, together, ("↔ ", "$dim"), _nodes(other, counterpart.nodes))
    if not counterpart.computes:
        return Content.assemble((NONE_NEEDED, "$dim"))
    if counterpart.why_unknown:
        return Content.assemble(word, (f"n/a: {counterpart.why_unknown}", "$warning"))
    return Content.assemble(word, ("+ stands alone on this side", "$warning"))


def _nodes(facts: GraphFacts, nodes: Sequence[int]) -> str:
    shown = [f"#{node} {plain(facts.graph.nodes[node].op)}" for node in nodes[:_MOST_NAMED]]
    return ", ".join([*shown, "…"] if len(nodes) > _MOST_NAMED else shown)
