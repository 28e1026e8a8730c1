"""Match a lane's ops with its graphs' nodes, and nodes of its graphs with each other, by similar features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fwtui.core.graph import Graph
from fwtui.core.oplog import OpLog
from fwtui.ops.vocabulary.canonical import canonical


@dataclass(frozen=True, slots=True)
class Features:
    """Features that ops and nodes have in common.

    Attributes:
        names: what it may be called; empty where it has no name.
        op: the framework's own name for what it does; "" where only a line is known.
        phase: as in a log, which counts the loss as part of the forward pass.
        shape: of its first output.
        takes: the parameters and batch arrays that it takes, as `parameter w1`.
    """

    names: frozenset[str] = frozenset()
    op: str = ""
    phase: str | None = None
    source: tuple[str, int] | None = None
    shape: tuple[int | None, ...] | None = None
    takes: tuple[str, ...] = ()


def of_log(log: OpLog) -> list[Features]:
    """Return the features of each op, in order."""
    return [
        Features(
            frozenset({op.name} - {""}),
            op.op,
            op.phase,
            op.source,
            op.outputs[0].shape if op.outputs else None,
            tuple(origin for origin in op.origins if isinstance(origin, str)),
        )
        for op in log.ops
    ]


def of_graph(graph: Graph) -> list[Features]:
    """Return the features of each node, in order."""
    given = {
        index: node.name
        for index, node in enumerate(graph.nodes)
        if node.phase == "input" and not node.inputs
    }
    return [
        Features(
            frozenset({node.name, f"{node.scope}/{node.name}" if node.scope else node.name} - {""}),
            node.op,
            "forward" if node.phase == "loss" else node.phase,
            node.source,
            node.outputs[0].shape if node.outputs else None,
            tuple(given[giver] for giver, _ in node.inputs if giver in given),
        )
        for node in graph.nodes
    ]


Score = tuple[bool, bool, int, bool, bool, bool]
"""Greater is more alike. What tells most comes first: the name, the line, what it does."""


def best_match(
    own: Sequence[Features], place: int, others: Mapping[int, Features]
) -> tuple[int, Score] | None:
    """Which of `others` is most like `own[place]`, and how much; of several alike the one that has the same
    place among them. None where none has its name or its line, or does the same.
    """
    wanted = own[place]
    alike = {number: _likeness(wanted, other) for number, other in others.items()}
    best = max(alike.values(), default=None)
    if best is None or not any(best[:3]):
        return None
    equal = [number for number, likeness in alike.items() if likeness == best]
    before = sum(_unnamed(one) == _unnamed(wanted) for one in own[:place])
    return equal[min(before, len(equal) - 1)], best


def _likeness(one: Features, other: Features) -> Score:
    if not one.op:
        return False, _on_line(one, other), 0, False, False, False
    word = canonical(one.op)
    return (
        # In another step's graph the same name may be that of another line's node.
        not one.names.isdisjoint(other.names)
        and (None in (one.source, other.source) or _on_line(one, other)),
        _on_line(one, other),
        2 * (one.op == other.op) or int(bool(word) and word == canonical(other.op)),
        one.phase == other.phase,
        one.takes == other.takes,
        one.shape == other.shape,
    )


def _on_line(one: Features, other: Features) -> bool:
    return one.source is not None and one.source == other.source


def _unnamed(one: Features) -> tuple[object, ...]:
    return one.op, one.phase, one.source, one.shape, one.takes
