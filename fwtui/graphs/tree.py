"""A graph as a tree: by phase, then by scope, with the nodes of each in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace

from fwtui.core.graph import PHASES, Graph, NodePhase
from fwtui.core.text import plain
from fwtui.graphs.lines import Line, Span, name_below, outputs, padded, source

MOST = 20
_OPS_IN_REST = 4
_WIDEST_OP, _WIDEST_NAME, _WIDEST_OUTPUTS = 28, 26, 20


@dataclass(frozen=True, slots=True)
class Group:
    """A phase, or a scope in it that holds more than one node; a node alone in its scope is listed above it.

    Attributes:
        name: the phase, or the scope relative to the enclosing group.
        path: phase and whole scope, unique in the tree.
        children: groups, and nodes by their place in `Graph.nodes`, ordered by their first node.
        nodes: number of nodes in it, at any depth.
        flops: of those that tell theirs; None where none does.
    """

    name: str
    path: str
    phase: NodePhase
    children: tuple[Group | int, ...]
    nodes: int
    flops: int | None


@dataclass(frozen=True, slots=True)
class Rest:
    """Nodes of a group that are not shown one by one."""

    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One line of a tree: its item, the branches that lead to it, and the scope around it."""

    branches: str
    item: Group | int | Rest
    scope: str = ""

    def name(self, graph: Graph) -> str:
        """Return the name of the row's node, with its scope relative to the one around it."""
        assert isinstance(self.item, int)
        return name_below(graph.nodes[self.item], self.scope)


def tree(graph: Graph) -> tuple[Group, ...]:
    """A group for each phase that there is, in the order of a step."""
    roots: dict[NodePhase, _Building] = {}
    for index, node in enumerate(graph.nodes):
        at = roots.setdefault(node.phase, _Building())
        for part in node.scope.split("/") if node.scope else ():
            at = at.scope(part)
        at.children.append(index)
    return tuple(_group(graph, roots[phase], phase, phase, phase) for phase in PHASES if phase in roots)


def pruned(graph: Graph, groups: tuple[Group, ...], kept: Container[int]) -> tuple[Group, ...]:
    """The same tree with these nodes alone; a group that holds none of them is not in it."""
    return tuple(left for group in groups if (left := _pruned(graph, group, kept)) is not None)


def rows(
    groups: tuple[Group, ...], most: int | None = None, is_open: Callable[[Group], bool] = lambda _: True
) -> Iterator[TreeRow]:
    """The tree's lines, from its top.

    Args:
        most: number of lines for the own nodes of a group that has more of them; None shows them all.
        is_open: whether a group's children are shown.
    """
    for group in groups:
        yield TreeRow("", group)
        if is_open(group):
            yield from _below(group, "", most, is_open)


def lines(graph: Graph, most: int | None = MOST) -> Iterator[Line]:
    """Yield the tree as text: op, name, outputs, source, floating-point operations and further details."""
    shown = list(rows(tree(graph), most))
    nodes = [(row, graph.nodes[row.item]) for row in shown if isinstance(row.item, int)]
    op_width = min(_WIDEST_OP, max((len(row.branches) + len(node.op) for row, node in nodes), default=0))
    name_width = min(_WIDEST_NAME, max((len(row.name(graph)) for row, _ in nodes), default=0))
    outputs_width = min(_WIDEST_OUTPUTS, max((len(outputs(node)) for _, node in nodes), default=0))
    for row in shown:
        if isinstance(row.item, int):
            yield _node_line(graph, row, op_width, name_width, outputs_width)
        else:
            yield group_line(graph, row)


def group_line(graph: Graph, row: TreeRow) -> Line:
    """Return the line of a group, or of the nodes that are not shown one by one."""
    edge = Span(row.branches, "edge")
    match row.item:
        case Group() as group:
            flops = "" if group.flops is None else f", {group.flops:,} flops"
            many = "node" if group.nodes == 1 else "nodes"
            return (
                edge,
                Span(plain(group.name), group.phase),
                Span(f"  {group.nodes:,} {many}{flops}", "detail"),
            )
        case Rest(nodes):
            ops = Counter(plain(graph.nodes[index].op) for index in nodes).most_common()
            parts = [f"{count:,} {op}" for op, count in ops[:_OPS_IN_REST]]
            parts += ["…"] if len(ops) > _OPS_IN_REST else []
            return edge, Span(f"{len(nodes):,} more: {', '.join(parts)}", "detail")
        case index:
            raise TypeError(f"row of node {index} is no group's")


def _node_line(graph: Graph, row: TreeRow, op_width: int, name_width: int, outputs_width: int) -> Line:
    assert isinstance(row.item, int)
    node = graph.nodes[row.item]
    room = max(1, op_width - len(row.branches))
    flops = "" if node.flops is None else f"{node.flops:,} flops"
    further = "  ".join(text for text in (source(node), flops, plain(node.detail)) if text)
    line: Line = (
        Span(row.branches, "edge"),
        Span(padded(plain(node.op), room) + "  ", "op"),
        Span(padded(row.name(graph), name_width) + "  ", "name"),
        Span(padded(outputs(node), outputs_width) + "  ", "tensor"),
        Span(further, "detail"),
    )
    return line


class _Building:
    """A group whose nodes are not all in yet."""

    def __init__(self) -> None:
        self.children: list[str | int] = []
        self.scopes: dict[str, _Building] = {}

    def scope(self, name: str) -> _Building:
        """The group below this one, made where its first node is met."""
        if name not in self.scopes:
            self.scopes[name] = _Building()
            self.children.append(name)
        return self.scopes[name]


def _group(graph: Graph, building: _Building, phase: NodePhase, name: str, path: str) -> Group:
    children: list[Group | int] = []
    nodes, flops, known = 0, 0, False
    for child in building.children:
        if isinstance(child, int):
            nodes += 1
            of_child = graph.nodes[child].flops
            children.append(child)
        else:
            below, label = building.scopes[child], child
            while len(below.children) == 1 and isinstance(only := below.children[0], str):
                below, label = below.scopes[only], f"{label}/{only}"
            group = _group(graph, below, phase, label, f"{path}/{label}")
            nodes += group.nodes
            of_child = group.flops
            children += [group] if group.nodes > 1 else group.children
        flops += of_child or 0
        known = known or of_child is not None
    return Group(name, path, phase, tuple(children), nodes, flops if known else None)


def _pruned(graph: Graph, group: Group, kept: Container[int]) -> Group | None:
    children: list[Group | int] = []
    for child in group.children:
        if isinstance(child, Group):
            if (left := _pruned(graph, child, kept)) is not None:
                children.append(left)
        elif child in kept:
            children.append(child)
    if not children:
        return None
    flops = [child.flops if isinstance(child, Group) else graph.nodes[child].flops for child in children]
    known = [number for number in flops if number is not None]
    nodes = sum(child.nodes if isinstance(child, Group) else 1 for child in children)
    return replace(group, children=tuple(children), nodes=nodes, flops=sum(known) if known else None)


def _below(
    group: Group, branches: str, most: int | None, is_open: Callable[[Group], bool]
) -> Iterator[TreeRow]:
    children = _summarised(group.children, most)
    for number, child in enumerate(children, 1):
        last = number == len(children)
        yield TreeRow(branches + ("╰─ " if last else "├─ "), child, group.path.partition("/")[2])
        if isinstance(child, Group) and is_open(child):
            yield from _below(child, branches + ("   " if last else "│  "), most, is_open)


def _summarised(children: tuple[Group | int, ...], most: int | None) -> list[Group | int | Rest]:
    """`children`, of whose nodes those beyond `most` lines are one `Rest` at the end."""
    nodes = [child for child in children if isinstance(child, int)]
    if most is None or len(nodes) <= most:
        return list(children)
    rest = nodes[most - 1 :]
    left_out = set(rest)
    kept = [child for child in children if isinstance(child, Group) or child not in left_out]
    return [*kept, Rest(tuple(rest))]
