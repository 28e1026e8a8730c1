"""One lane's half of the graph screen: title and statistics of the graph, its rows, details at the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from fwtui.core.graph import PHASES, Graph, NoGraph
from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.format.numbers import prefixed
from fwtui.tui.common.lane_side import LaneSide
from fwtui.tui.common.line import Line, Sides
from fwtui.tui.common.page_lines import PageLines
from fwtui.tui.graph.graph_index import GraphFacts
from fwtui.tui.graph.page import Page

_NOTHING = Content("")
_STYLES = (
    *("edge", "number", "op", "name", "tensor", "detail", "link"),
    *PHASES,
    *("same", "several", "alone", "faint"),
)


class GraphLines(PageLines):
    """A graph's rows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"page--{name}" for name in _STYLES}


@dataclass(frozen=True, slots=True, eq=False)
class SideView:
    """Everything that a side shows.

    Attributes:
        title: the lane and its state; `colour`, one of `COLOURS`.
        active: whether keys act here.
        entries: the lane's graphs, with the reasons why others are missing; `kind`, which of them is shown.
        facts: of the graph that is shown; None where there is none.
        parameters: how many scalars the lane trains; None while that is unknown.
        remark: when the graphs were taken, or that they are being taken.
        page: the rows, with the cursor's and those of matches; None where `state` is shown instead.
        state: why there are no rows.
        details: what is at the cursor.
    """

    title: Content
    colour: str
    active: bool
    entries: Sequence[Graph | NoGraph]
    kind: str
    facts: GraphFacts | None
    parameters: int | None
    remark: str
    page: Page | None
    cursor: int | None
    counterparts: Sequence[int]
    state: str
    details: Content


class GraphSide(LaneSide):
    """Shows a `SideView`."""

    def __init__(self, *, id: str) -> None:
        super().__init__(GraphLines(), id=id)
        self._kinds, self._figures = Line(), Line()
        self._captured = Line(classes="graph--captured")
        self._state = Static(classes="graph--state")
        self._said = ""

    def compose(self) -> ComposeResult:
        yield self._kinds
        yield self._figures
        yield self._captured
        yield self.lines
        yield self._state
        yield self._details

    def show(self, view: SideView) -> None:
        """Show a new view."""
        self.show_lane(view.title, view.colour, view.active, view.details)
        self._kinds.show(*_kinds(view))
        self._figures.show(*_figures(view))
        captured = plain(view.facts.graph.captured) if view.facts is not None else ""
        self._captured.show((Content.assemble((captured, "$dim")), _NOTHING))
        if view.state != self._said:
            self._said = view.state
            self._state.update(Content(view.state))
        self.set_class(view.page is None, "-empty")
        if view.page is not None:
            self.lines.show(view.page, view.cursor, view.counterparts)


def _kinds(view: SideView) -> list[Sides]:
    """The lane's graphs, the one that is shown in bold: as many of their titles as there is room for."""
    if not view.entries:
        return [(_NOTHING, _NOTHING)]
    place = [one.kind for one in view.entries].index(view.kind)
    counted = Content.assemble((f"{place + 1} of {len(view.entries)}", "$dim"))
    gap = Content("  ")
    return [
        (gap.join(_kind(one, one.kind == view.kind, True) for one in view.entries), _NOTHING),
        (
            gap.join(_kind(one, one.kind == view.kind, one.kind == view.kind) for one in view.entries),
            _NOTHING,
        ),
        (_kind(view.entries[place], True, True), counted),
    ]


def _kind(one: Graph | NoGraph, shown: bool, whole: bool) -> Content:
    text = plain(one.title if whole else one.kind)
    missing = "✗ " if isinstance(one, NoGraph) else ""
    return Content.assemble((f"{missing}{text}", "bold" if shown else "$dim"))


def _figures(view: SideView) -> list[Sides]:
    remark = Content.assemble((view.remark, "$dim"))
    if view.facts is None:
        return [(_NOTHING, remark)]
    figures = view.facts.summary
    flops = numbers.NA if figures.flops is None else prefixed(figures.flops)
    flops = f"≥ {flops}" if figures.flops_least and figures.flops is not None else flops
    shown = [
        _figure(f"{figures.nodes:,}", "nodes"),
        _figure(flops, "flops"),
        _figure(numbers.count(view.parameters), "parameters"),
        _figure(f"{figures.edges:,}", "edges"),
    ]
    gap = Content("  ")
    return [
        *((gap.join(shown[:count]), remark) for count in (4, 3, 2)),
        *((gap.join(shown[:count]), _NOTHING) for count in (3, 2)),
    ]


def _figure(number: str, noun: str) -> Content:
    return Content.assemble(number, (f" {noun}", "$dim"))
